"""Each half of a map has the resolution that it was given."""

import numpy as np
import pytest

from known_maps import ball, noise, truncated
from vitreous.reconstruction.local_resolution import local_resolution

BOX, PIXEL = 48, 2.0


def test_two_halves_of_a_map_have_their_own_resolution():
    """Left of the middle what is shared ends at 8 Å, right of it at 12 Å."""
    rng = np.random.default_rng(93)
    fine, coarse = (truncated(noise(BOX, rng), round(BOX * PIXEL / d)) for d in (8, 12))
    left = (np.arange(BOX) < BOX // 2)[None, None]
    halves = [np.where(left, fine, coarse) + 0.5 * noise(BOX, rng) for _ in range(2)]
    slab = np.zeros((BOX,) * 3)
    slab[22:26, 12:-12] = 1
    found = local_resolution(*halves, slab, pixel_size_angstrom=PIXEL, window_angstrom=48)
    assert np.nanmedian(found[..., 10:14]) == pytest.approx(8, rel=0.15)
    assert np.nanmedian(found[..., -14:-10]) == pytest.approx(12, rel=0.15)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(np.isfinite(found), slab > 0)


def test_identical_maps_reach_nyquist_and_noise_nothing(library, rng):
    volume = noise(20, rng)
    same = local_resolution(library(volume), library(volume), pixel_size_angstrom=PIXEL, window_angstrom=24)
    np.testing.assert_allclose(same, 2 * PIXEL, rtol=1e-6)
    other = local_resolution(volume, noise(20, rng), pixel_size_angstrom=PIXEL, window_angstrom=32)
    assert np.median(other) > 15


def test_the_mask_says_where(rng):
    volume, mask = noise(32, rng), ball(32, 6)
    found = local_resolution(volume, volume, mask, pixel_size_angstrom=PIXEL, window_angstrom=24)
    np.testing.assert_array_equal(np.isfinite(found), mask > 0)


def test_what_cannot_be_is_refused(rng):
    volume = noise(16, rng)
    with pytest.raises(ValueError, match="one box"):
        local_resolution(volume, noise(17, rng), pixel_size_angstrom=1.0)
    with pytest.raises(ValueError, match="a window of 40 Å is 40 voxels"):
        local_resolution(volume, volume, pixel_size_angstrom=1.0)
    with pytest.raises(ValueError, match="leaves no voxel"):
        local_resolution(volume, volume, 0 * volume, pixel_size_angstrom=1.0, window_angstrom=8)
