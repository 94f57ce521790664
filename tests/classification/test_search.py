"""The poses of a search: shifts in a disc, their cells, their prior, and RELION's origins."""

import numpy as np
import pytest

from vitreous.classification.search import cells_of_shifts, log_shift_prior, origins_px, shift_disc


@pytest.mark.parametrize(("radius", "step", "count"), [(5, 1, 81), (5, 2, 21), (0, 1, 1), (1, 1, 5), (1, 0.5, 13)])
def test_a_disc_holds_the_points_of_the_grid_within_it(radius, step, count):
    shifts = shift_disc(radius, step)
    assert len(shifts) == count
    assert np.hypot(*shifts.T).max(initial=0) <= radius
    np.testing.assert_allclose(shifts.sum(axis=0), 0, atol=1e-12)


def test_every_shift_lies_in_the_cell_of_the_nearest_coarse_one():
    coarse, fine = shift_disc(5, 2), shift_disc(5, 1)
    order, edges = cells_of_shifts(coarse, fine)
    assert sorted(order) == list(range(len(fine)))
    for centre, start, stop in zip(coarse, edges[:-1], edges[1:], strict=True):
        for shift in fine[order[start:stop]]:
            distance = np.linalg.norm(shift - centre)
            assert distance <= np.linalg.norm(shift - coarse, axis=1).min() + 1e-12


def test_the_prior_is_a_gaussian_that_adds_up_to_one():
    shifts = shift_disc(5, 1)
    p = np.exp(log_shift_prior(shifts, 1.5))
    assert p.sum() == pytest.approx(1)
    ratio = p[np.all(shifts == (2, 1), axis=1)] / p[np.all(shifts == 0, axis=1)]
    assert ratio[0] == pytest.approx(np.exp(-5 / (2 * 1.5**2)))
    np.testing.assert_allclose(np.exp(log_shift_prior(shifts, np.inf)), 1 / len(shifts))


def test_an_origin_undoes_the_turned_shift():
    np.testing.assert_allclose(origins_px(np.array([np.pi / 2]), np.array([[2.0, 0.5]])), [[0.5, -2.0]], atol=1e-12)
