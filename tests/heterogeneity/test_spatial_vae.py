"""Spatial-VAE: what it answers turns with the image, its bound is one, and it tells content from pose."""

import math

import numpy as np
import pytest
import torch
from torch.func import functional_call

from vitreous.heterogeneity import HINGE, in_plane_errors, toy_images, variance_explained_by_angle
from vitreous.heterogeneity.spatial_vae import CoordinateDecoder, SpatialVae, SpatialVaeOptions, read_spatial_vae
from vitreous.heterogeneity.training import Trainer, TrainingOptions, held_out_log_likelihood, terms_of
from vitreous.heterogeneity.vae import Vae, VaeOptions

SMALL = SpatialVaeOptions(
    13, 2, encoder=(16,), decoder=(8, 8), waves=4, angles=8, weighed=8, pixels_per_step=169, noise_sigma=0.5
)


@pytest.fixture(autouse=True)
def _one_thread():
    """Layers this small are done before a second thread has begun."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def small(**options):
    return SpatialVae(SpatialVaeOptions(**{**vars(SMALL), **options}))


def images(count=12, box=13):
    drawn = toy_images(HINGE, count, box, rotate=True, shift_sigma_pixels=1.0, noise_sigma=0.1)
    return torch.tensor(drawn.images)


def test_the_answer_turns_with_the_image():
    """An image turned by 90° has the same scores, content and shift as seen, two of eight angles further."""
    model, upright = small(), images()
    # psi = 90°: what lay along +y is seen along +x
    turned = upright.flip(-1).transpose(-2, -1)
    score, other_score = model.posterior(upright)[0], model.posterior(turned)[0]
    best, other_best = score.argmax(-1, keepdim=True), other_score.argmax(-1, keepdim=True)
    assert torch.equal((best + 2) % 8, other_best)
    torch.testing.assert_close(score.roll(2, -1), other_score, atol=1e-4, rtol=1e-4)
    poses, other_poses = model.infer(upright), model.infer(turned)
    difference = (other_poses.angle_deg - poses.angle_deg) % 360
    np.testing.assert_allclose(difference, 90, atol=1e-2)
    np.testing.assert_allclose(other_poses.content, poses.content, atol=1e-4)
    x, y = poses.shift_pixels.T
    np.testing.assert_allclose(other_poses.shift_pixels, np.stack([y, -x], axis=1), atol=1e-4)


def test_the_prior_of_the_angle_is_even_over_the_circle():
    """K Gaussians of half a step's width, as documented: 1.5 % at most from even."""
    step = 360.0 / 16
    at, centres = np.linspace(0, step, 50), step * np.arange(-40, 40)
    density = np.exp(-(((at[:, None] - centres) / (step / 2)) ** 2) / 2).sum(1) / (step / 2 * math.sqrt(2 * math.pi))
    assert np.ptp(density * step) / 2 < 0.015
    angle, _, _ = small(angles=16).poses_of(torch.tensor([[3]]), torch.tensor([[[1.0, 0, 0, 0, 0]]]))
    assert angle.item() == pytest.approx(3 * step + step / 2)


def test_the_likelihood_compares_with_the_image_of_the_decoder():
    """An image that was decoded at a pose is explained perfectly at that pose."""
    model = small()
    chosen = torch.tensor([[2], [5]])
    unknowns = torch.randn(2, 1, 5, generator=torch.Generator().manual_seed(1))
    angle, shift, content = model.poses_of(chosen, unknowns)
    with torch.no_grad():
        drawn = model.decode(content[:, 0], angle[:, 0], shift[:, 0])
        found = model._log_likelihood(drawn, chosen, unknowns)
    torch.testing.assert_close(found, torch.full((2, 1), -169 / 2 * math.log(2 * math.pi * 0.25)))


def test_a_content_can_be_drawn_at_any_size():
    """Twice the pixels: every second one is the coarse image's."""
    model = small(box=12)
    with torch.no_grad():
        coarse, fine = (model.decode(torch.ones(1, 2), box=box) for box in (12, 24))
    torch.testing.assert_close(fine[:, ::2, ::2], coarse)


def test_part_of_the_pixels_is_right_on_average():
    whole, part = small(), small(pixels_per_step=40)
    few = images(2)
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        wanted = whole.terms(few.repeat(2000, 1, 1), generator).log_likelihood.reshape(-1, 2)
        found = torch.stack([part.terms(few.repeat(10, 1, 1), generator).log_likelihood for _ in range(150)])
    found = found.reshape(150, 10, 2).mean(1)
    error = found.std(0) / math.sqrt(150) + wanted.std(0) / math.sqrt(2000)
    assert torch.all((found.mean(0) - wanted.mean(0)).abs() < 4 * error)


def test_fewer_angles_weighed_is_a_lower_bound():
    """With even scores, one angle pays ln K for having been chosen and all of them pay nothing."""
    one, every = small(weighed=1), small()
    for model in (one, every):
        torch.nn.init.zeros_(model.score.weight)
    paid, free = (model.terms(images(), torch.Generator().manual_seed(0)).per_dimension[:, 0] for model in (one, every))
    torch.testing.assert_close(paid, torch.full((12,), math.log(8)))
    torch.testing.assert_close(free, torch.zeros(12), atol=1e-6, rtol=0)


def test_importance_weights_average_to_the_bound_and_their_evidence_lies_above():
    model = small()
    terms = terms_of(model, images().repeat(300, 1, 1))
    bound = (terms.log_likelihood - terms.divergence).mean().item()
    one, many = (held_out_log_likelihood(model, images().repeat(20, 1, 1), draws) for draws in (1, 64))
    assert one.mean().item() == pytest.approx(bound, abs=4 * one.std().item() / math.sqrt(len(one)))
    assert many.mean().item() > bound


class Bound(torch.nn.Module):
    """The terms of a model as the forward pass that `functional_call` wants, with the same draws each time."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, given):
        return self.model.terms(given, torch.Generator().manual_seed(0))


@pytest.mark.parametrize("likelihood", ["gaussian", "bernoulli"])
def test_gradients_of_the_bound_are_those_of_finite_differences(likelihood):
    model = small(
        box=5, encoder=(3,), decoder=(3,), waves=2, angles=4, weighed=4, pixels_per_step=25, likelihood=likelihood
    ).double()
    given = toy_images(HINGE, 2, 5, rotate=True).images.astype(np.float64)
    rng = np.random.default_rng(2)
    moved = [name for name, weight in model.named_parameters() if weight.requires_grad]
    values = tuple(
        torch.tensor(0.5 * rng.standard_normal(model.get_parameter(name).shape), requires_grad=True) for name in moved
    )

    def bound(*values):
        named = {f"model.{name}": value for name, value in zip(moved, values, strict=True)}
        terms = functional_call(Bound(model), named, (torch.tensor(given),))
        return terms.log_likelihood - terms.divergence

    assert torch.autograd.gradcheck(bound, values)


def test_the_decoder_knows_the_plane_and_nothing_of_pixels():
    decoder = CoordinateDecoder(2, (8, 8), 4, highest=2.0)
    assert decoder.wave.norm(dim=1).max() <= 2 * math.pi * 2.0
    points, content = torch.zeros(3, 7, 2), torch.zeros(3, 2)
    assert decoder(points, content).shape == (3, 7)


def test_it_comes_back_from_a_checkpoint(tmp_path):
    model = small()
    Trainer(model, TrainingOptions()).save(tmp_path / "spatial.safetensors")
    again = read_spatial_vae(tmp_path / "spatial.safetensors")
    assert again.options == model.options
    assert np.array_equal(again.infer(images()).content, model.infer(images()).content)


@pytest.mark.parametrize(
    ("options", "message"), [({"latent": 0}, "0 latent"), ({"weighed": 9}, "9 angles weighed of 8")]
)
def test_what_cannot_be_built_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        small(**options)


def figures(train, test, spatial_epochs, plain_epochs):
    """Errors of the poses, and the share of the latents that the angle explains, here and in the plain autoencoder."""
    spatial = SpatialVae(SpatialVaeOptions(32, 2))
    list(Trainer(spatial, TrainingOptions(spatial_epochs, 32)).epochs(train.images))
    plain = Vae(VaeOptions(1024, 2))
    list(Trainer(plain, TrainingOptions(plain_epochs, 32)).epochs(train.images))
    poses = spatial.infer(test.images)
    angle_error, shift_error = in_plane_errors(poses.angle_deg, poses.shift_pixels, test.angle_deg, test.shift_pixels)
    with torch.no_grad():
        latents = plain.posterior(torch.tensor(test.images)).mean.numpy()
    with_opening = [abs(np.corrcoef(latent, test.content[:, 0])[0, 1]) for latent in poses.content.T]
    return {
        "median_angle_error_deg": float(np.median(angle_error)),
        "worst_tenth_angle_error_deg": float(np.percentile(angle_error, 90)),
        "median_shift_error_pixels": float(np.median(shift_error)),
        "explained_by_angle": variance_explained_by_angle(poses.content, test.angle_deg),
        "explained_by_angle_plain": variance_explained_by_angle(latents, test.angle_deg),
        "correlation_with_opening": float(max(with_opening)),
    }


def test_angles_of_the_full_circle_are_found():
    train, test = (
        toy_images(HINGE, n, 32, rotate=True, shift_sigma_pixels=1.0, noise_sigma=0.1, seed=n) for n in (1200, 400)
    )
    found = figures(train, test, spatial_epochs=3, plain_epochs=6)
    assert found["median_angle_error_deg"] < 5
    assert found["median_shift_error_pixels"] < 0.5
    assert found["explained_by_angle"] < 0.05
    assert found["explained_by_angle_plain"] > 0.3


@pytest.mark.slow
def test_content_is_told_from_pose(keep):
    """The opening of the hinge is in the latent, the angle is not, and the plain autoencoder's is made of it."""
    train, test = (
        toy_images(HINGE, n, 32, rotate=True, shift_sigma_pixels=1.0, noise_sigma=0.1, seed=n) for n in (2000, 500)
    )
    found = figures(train, test, spatial_epochs=15, plain_epochs=30)
    keep(**found)
    assert found["median_angle_error_deg"] < 5
    assert found["worst_tenth_angle_error_deg"] < 15
    assert found["explained_by_angle"] < 0.05 < found["explained_by_angle_plain"]
    assert found["correlation_with_opening"] > 0.9
