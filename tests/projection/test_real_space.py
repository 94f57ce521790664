"""Atoms and rotated maps, projected in real space, against the central slice."""

import numpy as np
import torch

from gradients import gradients_agree
from vitreous.fourier import frequencies, ft, ift, irft
from vitreous.interpolation import B_SPLINE, LINEAR
from vitreous.projection import project, project_atoms, project_rotated, slice_map
from vitreous.rotations import random_rotations
from vitreous.specimen import Atoms, potential, projected_potential

BOX, PIXEL = 40, 0.8


def molecule(rng: np.random.Generator, n: int = 30) -> Atoms:
    """Atoms of protein at random in a ball of 8 Å, blurred so that the grid holds them."""
    directions = rng.standard_normal((n, 3))
    positions = 8 * rng.random((n, 1)) ** (1 / 3) * directions / np.linalg.norm(directions, axis=1, keepdims=True)
    return Atoms(positions, rng.choice([6, 7, 8, 16], n), np.full(n, 60.0))


def unaveraged(array: np.ndarray) -> np.ndarray:
    """The potential at the pixels' centres from its means over pixels: the transform divided by sinc on each axis."""
    spectrum = ft(array, array.ndim)
    for axis in range(array.ndim):
        shape = [1] * array.ndim
        shape[axis] = array.shape[axis]
        spectrum = spectrum / np.sinc(frequencies(array.shape[axis])).reshape(shape)
    return ift(spectrum, array.ndim).real


def test_projected_atoms_are_slices_of_the_map_of_atoms(rng):
    """Once the averages over voxels and pixels, which turn with neither, are taken out."""
    atoms, rotations = molecule(rng), random_rotations(3, 1)
    volume = unaveraged(potential(atoms, (BOX,) * 3, PIXEL))
    direct = np.stack([unaveraged(image) for image in project_atoms(atoms, rotations, (BOX, BOX), PIXEL)])
    slices = project(volume, rotations, None, PIXEL)
    assert np.linalg.norm(slices - direct) < 0.003 * np.linalg.norm(direct)


def test_a_map_rotated_in_real_space_projects_to_its_slices(rng):
    atoms, rotations = molecule(rng), random_rotations(3, 2)
    volume = potential(atoms, (BOX,) * 3, PIXEL)
    slices = project(volume, rotations, None, PIXEL)
    errors = [
        np.linalg.norm(project_rotated(volume, rotations, PIXEL, kernel=kernel) - slices) / np.linalg.norm(slices)
        for kernel in (LINEAR, B_SPLINE)
    ]
    assert errors[0] < 0.05
    assert errors[1] < 0.01


def test_without_rotation_all_agree(rng):
    atoms = molecule(rng)
    volume = potential(atoms, (BOX,) * 3, PIXEL)
    direct = projected_potential(atoms, (BOX, BOX), PIXEL)
    np.testing.assert_allclose(project_atoms(atoms, np.eye(3), (BOX, BOX), PIXEL), direct)
    np.testing.assert_allclose(project_rotated(volume, np.eye(3), PIXEL), volume.sum(axis=0) * PIXEL)
    np.testing.assert_allclose(volume.sum(axis=0) * PIXEL, direct, atol=1e-4 * direct.max())


def test_gradients_of_pose_and_positions_are_those_of_finite_differences(rng):
    elements = np.array([6, 8, 7])
    positions = torch.from_numpy(2 * rng.standard_normal((3, 3))).requires_grad_()
    rotations = torch.from_numpy(random_rotations(2, 3)).requires_grad_()
    volume = torch.from_numpy(rng.standard_normal((5, 5, 5))).requires_grad_()

    def images(positions, rotations):
        return project_atoms(Atoms(positions, elements), rotations, (6, 6), 1.1)

    assert gradients_agree(images, (positions, rotations))
    assert gradients_agree(lambda v, r: project_rotated(v, r, kernel=B_SPLINE), (volume, rotations))


def test_libraries(library, rng):
    volume, rotations = rng.standard_normal((6, 6, 6)), random_rotations(2, 4)
    images = project_rotated(library(volume), library(rotations), 1.5)
    np.testing.assert_allclose(np.asarray(images), project_rotated(volume, rotations, 1.5), atol=1e-12)
    half = irft(slice_map(volume, rotations), (6, 6))
    assert half.shape == images.shape
