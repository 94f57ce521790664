"""Scattered points: shapes as griddata's, what each method reproduces, what lies outside, what is degenerate."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vitreous.interpolation import DegenerateInputWarning, scattered, triangulate
from vitreous.interpolation.scattered import METHODS

ALL = [(method, dim) for method in METHODS for dim in (2, 3) if (method, dim) != ("cubic", 3)]
every_method = pytest.mark.parametrize(("method", "dim"), ALL)
hull_methods = pytest.mark.parametrize(("method", "dim"), [case for case in ALL if case[0] in {"linear", "cubic"}])
free_methods = pytest.mark.parametrize(("method", "dim"), [case for case in ALL if case[0] not in {"linear", "cubic"}])


@every_method
@pytest.mark.parametrize("columns", [(), (3,), (2, 4)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex64, np.complex128, np.int64])
def test_shapes_and_precision(method, dim, columns, dtype, rng):
    points, values = rng.random((60, dim)), rng.integers(-9, 9, (60, *columns)).astype(dtype)
    grids = tuple(np.meshgrid(*[np.linspace(0.3, 0.7, n) for n in (3, 4, 2)[:dim]], indexing="ij"))
    found = scattered(points, values, grids, method)
    assert found.shape == grids[0].shape + columns
    assert found.dtype == (np.float64 if dtype == np.int64 else dtype)
    np.testing.assert_array_equal(found, scattered(tuple(points.T), values, np.stack(grids, axis=-1), method))
    one = scattered(points, values, np.full(dim, 0.5), method)
    assert one.shape == columns


@every_method
def test_inputs_are_not_written_to(method, dim, rng):
    points, values, targets = rng.random((40, dim)), rng.standard_normal(40), rng.random((50, dim))
    for array in (points, values, targets):
        array.flags.writeable = False
    scattered(points, values, targets, method)


@every_method
def test_the_points_themselves_have_their_values(method, dim, rng):
    points, values = rng.random((300, dim)), rng.standard_normal((300, 2)) @ [1, 1j]
    np.testing.assert_allclose(scattered(points, values, points, method), values, atol=1e-9)


@pytest.mark.parametrize(("method", "dim"), [case for case in ALL if case[0] != "nearest"])
@settings(max_examples=15, deadline=None)
@given(slopes=st.lists(st.floats(-5, 5), min_size=4, max_size=4), seed=st.integers(0, 9))
def test_planes_are_reproduced(method, dim, slopes, seed):
    rng = np.random.default_rng(seed)
    points, targets = rng.random((120, dim)), rng.uniform(0.3, 0.7, (50, dim))
    slope = np.array(slopes[:dim])
    found = scattered(points, points @ slope + slopes[3], targets, method)
    # SciPy's slopes are found by iteration to a relative 1e-6
    np.testing.assert_allclose(found, targets @ slope + slopes[3], atol=1e-4 if method == "cubic" else 1e-8)


def test_smoother_methods_are_closer_to_a_smooth_function(rng):
    def hill(x):
        return np.exp(-8 * np.sum((x - 0.5) ** 2, axis=1))

    points, targets = rng.random((2000, 2)), rng.uniform(0.1, 0.9, (1000, 2))
    error = {
        method: np.sqrt(np.mean((scattered(points, hill(points), targets, method) - hill(targets)) ** 2))
        for method in METHODS
    }
    assert error["cubic"] < error["linear"] < error["nearest"]
    assert error["inverse_distance"] < 0.2 * error["nearest"]


def test_cubic_overshoots_a_cliff_and_linear_does_not(rng):
    points, targets = rng.random((500, 2)), rng.uniform(0.1, 0.9, (5000, 2))
    cliff = np.where(points[:, 0] > 0.5, 1.0, 0.0)
    linear, cubic = (scattered(points, cliff, targets, method) for method in ("linear", "cubic"))
    assert np.min(linear) >= 0
    assert np.max(linear) <= 1 + 1e-15
    assert np.max(cubic) > 1.02


@hull_methods
def test_outside_the_hull_lies_nan_or_what_is_asked_for(method, dim, rng):
    points, values = rng.random((50, dim)), rng.standard_normal((50, 2))
    targets = np.concatenate([np.full((1, dim), 0.5), rng.uniform(2, 3, (20, dim))])
    default = scattered(points, values, targets, method)
    np.testing.assert_array_equal(np.isnan(default[:, 0]), [False] + [True] * 20)
    for outside, expected in ((-7, -7), (0.5, 0.5), ("nearest", scattered(points, values, targets[1:], "nearest"))):
        found = scattered(points, values, targets, method, outside=outside)
        np.testing.assert_array_equal(found[0], default[0])
        assert np.all(found[1:] == expected)
    with pytest.raises(ValueError, match="outside='linear' is neither a number nor 'nearest'"):
        scattered(points, values, targets, method, outside="linear")


@free_methods
def test_methods_without_a_hull_are_defined_everywhere(method, dim, rng):
    points, values, targets = rng.random((50, dim)), rng.standard_normal(50), rng.uniform(-3, 3, (20, dim))
    assert np.all(np.isfinite(scattered(points, values, targets, method)))
    with pytest.raises(ValueError, match="outside=0 has no meaning for method"):
        scattered(points, values, targets, method, outside=0)


@every_method
def test_targets_that_are_not_finite_get_nan(method, dim, rng):
    points, values = rng.random((50, dim)), rng.standard_normal(50)
    targets = np.full((3, dim), 0.5)
    targets[0, 0], targets[2, 1] = np.nan, np.inf
    np.testing.assert_array_equal(np.isnan(scattered(points, values, targets, method)), [True, False, True])


@every_method
def test_no_targets(method, dim, rng):
    points, values = rng.random((50, dim)), rng.standard_normal(50)
    assert scattered(points, values, np.zeros((0, dim)), method).shape == (0,)


@hull_methods
def test_a_triangulation_serves_several_sets_of_values(method, dim, rng):
    points, targets = rng.random((100, dim)), rng.random((60, dim))
    triangulation = triangulate(points)
    for values in rng.standard_normal((2, 100)):
        np.testing.assert_array_equal(
            scattered(triangulation, values, targets, method), scattered(points, values, targets, method)
        )


@every_method
def test_points_and_values_that_are_not_finite_are_named(method, dim, rng):
    points, values, targets = rng.random((50, dim)), rng.standard_normal(50), rng.random((9, dim))
    values[[3, 30]] = np.nan, np.inf
    with pytest.raises(ValueError, match="rows 3, 30 of the values hold NaN or infinity"):
        scattered(points, values, targets, method)
    points[8, 1] = np.nan
    with pytest.raises(ValueError, match="row 8 of the points holds NaN or infinity"):
        scattered(points, np.ones(50), targets, method)


@every_method
def test_repeated_points_are_refused_or_reported(method, dim, rng):
    points, values, targets = rng.random((50, dim)), rng.standard_normal(50), rng.uniform(0.3, 0.7, (9, dim))
    points[40] = points[10]
    with pytest.raises(ValueError, match=r"row (40|10) of the points repeats row (40|10) with other values; average"):
        scattered(points, values, targets, method)
    values[40] = values[10]
    with pytest.warns(DegenerateInputWarning, match=r"row (40|10) of the points repeats another with the same"):
        found = scattered(points, values, targets, method)
    np.testing.assert_allclose(
        found, scattered(np.delete(points, 40, 0), np.delete(values, 40), targets, method), atol=1e-5
    )


@hull_methods
def test_flat_sets_are_refused_with_advice_that_holds(method, dim, rng):
    line = np.outer(rng.random(30), np.arange(1, dim + 1))
    with pytest.raises(ValueError, match=r"all 30 points lie on one line .* 'inverse_distance'"):
        scattered(line, np.ones(30), rng.random((9, dim)), method)
    for other in ("nearest", "inverse_distance"):
        np.testing.assert_allclose(scattered(line, np.ones(30), rng.random((9, dim)), other), 1)


@hull_methods
def test_targets_in_slivers_are_reported_and_stay_within_the_values(method, dim):
    """A point 1e-12 inside the middle of a face of the hull: a target in that gap lies in a sliver."""
    corner = np.concatenate([np.zeros((1, dim)), np.eye(dim)])
    middle = np.mean(corner[:dim], axis=0)
    inward = np.eye(dim)[dim - 1]
    points = np.concatenate([corner, [middle + 1e-12 * inward]])
    values = np.array([*[1.0] * (dim + 1), 2.0])
    gap = (middle + 0.5e-12 * inward)[None]
    with pytest.warns(DegenerateInputWarning, match=r"targets lie in 1 sliver, .* of the points for corners"):
        found = scattered(points, values, gap, method)
    assert 1 - 1e-6 <= found[0] <= 2 + 1e-6
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        scattered(points, values, (middle + 0.1 * inward)[None], method)


def test_unfit_arguments_are_refused(rng):
    points, values, targets = rng.random((50, 3)), np.ones(50), rng.random((9, 3))
    with pytest.raises(ValueError, match="method 'spline' is none of nearest, linear, cubic, inverse_distance"):
        scattered(points, values, targets, "spline")
    with pytest.raises(ValueError, match="'cubic' is made for 2 dimensions; 'inverse_distance' is smooth in 3"):
        scattered(points, values, targets, "cubic")
    with pytest.raises(ValueError, match=r"values have shape \(49,\)"):
        scattered(points, values[1:], targets)
    with pytest.raises(ValueError, match="differ in dimension"):
        scattered(points, values, targets[:, :2])
    with pytest.raises(ValueError, match="points have 1 coordinates each"):
        scattered(points[:, :1], values, targets[:, :1])
    with pytest.raises(ValueError, match="coordinates on the last axis"):
        scattered(points, values, 3.0)
