"""The angle between rotations, near its ends too."""

import numpy as np
import pytest
import torch

from vitreous._array import to_numpy
from vitreous.rotations import (
    axis_angle_to_matrix,
    axis_angle_to_quaternion,
    geodesic_angle_deg,
    quaternion_angle_deg,
    quaternion_to_matrix,
    random_quaternions,
    random_rotations,
)

ANGLES_DEG = np.concatenate([[0.0, 90.0, 180.0], np.geomspace(1e-10, 100.0, 30), 180.0 - np.geomspace(1e-7, 10.0, 20)])


def test_the_angle_of_a_known_turn(library):
    start = random_rotations(len(ANGLES_DEG), 1)
    end = start @ axis_angle_to_matrix([1.0, -2.0, 3.0], ANGLES_DEG)
    found = to_numpy(geodesic_angle_deg(library(start), library(end)))
    # a matrix holds a small angle to about 1e-16 radian
    np.testing.assert_allclose(found, ANGLES_DEG, rtol=1e-14, atol=5e-14)


def test_quaternions_hold_small_angles_to_all_digits(library):
    turns = axis_angle_to_quaternion([1.0, -2.0, 3.0], ANGLES_DEG)
    one = library(np.array([1.0, 0.0, 0.0, 0.0]))
    for sign in (1.0, -1.0):
        found = to_numpy(quaternion_angle_deg(one, library(sign * turns)))
        np.testing.assert_allclose(found, ANGLES_DEG, rtol=1e-14)


def test_it_is_a_distance_that_turns_do_not_change():
    first, second, third = (random_rotations(500, seed) for seed in (2, 3, 4))
    distance = geodesic_angle_deg(first, second)
    np.testing.assert_allclose(distance, geodesic_angle_deg(second, first), atol=1e-12)
    np.testing.assert_allclose(distance, geodesic_angle_deg(third @ first, third @ second), atol=1e-11)
    np.testing.assert_allclose(distance, geodesic_angle_deg(first @ third, second @ third), atol=1e-11)
    assert np.all(distance <= geodesic_angle_deg(first, third) + geodesic_angle_deg(third, second) + 1e-12)


def test_matrices_and_quaternions_agree(library):
    first, second = library(random_quaternions(100, 5)), library(random_quaternions(100, 6))
    by_matrix = geodesic_angle_deg(quaternion_to_matrix(first), quaternion_to_matrix(second))
    np.testing.assert_allclose(to_numpy(by_matrix), to_numpy(quaternion_angle_deg(first, second)), atol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_tables_of_distances_broadcast(library, dtype):
    matrices = random_rotations(4, 7).astype(dtype)
    table = to_numpy(geodesic_angle_deg(library(matrices[:, None]), library(matrices)))
    assert table.shape == (4, 4)
    assert table.dtype == dtype
    assert np.all(np.diag(table) < (1e-4 if dtype == np.float32 else 1e-13))


def test_gradients():
    first, second = (torch.from_numpy(random_rotations(3, seed)).requires_grad_() for seed in (8, 9))
    assert torch.autograd.gradcheck(geodesic_angle_deg, (first, second), atol=1e-4)
    same = torch.eye(3, requires_grad=True)
    geodesic_angle_deg(same, torch.eye(3)).backward()
    assert torch.all(torch.isfinite(same.grad))
