"""Corrections bring back what was put through the transfer."""

import numpy as np
import pytest

from vitreous._array import to_numpy
from vitreous.fourier import filter_image, irft, rft
from vitreous.optics import (
    Defocus,
    Lens,
    antisymmetric_factor,
    ctf,
    ctf_multiply,
    phase_flip,
    remove_aberrations,
    wiener_correct,
)

SHAPE, PIXEL = (33, 35), 1.4
LENS = Lens(300.0, 2.7, 0.1, beam_tilt_mrad=(3.0, 1.0), odd_zernike=(0.0, 0.0, 20.0))
DEFOCUS = Defocus(np.array([6e3, 9e3]), np.array([5e3, 9.5e3]), np.array([20.0, 70.0]))


@pytest.fixture
def images(rng):
    return rng.normal(size=(2, *SHAPE))


def test_a_flipped_image_correlates_positively_at_every_frequency(library, images):
    transfer = ctf(SHAPE, PIXEL, DEFOCUS, LENS)
    seen = filter_image(images, transfer, 2)
    flipped = rft(to_numpy(phase_flip(library(seen), library(transfer))), 2)
    np.testing.assert_allclose(flipped, np.abs(transfer) * rft(images, 2), atol=1e-10)


def test_multiplication_is_the_adjoint_of_the_transfer(library, rng, images):
    """⟨C x, y⟩ = ⟨x, C y⟩."""
    transfer = ctf(SHAPE, PIXEL, DEFOCUS, LENS)
    other = rng.normal(size=images.shape)
    seen = filter_image(images, transfer, 2)
    back = to_numpy(ctf_multiply(library(other), library(transfer)))
    assert np.sum(seen * other) == pytest.approx(np.sum(images * back))


def test_wiener_without_noise_inverts_the_transfer(library, images):
    """Wherever the transfer passes anything; and the expected error is least at the true noise-to-signal ratio."""
    transfer = ctf(SHAPE, PIXEL, DEFOCUS, LENS)
    seen = filter_image(images, transfer, 2)
    found = rft(to_numpy(wiener_correct(library(seen), library(transfer), 1e-12)), 2)
    passed = np.abs(transfer) > 0.01
    np.testing.assert_allclose(found[passed], rft(images, 2)[passed], rtol=1e-6, atol=1e-6)


def test_wiener_is_best_at_the_true_ratio(rng):
    images = rng.normal(size=(40, *SHAPE))
    transfer = ctf(SHAPE, PIXEL, Defocus.round(6e3), LENS)
    seen = filter_image(images, transfer, 2) + 0.5 * rng.normal(size=images.shape)
    error = [np.mean((wiener_correct(seen, transfer, ratio) - images) ** 2) for ratio in (0.1, 0.25, 0.6)]
    assert error[1] < error[0]
    assert error[1] < error[2]
    flipped = np.mean((phase_flip(seen, transfer) - images) ** 2)
    assert error[1] < flipped


def test_aberrations_out(library, images):
    factor = antisymmetric_factor(SHAPE, PIXEL, LENS)
    seen = irft(rft(images, 2) * factor, SHAPE)
    assert np.linalg.norm(seen - images) > 0.5 * np.linalg.norm(images)
    found = remove_aberrations(library(seen), library(factor))
    np.testing.assert_allclose(to_numpy(found), images, atol=1e-10)
