"""The Fourier pair against NumPy's FFT, on odd and even sizes in one, two and three dimensions."""

import itertools

import numpy as np
import pytest

from vitreous._array import to_numpy
from vitreous.fourier import ft, ift, irft, positions, rft, shift_image

SHAPES = [shape for dim in (1, 2, 3) for shape in itertools.product((6, 9), repeat=dim)]


def by_hand(image, dim):
    """NumPy's FFT puts its origin at pixel 0; phases, rather than shifts of the arrays, move it to n // 2."""
    spectrum = np.fft.fftn(image, axes=tuple(range(-dim, 0)))
    for axis in range(-dim, 0):
        n = image.shape[axis]
        index = (positions(n) % n).astype(int)
        phase = np.exp(2j * np.pi * positions(n) / n * (n // 2))
        spectrum = np.moveaxis(np.moveaxis(spectrum, axis, -1)[..., index] * phase, -1, axis)
    return spectrum


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float32, 1e-4), (np.float64, 1e-11)])
def test_forward(library, rng, shape, dtype, tolerance):
    image = rng.standard_normal((2, *shape)).astype(dtype)
    dim = len(shape)
    expected = by_hand(image.astype(np.float64), dim)
    np.testing.assert_allclose(to_numpy(ft(library(image), dim)), expected, atol=tolerance)
    complex_image = library(image * np.asarray(1 + 2j, np.result_type(dtype, np.complex64)))
    np.testing.assert_allclose(to_numpy(ft(complex_image, dim)), (1 + 2j) * expected, atol=3 * tolerance)
    half = expected[..., shape[-1] // 2 :]
    half = half if shape[-1] % 2 else np.concatenate([half, expected[..., :1]], axis=-1)
    np.testing.assert_allclose(to_numpy(rft(library(image), dim)), half, atol=tolerance)


@pytest.mark.parametrize("shape", SHAPES)
def test_inverse(library, rng, shape):
    dim, axes = len(shape), tuple(range(-len(shape), 0))
    spectrum = rng.standard_normal((2, *shape)) + 1j * rng.standard_normal((2, *shape))
    expected = np.fft.fftshift(np.fft.ifftn(np.fft.ifftshift(spectrum, axes=axes), axes=axes), axes=axes)
    np.testing.assert_allclose(to_numpy(ift(library(spectrum), dim)), expected, atol=1e-14)
    image = rng.standard_normal(shape)
    half = np.fft.rfftn(np.fft.ifftshift(image))
    half = np.fft.fftshift(half, axes=axes[:-1])
    np.testing.assert_allclose(to_numpy(irft(library(half), shape)), image, atol=1e-13)


@pytest.mark.parametrize("shape", SHAPES)
def test_numpy_from_ours(rng, shape):
    # the same the other way: our spectrum of the image moved by its origin is NumPy's
    image = rng.standard_normal(shape)
    moved = shift_image(image, [float(n // 2) for n in shape[::-1]])
    np.testing.assert_allclose(np.fft.ifftshift(ft(moved, len(shape))), np.fft.fftn(image), atol=1e-11)
