"""Superposition against SciPy, on known motions and on real coordinates."""

import numpy as np
import pytest
import torch
from scipy.spatial.transform import Rotation

import needs
from gradients import gradients_agree
from vitreous._array import to_numpy
from vitreous.rotations import geodesic_angle_deg, random_rotations
from vitreous.specimen import read_atoms, read_structure
from vitreous.specimen.superposition import rmsd_angstrom, superposition


def test_a_known_motion_is_found(library, rng):
    points, turn, shift = rng.normal(size=(20, 3)), random_rotations(1, rng)[0], np.array([1.0, -2, 3])
    fit = superposition(library(points), library(points @ turn.T + shift))
    assert to_numpy(fit.rotation) == pytest.approx(turn)
    assert to_numpy(fit.shift_angstrom) == pytest.approx(shift)
    assert float(fit.rmsd_angstrom) == pytest.approx(0, abs=1e-12)


def test_noisy_points_are_superposed_as_scipy_does(rng):
    one, two, weights = rng.normal(size=(15, 3)), rng.normal(size=(15, 3)), rng.uniform(0.1, 2.0, 15)
    fit = superposition(one, two, weights)
    centres = [np.average(points, axis=0, weights=weights) for points in (one, two)]
    turn, rest = Rotation.align_vectors(two - centres[1], one - centres[0], weights)
    assert fit.rotation == pytest.approx(turn.as_matrix())
    assert fit.rmsd_angstrom == pytest.approx(rest / np.sqrt(weights.sum()))


def test_mirrored_points_are_turned_and_never_mirrored(rng):
    points = rng.normal(size=(10, 3))
    fit = superposition(points, points * [-1, 1, 1])
    assert np.linalg.det(fit.rotation) == pytest.approx(1)
    assert fit.rmsd_angstrom > 0.1


def test_weights_of_zero_leave_points_out(rng):
    points = rng.normal(size=(10, 3))
    moved = points @ random_rotations(1, rng)[0].T
    moved[7:] += 5.0
    weights = np.where(np.arange(10) < 7, 1.0, 0.0)
    assert superposition(points, moved, weights).rmsd_angstrom == pytest.approx(0, abs=1e-12)


def test_the_rmsd_of_a_shift_is_its_length(library):
    points = library(np.arange(12.0).reshape(4, 3))
    assert float(rmsd_angstrom(points, points + 2.0)) == pytest.approx(2 * 3**0.5)


def test_adenylate_kinase_opens_by_7_angstrom():
    """1AKE against 4AKE, Cα: about 7 Å in the literature; SciPy finds the same rotation."""
    paths = [needs.data(f"coordinates/adk_{state}.pdb") for state in ("open", "closed")]
    alpha = np.array([site.atom.name == "CA" for site in read_structure(paths[0])[0].all()])
    opened, closed = (read_atoms(path).positions_angstrom[alpha] for path in paths)
    fit = superposition(opened, closed)
    assert len(opened) == 214
    assert fit.rmsd_angstrom == pytest.approx(6.9, abs=0.1)
    turn, _ = Rotation.align_vectors(closed - closed.mean(0), opened - opened.mean(0))
    assert geodesic_angle_deg(fit.rotation, turn.as_matrix()) == pytest.approx(0, abs=1e-5)
    # the core, without the two lids, hardly changes
    core = np.r_[0:29, 60:121, 160:214]
    assert superposition(opened[core], closed[core]).rmsd_angstrom < 2.0


def test_gradients_reach_the_points(rng):
    one, two = (torch.tensor(rng.normal(size=(6, 3)), requires_grad=True) for _ in range(2))

    def fitted(one, two):
        fit = superposition(one, two)
        return fit.rotation, fit.shift_angstrom, fit.rmsd_angstrom

    assert gradients_agree(fitted, (one, two))


def test_two_points_are_refused():
    with pytest.raises(ValueError, match="2 points: a rotation takes at least three"):
        superposition(np.zeros((2, 3)), np.zeros((2, 3)))
