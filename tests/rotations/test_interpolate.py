"""Interpolation: an even pace along the shortest path."""

import numpy as np
import torch

from vitreous._array import to_numpy
from vitreous.rotations import (
    axis_angle_to_quaternion,
    geodesic_angle_deg,
    interpolate_rotations,
    quaternion_angle_deg,
    quaternion_to_matrix,
    random_quaternions,
    random_rotations,
    slerp,
)


def test_a_third_of_the_way_of_a_known_turn(library):
    start, end = axis_angle_to_quaternion([0.0, 1.0, 1.0], 20.0), axis_angle_to_quaternion([0.0, 1.0, 1.0], 110.0)
    found = slerp(library(start), library(end), 1.0 / 3.0)
    np.testing.assert_allclose(to_numpy(found), axis_angle_to_quaternion([0.0, 1.0, 1.0], 50.0), atol=1e-15)


def test_shoemakes_formula():
    start, end = random_quaternions(50, 1), random_quaternions(50, 2)
    end = end * np.sign(np.sum(start * end, axis=-1, keepdims=True))
    half = np.arccos(np.sum(start * end, axis=-1, keepdims=True))
    for fraction in (0.0, 0.25, 0.9, 1.0):
        expected = (np.sin((1.0 - fraction) * half) * start + np.sin(fraction * half) * end) / np.sin(half)
        np.testing.assert_allclose(slerp(start, end, fraction), expected, atol=1e-13)


def test_the_pace_is_even_and_the_way_the_shorter(library):
    start, end = random_quaternions(1, 3)[0], random_quaternions(1, 4)[0]
    fractions = np.linspace(0.0, 1.0, 7)
    for sign in (1.0, -1.0):
        path = slerp(library(start), library(sign * end), library(fractions))
        steps = to_numpy(quaternion_angle_deg(path[:-1, ...], path[1:, ...]))
        np.testing.assert_allclose(steps, quaternion_angle_deg(start, end) / 6.0, rtol=1e-12)


def test_matrices_take_the_same_path(library):
    start, end = random_quaternions(20, 5), random_quaternions(20, 6)
    found = interpolate_rotations(library(quaternion_to_matrix(start)), library(quaternion_to_matrix(end)), 0.4)
    assert np.max(geodesic_angle_deg(to_numpy(found), quaternion_to_matrix(slerp(start, end, 0.4)))) < 1e-12


def test_equal_ends_stay_and_single_precision_stays(library):
    matrices = random_rotations(10, 7).astype(np.float32)
    found = to_numpy(interpolate_rotations(library(matrices), library(matrices), 0.7))
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, matrices, atol=1e-6)


def test_gradients():
    start, end = (torch.from_numpy(random_quaternions(3, seed)).requires_grad_() for seed in (8, 9))
    fraction = torch.tensor([0.1, 0.5, 0.8], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(slerp, (start, end, fraction))
    same = start.detach().clone().requires_grad_()
    assert torch.autograd.gradcheck(lambda other: slerp(start.detach(), other, 0.3), same)
