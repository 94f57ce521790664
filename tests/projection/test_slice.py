"""Central slices: known transforms, exact against interpolated, cut-off, other matrices, gradients, libraries."""

import numpy as np
import pytest
import torch

from gradients import gradients_agree
from vitreous._array import complex_dtype, to_numpy
from vitreous.fourier import coordinates, frequency_grid, frequency_radius, irft, rft
from vitreous.interpolation import CATMULL_ROM, LINEAR, kaiser_bessel
from vitreous.projection import padded_transform, project, slice_map, slice_points, slice_transform
from vitreous.rotations import random_rotations, relion_to_matrix


def blob(n: int, centre=(2.3, -1.7, 3.1), sigma: float = 1.3) -> np.ndarray:
    """A Gaussian ball of integral 1 off the origin."""
    distance = np.sum((coordinates((n, n, n)) - centre) ** 2, axis=-1)
    return np.exp(-distance / 2 / sigma**2) / (2 * np.pi * sigma**2) ** 1.5


@pytest.mark.parametrize("n", [24, 25])
def test_the_slice_of_a_ball_is_a_gaussian_whose_phase_is_where_the_ball_went(n):
    """A ball at c is seen at the first two coordinates of R c."""
    rotations, centre = random_rotations(4, 1), np.array([2.3, -1.7, 3.1])
    slices = slice_map(blob(n, centre), rotations)
    k = frequency_grid((n, n), half=True)
    seen = (rotations @ centre)[:, None, None, :2]
    expected = np.exp(-2 * np.pi**2 * 1.3**2 * np.sum(k**2, axis=-1) - 2j * np.pi * np.sum(k * seen, axis=-1))
    inside = frequency_radius((n, n), half=True) < 0.4999
    np.testing.assert_allclose(slices[:, inside], expected[:, inside], atol=2e-3)
    low = frequency_radius((n, n), half=True) < 0.3
    np.testing.assert_allclose(slices[:, low], expected[:, low], atol=1e-5)


@pytest.mark.parametrize("curvature", [-0.8, 0.8])
def test_a_curved_slice_sees_how_high_the_ball_is(curvature):
    """On k_z = κ|k|² the ball at height c_z has the phase −2π κ|k|² c_z of its defocus too."""
    n, rotations, centre = 32, random_rotations(4, 1), np.array([2.3, -1.7, 3.1])
    kernel, k = kaiser_bessel(4), frequency_grid((n, n), half=True)
    transform = padded_transform(blob(n, centre), kernel)
    slices = slice_transform(transform, rotations, n, kernel, curvature_pixels=curvature)
    seen, squared = (rotations @ centre)[:, None, None], np.sum(k**2, axis=-1)
    height = curvature * squared
    phase = np.sum(k * seen[..., :2], axis=-1) + height * seen[..., 2]
    expected = np.exp(-2 * np.pi**2 * 1.3**2 * (squared + height**2) - 2j * np.pi * phase)
    low = frequency_radius((n, n), half=True) < 0.3
    np.testing.assert_allclose(slices[:, low], expected[:, low], atol=1e-3)


def test_without_a_rotation_the_map_is_summed_along_the_beam(rng):
    volume = rng.standard_normal((16, 16, 16))
    whole = rft(volume.sum(axis=0), 2)
    inside = frequency_radius((16, 16), half=True) < 0.4999
    slices = slice_map(volume, np.eye(3))
    np.testing.assert_allclose(slices[inside], whole[inside], rtol=1e-4, atol=1e-4)
    assert not slices[~inside].any()


def test_the_tilt_turns_the_near_side_to_the_right():
    """RELION's tilt of 90° brings the reference's z axis onto the image's −x, and rot turns about z before that."""
    volume = np.zeros((15, 15, 15))
    volume[7 + 4, 7, 7] = 1  # on +z
    image = project(volume, relion_to_matrix(np.array([0.0, 90.0, 0.0])))
    assert np.unravel_index(image.argmax(), image.shape) == (7, 7 - 4)


def test_a_shift_moves_the_observation_onto_the_reference(rng):
    volume = rng.standard_normal((12, 12, 12))
    shifted = project(volume, np.eye(3), np.array([4.0, -2.0]), 2.0)
    np.testing.assert_allclose(np.roll(shifted, (-1, 2), axis=(0, 1)), project(volume, np.eye(3), None, 2.0), atol=1e-9)


@pytest.mark.parametrize("n", [20, 21])
def test_interpolation_converges_on_the_exact_slices(n, rng):
    """A Kaiser-Bessel kernel to 1e-4; a linear one, at four times the padding, to a few per cent."""
    volume, rotations = blob(n) * rng.standard_normal((n, n, n)), random_rotations(5, 2)
    exact = slice_map(volume, rotations)

    def error(kernel, padding):
        return np.linalg.norm(slice_map(volume, rotations, kernel=kernel, padding=padding) - exact) / np.linalg.norm(
            exact
        )

    assert error(kaiser_bessel(6), 2) < 1e-4
    assert error(LINEAR, 4) < 0.3 * error(LINEAR, 2) < 0.05


@pytest.mark.parametrize("kernel", [None, kaiser_bessel(6)], ids=["exact", "interpolated"])
def test_any_box_and_any_matrix(kernel):
    """Twice the rotation samples a map whose voxels are two pixels: its images show it twice as large."""
    volume = blob(24, sigma=2.0)
    slices = slice_map(volume, 2 * np.eye(3)[None], 48, kernel=kernel, cutoff_cycles=0.25)
    large = irft(slices, (48, 48))[0]
    expected = volume.sum(axis=0)
    np.testing.assert_allclose(large[::2, ::2] * 4, expected, atol=3e-4 * expected.max())


def test_nothing_passes_the_cutoff(rng):
    volume, rotations = rng.standard_normal((16, 16, 16)), random_rotations(2, 3)
    k = frequency_radius((16, 16), half=True)
    for kernel in (None, LINEAR):
        slices = slice_map(volume, rotations, kernel=kernel, cutoff_cycles=0.25)
        assert not slices[:, k >= 0.25].any()
        assert slices[:, k < 0.249].all()


def test_points_are_turned_back_into_the_reference():
    """R takes x onto y, so that the image's ky axis lies along the reference's x."""
    rotation = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    points = slice_points(8, rotation)
    np.testing.assert_allclose(points[5, 0], [1 / 8, 0, 0])
    np.testing.assert_allclose(points[4, 1], [0, -1 / 8, 0])


def test_libraries_and_precisions(library, rng):
    volume, rotations = blob(10).astype(np.float32), random_rotations(3, 4).astype(np.float32)
    expected = slice_map(volume.astype(np.float64), rotations.astype(np.float64), kernel=LINEAR)
    for dtype in (np.float32, np.float64):
        arrays = library(volume.astype(dtype)), library(rotations.astype(dtype))
        slices = slice_map(*arrays, kernel=LINEAR)
        assert slices.dtype == complex_dtype(arrays[0])
        np.testing.assert_allclose(to_numpy(slices), expected, atol=1e-5)
        images = project(*arrays, library(np.ones((3, 2), dtype)), 1.5, kernel=LINEAR)
        assert images.shape == (3, 10, 10)
        assert images.dtype == arrays[0].dtype


def test_the_exact_path_takes_numpy_and_torch(rng):
    volume, rotations = blob(10), random_rotations(3, 4)
    exact = slice_map(torch.from_numpy(volume), torch.from_numpy(rotations))
    np.testing.assert_allclose(exact.numpy(), slice_map(volume, rotations))
    with pytest.raises(ValueError, match="gradient"):
        slice_map(torch.from_numpy(volume).requires_grad_(), torch.from_numpy(rotations))


def test_gradients_of_map_pose_and_shift_are_those_of_finite_differences(rng):
    volume = torch.from_numpy(rng.standard_normal((6, 6, 6))).requires_grad_()
    rotations = torch.from_numpy(random_rotations(2, 5)).requires_grad_()
    shift = torch.from_numpy(rng.standard_normal((2, 2))).requires_grad_()

    def images(volume, rotations, shift):
        return project(volume, rotations, shift, 1.7, kernel=CATMULL_ROM)

    assert gradients_agree(images, (volume, rotations, shift))
    angles = torch.tensor([[10.0, 50.0, 30.0]], dtype=torch.float64, requires_grad=True)
    assert gradients_agree(lambda e: images(volume.detach(), relion_to_matrix(e), shift[:1].detach()), angles)


def test_what_does_not_fit_is_refused(rng):
    with pytest.raises(ValueError, match="cube"):
        padded_transform(np.zeros((4, 4, 5)), LINEAR)
    with pytest.raises(ValueError, match="not padded 3 times"):
        slice_transform(padded_transform(np.zeros((4, 4, 4)), LINEAR), np.eye(3), 4, LINEAR, padding=3)
