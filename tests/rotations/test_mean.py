"""Means of rotations."""

import numpy as np
import torch

from vitreous._array import to_numpy
from vitreous.rotations import (
    axis_angle_to_matrix,
    chordal_mean,
    geodesic_angle_deg,
    matrix_to_quaternion,
    quaternion_mean,
    quaternion_to_matrix,
    random_rotations,
    rotation_vector_to_matrix,
)


def scattered(rng, centre, n, deviation_rad):
    return centre @ rotation_vector_to_matrix(deviation_rad * rng.standard_normal((n, 3)))


def test_the_mean_of_turns_about_one_axis_is_the_mean_angle(library):
    matrices = axis_angle_to_matrix([1.0, 2.0, 2.0], np.array([10.0, 50.0]))
    expected = axis_angle_to_matrix([1.0, 2.0, 2.0], 30.0)
    np.testing.assert_allclose(to_numpy(chordal_mean(library(matrices))), expected, atol=1e-15)
    weighted = chordal_mean(library(matrices), library(np.array([1.0, 0.0])))
    np.testing.assert_allclose(to_numpy(weighted), matrices[0], atol=1e-15)


def test_both_means_are_one(library, rng):
    matrices = np.stack([scattered(rng, centre, 30, 0.8) for centre in random_rotations(4, 1)])
    weights = rng.uniform(0.0, 1.0, (4, 30))
    signs = np.where(rng.uniform(size=(4, 30, 1)) < 0.5, -1.0, 1.0)
    by_matrix = to_numpy(chordal_mean(library(matrices), library(weights)))
    by_quaternion = quaternion_mean(library(signs * matrix_to_quaternion(matrices)), library(weights))
    assert by_matrix.shape == (4, 3, 3)
    assert np.max(geodesic_angle_deg(to_numpy(quaternion_to_matrix(by_quaternion)), by_matrix)) < 1e-11
    unweighted = quaternion_to_matrix(quaternion_mean(matrix_to_quaternion(matrices)))
    assert np.max(geodesic_angle_deg(unweighted, chordal_mean(matrices))) < 1e-11


def test_a_centre_is_found_as_well_as_the_number_of_rotations_allows(rng):
    centre, n, deviation_rad = random_rotations(1, 2)[0], 10_000, 0.3
    error_rad = np.radians(geodesic_angle_deg(chordal_mean(scattered(rng, centre, n, deviation_rad)), centre))
    # three independent components, each with the deviation over √n
    assert error_rad < 3.0 * np.sqrt(3.0) * deviation_rad / np.sqrt(n)


def test_no_other_rotation_has_a_smaller_sum_of_squared_chords(rng):
    matrices = scattered(rng, random_rotations(1, 3)[0], 20, 1.0)

    def cost(rotation):
        return np.sum((matrices - rotation[..., None, :, :]) ** 2, axis=(-3, -2, -1))

    best = chordal_mean(matrices)
    assert cost(best) <= np.min(cost(scattered(rng, best, 5000, 0.05)))
    assert cost(best) <= np.min(cost(random_rotations(5000, 4)))


def test_single_precision_stays_and_gradients_pass(library, rng):
    matrices = scattered(rng, np.eye(3), 6, 0.5)
    assert to_numpy(chordal_mean(library(matrices.astype(np.float32)))).dtype == np.float32
    assert torch.autograd.gradcheck(chordal_mean, torch.from_numpy(matrices).requires_grad_())
    quaternions = torch.from_numpy(matrix_to_quaternion(matrices)).requires_grad_()
    assert torch.autograd.gradcheck(quaternion_mean, quaternions)
