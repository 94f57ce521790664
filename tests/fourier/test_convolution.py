import numpy as np
import pytest
import scipy.ndimage
import scipy.signal
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from gradients import gradients_agree
from vitreous._array import to_numpy
from vitreous.fourier import (
    convolve_direct,
    convolve_fourier,
    coordinates,
    filter_image,
    frequency_radius,
    gaussian_blur,
    pad_box,
    positions,
    wrap_box,
)

CASES = [((8,), (3,)), ((7,), (4,)), ((6, 7), (3, 3)), ((6, 7), (4, 5)), ((7, 6), (2, 6)), ((5, 6), (9, 8))]
CASES += [((4, 5, 6), (3, 2, 5)), ((4, 4), (1, 1)), ((3,), (12,))]


@pytest.mark.parametrize("edge", ["zero", "wrap"])
@pytest.mark.parametrize(("shape", "kernel_shape"), CASES)
def test_real_space_and_fourier_space_agree(library, rng, shape, kernel_shape, edge):
    image, kernel = library(rng.standard_normal((2, *shape))), library(rng.standard_normal(kernel_shape))
    direct, fast = convolve_direct(image, kernel, edge), convolve_fourier(image, kernel, edge)
    assert direct.dtype == fast.dtype == image.dtype
    assert direct.shape == fast.shape == image.shape
    np.testing.assert_allclose(to_numpy(direct), to_numpy(fast), atol=1e-12)


@pytest.mark.parametrize(("shape", "kernel_shape"), CASES)
def test_zero_edges_are_the_middle_of_the_full_sum(rng, shape, kernel_shape):
    image, kernel = rng.standard_normal(shape), rng.standard_normal(kernel_shape)
    full = scipy.signal.convolve(image, kernel, mode="full", method="direct")
    middle = tuple(slice(m // 2, m // 2 + n) for n, m in zip(shape, kernel_shape, strict=True))
    np.testing.assert_allclose(convolve_direct(image, kernel, "zero"), full[middle], atol=1e-12)


@pytest.mark.parametrize(("shape", "kernel_shape"), [((8,), (3,)), ((6, 7), (5, 3)), ((5, 5, 6), (3, 3, 5))])
def test_wrapped_edges_are_those_of_scipy(rng, shape, kernel_shape):
    image, kernel = rng.standard_normal(shape), rng.standard_normal(kernel_shape)
    expected = scipy.ndimage.convolve(image, kernel, mode="wrap")
    np.testing.assert_allclose(convolve_fourier(image, kernel, "wrap"), expected, atol=1e-12)


@pytest.mark.parametrize("edge", ["zero", "wrap"])
def test_a_delta_moves_the_image(library, rng, edge):
    image, delta = rng.standard_normal((5, 6)), np.zeros((4, 5))
    delta[2 + 1, 2 - 1] = 1  # y = +1, x = −1
    moved = np.roll(image, (1, -1), axis=(0, 1))
    if edge == "zero":
        moved[0, :], moved[:, -1] = 0, 0
    for convolve in (convolve_direct, convolve_fourier):
        np.testing.assert_allclose(to_numpy(convolve(library(image), library(delta), edge)), moved, atol=1e-14)


@given(shape=st.lists(st.integers(1, 6), min_size=1, max_size=2), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_convolution_commutes(shape, seed):
    rng = np.random.default_rng(seed)
    f, g = rng.standard_normal(shape), rng.standard_normal(shape)
    for edge in ("zero", "wrap"):
        np.testing.assert_allclose(convolve_direct(f, g, edge), convolve_direct(g, f, edge), atol=1e-12)


def test_gaussians_add_their_variances():
    x = positions(81)

    def gaussian(variance):
        return np.exp(-(x**2) / (2 * variance)) / np.sqrt(2 * np.pi * variance)

    blurred = convolve_fourier(gaussian(9.0), gaussian(4.0))
    np.testing.assert_allclose(blurred, gaussian(13.0), atol=1e-9)
    associated = convolve_fourier(convolve_fourier(gaussian(2.0), gaussian(3.0)), gaussian(8.0))
    np.testing.assert_allclose(associated, gaussian(13.0), atol=1e-9)


def test_a_gaussian_blur_is_one_filter_in_both_spaces(rng):
    image, sigma = rng.standard_normal((32, 32)), 1.5
    kernel = np.exp(-np.sum(coordinates((25, 25)) ** 2, axis=-1) / (2 * sigma**2)) / (2 * np.pi * sigma**2)
    filtered = filter_image(image, gaussian_blur(frequency_radius((32, 32), half=True), sigma), 2)
    np.testing.assert_allclose(convolve_direct(image, kernel, "wrap"), filtered, atol=1e-4)


@pytest.mark.parametrize("n", [3, 4, 5, 6, 11])
@pytest.mark.parametrize("period", [1, 2, 3, 4, 7])
def test_wrapping_adds_what_lies_whole_periods_apart(library, rng, n, period):
    row, expected = rng.standard_normal(n), np.zeros(period)
    for value, x in zip(row, positions(n).astype(int), strict=True):
        expected[(x + period // 2) % period] += value
    np.testing.assert_allclose(to_numpy(wrap_box(library(row), (period,))), expected, atol=1e-14)


def test_wrapping_onto_a_larger_grid_pads(rng):
    image = rng.standard_normal((2, 3, 4))
    np.testing.assert_array_equal(wrap_box(image, (5, 8)), pad_box(image, (5, 8)))


def test_complex_images_and_kernels(rng):
    image, kernel = rng.standard_normal((5, 6)), rng.standard_normal((3, 4)) * 1j
    np.testing.assert_allclose(convolve_direct(image, kernel), convolve_fourier(image, kernel), atol=1e-13)
    np.testing.assert_allclose(convolve_fourier(image + 0j, kernel), convolve_fourier(image, kernel), atol=1e-13)


def test_single_precision_stays(library, rng):
    image, kernel = (library(rng.standard_normal((5, 6)).astype(np.float32)) for _ in range(2))
    assert convolve_direct(image, kernel).dtype == convolve_fourier(image, kernel).dtype == image.dtype


def test_gradients(rng):
    image = torch.tensor(rng.standard_normal((3, 4)), requires_grad=True)
    kernel = torch.tensor(rng.standard_normal((2, 3)), requires_grad=True)
    assert gradients_agree(convolve_direct, (image, kernel))
    assert gradients_agree(lambda f, g: convolve_fourier(f, g, "wrap"), (image, kernel))


def test_wrong_arguments_are_named():
    with pytest.raises(ValueError, match=r"shape \(2, 2\)"):
        convolve_direct(np.zeros(4), np.zeros((2, 2)))
    with pytest.raises(ValueError, match="1 to 3"):
        convolve_fourier(np.zeros(4), np.zeros(()))
