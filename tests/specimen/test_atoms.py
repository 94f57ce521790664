"""Atoms: what is asked of them and done to them."""

import numpy as np
import pytest
import torch

from gradients import gradients_agree
from vitreous._array import to_numpy
from vitreous.rotations import axis_angle_to_matrix, random_rotations
from vitreous.specimen import (
    Atoms,
    atomic_masses_da,
    centre_atoms,
    centre_of_mass,
    centroid,
    concatenate_atoms,
    diameter_angstrom,
    extent_angstrom,
    molecular_mass_da,
    move_atoms,
    select_atoms,
)

WATER = np.array([[0.0, 0, 0], [0.9572, 0, 0], [-0.2399872, 0.9266272, 0]])
OXYGEN_AND_HYDROGENS = np.array([8, 1, 1])


@pytest.fixture
def water(library):
    return Atoms(library(WATER), OXYGEN_AND_HYDROGENS)


def test_the_mass_of_water_is_18_015_dalton(water):
    assert molecular_mass_da(water) == pytest.approx(18.015, abs=1e-3)
    assert atomic_masses_da(np.array([8, 1, 8])) == pytest.approx([15.999, 1.008, 15.999], abs=5e-4)


def test_half_occupied_atoms_weigh_half(water):
    half = Atoms(water.positions_angstrom, water.elements, occupancies=0 * water.positions_angstrom[:, 0] + 0.5)
    assert molecular_mass_da(half) == pytest.approx(18.015 / 2, abs=1e-3)


def test_the_centre_of_mass_lies_near_the_heavy_atom_and_the_centroid_between_all(water):
    assert to_numpy(centroid(water)) == pytest.approx(WATER.mean(0))
    assert to_numpy(centre_of_mass(water)) == pytest.approx(1.008 / 18.015 * (WATER[1] + WATER[2]), abs=1e-5)
    assert to_numpy(centre_of_mass(centre_atoms(water))) == pytest.approx(0, abs=1e-12)


def test_a_quarter_turn_takes_x_to_y_and_then_shifts(library, water):
    turn = library(np.array(axis_angle_to_matrix([0.0, 0, 1], 90.0)))
    moved = move_atoms(water, turn, [10.0, 20, 30])
    assert to_numpy(moved.positions_angstrom[1, :]) == pytest.approx([10, 20.9572, 30])
    assert to_numpy(move_atoms(water).positions_angstrom) == pytest.approx(WATER)


def test_moving_changes_neither_distances_nor_mass(rng):
    atoms = Atoms(rng.normal(size=(50, 3)), np.full(50, 6))
    moved = move_atoms(atoms, random_rotations(1, rng)[0], rng.normal(size=3))
    assert diameter_angstrom(moved) == pytest.approx(diameter_angstrom(atoms))
    assert molecular_mass_da(moved) == molecular_mass_da(atoms)


def test_precision_is_kept(library):
    atoms = Atoms(library(WATER.astype(np.float32)), OXYGEN_AND_HYDROGENS)
    assert to_numpy(centre_atoms(move_atoms(atoms, None, [1, 2, 3])).positions_angstrom).dtype == np.float32


def test_gradients_reach_positions_rotation_and_shift():
    positions, turn, shift = (
        torch.tensor(value, dtype=torch.float64, requires_grad=True)
        for value in (WATER, np.eye(3), [1.0, 2.0, 3.0])
    )  # fmt: skip

    def moved(positions, turn, shift):
        return move_atoms(centre_atoms(Atoms(positions, OXYGEN_AND_HYDROGENS)), turn, shift).positions_angstrom

    assert gradients_agree(moved, (positions, turn, shift))


def test_parts_come_in_order_and_what_they_lack_is_filled_in(library, water):
    other = Atoms(library(WATER + 5), OXYGEN_AND_HYDROGENS, library(np.array([1.0, 2, 3])), library(np.full(3, 0.5)))
    both = concatenate_atoms(water, other)
    assert to_numpy(both.positions_angstrom) == pytest.approx(np.concatenate([WATER, WATER + 5]))
    assert both.elements.tolist() == [8, 1, 1, 8, 1, 1]
    assert to_numpy(both.b_factors_angstrom2).tolist() == [0, 0, 0, 1, 2, 3]
    assert to_numpy(both.occupancies).tolist() == [1, 1, 1, 0.5, 0.5, 0.5]
    assert concatenate_atoms(water, water).b_factors_angstrom2 is None


def test_atoms_are_selected_by_booleans_or_indices(library):
    atoms = Atoms(library(WATER), OXYGEN_AND_HYDROGENS, library(np.array([1.0, 2, 3])))
    hydrogens = select_atoms(atoms, atoms.elements == 1)
    assert to_numpy(hydrogens.positions_angstrom) == pytest.approx(WATER[1:])
    turned = select_atoms(atoms, np.array([2, 0]))
    assert turned.elements.tolist() == [1, 8]
    assert to_numpy(turned.b_factors_angstrom2).tolist() == [3, 1]


@pytest.mark.parametrize(
    ("positions", "longest"),
    [
        ([[0.0, 0, 0]], 0.0),
        ([[0.0, 0, 0], [3, 4, 0]], 5.0),
        ([[x, y, 0.0] for x in range(4) for y in range(4)], 3 * 2**0.5),
        ([[x, y, z] for x in range(3) for y in range(3) for z in range(3)], 2 * 3**0.5),
    ],
    ids=["point", "pair", "plane", "cube"],
)
def test_the_diameter_is_the_largest_distance(library, positions, longest):
    atoms = Atoms(library(np.asarray(positions, dtype=float)), np.full(len(positions), 6))
    assert diameter_angstrom(atoms) == pytest.approx(longest)


def test_the_extent_is_measured_along_the_axes(water):
    assert to_numpy(extent_angstrom(water)) == pytest.approx([0.9572 + 0.2399872, 0.9266272, 0])


@pytest.mark.parametrize(
    ("elements", "more", "complaint"),
    [
        ([8, 1], {}, r"positions of shape \(3, 3\) for 2 elements"),
        ([8, 1, 1], {"b_factors_angstrom2": np.zeros(2)}, r"b_factors_angstrom2 of shape \(2,\) for 3 elements"),
        ([8.0, 1, 1], {}, r"elements are float64 of shape \(3,\)"),
        ([8, 1, 0], {}, "elements from 0 to 8"),
        ([8, 1, 119], {}, "elements from 1 to 119"),
    ],
)
def test_what_does_not_fit_is_refused(elements, more, complaint):
    with pytest.raises(ValueError, match=complaint):
        Atoms(WATER, np.array(elements), **more)


def test_a_mask_of_another_length_is_refused():
    with pytest.raises(ValueError, match="2 booleans for 3 atoms"):
        select_atoms(Atoms(WATER, OXYGEN_AND_HYDROGENS), np.array([True, False]))
    with pytest.raises(ValueError, match="no atoms to concatenate"):
        concatenate_atoms()
