"""Euler angles: products of turns about the axes, both solutions, gimbal lock, derivatives."""

import itertools

import numpy as np
import pytest
import torch

from vitreous._array import to_numpy
from vitreous.rotations import (
    EULER_CONVENTIONS,
    both_eulers,
    euler_to_matrix,
    matrix_to_euler,
    random_rotations,
    slabaugh_angles,
)

ALL = [*EULER_CONVENTIONS, *(name.lower() for name in EULER_CONVENTIONS)]
AWKWARD_DEG = np.array(
    list(
        itertools.product([-180.0, -90.0, 0.0, 33.0, 90.0], [-180.0, -90.0, 0.0, 1e-9, 90.0, 180.0], [0.0, 90.0, 71.0])
    )
)


def turn(axis: str, angle_deg: float) -> np.ndarray:
    """The turn about one axis, counter-clockwise seen with the axis pointing at the viewer, written out."""
    c, s = np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))
    return np.array(
        {
            "X": [[1, 0, 0], [0, c, -s], [0, s, c]],
            "Y": [[c, 0, s], [0, 1, 0], [-s, 0, c]],
            "Z": [[c, -s, 0], [s, c, 0], [0, 0, 1]],
        }[axis]
    )


@pytest.mark.parametrize("name", EULER_CONVENTIONS)
def test_the_matrix_is_the_product_of_three_turns(library, name):
    angles_deg = np.array([[20.0, 50.0, -130.0], [-310.0, -75.0, 12.0]])
    intrinsic, extrinsic = (to_numpy(euler_to_matrix(library(angles_deg), each)) for each in (name, name.lower()))
    for row, (a, b, c) in enumerate(angles_deg):
        A, B, C = turn(name[0], a), turn(name[1], b), turn(name[2], c)
        np.testing.assert_allclose(intrinsic[row], A @ B @ C, atol=1e-15)
        np.testing.assert_allclose(extrinsic[row], C @ B @ A, atol=1e-15)


@pytest.mark.parametrize("name", ALL)
def test_angles_give_their_matrix_back_in_gimbal_lock_too(library, name):
    matrices = np.concatenate([euler_to_matrix(AWKWARD_DEG, name), random_rotations(50, 1)])
    angles_deg = matrix_to_euler(library(matrices), name)
    np.testing.assert_allclose(to_numpy(euler_to_matrix(angles_deg, name)), matrices, atol=2e-15)
    middle = to_numpy(angles_deg)[:, 1]
    low, high = (0.0, 180.0) if name[0] == name[2] else (-90.0, 90.0)
    assert np.all((middle >= low) & (middle <= high))
    assert np.all(np.abs(to_numpy(angles_deg)[:, [0, 2]]) <= 180.0)


@pytest.mark.parametrize("name", ALL)
def test_the_left_turn_is_none_in_gimbal_lock(name):
    locked_deg = 0.0 if name[0] == name[2] else 90.0
    free = 0 if name.isupper() else 2
    angles_deg = matrix_to_euler(euler_to_matrix([30.0, locked_deg, 40.0], name), name)
    assert angles_deg[free] == 0.0
    assert angles_deg[1] == pytest.approx(locked_deg, abs=1e-13)


@pytest.mark.parametrize("name", ALL)
def test_both_solutions_give_the_matrix_and_differ(library, name):
    matrices = random_rotations(50, 2)
    both = both_eulers(library(matrices), name)
    again = to_numpy(euler_to_matrix(both, name))
    np.testing.assert_allclose(again, matrices[:, None] * np.ones((1, 2, 1, 1)), atol=2e-15)
    first, second = np.moveaxis(to_numpy(both), -2, 0)
    assert np.min(np.max(np.abs(first - second), axis=-1)) > 90.0
    np.testing.assert_allclose(first, matrix_to_euler(matrices, name))


def test_slabaugh_by_his_own_formulas():
    for matrix in random_rotations(50, 3):
        theta = np.array([-np.arcsin(matrix[2, 0]), np.pi + np.arcsin(matrix[2, 0])])
        psi = np.arctan2(matrix[2, 1] / np.cos(theta), matrix[2, 2] / np.cos(theta))
        phi = np.arctan2(matrix[1, 0] / np.cos(theta), matrix[0, 0] / np.cos(theta))
        difference_deg = slabaugh_angles(matrix) - np.degrees(np.stack([psi, theta, phi], axis=-1))
        np.testing.assert_allclose((difference_deg + 180.0) % 360.0 - 180.0, 0.0, atol=1e-11)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_slabaugh_in_gimbal_lock(library, sign):
    psi_deg, phi_deg = 25.0, 65.0
    matrix = turn("Z", phi_deg) @ turn("Y", sign * 90.0) @ turn("X", psi_deg)
    matrix[np.abs(matrix) < 1e-15] = 0.0
    # φ is free and 0; R₃₁ = −1: ψ = φ + atan2(R₁₂, R₁₃); R₃₁ = 1: ψ = −φ + atan2(−R₁₂, −R₁₃)
    found = to_numpy(slabaugh_angles(library(matrix)))
    expected_psi_deg = np.degrees(np.arctan2(sign * matrix[0, 1], sign * matrix[0, 2]))
    np.testing.assert_allclose(found[0], [expected_psi_deg, sign * 90.0, 0.0], atol=1e-13)
    assert expected_psi_deg == pytest.approx(psi_deg - sign * phi_deg)
    np.testing.assert_allclose(to_numpy(euler_to_matrix(found[:, ::-1], "ZYX")), [matrix, matrix], atol=1e-15)


@pytest.mark.parametrize("name", ["ZYZ", "zyz", "XYZ", "yxz"])
def test_gradients(name):
    angles_deg = torch.tensor([[20.0, 50.0, -130.0], [310.0, -75.0, 12.0]], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda angles: euler_to_matrix(angles, name), angles_deg, atol=1e-7)
    matrices = euler_to_matrix(angles_deg, name).detach().requires_grad_()
    assert torch.autograd.gradcheck(lambda matrix: matrix_to_euler(matrix, name), matrices, atol=1e-5)


@pytest.mark.parametrize("name", ["ZYZ", "XYZ"])
def test_derivatives_are_finite_in_gimbal_lock(name):
    matrix = euler_to_matrix(torch.tensor([0.0, 0.0 if name == "ZYZ" else 90.0, 0.0]), name).requires_grad_()
    matrix_to_euler(matrix, name).sum().backward()
    assert torch.all(torch.isfinite(matrix.grad))


@pytest.mark.parametrize("shape", [(3,), (0, 3), (2, 0, 3), (2, 5, 3)])
def test_leading_dimensions_are_kept(library, shape):
    angles_deg = library(np.ones(shape, np.float32))
    matrix = euler_to_matrix(angles_deg, "ZXZ")
    assert tuple(matrix.shape) == (*shape, 3)
    assert tuple(matrix_to_euler(matrix, "ZXZ").shape) == shape
    assert to_numpy(matrix).dtype == to_numpy(matrix_to_euler(matrix, "ZXZ")).dtype == np.float32


def test_many_single_precision_angles_take_the_kernel_and_agree(rng):
    angles_deg = rng.uniform(-360.0, 360.0, (2, 3000, 3)).astype(np.float32)
    angles_deg.flags.writeable = False
    matrices = euler_to_matrix(angles_deg, "ZYZ")
    assert matrices.shape == (2, 3000, 3, 3)
    assert matrices.dtype == np.float32
    np.testing.assert_allclose(matrices, euler_to_matrix(angles_deg.astype(np.float64), "ZYZ"), atol=1e-6)
