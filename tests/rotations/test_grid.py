"""Grids of rotations: how far any rotation is from them, and how evenly they lie."""

import numpy as np
import pytest
from scipy.spatial import cKDTree

from vitreous.rotations import (
    geodesic_angle_deg,
    is_rotation,
    local_grid,
    matrix_to_quaternion,
    projection_direction,
    random_rotations,
    rotation_vector_to_matrix,
    so3_grid,
    sphere_grid,
)


def nearest_deg(grid, rotations, neighbour=1):
    """The angle from each rotation to the nearest (or a further) neighbour in the grid."""
    quaternions = matrix_to_quaternion(grid)
    tree = cKDTree(np.concatenate([quaternions, -quaternions]))
    chords, _ = tree.query(matrix_to_quaternion(rotations), k=[neighbour])
    return np.degrees(4.0 * np.arcsin(chords[:, 0] / 2.0))


@pytest.mark.parametrize("spacing_deg", [60.0, 30.0, 14.0, 7.5])
def test_directions_are_spread_evenly(spacing_deg):
    directions = sphere_grid(spacing_deg)
    np.testing.assert_allclose(np.linalg.norm(directions, axis=-1), 1.0)
    np.testing.assert_allclose(directions.mean(axis=0), 0.0, atol=1e-15)
    pixel_deg = np.degrees(np.sqrt(4.0 * np.pi / len(directions)))
    assert pixel_deg <= spacing_deg
    # one step of the resolution coarser would exceed the spacing
    side = round(np.sqrt(len(directions) / 12))
    assert side == 1 or pixel_deg * side / (side - 1) > spacing_deg
    chords, _ = cKDTree(directions).query(directions, k=[2])
    neighbour_deg = np.degrees(2.0 * np.arcsin(chords[:, 0] / 2.0))
    assert np.all((neighbour_deg > 0.65 * pixel_deg) & (neighbour_deg < 1.25 * pixel_deg))


@pytest.mark.parametrize("spacing_deg", [60.0, 30.0, 15.0, 10.0])
def test_every_rotation_is_near_one_of_the_grid(spacing_deg):
    grid = so3_grid(spacing_deg)
    assert np.all(is_rotation(grid))
    away_deg = nearest_deg(grid, random_rotations(20_000, 1))
    assert np.max(away_deg) < 0.95 * spacing_deg
    # a ball of that radius around each rotation would fill the space at least once and less than six times over
    radius = np.radians(np.max(away_deg))
    assert 1.0 < len(grid) * (radius - np.sin(radius)) / np.pi < 6.0


@pytest.mark.parametrize("spacing_deg", [30.0, 10.0])
def test_each_rotation_of_the_grid_stands_for_the_same_volume(spacing_deg):
    grid = so3_grid(spacing_deg)
    neighbour_deg = nearest_deg(grid, grid, neighbour=2)
    assert np.min(neighbour_deg) > 0.7 * spacing_deg
    assert np.max(neighbour_deg) < 1.1 * spacing_deg
    # the grid integrates what varies slowly as the uniform measure does: ⟨R⟩ = 0, ⟨R_ij R_kl⟩ = δδ/3
    flat = grid.reshape(-1, 9)
    np.testing.assert_allclose(flat.mean(axis=0), 0.0, atol=1e-13)
    np.testing.assert_allclose(flat.T @ flat / len(flat), np.eye(9) / 3.0, atol=1e-5 * spacing_deg**2)


def test_rotations_of_one_view_follow_one_another():
    grid, directions = so3_grid(20.0), sphere_grid(20.0)
    turns = len(grid) // len(directions)
    np.testing.assert_allclose(projection_direction(grid), np.repeat(directions, turns, axis=0), atol=1e-15)


@pytest.mark.parametrize(("radius_deg", "spacing_deg"), [(10.0, 2.0), (30.0, 5.0), (20.0, 7.0), (90.0, 20.0)])
def test_a_local_grid_covers_its_ball(rng, radius_deg, spacing_deg):
    centre = random_rotations(1, 2)[0]
    grid = local_grid(centre, radius_deg, spacing_deg)
    assert np.all(is_rotation(grid))
    assert np.array_equal(grid[0], centre)
    from_centre_deg = geodesic_angle_deg(centre, grid)
    assert np.max(from_centre_deg) <= radius_deg + 1e-9
    assert np.all(np.diff(from_centre_deg) > -1e-9)
    np.testing.assert_allclose(from_centre_deg[1:7], spacing_deg)
    axes = rng.standard_normal((20_000, 3))
    axes /= np.linalg.norm(axes, axis=-1, keepdims=True)
    angles_deg = radius_deg * np.cbrt(rng.uniform(0.0, 1.0, (20_000, 1)))
    away_deg = nearest_deg(grid, centre @ rotation_vector_to_matrix(np.radians(angles_deg) * axes))
    assert np.max(away_deg) < 1.1 * spacing_deg
    assert np.max(away_deg[angles_deg[:, 0] < radius_deg - 0.5 * spacing_deg]) < np.sqrt(0.75) * spacing_deg


def test_a_local_grid_smaller_than_its_spacing_is_its_centre():
    assert local_grid(np.eye(3), 1.0, 2.0).shape == (1, 3, 3)


@pytest.mark.parametrize("spacing_deg", [0.0, -5.0, 181.0, float("nan")])
def test_a_spacing_that_is_none_is_refused(spacing_deg):
    for make in (sphere_grid, so3_grid, lambda spacing: local_grid(np.eye(3), 10.0, spacing)):
        with pytest.raises(ValueError, match="spacing of"):
            make(spacing_deg)
    with pytest.raises(ValueError, match="radius of"):
        local_grid(np.eye(3), spacing_deg, 1.0)
