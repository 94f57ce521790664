"""Angles in degrees: exact where the answer is exact, accurate after many turns, and the same in every library."""

import numpy as np
import pytest
import torch

from vitreous._array import to_numpy
from vitreous.rotations.degrees import atan2_deg, sin_cos_deg, wrap_deg

QUARTERS = np.arange(-12, 13)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_multiples_of_a_right_angle_are_exact(library, dtype):
    sine, cosine = sin_cos_deg(library((90.0 * QUARTERS).astype(dtype)))
    assert np.array_equal(to_numpy(sine), np.array([0, 1, 0, -1], dtype)[QUARTERS % 4])
    assert np.array_equal(to_numpy(cosine), np.array([1, 0, -1, 0], dtype)[QUARTERS % 4])
    assert to_numpy(sine).dtype == dtype


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float32, 2e-7), (np.float64, 4e-16)])
def test_many_turns_lose_no_digits(library, rng, dtype, tolerance):
    angle_deg = rng.uniform(-1e4, 1e4, 1000).astype(dtype)
    # the reference takes whole turns off in a precision that holds the angle exactly
    exact_rad = np.radians(np.fmod(angle_deg.astype(np.longdouble), 360.0))
    sine, cosine = sin_cos_deg(library(angle_deg))
    assert np.max(np.abs(to_numpy(sine) - np.sin(exact_rad))) < tolerance
    assert np.max(np.abs(to_numpy(cosine) - np.cos(exact_rad))) < tolerance


def test_the_derivative_of_the_sine_is_the_cosine():
    angle_deg = torch.tensor([-270.0, -45.0, 0.0, 30.0, 45.0, 90.0, 720.5], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(sin_cos_deg, angle_deg)


def test_numbers_are_accepted():
    sine, cosine = sin_cos_deg(30.0)
    assert abs(sine - 0.5) < 1e-16
    assert abs(cosine - 3**0.5 / 2) < 2e-16


def test_angle_of_a_point(library):
    y, x = library(np.array([0.0, 1.0, 0.0, -1.0, 0.0])), library(np.array([1.0, 0.0, -1.0, 0.0, 0.0]))
    assert np.array_equal(to_numpy(atan2_deg(y, x)), [0.0, 90.0, 180.0, -90.0, 0.0])


def test_the_origin_has_finite_derivatives():
    y, x = torch.zeros(2, requires_grad=True)
    angle = atan2_deg(y, x)
    assert all(torch.isfinite(part) for part in torch.autograd.grad(angle, (y, x)))


def test_wrapped_angles_point_the_same_way(library, rng):
    angle_deg = rng.uniform(-2000.0, 2000.0, 100)
    wrapped = to_numpy(wrap_deg(library(angle_deg)))
    assert np.all(np.abs(wrapped) <= 180.0)
    turns = (angle_deg - wrapped) / 360.0
    np.testing.assert_allclose(turns, np.round(turns), atol=1e-12)
