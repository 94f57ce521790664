"""Directions: spherical coordinates and what a rotation is viewed along."""

import numpy as np
import pytest
import torch

from vitreous._array import to_numpy
from vitreous.rotations import (
    cartesian_to_spherical,
    in_plane_angle_deg,
    is_rotation,
    projection_direction,
    random_rotations,
    relion_to_matrix,
    rotate,
    spherical_to_cartesian,
    view_to_matrix,
)


def test_the_axes(library):
    spherical = library(np.array([[1.0, 90.0, 0.0], [2.0, 90.0, 90.0], [3.0, 0.0, 0.0], [4.0, 180.0, 0.0]]))
    vectors = library(np.array([[1.0, 0.0, 0.0], [0.0, 2.0, 0.0], [0.0, 0.0, 3.0], [0.0, 0.0, -4.0]]))
    assert np.array_equal(to_numpy(spherical_to_cartesian(spherical)), to_numpy(vectors))
    assert np.array_equal(to_numpy(cartesian_to_spherical(vectors)), to_numpy(spherical))


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float32, 1e-6), (np.float64, 2e-15)])
def test_vectors_come_back(library, rng, dtype, tolerance):
    vectors = np.concatenate([rng.standard_normal((100, 3)), np.zeros((1, 3)), [[1e-9, 0.0, -1.0]]]).astype(dtype)
    spherical = to_numpy(cartesian_to_spherical(library(vectors)))
    assert spherical.dtype == dtype
    np.testing.assert_allclose(spherical[:, 0], np.linalg.norm(vectors, axis=-1), rtol=3 * tolerance)
    assert np.all((spherical[:, 1] >= 0.0) & (spherical[:, 1] <= 180.0))
    np.testing.assert_allclose(to_numpy(spherical_to_cartesian(library(spherical))), vectors, atol=3 * tolerance)


def test_the_view_of_relions_angles(library):
    rot, tilt, psi = 20.0, 50.0, -130.0
    matrix = relion_to_matrix(library(np.array([rot, tilt, psi])))
    direction = to_numpy(projection_direction(matrix))
    np.testing.assert_allclose(direction, spherical_to_cartesian([1.0, tilt, rot]), atol=1e-15)
    assert float(in_plane_angle_deg(matrix)) == pytest.approx(psi)


def test_the_view_is_what_the_rotation_brings_onto_the_beam(library):
    matrices = library(random_rotations(20, 1))
    onto = to_numpy(rotate(matrices, projection_direction(matrices)))
    np.testing.assert_allclose(onto, np.tile([0.0, 0.0, 1.0], (20, 1)), atol=1e-15)


def test_view_and_turn_in_the_plane_make_the_rotation(library):
    matrices = np.concatenate([random_rotations(50, 2), relion_to_matrix([[0.0, 0.0, 40.0], [0.0, 180.0, 70.0]])])
    again = view_to_matrix(projection_direction(library(matrices)), in_plane_angle_deg(library(matrices)))
    np.testing.assert_allclose(to_numpy(again), matrices, atol=3e-15)


def test_one_direction_and_many_turns():
    matrices = view_to_matrix([0.0, 3.0, 4.0], np.arange(0.0, 360.0, 30.0))
    assert matrices.shape == (12, 3, 3)
    assert np.all(is_rotation(matrices))
    np.testing.assert_allclose(projection_direction(matrices), np.tile([0.0, 0.6, 0.8], (12, 1)), atol=1e-15)


def test_gradients():
    vectors = torch.tensor([[0.3, -0.5, 2.0], [1.0, 1.0, -1.0]], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(cartesian_to_spherical, vectors, atol=1e-5)
    assert torch.autograd.gradcheck(spherical_to_cartesian, vectors)
    pole = torch.tensor([0.0, 0.0, 1.0], requires_grad=True)
    cartesian_to_spherical(pole).sum().backward()
    assert torch.all(torch.isfinite(pole.grad))
