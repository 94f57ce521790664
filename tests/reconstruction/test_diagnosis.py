"""What is said of a map beyond one number: directions, places, and the views that a resolution takes."""

import math

import numpy as np
import pytest

from vitreous.fourier import coordinate_radius
from vitreous.reconstruction import half_map_fsc
from vitreous.reconstruction.diagnosis import diagnose

BOX, PIXEL = 48, 2.0


def halves_of(noise):
    """A ball of structure, noisier where x > 0."""
    rng = np.random.default_rng(4)
    ball = (coordinate_radius((BOX,) * 3) < 15) * rng.standard_normal((BOX,) * 3)
    near = coordinate_radius((BOX,) * 3) < 18
    spread = noise * near * np.where(np.arange(BOX) > BOX // 2, 15, 1)
    return tuple((ball + spread * rng.standard_normal((BOX,) * 3)).astype(np.float32) for _ in range(2))


def test_places_directions_and_views():
    mask = np.clip(17 - coordinate_radius((BOX,) * 3), 0, 1).astype(np.float32)
    halves = halves_of(0.08)
    resolution = half_map_fsc(*halves, mask, pixel_size_angstrom=PIXEL)
    found = diagnose(halves, mask, resolution, pixel_size_angstrom=PIXEL, views=100)
    assert found.diameter_angstrom == pytest.approx(2 * 16.5 * PIXEL, rel=0.05)
    assert found.crowther_angstrom == pytest.approx(math.pi * found.diameter_angstrom / 100)
    assert found.views_needed == math.ceil(math.pi * found.diameter_angstrom / resolution.resolution_angstrom)
    middle = BOX // 2
    assert found.local_angstrom[middle, middle, middle - 8] < found.local_angstrom[middle, middle, middle + 8]
    low, median, high = found.local_range_angstrom
    assert low <= median <= high
    assert 0 < found.anisotropy.sphericity <= 1


def test_noise_claims_nothing():
    """No local resolution and no number of views where no resolution is claimed; the box stands for the particle."""
    rng = np.random.default_rng(2)
    halves = tuple(rng.standard_normal((BOX,) * 3).astype(np.float32) for _ in range(2))
    found = diagnose(halves, None, half_map_fsc(*halves, pixel_size_angstrom=PIXEL), pixel_size_angstrom=PIXEL, views=9)
    assert found.local_angstrom is None
    assert found.local_range_angstrom is None
    assert found.views_needed is None
    assert found.diameter_angstrom == BOX * PIXEL
