import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from gradients import gradients_agree
from vitreous._array import to_numpy
from vitreous.fourier import (
    bin_pixels,
    binning_transfer,
    decimate,
    folded_frequency,
    frequencies,
    ft,
    positions,
    resample,
)


@given(frequency=st.floats(-5, 5), rate=st.sampled_from([0.5, 1.0, 2.0]))
@settings(deadline=None)
def test_a_folded_wave_has_the_same_samples(frequency, rate):
    x = np.arange(-10, 11) / rate
    folded = folded_frequency(np.array(frequency), rate)
    assert abs(folded) <= rate / 2 + 1e-12
    np.testing.assert_allclose(np.exp(2j * np.pi * folded * x), np.exp(2j * np.pi * frequency * x), atol=1e-10)


def test_folding(library):
    k = np.array([0.4, 0.5, 0.6, -0.7, 1.0, 1.2], np.float32)
    folded = folded_frequency(library(k))
    assert folded.dtype == library(k).dtype
    np.testing.assert_allclose(to_numpy(folded), [0.4, -0.5, -0.4, 0.3, 0, 0.2], atol=1e-6)
    # pixels of 2 Å tell waves of more than 4 Å from each other: one of 3 Å looks like one of 6 Å
    assert folded_frequency(np.array(1 / 3), 1 / 2) == pytest.approx(-1 / 6)


@pytest.mark.parametrize("n", [12, 18])
@pytest.mark.parametrize("factor", [2, 3])
def test_decimation_folds_a_fast_wave_and_cropping_removes_it(library, n, factor):
    cycles = n // (2 * factor) + 1
    wave = library(np.exp(2j * np.pi * cycles * positions(n) / n))
    coarse = to_numpy(ft(decimate(wave, factor, 1), 1))
    folded = folded_frequency(np.array(cycles / n * factor))
    line = int(np.argmin(np.abs(frequencies(n // factor) - folded)))
    assert coarse[line] == pytest.approx(n // factor)
    assert np.abs(np.delete(coarse, line)).max() < 1e-12
    assert np.abs(to_numpy(resample(wave, (n // factor,)))).max() < 1e-13


@pytest.mark.parametrize(("shape", "factor"), [((12,), 2), ((12,), 3), ((9, 15), 3), ((8, 12), 4), ((6, 6, 6), 2)])
def test_decimation_keeps_the_origin(library, shape, factor):
    image = np.zeros((2, *shape))
    image[(slice(None), *(n // 2 for n in shape))] = 1
    coarse = to_numpy(decimate(library(image), factor, len(shape)))
    assert coarse.shape == (2, *(n // factor for n in shape))
    assert np.all(coarse[(slice(None), *(n // factor // 2 for n in shape))] == 1)


@pytest.mark.parametrize(
    ("n", "factor", "offset"),
    [(12, 2, 0.5), (12, 3, 1), (16, 4, 1.5), (9, 3, 0), (15, 5, 0), (6, 2, -0.5), (12, 4, -0.5)],
)
def test_binning_displaces_the_origin_as_it_says(library, n, factor, offset):
    binned = to_numpy(bin_pixels(library(positions(n)), factor, 1))
    assert binned[n // factor // 2] == offset
    np.testing.assert_allclose(np.diff(binned), factor)


def test_binning_is_the_mean_of_blocks(library):
    image = np.arange(24, dtype=np.float32).reshape(4, 6)
    binned = bin_pixels(library(image), 2, 2)
    assert binned.dtype == library(image).dtype
    np.testing.assert_array_equal(to_numpy(binned), [[3.5, 5.5, 7.5], [15.5, 17.5, 19.5]])


@pytest.mark.parametrize("factor", [2, 3, 4])
def test_binning_damps_each_wave_by_its_transfer(factor):
    n = 24
    for k in frequencies(n):
        wave = np.exp(2j * np.pi * k * positions(n))
        middles = bin_pixels(positions(n), factor, 1)
        expected = binning_transfer(np.array(k), factor) * np.exp(2j * np.pi * k * middles)
        np.testing.assert_allclose(bin_pixels(wave, factor, 1), expected, atol=1e-13)


def test_binning_transfer_at_known_frequencies(library):
    k = library(np.array([0.0, 0.25, 0.5, 1 / 3], np.float32))
    np.testing.assert_allclose(to_numpy(binning_transfer(k, 2)), [1, np.sqrt(0.5), 0, 0.5], atol=1e-6)


def test_binning_lets_through_what_cropping_stops(rng):
    # white noise has no power to lose beyond Nyquist once cropped; binned, what is folded is still in there
    noise = rng.standard_normal((200, 64))
    k = frequencies(32) / 2
    binned = np.mean(np.abs(ft(bin_pixels(noise, 2, 1), 1)) ** 2, axis=0) / 32
    kept = binning_transfer(k, 2) ** 2 / 2
    folded = binning_transfer(0.5 - np.abs(k), 2) ** 2 / 2
    np.testing.assert_allclose(binned, kept + folded, rtol=0.5)
    assert np.mean(binned) == pytest.approx(0.5, rel=0.05)


def test_gradients(rng):
    image = torch.tensor(rng.standard_normal((4, 6)), requires_grad=True)
    assert gradients_agree(lambda x: bin_pixels(x, 2, 2), image)
    assert gradients_agree(lambda x: decimate(x, 2, 2), image)


@pytest.mark.parametrize("coarsen", [bin_pixels, decimate])
def test_a_factor_that_does_not_divide_is_refused(coarsen):
    with pytest.raises(ValueError, match="factor=4"):
        coarsen(np.zeros((8, 6)), 4, 2)
