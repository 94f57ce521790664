"""Side chains: no clashes, the composition and density of a real protein, hydrophobic inside."""

import numpy as np
import pytest
from scipy.ndimage import distance_transform_edt
from scipy.spatial import KDTree, distance

import needs
from vitreous.specimen import Atoms, molecular_mass_da, read_atoms, select_atoms
from vitreous.specimen.assembly import assembly
from vitreous.specimen.backbone import alpha_helix
from vitreous.specimen.hinge import hinge
from vitreous.specimen.packing import pack_side_chains

ELEMENTS = (6, 7, 8, 16)


def fractions(atoms):
    return np.array([np.mean(atoms.elements == element) for element in ELEMENTS])


def density(atoms, spacing=0.7):
    """Mass over the volume that a water molecule cannot enter, Da/Å³: the spheres' union rolled over by a probe."""
    positions, probe = atoms.positions_angstrom, 1.4
    low = positions.min(0) - 5
    shape = np.ceil((positions.max(0) + 5 - low) / spacing).astype(int)
    grid = np.stack(np.meshgrid(*(spacing * np.arange(n) for n in shape), indexing="ij"), axis=-1) + low
    gaps, _ = KDTree(positions).query(grid.reshape(-1, 3), distance_upper_bound=4.0)
    reached = (gaps < 1.9 + probe).reshape(shape)
    return molecular_mass_da(atoms) / (np.sum(distance_transform_edt(reached) * spacing > probe) * spacing**3)


@pytest.fixture(scope="module")
def real():
    return read_atoms(needs.data("coordinates/adk_closed.pdb"), hydrogens=False)


@pytest.fixture(scope="module", params=["hinge", "assembly"])
def built(request):
    return hinge(20.0).atoms if request.param == "hinge" else assembly().atoms


def test_the_composition_is_that_of_a_protein(built, real):
    """Adenylate kinase as the yardstick: of its heavy atoms 63 % C, 17 % N, 19 % O, 0.4 % S."""
    assert fractions(built) == pytest.approx(fractions(real), abs=0.015)
    assert fractions(built)[3] > 0.002


@pytest.fixture(scope="module")
def real_density(real):
    return density(real)


def test_the_density_is_that_of_a_protein(built, real_density):
    assert density(built) == pytest.approx(real_density, rel=0.03)


def test_no_two_atoms_come_too_near(built, real):
    nearest = [KDTree(a.positions_angstrom).query(a.positions_angstrom, 2)[0][:, 1].min() for a in (built, real)]
    assert nearest == pytest.approx([1.22, 1.21], abs=0.02)


def test_each_molecule_has_a_few_thousand_atoms(built):
    assert 2_000 < len(built) < 5_000


@pytest.fixture(scope="module")
def pair():
    """Two helices side by side."""
    backbone = np.concatenate([alpha_helix(30), alpha_helix(30, 50.0) + np.array([9.5, 0, 0])])
    return backbone, pack_side_chains(backbone, np.zeros(60, dtype=bool), np.random.default_rng(1))


def test_atoms_of_different_residues_keep_2_6_angstrom(pair):
    _, peptide = pair
    gaps = distance.cdist(peptide.positions_angstrom, peptide.positions_angstrom)
    apart = np.abs(peptide.residue[:, None] - peptide.residue) > 1
    assert gaps[apart].min() >= 2.6


def test_the_backbone_is_left_as_it_is(pair):
    backbone, peptide = pair
    first = np.searchsorted(peptide.residue, np.arange(60))
    kept = np.stack([peptide.positions_angstrom[first + i] for i in range(4)], axis=1)
    assert np.array_equal(kept, backbone)
    assert np.array_equal(np.stack([peptide.elements[first + i] for i in range(4)], axis=1)[0], [7, 6, 6, 8])


def test_charges_point_out_and_hydrocarbons_in(pair):
    """Between the two helices stand the hydrophobic residues: nearer the line half way than the charged ones."""
    backbone, peptide = pair
    inwards = np.abs(backbone[:, 1, 0] - 4.75)
    kind = np.array([name in {"LYS", "GLU", "ARG", "ASP"} for name in peptide.names])
    greasy = np.array([name in {"LEU", "VAL", "ILE", "PHE", "MET"} for name in peptide.names])
    assert inwards[kind].mean() > inwards[greasy].mean() + 1.0


def test_a_residue_by_itself_is_packed():
    peptide = pack_side_chains(alpha_helix(1), np.array([True]), np.random.default_rng(3))
    assert len(peptide.names) == 1


def test_the_same_seed_packs_the_same_molecule(pair):
    backbone, peptide = pair
    again = pack_side_chains(backbone, np.zeros(60, dtype=bool), np.random.default_rng(1))
    assert np.array_equal(again.positions_angstrom, peptide.positions_angstrom)
    assert again.names == peptide.names


def test_loops_hold_no_large_hydrophobic_residues():
    backbone = alpha_helix(40)
    peptide = pack_side_chains(backbone, np.ones(40, dtype=bool), np.random.default_rng(2))
    assert not {"LEU", "ILE", "PHE", "MET"} & set(peptide.names)
    atoms = Atoms(peptide.positions_angstrom, peptide.elements)
    assert len(select_atoms(atoms, peptide.elements == 8)) >= 40
