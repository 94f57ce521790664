"""Unit quaternions: Hamilton's product, one rotation for both signs, and every rotation matrix there and back."""

import math

import numpy as np
import pytest
import torch

from vitreous._array import to_numpy
from vitreous.rotations import (
    axis_angle_to_quaternion,
    canonical_quaternion,
    matrix_to_quaternion,
    quaternion_conjugate,
    quaternion_multiply,
    quaternion_to_matrix,
    random_quaternions,
    random_rotations,
    rotate,
    rotate_by_quaternion,
)

ONE, *UNITS = np.eye(4)
HALF = math.sqrt(0.5)
HALF_TURNS = np.array([np.diag([1.0, -1.0, -1.0]), np.diag([-1.0, 1.0, -1.0]), np.diag([-1.0, -1.0, 1.0]), np.eye(3)])


def test_the_product_is_hamiltons(library):
    one, i, j, k = (library(unit) for unit in (ONE, *UNITS))
    for square in (quaternion_multiply(unit, unit) for unit in (i, j, k)):
        assert np.array_equal(to_numpy(square), -ONE)
    assert np.array_equal(to_numpy(quaternion_multiply(quaternion_multiply(i, j), k)), -ONE)
    assert np.array_equal(to_numpy(quaternion_multiply(i, j)), UNITS[2])
    assert np.array_equal(to_numpy(quaternion_multiply(j, i)), -UNITS[2])
    assert np.array_equal(to_numpy(quaternion_multiply(one, k)), UNITS[2])


def test_a_quarter_turn_clockwise_about_z():
    # seen from +z looking down, x goes to −y
    expected = np.array([HALF, 0.0, 0.0, -HALF])
    quaternion = axis_angle_to_quaternion([0.0, 0.0, 1.0], -90.0)
    np.testing.assert_allclose(quaternion, expected, atol=1e-15)
    for sign in (1.0, -1.0):
        np.testing.assert_allclose(rotate_by_quaternion(sign * expected, [1.0, 0.0, 0.0]), [0.0, -1.0, 0.0], atol=1e-15)


def test_half_a_turn_about_z():
    assert np.array_equal(rotate_by_quaternion(UNITS[2], [1.0, 0.0, 0.0]), [-1.0, 0.0, 0.0])
    assert np.array_equal(rotate_by_quaternion([0.0, 0.0, 0.0, 1.0], [0.0, 0.0, 2.0]), [0.0, 0.0, 2.0])


def test_both_signs_are_one_rotation(library):
    quaternions = library(random_quaternions(20, 1))
    assert np.array_equal(to_numpy(quaternion_to_matrix(quaternions)), to_numpy(quaternion_to_matrix(-quaternions)))
    canonical = to_numpy(canonical_quaternion(-quaternions))
    assert np.array_equal(canonical, to_numpy(canonical_quaternion(quaternions)))
    assert np.all(canonical[:, 0] >= 0.0)


def test_the_sign_without_a_scalar_part_is_that_of_the_first_component(library):
    given = np.array([[0.0, -1.0, 2.0, 3.0], [0.0, 0.0, -1.0, 5.0], [0.0, 0.0, 0.0, -1.0], [-1.0, 9.0, 9.0, 9.0]])
    assert np.array_equal(to_numpy(canonical_quaternion(library(given))), -given)
    assert np.array_equal(to_numpy(canonical_quaternion(library(-given))), -given)


def test_products_of_quaternions_are_products_of_matrices(library):
    first, second = library(random_quaternions(20, 2)), library(random_quaternions(20, 3))
    product = to_numpy(quaternion_to_matrix(quaternion_multiply(first, second)))
    expected = to_numpy(quaternion_to_matrix(first)) @ to_numpy(quaternion_to_matrix(second))
    np.testing.assert_allclose(product, expected, atol=1e-15)


def test_a_vector_turns_as_the_matrix_turns_it(library, rng):
    quaternions, vectors = library(random_quaternions(20, 4)), library(rng.standard_normal((20, 3)))
    by_quaternion = to_numpy(rotate_by_quaternion(quaternions, vectors))
    np.testing.assert_allclose(by_quaternion, to_numpy(rotate(quaternion_to_matrix(quaternions), vectors)), atol=1e-14)


def test_the_conjugate_is_the_inverse(library):
    quaternions = library(random_quaternions(20, 5))
    product = to_numpy(quaternion_multiply(quaternion_conjugate(quaternions), quaternions))
    np.testing.assert_allclose(product, np.tile(ONE, (20, 1)), atol=1e-15)


def test_the_length_does_not_matter_for_the_matrix(library):
    quaternions = random_quaternions(10, 6)
    stretched = to_numpy(quaternion_to_matrix(library(7.0 * quaternions)))
    np.testing.assert_allclose(stretched, quaternion_to_matrix(quaternions), atol=1e-15)


def test_every_matrix_comes_back(library):
    tiny = quaternion_to_matrix(canonical_quaternion(np.array([1e-9, 0.6, 0.0, 0.8])))
    matrices = np.concatenate([random_rotations(200, 7), HALF_TURNS, tiny[None]])
    quaternions = to_numpy(matrix_to_quaternion(library(matrices)))
    np.testing.assert_allclose(np.linalg.norm(quaternions, axis=-1), 1.0, atol=1e-15)
    np.testing.assert_allclose(quaternion_to_matrix(quaternions), matrices, atol=2e-15)
    assert np.all(quaternions[:, 0] >= 0.0)


def test_quaternions_come_back_in_single_precision(library):
    quaternions = random_quaternions(200, 8).astype(np.float32)
    again = to_numpy(matrix_to_quaternion(quaternion_to_matrix(library(quaternions))))
    assert again.dtype == np.float32
    np.testing.assert_allclose(again, quaternions, atol=1e-6)


@pytest.mark.parametrize("matrix", HALF_TURNS)
def test_gradients_where_three_of_four_candidates_vanish(matrix):
    # off the rotations the formula is a choice of extension; along them its derivative is that of the rotation
    start = matrix_to_quaternion(torch.from_numpy(matrix))

    def along(vector):
        turn = torch.cat([torch.ones(1, dtype=torch.float64), 0.5 * vector])
        return matrix_to_quaternion(quaternion_to_matrix(quaternion_multiply(start, turn))) * start.sum()

    jacobian = torch.autograd.functional.jacobian(along, torch.full((3,), 1e-12, dtype=torch.float64))
    assert torch.all(torch.isfinite(jacobian))
    np.testing.assert_allclose(np.linalg.svd(jacobian.numpy())[1], 0.5, atol=1e-9)


def test_gradients():
    quaternions = torch.from_numpy(random_quaternions(5, 9)).requires_grad_()
    assert torch.autograd.gradcheck(quaternion_to_matrix, quaternions)
    assert torch.autograd.gradcheck(matrix_to_quaternion, quaternion_to_matrix(quaternions).detach().requires_grad_())
    assert torch.autograd.gradcheck(
        rotate_by_quaternion, (quaternions, torch.ones(3, dtype=torch.float64, requires_grad=True))
    )
