"""Ring correlations of halves with known signal and noise: what is claimed, and that noise claims nothing."""

import numpy as np
import pytest

from heaps import heaps
from vitreous.classification.matching import posed_spectra
from vitreous.classification.polar import polar_grid, to_polar
from vitreous.classification.validation import (
    SHARED_SHELLS,
    cut_at_shell,
    half_set_curves,
    matched_halves,
    matched_rings,
    reliability,
    ring_curves,
    ssnr,
    ssnr_resolution_angstrom,
)
from vitreous.fourier import coordinate_radius, frc, frequency_shells, irft, rft

BOX = 64
SHELLS = frequency_shells((BOX, BOX), half=True)


def noise_halves(count, rng):
    return rng.standard_normal((2, count, BOX, BOX))


def with_signal_up_to(shell, count, rng, level=1.0):
    """Two halves with white noise and one white signal that ends at a shell."""
    signal = irft(np.where(shell >= SHELLS, rft(rng.standard_normal((count, BOX, BOX)), 2), 0), (BOX, BOX))
    return signal + noise_halves(count, rng) * level


def test_noise_claims_nothing_and_scatters_as_stated(rng):
    curves = half_set_curves(*noise_halves(300, rng), pixel_size_angstrom=2.0)
    assert curves.resolution_angstrom.count(None) >= 298
    np.testing.assert_allclose(curves.frc[:, 2:].std(axis=0), curves.noise[0, 2:], rtol=0.2)
    np.testing.assert_allclose(curves.smoothed[:, 4:].std(axis=0), curves.smoothed_noise[0, 4:], rtol=0.2)
    assert np.all(np.abs(curves.beyond) < 5 * curves.beyond_noise)
    assert curves.beyond.std() == pytest.approx(curves.beyond_noise[0], rel=0.15)


def test_a_mask_leaves_fewer_independent_coefficients(rng):
    disc = np.clip(20 - coordinate_radius((BOX, BOX)), 0, 1)
    curves = half_set_curves(*(noise_halves(200, rng) * disc), pixel_size_angstrom=2.0, mask=disc)
    np.testing.assert_allclose(curves.frc[:, 4:].std(axis=0), curves.noise[0, 4:], rtol=0.2)
    np.testing.assert_allclose(curves.smoothed[:, 4:].std(axis=0), curves.smoothed_noise[0, 4:], rtol=0.2)
    assert curves.beyond.std() == pytest.approx(curves.beyond_noise[0], rel=0.15)
    assert curves.noise[0, 20] > 1.2 * half_set_curves(disc[None], disc[None], pixel_size_angstrom=2.0).noise[0, 20]
    assert curves.resolution_angstrom.count(None) >= 198


@pytest.mark.parametrize("shell", [8, 15, 24])
def test_what_is_there_is_claimed_and_no_more(shell, rng):
    curves = half_set_curves(*with_signal_up_to(shell, 20, rng), pixel_size_angstrom=2.0)
    claimed = np.array([BOX * 2.0 / angstrom for angstrom in curves.resolution_angstrom])
    # signal and noise of one power: F = ½ up to the shell; smoothing reaches one ring further
    assert np.all((claimed > shell - 2.5) & (claimed < shell + 3))


def test_signal_in_the_shared_shells_alone_is_no_claim(rng):
    curves = half_set_curves(*with_signal_up_to(SHARED_SHELLS, 50, rng, 0.2), pixel_size_angstrom=2.0)
    assert np.median(curves.frc[:, 1:4]) > 0.9
    assert curves.resolution_angstrom.count(None) >= 49


def test_half_maps_without_noise_reach_nyquist(rng):
    image = rng.standard_normal((1, BOX, BOX))
    curves = half_set_curves(image, image, pixel_size_angstrom=2.0)
    assert curves.resolution_angstrom == (pytest.approx(4.0),)


def test_a_cut_leaves_the_shells_up_to_it(rng):
    images = rng.standard_normal((2, BOX, BOX)).astype(np.float32)
    cut = cut_at_shell(images)
    assert cut.dtype == np.float32
    np.testing.assert_allclose(rft(cut, 2), np.where(SHELLS <= 3, rft(images, 2), 0), atol=1e-3)


def test_halves_that_drifted_apart_are_put_together(rng):
    first = heaps(3, rng, BOX, blobs=15)
    psi_deg, shift = np.array([5.0, -3.0, 0.5]), np.array([[1.5, 0.0], [-0.6, 0.8], [0.0, -1.0]])
    second = irft(posed_spectra(first, psi_deg, shift, np.zeros(3, bool)), (BOX, BOX))
    assert frc(first, second)[:, 12].max() < 0.8
    matched = matched_halves(first, second + 0.01 * rng.standard_normal(second.shape))
    assert frc(first, matched)[:, 1:13].min() > 0.99


def test_matching_halves_of_noise_makes_them_agree_in_no_shell_beyond_the_shared(rng):
    halves = noise_halves(20, rng)
    curves = half_set_curves(halves[0], matched_halves(*halves), pixel_size_angstrom=2.0)
    assert curves.resolution_angstrom.count(None) >= 19
    # rings 1 to 3 are what the pose was chosen by
    assert np.median(curves.frc[:, 1:4]) > 0.3
    assert abs(curves.frc[:, 4:].mean()) < 0.02


def test_rings_of_masked_noise_scatter_as_stated_and_claim_nothing(rng):
    mask = np.clip((26 - coordinate_radius((BOX, BOX))) / 5, 0, 1)
    grid = polar_grid(BOX, 32, 3.0)
    halves = [to_polar(half * mask, grid) for half in noise_halves(100, rng)]
    curves = ring_curves(*halves, pixel_size_angstrom=2.0, mask=mask)
    np.testing.assert_allclose(curves.frc[:, 2:].std(axis=0), np.median(curves.noise[:, 2:], axis=0), rtol=0.3)
    np.testing.assert_allclose(
        curves.smoothed[:, 4:].std(axis=0), np.median(curves.smoothed_noise[:, 4:], axis=0), rtol=0.3
    )
    assert curves.beyond.std() == pytest.approx(np.median(curves.beyond_noise), rel=0.3)
    assert curves.resolution_angstrom.count(None) >= 99
    together = ring_curves(
        halves[0][:10], matched_rings(halves[0][:10], halves[1][:10], BOX), pixel_size_angstrom=2.0, mask=mask
    )
    assert np.median(together.frc[:, 1:4]) > 0.3
    assert together.resolution_angstrom.count(None) >= 9


def test_rings_of_halves_that_drifted_apart_are_put_together(rng):
    first = heaps(2, rng, BOX, blobs=15)
    poses = np.array([5.0, -3.0]), np.array([[1.5, 0.0], [-0.6, 0.8]]), np.zeros(2, bool)
    second = irft(posed_spectra(first, *poses), (BOX, BOX))
    grid, mask = polar_grid(BOX, 32, 1.5), np.ones((BOX, BOX))
    rings = [to_polar(images + 0.01 * rng.standard_normal(first.shape), grid) for images in (first, second)]
    apart = ring_curves(*rings, pixel_size_angstrom=2.0, mask=mask)
    matched = ring_curves(rings[0], matched_rings(*rings, BOX), pixel_size_angstrom=2.0, mask=mask)
    assert apart.frc[:, 12].max() < 0.8
    assert matched.frc[:, 1:13].min() > 0.98


def test_rotational_averages_of_noise_agree_in_nothing(rng):
    """Averages over all angles hold one number a ring: rings that correlate by 1 or −1, which says nothing."""
    mask, flat = np.ones((BOX, BOX)), rng.standard_normal((2, 20, 32, 1)) * np.ones(120)
    few = np.cos(2 * np.pi * np.arange(120) / 120 + rng.uniform(0, 6, (2, 20, 32, 1)))
    for halves in (flat, flat + 0.1 * few):
        curves = ring_curves(*halves, pixel_size_angstrom=2.0, mask=mask)
        assert curves.resolution_angstrom.count(None) >= 19
    np.testing.assert_allclose(ring_curves(*flat, pixel_size_angstrom=2.0, mask=mask).frc, 0, atol=1e-9)


def test_signal_to_noise_of_halves():
    # halves of signal S and noise N: F = S/(S + N), their average has S/(N/2)
    power = np.array([8.0, 2.0, 0.5, 0.1, 0.0])
    halves = power / (power + 1)
    np.testing.assert_allclose(ssnr(halves), 2 * power, atol=1e-12)
    frequencies = np.arange(5) / 20.0
    # SSNR 1 where F = 1/3, between 2/3 at shell 1 and 1/3 at shell 2
    assert ssnr_resolution_angstrom(halves - 1e-9, frequencies) == pytest.approx(10.0)
    assert ssnr_resolution_angstrom(np.zeros(5), frequencies) is None


def test_reliability_is_the_squared_correlation_with_the_truth(rng):
    truth = irft(np.where(SHELLS <= 15, rft(rng.standard_normal((30, BOX, BOX)), 2), 0), (BOX, BOX))
    halves = truth + noise_halves(30, rng)
    curves = half_set_curves(*halves, pixel_size_angstrom=2.0, shared_shells=0)
    found = reliability(curves)[:, 4:14].mean()
    measured = (frc(halves.mean(axis=0), truth)[:, 4:14] ** 2).mean()
    assert found == pytest.approx(measured, rel=0.05)
    assert reliability(curves)[:, 18:].max() == 0
