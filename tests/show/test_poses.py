import numpy as np

from drawn import spoken, words
from vitreous.show.poses import angle_figure, shift_figure


def test_angles_of_any_turn_are_counted_in_one():
    svg = angle_figure(np.array([5.0, 365.0, -355.0, 725.0, 100.0]))
    # four of five in one of 36 bins
    assert "at most 29 times an even spread" in spoken(svg)
    assert {"angle in the plane, psi (°)", "particles", "even", "−180", "180"} <= set(words(svg))


def test_shifts_are_told_along_both_axes():
    svg = shift_figure(np.array([[2.0, -6.0], [-2.0, 6.0], [2.0, 6.0]]), 1.5)
    assert {"shift onto the class (Å)", "particles", "x", "y"} <= set(words(svg))
    assert "2 Å along x and 6 Å along y, root mean square" in spoken(svg)


def test_no_shift_and_huge_shifts_can_be_drawn():
    for shifts in (np.zeros((3, 2)), np.array([[1e5, 0.0], [0.0, -1e5]])):
        assert "Histogram of the shifts" in spoken(shift_figure(shifts, 1.0))
