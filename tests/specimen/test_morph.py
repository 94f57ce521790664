"""The path between two states."""

import itertools

import numpy as np
import pytest
import torch

import needs
from gradients import gradients_agree
from vitreous._array import to_numpy
from vitreous.rotations import random_rotations
from vitreous.specimen import Atoms, hinge, move_atoms, read_atoms
from vitreous.specimen.morph import morph_atoms
from vitreous.specimen.superposition import rmsd_angstrom, superposition

ELEMENTS = np.full(12, 6)


@pytest.fixture
def states(library, rng):
    """Two states, the second also turned and shifted away."""
    start = Atoms(library(rng.normal(size=(12, 3))), ELEMENTS, library(np.arange(12.0)))
    end = Atoms(library(rng.normal(size=(12, 3))), ELEMENTS)
    return start, move_atoms(end, library(random_rotations(1, rng)[0]), [5.0, 6, 7])


def test_the_path_runs_from_the_start_to_the_superposed_end(states):
    start, end = states
    first, last = (morph_atoms(start, end, fraction) for fraction in (0, 1.0))
    assert to_numpy(first.positions_angstrom) == pytest.approx(to_numpy(start.positions_angstrom))
    fit = superposition(end.positions_angstrom, start.positions_angstrom)
    left = float(rmsd_angstrom(last.positions_angstrom, start.positions_angstrom))
    assert left == pytest.approx(float(fit.rmsd_angstrom))
    assert to_numpy(last.b_factors_angstrom2) == pytest.approx(np.arange(12))


def test_the_path_is_straight(states):
    quarter, half, last = (to_numpy(morph_atoms(*states, f).positions_angstrom) for f in (0.25, 0.5, 1.0))
    start = to_numpy(states[0].positions_angstrom)
    assert half - start == pytest.approx(2 * (quarter - start))
    assert last - start == pytest.approx(4 * (quarter - start))


def test_where_the_end_stands_does_not_matter(states):
    start, end = states
    elsewhere = move_atoms(end, None, [-30.0, 0, 4])
    one, two = (to_numpy(morph_atoms(start, atoms, 0.7).positions_angstrom) for atoms in (end, elsewhere))
    assert one == pytest.approx(two)


def test_a_core_that_rests_stays_where_it_is():
    closed, opened = hinge(0.0), hinge(60.0)
    core = np.flatnonzero(closed.part == 0)
    away = move_atoms(opened.atoms, random_rotations(1, 3)[0], [9.0, 0, 0])
    halfway = morph_atoms(closed.atoms, away, 0.5, core)
    rested = halfway.positions_angstrom[core] - closed.atoms.positions_angstrom[core]
    assert rested == pytest.approx(0, abs=1e-9)
    # the chord of an arc of 60°: half way its distance from the hinge is cos 30° of what it was
    second = closed.part == 2
    axis, pivot = closed.axis, closed.pivot_angstrom
    arms = [np.linalg.norm(np.cross(atoms.positions_angstrom[second] - pivot, axis), axis=1)
            for atoms in (halfway, closed.atoms)]  # fmt: skip
    assert arms[0] == pytest.approx(np.cos(np.deg2rad(30)) * arms[1])


def test_adenylate_kinase_opens_in_equal_steps():
    opened, closed = (read_atoms(needs.data(f"coordinates/adk_{state}.pdb")) for state in ("open", "closed"))
    path = [morph_atoms(closed, opened, fraction).positions_angstrom for fraction in np.linspace(0, 1, 5)]
    steps = [float(rmsd_angstrom(one, two)) for one, two in itertools.pairwise(path)]
    assert steps == pytest.approx([steps[0]] * 4)
    fit = superposition(opened.positions_angstrom, closed.positions_angstrom)
    assert sum(steps) == pytest.approx(float(fit.rmsd_angstrom))


def test_gradients_reach_the_fraction():
    one, two = (hinge(angle).atoms.positions_angstrom[::50] for angle in (0.0, 60.0))
    ends = [Atoms(torch.tensor(positions), np.full(len(one), 6)) for positions in (one, two)]

    def positions(fraction):
        return morph_atoms(*ends, fraction).positions_angstrom

    assert gradients_agree(positions, torch.tensor(0.3, dtype=torch.float64, requires_grad=True))


def test_other_atoms_and_fractions_beyond_the_ends_are_refused(states):
    start, end = states
    with pytest.raises(ValueError, match="12 and 12 atoms are not the same atoms"):
        morph_atoms(start, Atoms(end.positions_angstrom, np.full(12, 7)), 0.5)
    with pytest.raises(ValueError, match=r"fraction=1\.1: the path runs from 0"):
        morph_atoms(start, end, 1.1)
