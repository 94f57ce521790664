"""The pixels' expectation-maximization against sums written out, and its promise: the objective never falls."""

import numpy as np
import pytest

from vitreous.classification.pose_grid import pose_grid, shift_images, turn
from vitreous.classification.real_space import Mixture, expect, maximise, posterior_of
from vitreous.fourier import coordinates

BOX = 12


def classes(box=BOX):
    grid = coordinates((box, box))
    centres = [[(2.5, 0.0), (-1.5, 2.0)], [(0.0, 2.5), (1.0, -2.5)]]
    return np.stack(
        [sum(np.exp(-((grid[..., 0] - x) ** 2 + (grid[..., 1] - y) ** 2) / 3) for x, y in two) for two in centres]
    )


def drawn(count, poses, variance, rng, box=BOX):
    """Images of two classes, 0.7 : 0.3, in random poses of a grid."""
    kind = rng.choice(2, count, p=[0.7, 0.3])
    turned = shift_images(turn(classes(box), poses.psi_deg), poses.shift_pixels)
    angle, shift = rng.integers(0, len(poses.psi_deg), count), rng.integers(0, len(poses.shift_pixels), count)
    return turned[kind, angle, shift] + np.sqrt(variance) * rng.standard_normal((count, box, box)), kind


def start(rng, variance=0.3):
    return Mixture(0.5 * classes() + 0.1 * rng.standard_normal((2, BOX, BOX)), np.array([0.5, 0.5]), variance)


def test_densities_are_those_of_gaussian_pixels(rng):
    poses, variance = pose_grid(3, 1.0), 0.4
    images, _ = drawn(4, poses, variance, rng)
    mixture = Mixture(classes(), np.array([0.7, 0.3]), variance)
    predicted = shift_images(turn(mixture.references, poses.psi_deg), poses.shift_pixels)
    found = expect(images, mixture, poses)
    for image, posterior, log_likelihood in zip(images, found.posterior, found.log_likelihood, strict=True):
        log_pixels = -((image - predicted) ** 2) / (2 * variance) - 0.5 * np.log(2 * np.pi * variance)
        joint = np.exp(log_pixels.sum(axis=(-2, -1))) * np.array([0.7, 0.3])[:, None, None] / 15
        assert log_likelihood == pytest.approx(np.log(joint.sum()))
        np.testing.assert_allclose(posterior, joint / joint.sum(), atol=1e-9)


def test_the_objective_never_falls_and_classes_and_noise_are_found(rng):
    poses, variance, prior = pose_grid(8, 1.0), 0.04, 4.0
    images, kind = drawn(120, poses, variance, rng)
    mixture, objective = start(rng), []
    for _ in range(15):
        found = expect(images, mixture, poses)
        objective.append(found.log_likelihood.sum() - (mixture.references**2).sum() / (2 * prior))
        mixture = maximise(images, found, poses, noise_variance=mixture.noise_variance, prior_variance=prior)
    assert np.all(np.diff(objective) > -1e-6)
    assigned = found.posterior.sum(axis=(2, 3)).argmax(axis=1)
    assert np.mean(assigned == kind) > 0.98
    assert mixture.noise_variance == pytest.approx(variance, rel=0.1)
    assert mixture.weights[0] == pytest.approx(np.mean(kind == 0), abs=0.02)
    assert np.corrcoef(mixture.references.ravel(), classes().ravel())[0, 1] > 0.95


def test_equal_densities_leave_the_prior():
    flat = posterior_of(np.full((2, 3, 4, 5), -7.0), np.array([0.5, 0.3, 0.2]))
    np.testing.assert_allclose(flat.posterior.sum(axis=(2, 3)), [[0.5, 0.3, 0.2]] * 2)
    np.testing.assert_allclose(flat.log_likelihood, -7.0)
