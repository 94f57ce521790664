"""The centred pair against known transforms, and the properties that define it."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from gradients import gradients_agree
from vitreous._array import namespace, to_numpy
from vitreous.fourier import coordinates, frequencies, frequency_radius, ft, half_shape, ift, irft, positions, rft

SHAPES = [(8,), (9,), (1,), (6, 8), (7, 9), (5, 8), (8, 5), (4, 6, 8), (5, 7, 9), (3, 4, 5), (4, 5, 2)]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_round_trips_in_every_library(library, rng, shape, dtype):
    image = rng.standard_normal((2, *shape)).astype(dtype)
    given = library(image)
    xp, dim, tolerance = namespace(given), len(shape), 1e-5 if dtype == np.float32 else 1e-13
    spectrum, half = ft(given, dim), rft(given, dim)
    assert spectrum.dtype == half.dtype == (xp.complex64 if dtype == np.float32 else xp.complex128)
    assert half.shape[1:] == half_shape(shape)
    back, real_back = ift(spectrum, dim), irft(half, shape)
    assert real_back.dtype == given.dtype
    np.testing.assert_allclose(to_numpy(back), image, atol=tolerance)
    np.testing.assert_allclose(to_numpy(real_back), image, atol=tolerance)


def test_complex_images_make_the_round_trip(library, rng):
    image = rng.standard_normal((3, 6, 7)) + 1j * rng.standard_normal((3, 6, 7))
    np.testing.assert_allclose(to_numpy(ift(ft(library(image), 2), 2)), image, atol=1e-13)


@pytest.mark.parametrize("n", [32, 33])
def test_a_gaussian_transforms_into_a_gaussian(n):
    # ∫ exp(−π x²/s²) exp(−2πi k x) dx = s exp(−π s² k²); sampling adds what lies a whole cycle away
    s = 5.0
    folded = s * np.exp(-np.pi * s**2 / 4)
    x, k = positions(n), frequencies(n)
    np.testing.assert_allclose(
        ft(np.exp(-np.pi * x**2 / s**2), 1), s * np.exp(-np.pi * s**2 * k**2), atol=1.01 * folded
    )


@pytest.mark.parametrize("shape", [(24, 24), (25, 24), (24, 25, 26)])
def test_a_gaussian_in_more_dimensions_is_real_and_round(shape):
    s, dim = 4.0, len(shape)
    image = np.exp(-np.pi * np.sum(coordinates(shape) ** 2, axis=-1) / s**2)
    expected = s**dim * np.exp(-np.pi * s**2 * frequency_radius(shape) ** 2)
    np.testing.assert_allclose(ft(image, dim), expected, atol=1e-4 * s**dim)
    assert np.abs(np.imag(ft(image, dim))).max() < 0.01


def test_two_gaussians_of_opposite_sign():
    # exp(−π(x−2)²) − exp(−π(x+2)²) ⟷ exp(−πk²)(e^{−4πik} − e^{4πik}) = −2i sin(4πk) exp(−πk²)
    n, step = 400, 0.05
    x, k = positions(n) * step, frequencies(n, step)
    image = np.exp(-np.pi * (x - 2) ** 2) - np.exp(-np.pi * (x + 2) ** 2)
    np.testing.assert_allclose(ft(image, 1) * step, -2j * np.sin(4 * np.pi * k) * np.exp(-np.pi * k**2), atol=1e-12)


@pytest.mark.parametrize("n", [16, 17])
def test_a_sine_is_two_lines(n):
    cycles = 3
    spectrum = ft(np.sin(2 * np.pi * cycles * positions(n) / n), 1)
    expected = np.zeros(n, complex)
    expected[n // 2 + cycles], expected[n // 2 - cycles] = -0.5j * n, 0.5j * n
    np.testing.assert_allclose(spectrum, expected, atol=1e-12)


@pytest.mark.parametrize("shape", [(7, 8), (8, 7), (6, 6)])
def test_a_delta_beside_the_origin_is_a_wave(shape):
    # a point at x = +1, y = +2 has the spectrum exp(−2πi (kx + 2 ky))
    image = np.zeros(shape)
    image[shape[0] // 2 + 2, shape[1] // 2 + 1] = 1
    ky, kx = frequencies(shape[0])[:, None], frequencies(shape[1])[None, :]
    np.testing.assert_allclose(ft(image, 2), np.exp(-2j * np.pi * (kx + 2 * ky)), atol=1e-14)
    half_kx = frequencies(shape[1], half=True)
    np.testing.assert_allclose(rft(image, 2), np.exp(-2j * np.pi * (half_kx + 2 * ky)), atol=1e-14)


@pytest.mark.parametrize("shape", SHAPES)
def test_frequency_zero_is_the_sum(rng, shape):
    image = rng.standard_normal(shape)
    middle = tuple(n // 2 for n in shape)
    assert ft(image, len(shape))[middle] == pytest.approx(image.sum())
    assert rft(image, len(shape))[(*middle[:-1], 0)] == pytest.approx(image.sum())


@given(shape=st.lists(st.integers(1, 7), min_size=1, max_size=3), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_parseval(shape, seed):
    image = np.random.default_rng(seed).standard_normal(shape)
    power = np.sum(np.abs(ft(image, len(shape))) ** 2) / image.size
    assert power == pytest.approx(np.sum(image**2))


@pytest.mark.parametrize("dim", [1, 2, 3])
def test_gradients(rng, dim):
    image = torch.tensor(rng.standard_normal((2, 2, 3, 4)[-dim - 1 :]), requires_grad=True)
    shape = tuple(image.shape[-dim:])
    assert gradients_agree(lambda x: torch.view_as_real(ft(x, dim)), image)
    assert gradients_agree(lambda x: torch.view_as_real(ift(x, dim)), image)
    assert gradients_agree(lambda x: torch.view_as_real(rft(x, dim)), image)
    assert gradients_agree(lambda x: irft(rft(x, dim) ** 2, shape), image)


def test_wrong_arguments_are_named():
    with pytest.raises(ValueError, match="dim=4"):
        ft(np.zeros((2, 2, 2, 2)), 4)
    with pytest.raises(ValueError, match=r"shape \(5,\)"):
        rft(np.zeros(5), 2)
    with pytest.raises(ValueError, match=r"\(4, 4\)"):
        irft(np.zeros((4, 3), complex), (4, 6))
