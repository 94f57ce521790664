"""The plain autoencoder: known answers where it is linear, gradients, collapse, and images it has learned."""

import numpy as np
import pytest
import torch
from torch.func import functional_call

from simulated import blobs, images_of, particles_of
from vitreous.heterogeneity import (
    ELLIPSE,
    LETTERS,
    active_units,
    importance_log_likelihood,
    linear_bound,
    linear_log_evidence,
    linear_posterior,
    probabilistic_pca,
    toy_images,
)
from vitreous.heterogeneity.training import Trainer, TrainingOptions, held_out_log_likelihood, terms_of
from vitreous.heterogeneity.vae import Vae, VaeOptions, read_vae

SIGMA = 0.6


@pytest.fixture(autouse=True)
def _one_thread():
    """Layers this small are done before a second thread has begun."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def linear(rng):
    """Data of 5 numbers from 2 latent dimensions, with the W and μ that made them."""
    loadings, mean = rng.standard_normal((5, 2)), rng.standard_normal(5)
    data = rng.standard_normal((400, 2)) @ loadings.T + mean + SIGMA * rng.standard_normal((400, 5))
    return data, loadings, mean


def linear_vae(loadings, mean, *, posterior_scale, full=True):
    """The autoencoder without hidden layers whose encoder answers with the exact mean and the width given."""
    model = Vae(VaeOptions(5, 2, hidden=(), noise_sigma=SIGMA, full_covariance=full)).double()
    model.likelihood = model.likelihood.double()
    centre, _ = linear_posterior(np.zeros((1, 5)), loadings, mean, SIGMA**2)
    slope, _ = linear_posterior(np.eye(5) + mean, loadings, mean, SIGMA**2)
    with torch.no_grad():
        model.likelihood.log_variance.fill_(np.log(SIGMA**2) / 10)
        model.decoder[0].weight.copy_(torch.tensor(loadings))
        model.decoder[0].bias.copy_(torch.tensor(mean))
        model.head.linear.weight[:2] = torch.tensor(slope.T)
        answer = [*centre[0], *np.log(np.diag(posterior_scale)), posterior_scale[1, 0]]
        model.head.linear.bias.copy_(torch.tensor(answer[: len(model.head.linear.bias)]))
    return model


def test_with_the_exact_posterior_the_bound_is_the_evidence(linear):
    """Every draw has the weight p(x), so that the bound, its mean logarithm, has no error at all."""
    data, loadings, mean = linear
    _, covariance = linear_posterior(data, loadings, mean, SIGMA**2)
    model = linear_vae(loadings, mean, posterior_scale=np.linalg.cholesky(covariance))
    evidence = linear_log_evidence(data, loadings, mean, SIGMA**2)
    with torch.no_grad():
        weights = model.log_weights(torch.tensor(data), 5, torch.Generator().manual_seed(0)).numpy()
    np.testing.assert_allclose(weights, np.broadcast_to(evidence, weights.shape), atol=1e-6)


@pytest.mark.parametrize("full", [True, False], ids=["correlated", "independent"])
def test_the_bound_lies_below_the_evidence_by_what_the_answer_lacks(linear, full):
    """Its two terms, averaged over draws, are those of the closed form; the importance weights close the gap."""
    data, loadings, mean = (part[:6] if part is linear[0] else part for part in linear)
    covariance = linear_posterior(data, loadings, mean, SIGMA**2)[1]
    scale = np.diag(1 / np.sqrt(np.diag(np.linalg.inv(covariance)))) * (1.3 if full else 1)
    model = linear_vae(loadings, mean, posterior_scale=scale, full=full)
    evidence = linear_log_evidence(data, loadings, mean, SIGMA**2)
    means = linear_posterior(data, loadings, mean, SIGMA**2)[0]
    exact = linear_bound(data, loadings, mean, SIGMA**2, posterior_mean=means, posterior_covariance=scale @ scale.T)
    assert np.all(exact < evidence - 0.01)
    repeated = torch.tensor(np.repeat(data, 20_000, axis=0))
    terms = terms_of(model, repeated, batch=len(repeated))
    bound = (terms.log_likelihood - terms.divergence).reshape(6, -1).numpy()
    error = bound.std(axis=1) / np.sqrt(bound.shape[1])
    assert np.all(np.abs(bound.mean(axis=1) - exact) < 4 * error)
    assert np.all(error < 0.02)
    with torch.no_grad():
        weights = model.log_weights(torch.tensor(data), 20_000, torch.Generator().manual_seed(0))
    tight = importance_log_likelihood(weights).numpy()
    assert np.all(tight < evidence + 0.05)
    assert np.mean(evidence - tight) < 0.5 * np.mean(evidence - exact)


def test_the_highest_bound_of_the_linear_autoencoder_is_probabilistic_pca(linear):
    """Loadings up to a rotation of the latent space, mean, noise and likelihood are those of the closed form."""
    data = linear[0]
    loadings, mean, variance = probabilistic_pca(data, 2)
    best = linear_log_evidence(data, loadings, mean, variance).mean()
    model = Vae(VaeOptions(5, 2, hidden=(), full_covariance=True)).double()
    # with the same draws each time the bound is a smooth function of the weights; 25 for each row
    images = torch.tensor(np.repeat(data, 25, axis=0))
    search = torch.optim.LBFGS(model.parameters(), max_iter=120, line_search_fn="strong_wolfe")

    def cost():
        search.zero_grad()
        terms = model.terms(images, torch.Generator().manual_seed(0))
        loss = (terms.divergence - terms.log_likelihood).mean()
        loss.backward()
        return loss

    search.step(cost)
    found, centre = (part.detach().numpy() for part in (model.decoder[0].weight, model.decoder[0].bias))
    noise_variance = model.likelihood.noise_variance.item()
    product = loadings @ loadings.T
    assert np.linalg.norm(found @ found.T - product) < 0.02 * np.linalg.norm(product)
    np.testing.assert_allclose(centre, mean, atol=0.05)
    assert noise_variance == pytest.approx(float(variance), rel=0.01)
    assert best - 0.001 < linear_log_evidence(data, found, centre, noise_variance).mean() <= best
    assert -cost().item() == pytest.approx(best, abs=0.03)


@pytest.mark.parametrize("likelihood", ["gaussian", "bernoulli"])
@pytest.mark.parametrize("full", [True, False], ids=["correlated", "independent"])
def test_gradients_of_the_bound_are_those_of_finite_differences(rng, likelihood, full):
    options = VaeOptions(4, 2, hidden=(3,), likelihood=likelihood, full_covariance=full, seed=3)
    model = Vae(options).double()
    images = torch.tensor(rng.uniform(0, 1, (2, 2, 2)))
    # away from the start, where all widths are alike
    weights = {n: torch.tensor(rng.standard_normal(w.shape) * 0.5) for n, w in model.named_parameters()}
    moved = [name for name, weight in model.named_parameters() if weight.requires_grad]

    def bound(*values):
        given = {**weights, **dict(zip(moved, values, strict=True))}
        terms = functional_call(Bound(model), {f"model.{n}": w for n, w in given.items()}, (images,))
        return terms.log_likelihood - terms.divergence

    values = tuple(weights[name].requires_grad_() for name in moved)
    assert torch.autograd.gradcheck(bound, values)


class Bound(torch.nn.Module):
    """The terms of a model as the forward pass that `functional_call` wants, with the same draws each time."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, images):
        return self.model.terms(images, torch.Generator().manual_seed(0))


def ellipses(count=600, box=16, **options):
    return toy_images(ELLIPSE, count, box, **options)


def trained(images, *, epochs=12, beta=1.0, warm_up=0.0, **options):
    model = Vae(VaeOptions(images[0].size, hidden=(64, 32), **options))
    return model, list(Trainer(model, TrainingOptions(epochs, 16, 5e-3, beta, warm_up)).epochs(images))


@pytest.mark.parametrize("likelihood", ["gaussian", "bernoulli"])
def test_ellipses_are_learned_and_the_two_latents_are_used(likelihood):
    drawn = ellipses(noise_sigma=0.05 if likelihood == "gaussian" else 0.0)
    # without the warm-up some seeds lose one of the two to the prior
    model, epochs = trained(drawn.images, likelihood=likelihood, warm_up=4.0, seed=1)
    assert epochs[-1].active == 2
    assert epochs[-1].elbo > epochs[0].elbo + 5
    assert epochs[-1].divergence == pytest.approx(epochs[-1].per_dimension.sum(), rel=1e-4)
    with torch.no_grad():
        answer = model.posterior(torch.tensor(drawn.images))
        decoded = model.decode(answer.mean).reshape(drawn.images.shape).numpy()
    left = np.mean((decoded - drawn.images) ** 2) / np.var(drawn.images, axis=0).mean()
    assert left < 0.15, "of the variance between the images"


def test_a_high_price_collapses_the_posterior_and_it_shows():
    images = ellipses(400, noise_sigma=0.2).images
    for beta, used in ((1.0, 2), (300.0, 0)):
        model, epochs = trained(images, beta=beta, epochs=5, noise_sigma=0.2)
        with torch.no_grad():
            means = model.posterior(torch.tensor(images)).mean
        assert epochs[-1].active == int(active_units(means)) == used
        assert (epochs[-1].divergence < 0.05) is (used == 0)


def test_the_importance_weighted_estimate_lies_above_the_bound():
    images = ellipses(noise_sigma=0.1).images
    model, _ = trained(images[:500], epochs=3)
    held_out = images[500:]
    terms = terms_of(model, held_out)
    one, many = (held_out_log_likelihood(model, held_out, draws).mean().item() for draws in (1, 64))
    assert many > (terms.log_likelihood - terms.divergence).mean().item() + 0.1
    assert one == pytest.approx((terms.log_likelihood - terms.divergence).mean().item(), abs=0.5)


def test_letters_and_odd_boxes_are_images_too():
    images = toy_images(LETTERS, 200, 15).images
    model, epochs = trained(images, epochs=3, latent=3, likelihood="bernoulli")
    assert len(epochs[-1].per_dimension) == 3
    assert model.decode(torch.zeros(1, 3)).shape == (1, 225)


def test_projections_are_images_too():
    """Views of one map: what was learned explains held-out views better than the mean image does."""
    images = images_of(blobs(16), particles_of(500, 16), with_ctf=False)
    images = images / images.std() + 0.3 * np.random.default_rng(0).standard_normal(images.shape)
    train, held_out = images[:400], images[400:]
    model, epochs = trained(train, latent=4)
    white = train.var(axis=0).mean()
    flat = -0.5 * np.mean(np.sum((held_out - train.mean(axis=0)) ** 2 / white + np.log(2 * np.pi * white), axis=(1, 2)))
    assert held_out_log_likelihood(model, held_out).mean().item() > flat + 20
    assert epochs[-1].active >= 2


def test_a_checkpoint_gives_the_same_autoencoder(tmp_path):
    images = ellipses(100).images
    model = Vae(VaeOptions(256, 2, hidden=(8,), full_covariance=True))
    trainer = Trainer(model, TrainingOptions(1))
    list(trainer.epochs(images))
    trainer.save(tmp_path / "vae.safetensors")
    again = read_vae(tmp_path / "vae.safetensors")
    assert again.options == model.options
    assert torch.equal(again.decode(torch.ones(1, 2)), model.decode(torch.ones(1, 2)))


def test_no_latent_is_refused():
    with pytest.raises(ValueError, match="0 latent dimensions: an autoencoder needs one at least"):
        Vae(VaeOptions(16, 0))
