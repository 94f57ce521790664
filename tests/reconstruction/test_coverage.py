"""What the views saw: everything, a cone's width less than everything, one plane."""

import numpy as np
import pytest

from simulated import views
from vitreous.projection.accumulator import Accumulator
from vitreous.reconstruction.coverage import fourier_coverage
from vitreous.rotations import relion_to_matrix

BOX = 24


def coverage_of(euler_deg):
    accumulator = Accumulator(BOX, threads=1)
    weights = np.ones((len(euler_deg), BOX, BOX // 2 + 1), np.float32)
    accumulator.add(weights.astype(np.complex64), weights, relion_to_matrix(euler_deg))
    return fourier_coverage(accumulator.denominator, BOX, 2.0)


def test_even_views_see_everything_alike():
    """A shell of radius r is crossed by n views in n/(2r) places on average."""
    coverage = coverage_of(views(3000))
    assert coverage.fraction_seen.min() == 1
    assert coverage.evenness > 0.9
    expected = 3000 / (2 * np.arange(4, 11))
    np.testing.assert_allclose(coverage.effective_views[4:11], expected, rtol=0.15)
    assert coverage.frequencies_per_angstrom[-1] == pytest.approx(0.25)


def test_side_views_leave_nothing_out_but_top_views_do():
    """Views along one axis see one plane; those within 30° of it leave a cone of 30° about the axis: 1 − cos 30°."""
    angles = views(3000)
    top, near = angles.copy(), angles.copy()
    top[:, 1] = 0
    near[:, 1] = np.degrees(np.arccos(1 - (1 - np.cos(np.radians(30))) * (1 - np.cos(np.radians(angles[:, 1]))) / 2))
    plane, cone = coverage_of(top), coverage_of(near)
    assert plane.fraction_seen[10] < 0.25
    assert cone.fraction_seen[10] == pytest.approx(np.sin(np.radians(30)), abs=0.12)
    even = coverage_of(angles).evenness
    assert plane.evenness < cone.evenness < even


def test_nothing_seen():
    coverage = fourier_coverage(np.zeros((8, 8, 5), np.float32), 4, 1.0)
    assert np.all(coverage.fraction_seen == 0)
    assert np.all(coverage.effective_views == 0)


@pytest.mark.parametrize("count", [1, 3, 17, 60])
def test_few_views_are_never_more_than_even(count):
    """A harmonic mean is at most the arithmetic one, however little was seen; and more views are more even."""
    few, many = coverage_of(views(count)), coverage_of(views(30 * count))
    assert 0 < few.evenness < many.evenness <= 1
