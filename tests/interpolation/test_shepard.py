"""Inverse-distance interpolation: what it reproduces, and that it is continuous."""

import numpy as np
import pytest
from scipy.spatial import KDTree

from vitreous.interpolation.shepard import inverse_distance, nodal_gradients

dimensions = pytest.mark.parametrize("dim", [2, 3])


@dimensions
def test_planes_are_exact_everywhere_and_points_are_passed_through(dim, rng):
    points, targets = rng.random((200, dim)), rng.uniform(-0.5, 1.5, (300, dim))
    slope = rng.standard_normal((dim, 2)) @ [1, 1j]
    plane = points @ slope + 3
    np.testing.assert_allclose(inverse_distance(points, plane[:, None], targets)[:, 0], targets @ slope + 3, atol=1e-9)
    noise = rng.standard_normal((200, 2))
    np.testing.assert_allclose(inverse_distance(points, noise, points), noise, atol=1e-12)


@dimensions
def test_slopes_are_those_of_a_plane_and_come_close_for_a_smooth_function(dim, rng):
    points = rng.random((4000, dim))
    slope = rng.standard_normal(dim)
    found = nodal_gradients(points, (points @ slope)[:, None], KDTree(points))[:, :, 0]
    np.testing.assert_allclose(found, np.broadcast_to(slope, (4000, dim)), atol=1e-9)
    found = nodal_gradients(points, np.sin(points @ slope)[:, None], KDTree(points))[:, :, 0]
    inner = np.all((points > 0.2) & (points < 0.8), axis=1)
    exact = np.cos(points @ slope)[:, None] * slope
    assert np.sqrt(np.mean((found - exact)[inner] ** 2)) < 0.05 * np.linalg.norm(slope)


@dimensions
def test_the_error_of_a_smooth_function_falls_with_the_square_of_the_spacing(dim, rng):
    def wave(x):
        return np.sin(4 * x[:, :1]) * np.cos(3 * x[:, 1:2])

    targets = rng.uniform(0.2, 0.8, (500, dim))
    errors = []
    for count in (2**dim * 250, 4**dim * 250):
        points = rng.random((count, dim))
        errors.append(np.sqrt(np.mean((inverse_distance(points, wave(points), targets) - wave(targets)) ** 2)))
    assert errors[1] < errors[0] / 3
    assert errors[1] < 0.02


def test_it_is_continuous_where_the_set_of_nearest_points_changes(rng):
    points, values = rng.random((300, 2)), rng.standard_normal((300, 1))
    line = np.linspace(0.2, 0.8, 60_001)[:, None] * [1, 0.7]
    found = inverse_distance(points, values, line)[:, 0]
    steps = np.abs(np.diff(found))
    assert np.max(steps) < 1e-2 * np.ptp(found)
    coarse = np.abs(np.diff(found[::10]))
    # a jump would stay as high on a finer line; a slope falls with the step
    assert np.max(steps) < 0.2 * np.max(coarse)


def test_few_points_and_equal_distances():
    square = np.array([[0.0, 0], [1, 0], [0, 1], [1, 1]])
    values = np.array([[0.0], [1], [1], [2]])
    np.testing.assert_allclose(inverse_distance(square, values, np.array([[0.5, 0.5]])), [[1]], atol=1e-9)
    assert np.isfinite(inverse_distance(square[:3], values[:3], square)).all()
    with pytest.raises(ValueError, match="2 points tell no slope in 2 dimensions"):
        inverse_distance(square[:2], values[:2], square)


def test_neighbours_on_one_line_give_no_slope_across_it():
    line = np.stack([np.arange(20.0), np.zeros(20)], axis=1)
    slopes = nodal_gradients(line, line[:, :1], KDTree(line))[:, :, 0]
    np.testing.assert_allclose(slopes, np.broadcast_to([1.0, 0], (20, 2)), atol=1e-6)
