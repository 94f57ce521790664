import numpy as np
import pytest
import torch

from gradients import gradients_agree
from vitreous._array import to_numpy
from vitreous.fourier import (
    b_factor_decay,
    band_pass,
    coordinates,
    filter_image,
    frequency_radius,
    ft,
    gaussian_blur,
    high_pass,
    ift,
    low_pass,
    positions,
)
from vitreous.fourier.filters import EDGES

K = np.linspace(0, 0.5, 101)


@pytest.mark.parametrize("edge", list(EDGES))
def test_every_edge_passes_below_and_stops_above(library, edge):
    transfer = low_pass(library(K.astype(np.float32)), 0.2, 0.02, edge)
    assert transfer.dtype == library(K.astype(np.float32)).dtype
    transfer = to_numpy(transfer)
    assert np.all(transfer[K < 0.185] == 1)
    assert np.all(transfer[K > 0.35] < 1e-6)
    assert np.all(np.diff(transfer) <= 0)


def test_the_cosine_edge_is_one_half_at_the_cutoff_and_as_wide_as_it_says():
    transfer = low_pass(np.array([0.149, 0.15, 0.175, 0.2, 0.225, 0.25, 0.251]), 0.2, 0.1)
    half = np.sqrt(0.5) / 2
    np.testing.assert_allclose(transfer, [1, 1, 0.5 + half, 0.5, 0.5 - half, 0, 0], atol=1e-12)


def test_the_gaussian_edge_falls_by_its_standard_deviation():
    transfer = low_pass(np.array([0.1, 0.2, 0.25, 0.3]), 0.2, 0.05, "gaussian")
    np.testing.assert_allclose(transfer, [1, 1, np.exp(-0.5), np.exp(-2)])


@pytest.mark.parametrize("edge", list(EDGES))
def test_no_width_is_a_hard_edge(edge):
    np.testing.assert_array_equal(low_pass(K, 0.2, 0.0, edge), K <= 0.2)


@pytest.mark.parametrize("edge", list(EDGES))
def test_low_and_high_pass_share_out_the_spectrum(edge):
    np.testing.assert_allclose(low_pass(K, 0.2, 0.05, edge) + high_pass(K, 0.2, 0.05, edge), 1)
    band = band_pass(K, 0.1, 0.3, 0.02, edge)
    assert band[np.searchsorted(K, 0.2)] == pytest.approx(1, abs=1e-5)
    assert band[0] == pytest.approx(0, abs=1e-12)
    assert band[-1] == pytest.approx(0, abs=1e-12)


def test_a_low_pass_takes_out_a_wave_and_leaves_another(library):
    n = 32
    slow, fast = (np.cos(2 * np.pi * cycles * positions(n) / n) for cycles in (3, 9))
    image = library(np.outer(np.ones(n), slow + fast))
    k = frequency_radius((n, n), 2.0, half=True, like=image)  # 2 Å pixels: the waves have 21.3 Å and 7.1 Å
    np.testing.assert_allclose(to_numpy(filter_image(image, low_pass(k, 1 / 10, 0.01), 2))[0], slow, atol=1e-13)
    np.testing.assert_allclose(to_numpy(filter_image(image, high_pass(k, 1 / 10, 0.01), 2))[0], fast, atol=1e-13)


def test_a_blurred_gaussian_is_a_wider_gaussian(library):
    def blob(sigma):
        return np.exp(-np.sum(coordinates((48, 48)) ** 2, axis=-1) / (2 * sigma**2)) / (2 * np.pi * sigma**2)

    image = library(blob(3.0))
    transfer = gaussian_blur(frequency_radius((48, 48), half=True, like=image), 4.0)
    np.testing.assert_allclose(to_numpy(filter_image(image, transfer, 2)), blob(5.0), atol=1e-6)


def test_sigma_is_the_standard_deviation():
    # the blur of a point: its variance is σ², its half height lies at √(2 ln 2) σ and its 1/e height at √2 σ
    n, sigma = 400, 12.0
    x, delta = positions(n), (positions(n) == 0).astype(float)
    blob = filter_image(delta, gaussian_blur(frequency_radius((n,), half=True), sigma), 1)
    assert np.sum(blob) == pytest.approx(1)
    assert np.sum(blob * x**2) == pytest.approx(sigma**2)
    heights = np.interp([np.sqrt(2 * np.log(2)) * sigma, np.sqrt(2) * sigma], x, blob / blob.max())
    np.testing.assert_allclose(heights, [1 / 2, 1 / np.e], rtol=1e-3)


def test_a_b_factor_of_100_takes_5_angstrom_to_1_over_e():
    assert b_factor_decay(np.array([1 / 5]), 100.0)[0] == pytest.approx(np.exp(-1))
    np.testing.assert_allclose(b_factor_decay(K, 50.0), gaussian_blur(K, np.sqrt(50 / (8 * np.pi**2))))
    np.testing.assert_allclose(b_factor_decay(K, 50.0) * b_factor_decay(K, -50.0), 1)


def test_real_and_complex_images_are_filtered_alike(rng):
    images, shape = rng.standard_normal((3, 6, 7)), (6, 7)
    full, half = (low_pass(frequency_radius(shape, half=half), 0.3, 0.1) for half in (False, True))
    filtered = filter_image(images, half, 2)
    np.testing.assert_allclose(filter_image(images + 0j, full, 2), filtered, atol=1e-14)
    np.testing.assert_allclose(ift(ft(images, 2) * full, 2), filtered, atol=1e-14)


def test_a_transfer_for_each_image(rng):
    images = rng.standard_normal((3, 6, 6))
    k = frequency_radius((6, 6), half=True)
    transfers = np.stack([gaussian_blur(k, sigma) for sigma in (0.5, 1, 2)])
    filtered = filter_image(images, transfers, 2)
    for image, transfer, result in zip(images, transfers, filtered, strict=True):
        np.testing.assert_allclose(filter_image(image, transfer, 2), result)


def test_gradients(rng):
    k = torch.tensor(rng.uniform(0.05, 0.45, 6), requires_grad=True)
    for transfer in (
        lambda k: low_pass(k, 0.2, 0.3),
        lambda k: band_pass(k, 0.1, 0.3, 0.3, "gaussian"),
        lambda k: gaussian_blur(k, 1.5),
        lambda k: b_factor_decay(k, 20.0),
    ):
        assert gradients_agree(transfer, k)
    number = torch.tensor(1.3, dtype=torch.float64, requires_grad=True)
    assert gradients_agree(b_factor_decay, (k, number))
    assert gradients_agree(gaussian_blur, (k, number))
    image = torch.tensor(rng.standard_normal((4, 5)), requires_grad=True)
    weights = torch.tensor(rng.standard_normal((4, 3)), requires_grad=True)
    assert gradients_agree(lambda f, h: filter_image(f, h, 2), (image, weights))


def test_wrong_arguments_are_named():
    with pytest.raises(ValueError, match="hard, cosine, gaussian"):
        low_pass(K, 0.2, 0.1, "butter")
    with pytest.raises(ValueError, match="width=-1"):
        high_pass(K, 0.2, -1.0)
    with pytest.raises(ValueError, match=r"low=0\.3"):
        band_pass(K, 0.3, 0.2)
    with pytest.raises(ValueError, match="half spectrum"):
        filter_image(np.zeros((4, 4)), np.ones((4, 4)), 2)
