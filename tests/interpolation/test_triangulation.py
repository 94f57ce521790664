"""Degenerate points: each kind is named, with its rows and with what to do."""

import numpy as np
import pytest

from vitreous.interpolation import triangulate
from vitreous.interpolation.triangulation import duplicates, left_out, name_rows, slivers


def test_rows_that_are_not_finite_are_named(rng):
    points = rng.standard_normal((30, 3))
    points[[4, 17, 20], [0, 2, 1]] = np.nan, np.inf, -np.inf
    with pytest.raises(ValueError, match=r"rows 4, 17, 20 of the points hold NaN or infinity; leave them out"):
        triangulate(points)


@pytest.mark.parametrize(
    ("points", "problem"),
    [
        (np.outer(np.arange(9.0), [1, 2]), "all 9 points lie on one line"),
        (np.outer(np.arange(9.0), [1, 2, 3]), "all 9 points lie on one line"),
        (np.random.default_rng(1).random((9, 2)) @ [[1, 0, 1], [0, 1, -2]], "all 9 points lie on one plane"),
        (np.ones((9, 2)), "all 9 points are one point"),
        (np.random.default_rng(1).random((40, 2)) * [1, 1e-18], r"lie on one line .*e-19\).*rescale the axes"),
    ],
    ids=["collinear 2D", "collinear 3D", "coplanar", "one point", "units that differ"],
)
def test_flat_sets_are_named_with_their_thickness(points, problem):
    with pytest.raises(ValueError, match=problem):
        triangulate(np.asarray(points, dtype=float))


def test_too_few_points_and_other_dimensions_are_refused():
    with pytest.raises(ValueError, match="3 points span no 3-dimensional body; at least 4"):
        triangulate(np.eye(3))
    with pytest.raises(ValueError, match="points have 4 coordinates each"):
        triangulate(np.eye(4))


def test_duplicates_are_paired_with_the_first_of_their_kind(rng):
    points = rng.standard_normal((12, 2))
    points[[7, 9]] = points[2]
    points[11] = points[10]
    np.testing.assert_array_equal(duplicates(points), [[7, 2], [9, 2], [11, 10]])
    assert duplicates(points[:7]).shape == (0, 2)


def test_points_that_the_triangulation_left_out_are_known(rng):
    points = rng.standard_normal((50, 3))
    points[30] = points[4]
    # closer than rounding, though not equal
    points[31] = points[5] + 1e-16
    pairs = left_out(triangulate(points))
    assert {frozenset(pair) for pair in pairs.tolist()} == {frozenset({4, 30}), frozenset({5, 31})}


@pytest.mark.parametrize("dim", [2, 3])
def test_slivers_among_the_simplices_asked_for_are_found(dim):
    """A point just inside a face of the hull makes a simplex of that height with it, and only that one is thin."""
    height = 1e-11
    corner = np.concatenate([np.zeros((1, dim)), np.eye(dim)])
    points = np.concatenate([corner, np.mean(corner[:dim], axis=0, keepdims=True) + height * np.eye(dim)[dim - 1]])
    triangulation = triangulate(points)
    thin = slivers(triangulation, np.arange(len(triangulation.simplices)))
    assert len(thin) == 1
    assert set(triangulation.simplices[thin[0]]) == {*range(dim), dim + 1}
    assert slivers(triangulation, np.delete(np.arange(len(triangulation.simplices)), thin)).size == 0
    assert slivers(triangulation, np.array([-1, -1])).size == 0


def test_many_rows_are_named_briefly():
    assert name_rows(np.array([3])) == "row 3"
    assert name_rows(np.arange(9)) == "rows 0, 1, 2, 3, 4 and 4 more"
