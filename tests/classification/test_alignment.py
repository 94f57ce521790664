"""One class: known poses are found, marginal likelihood rises, and a point estimate makes more of noise."""

import numpy as np
import pytest

from vitreous.classification.alignment import ESTIMATES, align, cross_correlations, mean_of_poses
from vitreous.classification.pose_grid import pose_grid, shift_images, turn
from vitreous.fourier import coordinate_radius, coordinates

BOX = 32
PLACES = [(6, 1, 1.0), (-2, 5, 0.8), (-5, -3, 1.2), (1, -6, 0.6), (3, 4, -0.7), (0, 0, 0.5)]


def molecule(box=BOX, places=PLACES):
    """A heap of blobs without any symmetry."""
    grid = coordinates((box, box))
    return sum(w * np.exp(-((grid[..., 0] - x) ** 2 + (grid[..., 1] - y) ** 2) / 8) for x, y, w in places)


def observed(count, poses, noise_variance, rng, image=None):
    """Images in random poses of the grid, with the numbers of their poses."""
    turned = turn(molecule() if image is None else image, poses.psi_deg)
    angle = rng.integers(0, len(poses.psi_deg), count)
    shift = rng.integers(0, len(poses.shift_pixels), count)
    clean = shift_images(turned, poses.shift_pixels)[angle, shift]
    return clean + np.sqrt(noise_variance) * rng.standard_normal(clean.shape), angle, shift


def correlation(a, b, radius=12):
    inside = coordinate_radius(a.shape) <= radius
    return float(np.corrcoef(a[inside], b[inside])[0, 1])


def best_correlation(image, truth):
    return max(correlation(turned, truth) for turned in turn(image, np.arange(0, 360, 5.0)))


def test_cross_correlations_are_the_sums_that_they_stand_for(rng):
    poses, reference = pose_grid(5, 1.5), molecule(12)
    images = rng.standard_normal((3, 12, 12))
    found = cross_correlations(images, reference, poses)
    posed = shift_images(turn(reference, poses.psi_deg), poses.shift_pixels)
    np.testing.assert_allclose(found, np.einsum("nyx,rtyx->nrt", images, posed), atol=1e-10)


def test_the_mean_brings_images_back_from_their_poses(rng):
    poses = pose_grid(9, 2.0)
    images, angle, shift = observed(40, poses, 0.0, rng)
    weights = np.zeros((40, 9, len(poses.shift_pixels)))
    weights[np.arange(40), angle, shift] = 1
    assert correlation(mean_of_poses(images, weights, poses), molecule()) > 0.999


@pytest.mark.parametrize("estimate", ESTIMATES)
def test_known_poses_are_found(estimate, rng):
    poses = pose_grid(24, 2.0)
    images, angle, shift = observed(60, poses, 0.02, rng)
    *_, last = align(images, molecule(), poses, noise_variance=0.02, rounds=2, estimate=estimate)
    np.testing.assert_array_equal(last.psi_deg, poses.psi_deg[angle])
    np.testing.assert_array_equal(last.shift_pixels, poses.shift_pixels[shift])
    assert last.max_probability.min() > 0.99
    assert correlation(last.reference, molecule()) > 0.99


def test_the_marginal_likelihood_rises_to_that_of_the_truth(rng):
    poses, variance = pose_grid(24, 1.0), 0.5
    images, _, _ = observed(150, poses, variance, rng)
    start = images[:20].mean(axis=0)
    rounds = list(align(images, start, poses, noise_variance=variance, rounds=15))
    likelihoods = [found.log_likelihood for found in rounds]
    # turned back by interpolation, the mean is not the exact maximum: rises of the early rounds are far larger
    assert np.all(np.diff(likelihoods) > -0.5)
    truth = next(align(images, molecule(), poses, noise_variance=variance)).log_likelihood
    assert likelihoods[-1] > truth - 20 > likelihoods[0]
    assert best_correlation(rounds[-1].reference, molecule()) > 0.9


def test_a_point_estimate_makes_a_faint_reference_out_of_noise_and_the_marginal_mean_lets_it_fade(rng):
    """Einstein from noise: aligned by their best poses, images of noise add up to whatever they were aligned to."""
    poses, noise = pose_grid(24, 1.0), rng.standard_normal((200, BOX, BOX))
    template = molecule() / np.linalg.norm(molecule())
    best = cross_correlations(noise, template, poses).max(axis=(1, 2)).mean()
    size = {
        name: float((next(align(noise, template, poses, noise_variance=1.0, estimate=name)).reference * template).sum())
        for name in ESTIMATES
    }
    # ⟨mean, A⟩ = ⟨R⁻¹S⁻¹y, A⟩ is the mean of the highest cross-correlations: a norm of 1 grows to more
    assert size["maximum"] == pytest.approx(best, rel=0.03)
    assert size["maximum"] > 1.3
    # for a faint reference the marginal mean is ⟨c²⟩ − ⟨c⟩² over the poses, at most |A|² s²
    assert 0.1 < size["marginal"] < 0.7


def test_what_cannot_be_asked_for_is_refused(rng):
    images, poses = rng.standard_normal((2, 8, 8)), pose_grid(4)
    with pytest.raises(ValueError, match="marginal, maximum"):
        next(align(images, images[0], poses, noise_variance=1.0, estimate="best"))
    with pytest.raises(ValueError, match="variance 0"):
        next(align(images, images[0], poses, noise_variance=0.0))
