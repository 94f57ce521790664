"""Amino acids: bond lengths, angles, torsions and hand of what the table builds."""

import numpy as np
import pytest

from internal_coordinates import angle_deg, torsion_deg
from vitreous.specimen.residues import SIDE_CHAINS, beta_carbon, carbonyl_oxygen, place_atom, side_chain

BACKBONE = np.array([[0.0, 0, 0], [1.458, 0, 0], [2.004, 1.424, 0], [1.3, 2.4, 0.2]])


@pytest.mark.parametrize("torsion", [-170.0, -57.8, 0.0, 60.0, 122.0, 180.0])
def test_an_atom_is_placed_at_its_bond_angle_and_torsion(rng, torsion):
    first, second, third = rng.normal(size=(3, 3))
    placed = place_atom(first, second, third, 1.53, 111.0, torsion)
    assert np.linalg.norm(placed - third) == pytest.approx(1.53)
    assert angle_deg(second, third, placed) == pytest.approx(111.0)
    found = torsion_deg(first, second, third, placed)
    assert np.cos(np.deg2rad(found - torsion)) == pytest.approx(1.0)


def test_the_beta_carbon_makes_an_l_amino_acid():
    """Seen from the hydrogen CO, R, N run clockwise: (N − Cα) × (C − Cα) points to the side of Cβ."""
    n, alpha, c, _ = BACKBONE
    beta = beta_carbon(BACKBONE)
    assert np.cross(n - alpha, c - alpha) @ (beta - alpha) > 1.0
    assert angle_deg(c, alpha, beta) == pytest.approx(110, abs=2)


def test_the_carbonyl_is_planar():
    alpha, c = BACKBONE[1:3]
    n = place_atom(BACKBONE[0], alpha, c, 1.329, 116.2, 140.0)
    oxygen = carbonyl_oxygen(alpha, c, n)
    assert np.linalg.norm(oxygen - c) == pytest.approx(1.23)
    assert np.cross(alpha - c, n - c) @ (oxygen - c) == pytest.approx(0, abs=1e-12)
    assert angle_deg(alpha, c, oxygen) == pytest.approx(121.9)


# atoms beyond Cβ of the amino acids, from their formulas
FORMULAS = {
    "ALA": "", "SER": "O", "CYS": "S", "THR": "OC", "VAL": "CC", "ILE": "CCC", "LEU": "CCC", "MET": "CSC",
    "ASP": "COO", "ASN": "CON", "GLU": "CCOO", "GLN": "CCON", "LYS": "CCCN", "ARG": "CCNCNN", "PHE": "CCCCCC",
    "TYR": "CCCCCCO",
}  # fmt: skip


@pytest.mark.parametrize("name", SIDE_CHAINS)
def test_a_side_chain_has_its_elements_and_no_two_atoms_in_one_place(name):
    chis = np.array([[-60.0, 180, 180, 180], [60.0, 60, 180, 180]])
    chain = side_chain(name, BACKBONE, chis)
    symbols = {6: "C", 7: "N", 8: "O", 16: "S"}
    assert sorted(symbols[atom.atomic_number] for atom in SIDE_CHAINS[name]) == sorted(FORMULAS[name])
    assert chain.shape == (2, len(FORMULAS[name]), 3)
    for shape in chain:
        atoms = np.concatenate([BACKBONE[:3], beta_carbon(BACKBONE)[None], shape])
        # each atom beyond Cα hangs on the nearest of those before it
        bonds = [np.linalg.norm(atoms[:i] - atoms[i], axis=1).min() for i in range(3, len(atoms))]
        assert min(bonds) > 1.2
        assert max(bonds) < 1.9


def test_torsions_are_those_asked_for():
    chain = side_chain("MET", BACKBONE, np.array([-60.0, 70.0, 170.0, 0.0]))
    n, alpha = BACKBONE[:2]
    beta = beta_carbon(BACKBONE)
    assert torsion_deg(n, alpha, beta, chain[0]) == pytest.approx(-60)
    assert torsion_deg(alpha, beta, chain[0], chain[1]) == pytest.approx(70)
    assert torsion_deg(beta, chain[0], chain[1], chain[2]) == pytest.approx(170)


def test_a_ring_is_a_flat_hexagon():
    ring = side_chain("PHE", BACKBONE, np.array([180.0, 90.0, 0, 0]))
    centred = ring - ring.mean(0)
    assert np.linalg.svd(centred, compute_uv=False)[2] == pytest.approx(0, abs=1e-9)
    assert np.linalg.norm(centred, axis=1) == pytest.approx(1.39, abs=0.03)
