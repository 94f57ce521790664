"""In-plane poses: the engine's conventions, and errors up to the frame that nobody can know."""

import numpy as np
import pytest
import torch

from vitreous._array import to_numpy
from vitreous.heterogeneity import in_plane_errors, observed_points, reference_points
from vitreous.rotations import relion_to_matrix


def test_a_turn_in_the_plane_is_relions_psi(library, rng):
    """R(0, 0, psi) takes reference coordinates into the observed frame; the shift moves the observation back."""
    points, angle, shift = rng.standard_normal((3, 4, 2)), rng.uniform(-180, 180, 3), rng.standard_normal((3, 2))
    seen = to_numpy(observed_points(*(library(part) for part in (points, angle, shift))))
    matrix = relion_to_matrix(np.stack([0 * angle, 0 * angle, angle], axis=-1))[:, :2, :2]
    np.testing.assert_allclose(seen + shift[:, None], np.einsum("nij,npj->npi", matrix, points), atol=1e-14)


def test_back_and_forth(library, rng):
    points, angle, shift = rng.standard_normal((3, 4, 2)), rng.uniform(-180, 180, 3), rng.standard_normal((3, 2))
    there = observed_points(*(library(part) for part in (points, angle, shift)))
    np.testing.assert_allclose(to_numpy(reference_points(there, library(angle), library(shift))), points, atol=1e-14)


def test_gradients_of_angle_and_shift(rng):
    points = torch.tensor(rng.standard_normal((2, 3, 2)))
    angle, shift = torch.tensor([10.0, 130.0]).double(), torch.tensor(rng.standard_normal((2, 2)))
    given = (angle.requires_grad_(), shift.requires_grad_())
    assert torch.autograd.gradcheck(lambda a, s: reference_points(points, a, s), given)


def test_the_frame_of_the_reference_is_no_error(rng):
    """A reference that is turned by 130° and off centre explains the images as well."""
    angle, shift = rng.uniform(-180, 180, 300), rng.standard_normal((300, 2))
    offset, centre = 130.0, np.array([0.7, -0.2])
    # u' = Z(offset)ᵀ(u + c): the point of the other reference that the same pixel shows
    other_shift = shift + observed_points(centre[None, None], angle, np.zeros((1, 2)))[:, 0]
    pixel = rng.standard_normal((300, 1, 2))
    wanted = reference_points(reference_points(pixel, angle, shift), np.array([offset]), centre[None])
    np.testing.assert_allclose(reference_points(pixel, angle + offset, other_shift), wanted, atol=1e-12)
    angle_error, shift_error = in_plane_errors((angle + offset) % 360, other_shift, angle, shift)
    np.testing.assert_allclose(angle_error, 0, atol=1e-9)
    np.testing.assert_allclose(shift_error, 0, atol=1e-9)


@pytest.mark.parametrize("spread", [3.0, 10.0])
def test_errors_are_those_that_were_made(rng, spread):
    angle, shift = rng.uniform(-180, 180, 2000), rng.standard_normal((2000, 2))
    error, move = spread * rng.standard_normal(2000), 0.1 * rng.standard_normal((2000, 2))
    error[:200] = 180.0
    found, moved = in_plane_errors(angle + error + 77, shift + move, angle, shift)
    assert np.median(found[200:]) == pytest.approx(0.6745 * spread, rel=0.1)
    assert np.all(found[:200] > 180 - spread)
    assert np.sqrt(np.mean(moved**2)) == pytest.approx(0.1 * np.sqrt(2), rel=0.05)


def test_random_angles_are_90_degrees_off(rng):
    angle, none = rng.uniform(-180, 180, 4000), np.zeros((4000, 2))
    error, _ = in_plane_errors(rng.uniform(-180, 180, 4000), none, angle, none)
    assert np.median(error) == pytest.approx(90, abs=5)
