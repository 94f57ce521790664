"""The definition of point location: barycentric weights, heights, the order of visits."""

import numpy as np
import pytest
from scipy.spatial import Delaunay

from vitreous.interpolation.simplices import cell_order, find_simplices, heights, rounding_of, signed_volumes

dimensions = pytest.mark.parametrize("dim", [2, 3])


@dimensions
def test_signed_volumes_over_their_sum_are_barycentric(dim, rng):
    corners, weights = rng.standard_normal((20, dim + 1, dim)), rng.dirichlet(np.ones(dim + 1), 20)
    volumes = signed_volumes(corners, np.einsum("nk,nki->ni", weights, corners))
    np.testing.assert_allclose(volumes / np.sum(volumes, axis=1, keepdims=True), weights, atol=1e-12)


def test_heights_of_the_unit_corner():
    """The right-angled corner has heights 1 over the faces through the origin and 1/√dim over the slanting one."""
    for dim in (2, 3):
        corner = np.concatenate([np.zeros((1, dim)), np.eye(dim)])
        np.testing.assert_allclose(heights(corner), [dim**-0.5, *np.ones(dim)], rtol=1e-14)
        flat = np.concatenate([corner[:-1], corner[:1] + corner[1:2]])
        assert np.all(heights(flat) == 0)


@dimensions
def test_weights_give_back_the_target_and_the_hull_is_known(dim, rng):
    points, targets = rng.uniform(-1, 1, (60, dim)), rng.uniform(-1.2, 1.2, (400, dim))
    triangulation = Delaunay(points)
    index, weights = find_simplices(triangulation, targets)
    inside = index >= 0
    assert 0 < np.sum(inside) < 400
    np.testing.assert_array_equal(index, triangulation.find_simplex(targets))
    place = np.einsum("nk,nki->ni", weights, points[triangulation.simplices[index]])
    np.testing.assert_allclose(place[inside], targets[inside], atol=1e-13)
    assert np.all(weights >= 0)
    assert np.all(weights[~inside] == 0)


def test_a_target_on_the_hull_is_inside_and_one_beyond_rounding_is_not():
    points = np.array([[0.0, 0], [1, 0], [0, 1], [1, 1]])
    near = rounding_of(points)
    index, _ = find_simplices(Delaunay(points), np.array([[0.3, 0], [0.3, -near / 2], [0.3, -2 * near], [1, 1]]))
    np.testing.assert_array_equal(index >= 0, [True, True, False, True])


@dimensions
def test_cell_order_visits_each_target_once_and_mostly_steps_to_a_neighbour(dim, rng):
    targets = rng.uniform(0, 1, (20_000, dim))
    targets[:3] = np.array([[np.nan], [np.inf], [-7]])
    order = cell_order(targets, np.zeros(dim), np.ones(dim))
    np.testing.assert_array_equal(np.sort(order), np.arange(20_000))
    path = targets[order]
    path = path[np.all(np.isfinite(path) & (path >= 0), axis=1)]
    steps = np.linalg.norm(np.diff(path, axis=0), axis=1)
    unordered = np.linalg.norm(np.diff(targets[3:], axis=0), axis=1)
    assert np.median(steps) < 0.1 * np.median(unordered)


def test_cell_order_takes_a_box_without_extent_and_no_targets():
    assert len(cell_order(np.zeros((5, 2)), np.zeros(2), np.zeros(2))) == 5
    assert len(cell_order(np.zeros((0, 3)), np.zeros(3), np.ones(3))) == 0
