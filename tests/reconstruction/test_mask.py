"""Masks: distances that are exact, particles that are found, edges that are smooth."""

import numpy as np
import pytest

from known_maps import ball, blobs, noise
from vitreous.fourier import coordinate_radius
from vitreous.reconstruction.mask import automatic_mask, find_threshold, largest_component, low_passed, soft_mask

BOX, PIXEL = 48, 2.0


def test_the_profile_around_one_voxel():
    """1 up to the dilation, a raised cosine across the edge, 0 beyond: by the distance in Å."""
    point = np.zeros((33, 33, 33))
    point[16, 16, 16] = 1
    mask = soft_mask(point, 0.5, pixel_size_angstrom=PIXEL, dilate_angstrom=8, edge_angstrom=12)
    s = coordinate_radius(point.shape, PIXEL)
    expected = np.where(s <= 8, 1, np.where(s >= 20, 0, 0.5 + 0.5 * np.cos(np.pi * (s - 8) / 12)))
    np.testing.assert_allclose(mask, expected, atol=1e-6)
    assert mask.dtype == np.float32


def test_a_hard_edge_and_no_growth_is_the_contour(rng):
    volume = noise(16, rng)
    mask = soft_mask(volume, 1.0, pixel_size_angstrom=1.0, dilate_angstrom=0, edge_angstrom=0)
    np.testing.assert_array_equal(mask, volume >= 1.0)


def test_a_contour_at_the_edge_of_the_box():
    """Distances are those in the box: nothing wraps around."""
    volume = np.zeros((12, 12, 12))
    volume[0] = 1
    mask = soft_mask(volume, 0.5, pixel_size_angstrom=1.0, dilate_angstrom=2, edge_angstrom=2)
    np.testing.assert_allclose(mask[:, 5, 5], [1, 1, 1, 0.5] + [0] * 8, atol=1e-6)


def test_what_has_no_mask_is_refused():
    with pytest.raises(ValueError, match="no voxel reaches the threshold 2"):
        soft_mask(np.ones((8, 8, 8)), 2.0, pixel_size_angstrom=1.0)
    with pytest.raises(ValueError, match="not negative"):
        soft_mask(np.ones((8, 8, 8)), 0.5, pixel_size_angstrom=1.0, edge_angstrom=-1)
    with pytest.raises(ValueError, match="constant"):
        automatic_mask(np.ones((8, 8, 8)), np.ones((8, 8, 8)), pixel_size_angstrom=1.0)


@pytest.mark.parametrize("strength", [0.0, 0.5, 1.0])
def test_the_particle_is_found_in_noise(library, strength):
    """A ball of radius 24 Å in white noise up to its own density: all of it, and not much more than was asked for."""
    rng = np.random.default_rng(3)
    truth = ball(BOX, 12)
    halves = [library(truth + strength * noise(BOX, rng)) for _ in range(2)]
    mask = automatic_mask(*halves, pixel_size_angstrom=PIXEL, dilate_angstrom=4, edge_angstrom=6)
    radius = coordinate_radius(truth.shape, PIXEL)
    assert np.all(mask[radius <= 22] == 1)
    assert np.all(mask[radius >= 24 + 4 + 6 + 4] == 0)


def test_a_branched_particle_keeps_its_density():
    rng = np.random.default_rng(4)
    particle = blobs(BOX, rng, sigma=1.5)
    halves = [particle + particle.max() * 0.2 * noise(BOX, rng) for _ in range(2)]
    mask = automatic_mask(*halves, pixel_size_angstrom=PIXEL)
    assert np.sum(particle * mask) > 0.97 * np.sum(particle)
    assert mask.mean() < 0.4


def test_dust_is_left_out():
    """A small ball far away stays outside; the larger piece is what is masked."""
    volume = ball(BOX, 8) + np.roll(ball(BOX, 3), (18, 18, 0), (0, 1, 2))
    mask = automatic_mask(volume, volume, pixel_size_angstrom=PIXEL, low_pass_angstrom=6)
    centre, dust = (BOX // 2,) * 3, (BOX // 2 + 18, BOX // 2 + 18, BOX // 2)
    assert mask[centre] == 1
    assert mask[dust] == 0


def test_the_threshold_parts_two_levels():
    """Two levels with noise: half-way between them, near enough."""
    smooth = 3 * ball(BOX, 10) + 1
    assert 1 < find_threshold(smooth) < 4
    noisy = smooth + 0.2 * noise(BOX, np.random.default_rng(0))
    assert find_threshold(noisy) == pytest.approx(2.5, abs=0.5)


def test_the_largest_piece():
    inside = np.zeros((8, 8, 8), bool)
    inside[1:3, 1:3, 1:3] = True
    inside[5:8, 5:8, 5:8] = True
    kept = largest_component(inside)
    assert kept.sum() == 27
    np.testing.assert_array_equal(largest_component(kept), kept)


def test_the_low_pass_takes_fine_detail_away(rng):
    volume = noise(BOX, rng)
    power = np.abs(np.fft.fftn(low_passed(volume, PIXEL, 12.0)))
    k = np.fft.fftfreq(BOX, PIXEL)
    radius = np.sqrt(k[:, None, None] ** 2 + k[None, :, None] ** 2 + k**2)
    assert power[radius > 1 / 12 + 1.5 / (BOX * PIXEL)].max() < 1e-9
    kept = radius < 1 / 12 - 1.5 / (BOX * PIXEL)
    np.testing.assert_allclose(power[kept], np.abs(np.fft.fftn(volume))[kept], rtol=1e-9)
