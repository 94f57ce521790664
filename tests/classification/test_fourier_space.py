"""White noise: expectation-maximization in Fourier space gives the answers of real space."""

import numpy as np
import pytest

from vitreous.classification import fourier_space, real_space
from vitreous.classification.fourier_space import turning_spectra
from vitreous.classification.pose_grid import pose_grid, turn
from vitreous.fourier import ft

BOXES = [9, 10]


def images_and_start(box, rng):
    images = rng.standard_normal((12, box, box)) + rng.standard_normal((3, box, box)).repeat(4, axis=0)
    return images, real_space.Mixture(images[[0, 4, 8]] * 0.4, np.array([0.5, 0.3, 0.2]), 4.0)


@pytest.mark.parametrize("box", BOXES)
def test_the_matrices_turn_spectra(box, rng):
    image, angles = rng.standard_normal((box, box)), np.array([0.0, 20.0, 135.0])
    spectra = turning_spectra(box, angles) @ ft(image, 2).ravel()
    np.testing.assert_allclose(spectra.reshape(3, box, box), ft(turn(image, angles), 2), atol=1e-9)


@pytest.mark.parametrize("box", BOXES)
def test_posteriors_and_likelihood_are_those_of_real_space(box, rng):
    poses = pose_grid(6, 1.0)
    images, mixture = images_and_start(box, rng)
    here, there = (space.expect(images, mixture, poses) for space in (fourier_space, real_space))
    np.testing.assert_allclose(here.posterior, there.posterior, atol=1e-10)
    np.testing.assert_allclose(here.log_likelihood, there.log_likelihood, rtol=1e-10)
    # not so sure that all would agree by being 0 or 1
    assert 0.05 < np.mean(there.posterior.max(axis=(1, 2, 3))) < 0.999


@pytest.mark.parametrize("box", BOXES)
def test_rounds_of_it_stay_together(box, rng):
    poses = pose_grid(6, 1.0)
    images, mixture = images_and_start(box, rng)
    mixtures = {real_space: mixture, fourier_space: mixture}
    for _ in range(4):
        for space, before in mixtures.items():
            found = space.expect(images, before, poses)
            mixtures[space] = space.maximise(
                images, found, poses, noise_variance=before.noise_variance, prior_variance=2.0
            )
        here, there = mixtures[fourier_space], mixtures[real_space]
        scale = np.abs(there.references).max()
        np.testing.assert_allclose(here.references, there.references, atol=1e-5 * scale)
        np.testing.assert_allclose(here.weights, there.weights, rtol=1e-5)
        assert here.noise_variance == pytest.approx(there.noise_variance, rel=1e-5)
