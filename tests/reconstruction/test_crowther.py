"""The gap between neighbouring slices, and that the two functions are each other's inverse."""

import math

import pytest

from vitreous.reconstruction import crowther_resolution_angstrom, crowther_view_count


def test_slices_lie_one_over_the_diameter_apart_at_the_resolution():
    """m views over 180° turn the next slice by π/m, which at the frequency 1/d is an arc of 1/D."""
    resolution = crowther_resolution_angstrom(90, 150.0)
    assert math.pi / 90 / resolution == pytest.approx(1 / 150.0)


def test_a_known_count():
    assert crowther_view_count(10.0, 100.0) == 32  # 31.4


@pytest.mark.parametrize("views", [1, 7, 90, 1000])
def test_inverse(views):
    assert crowther_view_count(crowther_resolution_angstrom(views, 120.0) * (1 + 1e-12), 120.0) == views


def test_nothing_is_refused():
    with pytest.raises(ValueError, match="0 views"):
        crowther_resolution_angstrom(0, 100.0)
    with pytest.raises(ValueError, match="above zero"):
        crowther_view_count(0.0, 100.0)
