"""Crop and pad: exact round trip, the Nyquist line, sampling of band-limited functions, adjointness."""

import numpy as np
import pytest
import scipy.signal
import torch

from gradients import gradients_agree
from vitreous._array import to_numpy
from vitreous.fourier import (
    crop_half_spectrum,
    crop_spectrum,
    decimate,
    ft,
    full_to_half,
    half_to_full,
    ift,
    irft,
    pad_half_spectrum,
    pad_spectrum,
    positions,
    resample,
    rft,
)

GROWTH = [((4,), (6,)), ((4,), (5,)), ((5,), (6,)), ((5,), (7,)), ((4, 5), (6, 8)), ((5, 4), (5, 7)), ((6, 6), (8, 9))]
GROWTH += [((4, 4, 4), (6, 6, 6)), ((5, 4, 3), (6, 7, 8)), ((4, 5, 6), (4, 5, 6)), ((1,), (2,)), ((2, 2), (3, 3))]


@pytest.mark.parametrize(("small", "large"), GROWTH)
def test_cropping_undoes_padding_exactly(library, rng, small, large):
    image = library(rng.standard_normal((2, *small)))
    full, half = ft(image, len(small)), rft(image, len(small))
    np.testing.assert_array_equal(to_numpy(crop_spectrum(pad_spectrum(full, large), small)), to_numpy(full))
    round_trip = crop_half_spectrum(pad_half_spectrum(half, small, large), large, small)
    # the two members of a pair in the Nyquist column meet again in their mean
    np.testing.assert_allclose(to_numpy(round_trip), to_numpy(half), atol=1e-13)


@pytest.mark.parametrize(("small", "large"), GROWTH)
def test_both_layouts_agree(rng, small, large):
    image, fine = rng.standard_normal(small), rng.standard_normal(large)
    dim = len(small)
    padded = pad_spectrum(ft(image, dim), large)
    np.testing.assert_allclose(pad_half_spectrum(rft(image, dim), small, large), full_to_half(padded, dim), atol=1e-13)
    cropped = crop_spectrum(ft(fine, dim), small)
    half = crop_half_spectrum(rft(fine, dim), large, small)
    np.testing.assert_allclose(half_to_full(half, small), cropped, atol=1e-12)


@pytest.mark.parametrize(("small", "large"), GROWTH)
def test_real_images_stay_real(rng, small, large):
    dim = len(small)
    finer = ift(pad_spectrum(ft(rng.standard_normal(small), dim), large), dim)
    coarser = ift(crop_spectrum(ft(rng.standard_normal(large), dim), small), dim)
    assert np.abs(finer.imag).max() < 1e-14
    assert np.abs(coarser.imag).max() < 1e-14


def band_limited(shape, highest, rng):
    """A random wave sum with frequencies up to ``highest`` (cycles a box), as a function of positions in boxes."""
    k = np.stack(np.meshgrid(*(np.arange(-highest, highest + 1) for _ in shape), indexing="ij"), axis=-1)
    k = k.reshape(-1, len(shape))
    amplitudes, phases = rng.standard_normal(len(k)), rng.uniform(0, 2 * np.pi, len(k))

    def function(shape):
        axes = np.meshgrid(*(positions(n) / n for n in shape), indexing="ij")
        angle = np.tensordot(np.stack(axes, axis=-1), k.T, axes=1)
        return np.sum(amplitudes * np.cos(2 * np.pi * angle + phases), axis=-1)

    return function


@pytest.mark.parametrize(
    ("small", "large", "highest"),
    [((8,), (15,), 4), ((9,), (16,), 4), ((6,), (12,), 3), ((6, 6), (10, 9), 2), ((4, 4, 4), (8, 9, 10), 2)],
)
def test_resampling_a_band_limited_function_samples_it(library, rng, small, large, highest):
    # the coarse grid holds all frequencies up to Nyquist; where it is even, ±Nyquist fold in crop and sampling alike
    function = band_limited(small, highest, rng)
    coarser = resample(library(function(large)), small)
    np.testing.assert_allclose(to_numpy(coarser), function(small), atol=1e-12)
    if highest < min(small) / 2:
        np.testing.assert_allclose(to_numpy(resample(library(function(small)), large)), function(large), atol=1e-12)


@pytest.mark.parametrize("factor", [2, 3])
@pytest.mark.parametrize("n", [6, 7])
def test_crop_commutes_with_sampling(rng, n, factor):
    fine = band_limited((n, n), n // 2, rng)((n * factor, n * factor))
    np.testing.assert_allclose(resample(fine, (n, n)), decimate(fine, factor, 2), atol=1e-12)


@pytest.mark.parametrize(("old", "new"), [(8, 12), (8, 13), (9, 12), (12, 8), (13, 8), (12, 9), (9, 8), (8, 9), (8, 8)])
def test_resampling_is_that_of_scipy(rng, old, new):
    image = rng.standard_normal((3, old))
    # SciPy keeps pixel 0 in place, we keep pixel n // 2
    expected = np.fft.fftshift(scipy.signal.resample(np.fft.ifftshift(image, axes=1), new, axis=1), axes=1)
    np.testing.assert_allclose(resample(image, (new,)), expected, atol=1e-13)
    np.testing.assert_allclose(resample(image + 0j, (new,)), expected, atol=1e-13)


def test_one_axis_may_grow_while_another_shrinks(library, rng):
    image = rng.standard_normal((6, 8)).astype(np.float32)
    result = resample(library(image), (9, 4))
    assert result.dtype == library(image).dtype
    np.testing.assert_allclose(to_numpy(result), resample(resample(image, (6, 4)), (9, 4)), atol=1e-5)
    assert float(to_numpy(result).mean()) == pytest.approx(float(image.mean()), abs=1e-6)


def test_a_finer_image_passes_through_the_old_pixels(rng):
    image = rng.standard_normal((6, 8))
    np.testing.assert_allclose(decimate(resample(image, (18, 24)), 3, 2), image, atol=1e-13)


def inner(a, b):
    return np.real(np.sum(np.conj(a) * b))


@pytest.mark.parametrize(("small", "large"), [((5,), (8,)), ((5, 7), (8, 9)), ((3, 5, 5), (5, 6, 7))])
def test_padding_is_the_adjoint_of_cropping_on_odd_sizes(rng, small, large):
    dim = len(small)
    x, y = ft(rng.standard_normal(small), dim), ft(rng.standard_normal(large), dim)
    assert inner(pad_spectrum(x, large), y) == pytest.approx(inner(x, crop_spectrum(y, small)))


@pytest.mark.parametrize(("small", "large"), [((6,), (9,)), ((6, 5), (8, 8)), ((4, 4), (5, 8))])
def test_on_even_sizes_the_adjoint_halves_each_nyquist_line(rng, small, large):
    dim = len(small)
    x, y = ft(rng.standard_normal(small), dim), ft(rng.standard_normal(large), dim)
    weights = np.ones(small)
    for axis, n in enumerate(small):
        if n % 2 == 0:
            weights[(slice(None),) * axis + (0,)] *= 0.5
    assert inner(pad_spectrum(x, large), y) == pytest.approx(inner(weights * x, crop_spectrum(y, small)))


def test_white_noise_cropped_to_an_even_size_has_twice_the_power_at_nyquist(rng):
    power = np.mean(np.abs(crop_spectrum(ft(rng.standard_normal((20000, 16)), 1), (8,))) ** 2, axis=0) / 16
    np.testing.assert_allclose(power, [2, 1, 1, 1, 1, 1, 1, 1], atol=0.1)


def test_gradients(rng):
    image = torch.tensor(rng.standard_normal((4, 5)), requires_grad=True)
    assert gradients_agree(lambda x: resample(x, (6, 4)), image)
    spectrum = torch.tensor(rng.standard_normal((4, 4, 2)), requires_grad=True)
    for resize, shape in ((crop_spectrum, (2, 3)), (pad_spectrum, (5, 6))):
        assert gradients_agree(
            lambda x, resize=resize, shape=shape: torch.view_as_real(resize(torch.view_as_complex(x), shape)), spectrum
        )


def test_the_wrong_way_round_is_refused():
    with pytest.raises(ValueError, match="cannot crop"):
        crop_spectrum(np.zeros((4, 4), complex), (4, 6))
    with pytest.raises(ValueError, match="cannot pad"):
        pad_spectrum(np.zeros((4, 4), complex), (3, 4))
    with pytest.raises(ValueError, match="cannot crop"):
        crop_half_spectrum(np.zeros((4, 3), complex), (4, 4), (4, 6))
    with pytest.raises(ValueError, match="cannot pad"):
        pad_half_spectrum(np.zeros((4, 3), complex), (4, 4), (4, 2))
    with pytest.raises(ValueError, match="half spectrum"):
        pad_half_spectrum(np.zeros((4, 3), complex), (4, 6), (8, 8))


def test_irft_of_a_padded_half_is_the_finer_image(rng):
    image = rng.standard_normal((4, 6))
    finer = irft(pad_half_spectrum(rft(image, 2), (4, 6), (8, 12)), (8, 12)) * 4
    np.testing.assert_allclose(finer, resample(image, (8, 12)), atol=1e-14)
