"""The posterior that is found in the model, against closed forms, finite differences and sums over many draws."""

import math

import numpy as np
import pytest
import torch

from vitreous.heterogeneity.coefficients import Coefficients
from vitreous.heterogeneity.elbo import kl_from_standard
from vitreous.heterogeneity.latent_posterior import latent_posterior
from vitreous.heterogeneity.latent_search import (
    Evidence,
    cubature,
    expected_log_likelihood,
    find_posterior,
    log_evidence,
    moments_of,
)

D, M = 3, 12


def evidence(q=D, strength=2.0):
    rng = np.random.default_rng(4)
    slices = rng.normal(size=(M, 9, q)) * strength / 3
    residual = rng.normal(size=(M, 9, 1))
    gram, projection = np.swapaxes(slices, 1, 2) @ slices, (np.swapaxes(slices, 1, 2) @ residual)[..., 0]
    return Evidence(torch.from_numpy(gram), torch.from_numpy(projection))


def start():
    return torch.zeros(M, D, dtype=torch.float64)


def test_the_linear_posterior_is_the_exact_one_from_anywhere():
    seen, linear = evidence(), Coefficients(D, D)
    wanted = latent_posterior(seen.gram.numpy(), seen.projection.numpy(), np.ones(D))
    for at in (start(), start() + 3):
        found = find_posterior(seen, linear, at)
        np.testing.assert_allclose(found.mean, wanted.mean, atol=1e-5)
        np.testing.assert_allclose(found.scale @ found.scale.mT, wanted.covariance, atol=1e-5)


def test_the_bound_is_the_exact_likelihood_where_the_model_is_linear_and_below_it_elsewhere():
    seen, linear = evidence(), Coefficients(D, D)
    exact = latent_posterior(seen.gram.numpy(), seen.projection.numpy(), np.ones(D)).log_likelihood
    found = find_posterior(seen, linear, start())

    def bound(posterior):
        gain = expected_log_likelihood(seen, linear, cubature(posterior))
        return (gain - kl_from_standard(posterior.mean, posterior.scale)).numpy()

    np.testing.assert_allclose(bound(found), exact, atol=1e-6)
    moved = type(found)(found.mean + 0.2, found.scale * 1.3)
    assert (bound(moved) < exact - 0.01).all()
    weighted = log_evidence(seen, linear, found, 4, torch.Generator().manual_seed(0))
    np.testing.assert_allclose(weighted, exact, atol=1e-6)


def test_where_the_model_bends_the_mode_is_a_maximum_and_more_draws_raise_the_bound():
    seen, network = evidence(q=8, strength=1.0), Coefficients(D, 8, hidden=16).double()
    found = find_posterior(seen, network, start(), steps=40)

    def height(z):
        return (seen.log_likelihood(network(z)) - (z * z).sum(-1) / 2).detach()

    rng = np.random.default_rng(1)
    for _ in range(20):
        assert (
            height(found.mean + 0.01 * torch.from_numpy(rng.normal(size=(M, D)))) <= height(found.mean) + 1e-7
        ).all()
    one, many = (log_evidence(seen, network, found, n, torch.Generator().manual_seed(1)).mean() for n in (1, 2000))
    assert one < many


def test_the_price_of_divergence_widens_the_posterior():
    seen, linear = evidence(), Coefficients(D, D)
    wide, narrow = (find_posterior(seen, linear, start(), beta=beta).scale for beta in (4.0, 1.0))
    assert (wide.diagonal(dim1=1, dim2=2) > narrow.diagonal(dim1=1, dim2=2)).all()
    free = find_posterior(Evidence(seen.gram * 0, seen.projection * 0), linear, start() + 1)
    torch.testing.assert_close(free.mean, start())


def test_the_points_have_the_moments_of_the_posterior():
    found = find_posterior(evidence(), Coefficients(D, D), start())
    first, second = moments_of(Coefficients(D, D), cubature(found))
    torch.testing.assert_close(first[:, 1:], found.mean)
    wanted = found.scale @ found.scale.mT + found.mean[:, :, None] * found.mean[:, None]
    torch.testing.assert_close(second[:, 1:, 1:], wanted)
    assert torch.equal(first[:, 0], torch.ones(M, dtype=torch.float64))


def test_the_gradient_of_the_network_is_that_of_finite_differences():
    seen, network = evidence(q=6), Coefficients(D, 6, hidden=8).double()
    points = cubature(find_posterior(seen, network, start()))
    expected_log_likelihood(seen, network, points).sum().backward()
    for layer in network.layers:
        weight, step = layer.weight, 1e-5
        with torch.no_grad():
            values = []
            for sign in (1, -1):
                weight[0, 0] += sign * step
                values.append(expected_log_likelihood(seen, network, points).sum())
                weight[0, 0] -= sign * step
        numeric = float(values[0] - values[1]) / (2 * step)
        assert math.isclose(numeric, float(weight.grad[0, 0]), rel_tol=1e-6, abs_tol=1e-6)


@pytest.mark.parametrize("shape", [(M, 6), (M, 5, 6)])
def test_the_likelihood_is_a_quadratic_of_the_coefficients(shape):
    seen = evidence(q=6)
    c = torch.from_numpy(np.random.default_rng(2).normal(size=shape))
    many = c.reshape(M, -1, 6)
    wanted = 2 * torch.einsum("mpq,mq->mp", many, seen.projection) - torch.einsum(
        "mpq,mqr,mpr->mp", many, seen.gram, many
    )
    torch.testing.assert_close(seen.log_likelihood(c), wanted.reshape(shape[:-1]))
