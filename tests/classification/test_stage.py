"""How fine a search is follows from the highest ring."""

import numpy as np
import pytest

from vitreous.classification.options import Options
from vitreous.classification.polar import PolarGrid
from vitreous.classification.stage import first_rings, stage_of

GRID, OPTIONS = PolarGrid(64, 32, 240), Options(2)


@pytest.mark.parametrize("band", [5, 12, 20, 31])
def test_a_search_is_as_fine_as_its_highest_ring(band):
    stage = stage_of(GRID, OPTIONS, 28.0, band)
    assert stage.rings == band + 1
    assert stage.angles >= min(2 * np.pi * band, GRID.angles)
    assert stage.band <= GRID.angles // 2
    assert len(stage.first_ring) == stage.band + 1
    assert (np.diff(stage.first_ring) >= 0).all()


def test_an_exact_search_is_the_whole_grid():
    stage = stage_of(GRID, Options(2, exact=True), 28.0, 5)
    assert (stage.rings, stage.angles, stage.band, stage.coarse) == (32, 240, 120, None)
    assert not stage.first_ring.any()


def test_a_fine_search_has_a_coarse_look_at_the_same_shifts():
    stage = stage_of(GRID, OPTIONS, 28.0, 31)
    assert stage.coarse.rings == 16
    assert (stage.coarse.shifts_px == stage.shifts_px).all()
    assert stage.edges[-1] == len(stage.shifts_px) == 81
    assert stage_of(GRID, OPTIONS, 28.0, 6).coarse is None


def test_a_harmonic_begins_where_a_disc_of_that_radius_has_it():
    """J_m(2π r ρ/box) of the rings left out is small."""
    from scipy.special import jv

    first = first_rings(GRID, 28.0, 120, 31)
    for m in range(10, 90, 10):
        left_out = np.arange(first[m])
        assert abs(jv(m, 2 * np.pi * left_out * 28 / 64)).max(initial=0) < 0.06
