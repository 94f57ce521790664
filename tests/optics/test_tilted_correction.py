"""Recovering a tilted specimen: the operator that knows the height against one that assumes a single defocus."""

import numpy as np
import pytest

from vitreous._array import to_numpy
from vitreous.fourier import frequency_radius, irft, rft
from vitreous.optics.ctf import ctf
from vitreous.optics.lens import Defocus, Lens
from vitreous.optics.tilted import height_transfer, tilted_height, tilted_spectrum
from vitreous.optics.tilted_correction import correct_height

N, PIXEL, TILT, AXIS = 256, 1.0, 55.0, 20.0
DEFOCUS, LENS = Defocus(12_000.0, 11_500.0, 40.0), Lens(300.0, 2.7, 0.07)


def correlation(a, b):
    """Between 20 and 2.5 Å."""
    k = frequency_radius((N, N), PIXEL, half=True)
    x, y = (rft(image, 2) * ((k > 1 / 20) & (k < 1 / 2.5)) for image in (a, b))
    return np.real(np.vdot(x, y)) / (np.linalg.norm(x) * np.linalg.norm(y))


def test_a_tilted_micrograph_is_recovered_where_a_single_defocus_fails(rng):
    """Simulated by Philippsen's function, recovered through the Chebyshev operator and its adjoint."""
    phase = 0.05 * rng.standard_normal((N, N))
    spectrum = tilted_spectrum(phase, PIXEL, DEFOCUS, LENS, TILT, AXIS, 1e-10)
    clean = irft(np.fft.ifftshift(spectrum, axes=-1)[:, : N // 2 + 1], (N, N))
    contrast = clean + 0.02 * rng.standard_normal((N, N))
    transfer = height_transfer(tilted_height((N, N), PIXEL, TILT, AXIS), PIXEL, DEFOCUS, LENS)
    snr = (0.05 / 0.02) ** 2
    recovered = correct_height(contrast, transfer, snr)
    flat = height_transfer(np.zeros((N, N)), PIXEL, DEFOCUS, LENS)
    single = correct_height(contrast, flat, snr)
    assert correlation(recovered, phase) > 0.8
    assert correlation(single, phase) < correlation(recovered, phase) - 0.2


def test_of_a_flat_field_it_is_the_wiener_filter(rng):
    shape = (65, 63)
    contrast, flat = rng.standard_normal(shape), height_transfer(np.zeros(shape), PIXEL, DEFOCUS, LENS)
    transfer = 2 * ctf(shape, PIXEL, DEFOCUS, LENS)
    expected = irft(transfer * rft(contrast, 2) / (transfer**2 + 1 / 5.0), shape)
    np.testing.assert_allclose(correct_height(contrast, flat, 5.0, iterations=60), expected, atol=2e-6)


def test_the_other_sense_of_the_tilt_does_worse_than_none(rng):
    phase = 0.05 * rng.standard_normal((N, N))
    spectrum = tilted_spectrum(phase, PIXEL, DEFOCUS, LENS, TILT, AXIS, 1e-10)
    contrast = irft(np.fft.ifftshift(spectrum, axes=-1)[:, : N // 2 + 1], (N, N))
    found = [
        correlation(
            correct_height(contrast, height_transfer(tilted_height((N, N), PIXEL, t, AXIS), PIXEL, DEFOCUS, LENS), 6.0),
            phase,
        )
        for t in (TILT, 0.0, -TILT)
    ]
    assert found[0] > found[1] > found[2]


def test_batches_in_every_library(library, rng):
    shape = (12, 14)
    contrast = rng.standard_normal((3, *shape))
    transfer = height_transfer(tilted_height(shape, 2.0, 40.0, 10.0, like=library(contrast)), 2.0, DEFOCUS, LENS)
    found = to_numpy(correct_height(library(contrast), transfer, 3.0, iterations=8))
    numpy_transfer = height_transfer(tilted_height(shape, 2.0, 40.0, 10.0), 2.0, DEFOCUS, LENS)
    for image, expected in zip(found, contrast, strict=True):
        np.testing.assert_allclose(image, correct_height(expected, numpy_transfer, 3.0, iterations=8), atol=1e-9)


def test_nothing_comes_of_nothing():
    transfer = height_transfer(np.zeros((6, 6)), 2.0, DEFOCUS, LENS)
    np.testing.assert_array_equal(correct_height(np.zeros((6, 6)), transfer, 3.0), np.zeros((6, 6)))


def test_a_ratio_of_zero_is_refused():
    with pytest.raises(ValueError, match="snr=0"):
        correct_height(np.zeros((4, 4)), height_transfer(np.zeros((4, 4)), 2.0, DEFOCUS, LENS), 0)
