import numpy as np
import pytest

from vitreous.reconstruction.traffic import traffic_bytes


def test_the_samples_are_those_of_a_half_disc():
    """Counted one by one on the half grid: each reads and writes 8 voxels of 12 bytes."""
    box = 200
    y, x = np.arange(box)[:, None] - box // 2, np.arange(box // 2 + 1)
    samples = (y**2 + x**2 <= (0.3 * box) ** 2).sum()
    moved = traffic_bytes(box, 0.3) - traffic_bytes(box, 0.0)
    assert moved == pytest.approx(192 * samples, rel=0.02)


def test_without_samples_pixels_and_spectrum_remain():
    assert traffic_bytes(128, 0.0) == 4 * 128**2 + 16 * 128 * 65
