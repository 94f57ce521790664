import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from gradients import gradients_agree
from vitreous._array import to_numpy
from vitreous.fourier import (
    coordinate_radius,
    frequency_shells,
    ft,
    half_shape,
    half_shell_sum,
    pixel_shells,
    positions,
    power_spectrum,
    radial_average,
    rft,
    shell_count,
    shell_frequencies,
    shell_sizes,
    shell_sum,
)


@pytest.mark.parametrize("shape", [(6,), (7, 6), (4, 5, 6)])
def test_sums_are_those_of_each_shell_by_itself(library, rng, shape):
    values, shells = rng.standard_normal((2, *shape)), frequency_shells(shape)
    count = shell_count(shape)
    sums = shell_sum(library(values), library(shells), count)
    expected = np.stack([values[:, shells == r].sum(axis=-1) for r in range(count)], axis=-1)
    np.testing.assert_allclose(to_numpy(sums), expected, atol=1e-13)


@given(shape=st.lists(st.integers(1, 8), min_size=1, max_size=3), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=50, deadline=None)
def test_both_layouts_give_the_same_sums(shape, seed):
    shape, dim = tuple(shape), len(shape)
    image = np.random.default_rng(seed).standard_normal(shape)
    full = shell_sum(np.abs(ft(image, dim)) ** 2, frequency_shells(shape), shell_count(shape))
    np.testing.assert_allclose(half_shell_sum(np.abs(rft(image, dim)) ** 2, shape), full, atol=1e-9)
    ones = np.ones(half_shape(shape))
    np.testing.assert_allclose(half_shell_sum(ones, shape), shell_sizes(shape))


def test_the_rings_of_a_small_image():
    assert shell_sizes((5, 5)).tolist() == [1, 8, 12]
    assert shell_sizes((4,)).tolist() == [1, 2, 1]
    assert shell_count((4, 6)) == 4
    np.testing.assert_allclose(shell_frequencies((4, 6), 2.0), [0, 1 / 12, 2 / 12, 3 / 12])


@pytest.mark.parametrize("n", [64, 65])
def test_rings_and_shells_have_the_size_they_should(n):
    # what lies within the middle of the last ring or shell, as a disc or ball
    radius = shell_count((n, n)) - 1.5
    assert shell_sizes((n, n))[:-1].sum() == pytest.approx(np.pi * radius**2, rel=0.01)
    assert shell_sizes((n, n, n))[:-1].sum() == pytest.approx(4 / 3 * np.pi * radius**3, rel=0.01)


@pytest.mark.parametrize("shape", [(21,), (20, 21), (12, 13, 12)])
def test_the_radial_average_of_a_round_image_is_its_profile(library, shape):
    radius = coordinate_radius(shape)
    profile = to_numpy(radial_average(library(np.stack([np.round(radius), np.ones(shape)])), len(shape)))
    np.testing.assert_allclose(profile[0], np.arange(shell_count(shape)), atol=1e-12)
    np.testing.assert_allclose(profile[1], 1)


def test_a_radial_average_of_an_oblong_image_counts_pixels():
    image = np.zeros((3, 9))
    image[1, 4 + 3] = 1
    assert pixel_shells((3, 9))[1, 7] == 3
    assert radial_average(image, 2)[3] == pytest.approx(1 / np.sum(pixel_shells((3, 9)) == 3))


@pytest.mark.parametrize("shape", [(512,), (33, 32), (16, 15, 14)])
def test_white_noise_has_the_level_n_sigma2(library, rng, shape):
    sigma, count = 2.0, 200
    noise = sigma * rng.standard_normal((count, *shape))
    level = to_numpy(power_spectrum(library(noise), len(shape))).mean(axis=0) / (np.prod(shape) * sigma**2)
    # |F|² is exponential: its relative deviation is 1/√(independent coefficients); a self-conjugate one has √2
    spread = np.sqrt(2 / (shell_sizes(shape) * count))
    assert np.all(np.abs(level - 1) < 5 * spread)


def test_a_wave_stands_in_its_shell():
    n, cycles = 24, 5
    image = np.outer(np.ones(n), np.cos(2 * np.pi * cycles * positions(n) / n))
    power = power_spectrum(image, 2)
    assert power[cycles] == pytest.approx(2 * (n * n / 2) ** 2 / shell_sizes((n, n))[cycles])
    assert np.delete(power, cycles) == pytest.approx(0, abs=1e-15 * power[cycles])


def test_single_precision_stays_and_does_not_lose_small_shells(rng):
    # a mean of 1000 beside noise of 1: a running sum in single precision would lose the last shells
    image = (1000 + rng.standard_normal((64, 64))).astype(np.float32)
    power = power_spectrum(image, 2)
    assert power.dtype == np.float32
    np.testing.assert_allclose(power[1:], power_spectrum(image.astype(np.float64), 2)[1:], rtol=1e-2)


def test_gradients(rng):
    image = torch.tensor(rng.standard_normal((2, 4, 5)), requires_grad=True)
    assert gradients_agree(lambda x: radial_average(x, 2), image)
    assert gradients_agree(lambda x: power_spectrum(x, 2), image)


def test_wrong_shapes_are_named():
    with pytest.raises(ValueError, match=r"\(4, 5\)"):
        shell_sum(np.zeros((4, 6)), frequency_shells((4, 5)), 3)
    with pytest.raises(ValueError, match="half spectrum"):
        half_shell_sum(np.zeros((4, 4)), (4, 4))
