import numpy as np
import pytest

from optics import spectra
from vitreous.optics.lens import Lens
from vitreous.optics.thon_background import remove_background
from vitreous.optics.thon_search import search_start

LENS, RANGE = Lens(300, 2.7, 0.07), (3000.0, 50000.0)


@pytest.mark.parametrize("angle_deg", [-35, 90])
def test_astigmatism_is_found_at_the_start(rng, angle_deg):
    """1,600 Å of it: the average over circles has hardly a ring."""
    rings = remove_background(spectra.spectrum(20800, 19200, angle_deg, rng), 30, 4)
    start = search_start(rings, LENS, RANGE, False)
    assert start.mean_angstrom == pytest.approx(20000, abs=100)
    along, across = 800 * np.cos(np.radians(2 * angle_deg)), 800 * np.sin(np.radians(2 * angle_deg))
    assert np.hypot(start.along_angstrom - along, start.across_angstrom - across) < 300


@pytest.mark.parametrize("defocus", [3500, 47000])
def test_the_whole_range(rng, defocus):
    rings = remove_background(spectra.spectrum(defocus, defocus, 0, rng), 30, 4)
    start = search_start(rings, LENS, RANGE, False)
    assert start.mean_angstrom == pytest.approx(defocus, abs=60)
    assert start.phase_shift == 0


def test_phase_shifts(rng):
    rings = remove_background(spectra.spectrum(10000, 10000, 0, rng, phase_shift_deg=100), 30, 4)
    start = search_start(rings, LENS, RANGE, True)
    assert np.degrees(start.phase_shift) == pytest.approx(100, abs=21)
    assert start.mean_angstrom == pytest.approx(10000, abs=200)
