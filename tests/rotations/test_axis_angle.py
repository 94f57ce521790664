"""Axis and angle, rotation vectors: known turns, the ends 0 and π, derivatives."""

import itertools
import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.linalg import expm

from vitreous._array import to_numpy
from vitreous.rotations import (
    axis_angle_to_matrix,
    axis_angle_to_quaternion,
    geodesic_angle_deg,
    matrix_to_axis_angle,
    matrix_to_rotation_vector,
    quaternion_to_axis_angle,
    quaternion_to_rotation_vector,
    random_rotations,
    rotate,
    rotation_vector_to_matrix,
    rotation_vector_to_quaternion,
)

AXES = np.array([axis for axis in itertools.product([-1.0, 0.0, 1.0], repeat=3) if any(axis)])
UNITS = AXES / np.linalg.norm(AXES, axis=-1, keepdims=True)


def cross_matrix(vector):
    x, y, z = vector
    return np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])


def test_half_a_turn_about_z_is_exact():
    assert np.array_equal(rotate(axis_angle_to_matrix([0.0, 0.0, 5.0], 180.0), [1.0, 0.0, 0.0]), [-1.0, 0.0, 0.0])


def test_a_third_of_a_turn_about_the_diagonal_permutes_the_axes(library):
    matrix = axis_angle_to_matrix(library(np.ones(3)), library(np.array(120.0)))
    np.testing.assert_allclose(to_numpy(matrix), [[0, 0, 1], [1, 0, 0], [0, 1, 0]], atol=3e-16)


def test_a_rotation_vector_is_the_exponential_of_its_cross_product(library, rng):
    vectors = np.concatenate([rng.standard_normal((20, 3)) * 3.0, math.pi * UNITS, 1e-5 * UNITS, np.zeros((1, 3))])
    matrices = to_numpy(rotation_vector_to_matrix(library(vectors)))
    np.testing.assert_allclose(matrices, np.stack([expm(cross_matrix(vector)) for vector in vectors]), atol=3e-15)


@pytest.mark.parametrize("angle", [0.0, 1e-300, 1e-12, 1e-4, 0.03, 0.0632, 0.0633, 0.07, 1.0, 3.0, math.pi - 1e-9])
def test_vectors_come_back_at_any_length(library, angle):
    vectors = angle * UNITS
    from_quaternion = to_numpy(quaternion_to_rotation_vector(rotation_vector_to_quaternion(library(vectors))))
    np.testing.assert_allclose(from_quaternion, vectors, rtol=4e-15, atol=1e-15 * (angle > 3.0))
    from_matrix = to_numpy(matrix_to_rotation_vector(rotation_vector_to_matrix(library(vectors))))
    np.testing.assert_allclose(from_matrix, vectors, rtol=0.0, atol=2e-15)


def test_half_turns_come_back_up_to_sign(library):
    vectors = to_numpy(matrix_to_rotation_vector(rotation_vector_to_matrix(library(math.pi * UNITS))))
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=-1), math.pi, rtol=1e-15)
    np.testing.assert_allclose(np.abs(np.sum(vectors * UNITS, axis=-1)), math.pi, rtol=1e-15)


def test_longer_vectors_come_back_as_the_shorter_way_round(library):
    vectors = to_numpy(quaternion_to_rotation_vector(rotation_vector_to_quaternion(library(1.5 * math.pi * UNITS))))
    np.testing.assert_allclose(vectors, -0.5 * math.pi * UNITS, atol=1e-15)


@given(
    axis=st.tuples(*3 * [st.floats(-1.0, 1.0)]).filter(lambda axis: math.hypot(*axis) > 1e-3),
    angle_deg=st.floats(0.01, 179.99),
)
def test_axis_and_angle_come_back(axis, angle_deg):
    found_axis, found_angle_deg = matrix_to_axis_angle(axis_angle_to_matrix(list(axis), angle_deg))
    assert abs(found_angle_deg - angle_deg) < 1e-12
    np.testing.assert_allclose(found_axis, np.array(axis) / math.hypot(*axis), atol=1e-11)


def test_without_a_turn_the_axis_is_z(library):
    axis, angle_deg = quaternion_to_axis_angle(library(np.array([[1.0, 0.0, 0.0, 0.0], [-1.0, 0.0, 0.0, 0.0]])))
    assert np.array_equal(to_numpy(axis), [[0.0, 0.0, 1.0], [0.0, 0.0, 1.0]])
    assert np.array_equal(to_numpy(angle_deg), [0.0, 0.0])


def test_trace_and_antisymmetric_part(library):
    matrices = random_rotations(50, 1)
    axis, angle_deg = (to_numpy(part) for part in matrix_to_axis_angle(library(matrices)))
    np.testing.assert_allclose(np.trace(matrices, axis1=-2, axis2=-1), 1.0 + 2.0 * np.cos(np.radians(angle_deg)))
    antisymmetric = np.stack([cross_matrix(u) for u in axis]) * 2.0 * np.sin(np.radians(angle_deg))[:, None, None]
    np.testing.assert_allclose(matrices - np.swapaxes(matrices, -2, -1), antisymmetric, atol=1e-14)


def test_axes_and_angles_broadcast():
    angles_deg = np.array([[10.0], [20.0]])
    assert axis_angle_to_quaternion(AXES, angles_deg).shape == (2, len(AXES), 4)
    assert axis_angle_to_matrix([0.0, 0.0, 1.0], angles_deg[:, 0]).shape == (2, 3, 3)


def test_single_precision_stays_and_is_accurate_everywhere(library):
    lengths = np.concatenate([[0.0], np.geomspace(1e-7, 3.0, 40), math.pi - np.geomspace(1e-6, 1e-1, 10)])
    vectors = (lengths[:, None, None] * UNITS).astype(np.float32)
    matrices = rotation_vector_to_matrix(library(vectors))
    assert to_numpy(matrices).dtype == np.float32
    np.testing.assert_allclose(to_numpy(matrices), rotation_vector_to_matrix(vectors.astype(np.float64)), atol=1e-6)
    again = to_numpy(rotation_vector_to_matrix(matrix_to_rotation_vector(matrices)))
    assert (
        np.max(geodesic_angle_deg(again.astype(np.float64), rotation_vector_to_matrix(vectors.astype(np.float64))))
        < 1e-4
    )


@pytest.mark.parametrize("scale", [0.0, 1e-9, 0.05, 1.0, 3.0])
def test_gradients_of_rotation_vectors(scale):
    vectors = (scale * torch.tensor([[0.6, 0.0, 0.8], [0.0, -1.0, 0.0]], dtype=torch.float64)).requires_grad_()
    assert torch.autograd.gradcheck(rotation_vector_to_matrix, vectors)
    assert torch.autograd.gradcheck(rotation_vector_to_quaternion, vectors)
    quaternions = rotation_vector_to_quaternion(vectors).detach().requires_grad_()
    assert torch.autograd.gradcheck(quaternion_to_rotation_vector, quaternions)


def test_the_derivative_at_no_rotation_is_the_generator():
    zero = torch.zeros(3, dtype=torch.float64)
    jacobian = torch.autograd.functional.jacobian(rotation_vector_to_matrix, zero).numpy()
    for axis in range(3):
        assert np.array_equal(jacobian[..., axis], cross_matrix(np.eye(3)[axis]))
    back = torch.autograd.functional.jacobian(
        lambda vector: matrix_to_rotation_vector(rotation_vector_to_matrix(vector)), zero
    )
    np.testing.assert_allclose(back.numpy(), np.eye(3), atol=1e-15)


def test_gradients_of_axis_and_angle():
    axis = torch.tensor([0.3, -0.5, 2.0], dtype=torch.float64, requires_grad=True)
    angle_deg = torch.tensor([0.0, 90.0, 200.0], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(axis_angle_to_matrix, (axis, angle_deg))
    identity = torch.tensor([1.0, 0.0, 0.0, 0.0], requires_grad=True)
    quaternion_to_axis_angle(identity)[1].backward()
    assert torch.all(torch.isfinite(identity.grad))
