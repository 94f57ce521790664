"""The walk finds what the definition finds, on awkward sizes and in degenerate triangulations."""

import itertools

import numpy as np
import pytest
from scipy.spatial import Delaunay

from vitreous.interpolation import simplices as reference
from vitreous.kernels.numba import simplices as kernel

dimensions = pytest.mark.parametrize("dim", [2, 3])


def lattice(n: int, dim: int) -> np.ndarray:
    return np.array(list(itertools.product(range(n), repeat=dim)), dtype=float)


def check(points: np.ndarray, targets: np.ndarray, scale: float = 1.0) -> np.ndarray:
    """Both know the same targets inside, and each has weights that give the target back; the kernel's index."""
    triangulation = Delaunay(points)
    index, weights = kernel.find_simplices(triangulation, targets)
    expected, expected_weights = reference.find_simplices(triangulation, targets)
    assert index.shape == expected.shape
    assert weights.shape == expected_weights.shape
    np.testing.assert_array_equal(index >= 0, expected >= 0)
    inside = index >= 0
    for rows, lambdas in ((index, weights), (expected, expected_weights)):
        place = np.einsum("nk,nki->ni", lambdas, points[triangulation.simplices[rows]])
        np.testing.assert_allclose(place[inside], targets[inside], atol=1e-12 * scale)
        assert np.all(lambdas >= 0)
        np.testing.assert_allclose(np.sum(lambdas, axis=1), inside, atol=1e-14)
    # where they differ the target lies on a face that both share
    differ = inside & (index != expected)
    assert np.all(np.min(weights[differ], axis=1, initial=1) < 1e-9)
    return index


@dimensions
@pytest.mark.parametrize("count", [0, 1, 2, 63, 65, 1000])
def test_random_points(dim, count, rng):
    index = check(rng.uniform(-1, 1, (150, dim)), rng.uniform(-1.1, 1.1, (count, dim)))
    assert count < 63 or 0 < np.sum(index < 0) < count


@dimensions
def test_a_single_simplex_and_its_corners(dim, rng):
    corner = np.concatenate([np.zeros((1, dim)), np.eye(dim)])
    index = check(corner, np.concatenate([corner, rng.uniform(-0.5, 1, (50, dim)), np.full((1, dim), 1 / (dim + 1))]))
    assert np.all(index[: dim + 1] == 0)
    assert index[-1] == 0


@dimensions
def test_lattices_whose_points_lie_on_common_spheres(dim, rng):
    """Their triangulations hold flat simplices, which nothing lies in and which the walk must cross."""
    points = lattice(5, dim)
    corners = points[Delaunay(points).simplices]
    assert dim == 2 or np.any(np.min(reference.heights(corners), axis=1) == 0)
    halves = rng.integers(-1, 10, (300, dim)) / 2
    check(points, np.concatenate([points, halves, rng.uniform(-1, 5, (300, dim))]))


@dimensions
@pytest.mark.parametrize("jitter", [1e-15, 1e-13, 1e-9])
def test_lattices_with_slivers(dim, jitter, rng):
    points = lattice(4, dim) + jitter * rng.standard_normal((4**dim, dim))
    index = check(points, rng.uniform(0, 3, (300, dim)))
    assert np.sum(index < 0) < 3


@dimensions
@pytest.mark.parametrize("offset", [1e6, -1e9])
def test_far_from_the_origin(dim, offset, rng):
    check(rng.uniform(-1, 1, (100, dim)) + offset, rng.uniform(-1, 1, (200, dim)) + offset, scale=abs(offset) * 1e-3)


@dimensions
def test_densities_that_differ_by_ten_orders(dim, rng):
    """Long walks from the wide simplices into the narrow ones."""
    points = np.concatenate([rng.uniform(-1, 1, (40, dim)), 1e-5 * rng.uniform(-1, 1, (80, dim))])
    targets = np.concatenate([rng.uniform(-1, 1, (100, dim)), 1e-5 * rng.uniform(-1, 1, (100, dim))])
    check(points, rng.permutation(targets))


@dimensions
def test_targets_that_are_nowhere(dim):
    points = lattice(3, dim)
    targets = np.full((6, dim), 1.0)
    targets[1:, 0] = np.nan, np.inf, -np.inf, 1e300, -1e-9
    index, weights = kernel.find_simplices(Delaunay(points), targets)
    np.testing.assert_array_equal(index >= 0, [True, False, False, False, False, False])
    assert np.all(weights[1:] == 0)


@dimensions
def test_the_order_of_the_targets_does_not_matter_and_they_may_be_read_only_or_strided(dim, rng):
    points, targets = rng.random((300, dim)), rng.random((5000, 2 * dim))[:, ::2]
    triangulation = Delaunay(points)
    targets.flags.writeable = False
    shuffle = rng.permutation(5000)
    index, weights = kernel.find_simplices(triangulation, targets)
    other_index, other_weights = kernel.find_simplices(triangulation, targets[shuffle])
    np.testing.assert_array_equal(index[shuffle], other_index)
    np.testing.assert_array_equal(weights[shuffle], other_weights)


def test_every_simplex_is_tried_where_a_walk_gives_up(rng):
    """The last resort, called by itself, knows what the walk knows."""
    points, targets = rng.random((60, 3)), rng.uniform(-0.1, 1.1, (80, 3))
    triangulation = Delaunay(points)
    expected, _ = kernel.find_simplices(triangulation, targets)
    near, volumes = reference.rounding_of(points), np.empty(4)
    found = [kernel._try_every(points, triangulation.simplices, targets, t, near, volumes) for t in range(80)]
    np.testing.assert_array_equal(found, expected)
