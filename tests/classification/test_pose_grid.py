"""Which way an image turns and moves, and that the matrices are the same operator."""

import numpy as np
import pytest

from vitreous.classification.pose_grid import pose_grid, shift_images, turn, turning_matrices
from vitreous.fourier import coordinates
from vitreous.interpolation import LINEAR
from vitreous.rotations import relion_to_matrix


def spot(box, x, y, sigma=1.5):
    grid = coordinates((box, box))
    return np.exp(-((grid[..., 0] - x) ** 2 + (grid[..., 1] - y) ** 2) / (2 * sigma**2))


@pytest.mark.parametrize("box", [32, 33])
def test_a_spot_turns_as_relions_matrix_says(box):
    angles = np.array([0.0, 37.0, 90.0, 215.0])
    turned = turn(spot(box, 7.0, 3.0), angles)
    for psi_deg, image in zip(angles, turned, strict=True):
        x, y, _ = relion_to_matrix(np.array([0.0, 0.0, psi_deg])) @ np.array([7.0, 3.0, 0.0])
        np.testing.assert_allclose(image, spot(box, x, y), atol=0.01)


def test_turning_back_gives_the_image_again():
    image = spot(32, 4.0, -5.0, 2.0)
    there_and_back = turn(turn(image, np.array([50.0]))[0], np.array([-50.0]))[0]
    np.testing.assert_allclose(there_and_back, image, atol=0.01)


def test_turn_takes_every_library_and_precision(library):
    image = spot(16, 2.0, 1.0).astype(np.float32)
    turned = turn(library(np.stack([image, 2 * image])), np.array([0.0, 30.0, 60.0]))
    assert tuple(turned.shape) == (2, 3, 16, 16)
    assert "float32" in str(turned.dtype)
    once, twice = np.asarray(turned)
    np.testing.assert_allclose(twice, 2 * once, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("box", [6, 7])
def test_the_matrices_are_the_operator_and_quarter_turns_are_orthogonal(box, rng):
    angles = np.array([0.0, 25.0, 90.0])
    matrices, images = turning_matrices(box, angles, LINEAR), rng.standard_normal((3, box, box))
    by_matrix = np.einsum("rpq,nq->nrp", matrices, images.reshape(3, -1)).reshape(3, 3, box, box)
    np.testing.assert_allclose(by_matrix, turn(images, angles, LINEAR), atol=1e-12)
    np.testing.assert_allclose(matrices[0], np.eye(box * box), atol=1e-12)
    inner = matrices[2].T @ matrices[2]
    # of an even box one row and one column of pixels leave it in a quarter turn
    assert np.isclose(np.trace(inner), box * box if box % 2 else box * (box - 1))


def test_shifts_of_the_grid_are_a_disc_of_whole_pixels():
    poses = pose_grid(8, 2.0)
    assert poses.psi_deg.tolist() == [0, 45, 90, 135, 180, 225, 270, 315]
    assert len(poses.shift_pixels) == 13
    assert len(pose_grid(1).shift_pixels) == 1
    moved = shift_images(spot(24, 1.0, 2.0), poses.shift_pixels)
    for shift, image in zip(poses.shift_pixels, moved, strict=True):
        np.testing.assert_allclose(image, spot(24, 1.0 + shift[0], 2.0 + shift[1]), atol=1e-6)


def test_an_empty_grid_is_refused():
    with pytest.raises(ValueError, match="0 angles"):
        pose_grid(0)
    with pytest.raises(ValueError, match="-1"):
        pose_grid(4, -1.0)
