"""Reading PDB and mmCIF: what is kept, what is left out, what is refused."""

import gzip

import gemmi
import numpy as np
import pytest

import needs
from vitreous._errors import InputError
from vitreous.specimen import centroid, molecular_mass_da, read_atoms, read_structure, states_elements


def line(serial, name, residue, number, xyz, element, occupancy=1.0, b_factor=20.0, chain="A", alternate=" "):
    """An atom's line of a PDB file, HETATM for what is no alanine or serine."""
    record = "ATOM" if residue in {"ALA", "SER"} else "HETATM"
    x, y, z = xyz
    return (
        f"{record:<6s}{serial:5d} {name:<4s}{alternate}{residue:>3s} {chain}{number:4d}    "
        f"{x:8.3f}{y:8.3f}{z:8.3f}{occupancy:6.2f}{b_factor:6.2f}          {element:>2s}\n"
    )


ALANINE = [
    line(1, " N", "ALA", 1, (0, 0, 0), "N"),
    line(2, " CA", "ALA", 1, (1.458, 0, 0), "C", b_factor=31.5),
    line(3, " C", "ALA", 1, (2.0, 1.42, 0), "C"),
    line(4, " O", "ALA", 1, (1.2, 2.3, 0), "O"),
    line(5, " HA", "ALA", 1, (1.8, -0.5, 0.9), "H"),
]
WATER_AND_ZINC = [line(6, "ZN", " ZN", 201, (9, 0, 0), "ZN"), line(7, " O", "HOH", 301, (12, 0, 0), "O")]


@pytest.fixture
def write(tmp_path):
    """A function that writes lines to a file and gives its path."""

    def write(*lines, name="a.pdb", end="END\n"):
        path = tmp_path / name
        path.write_text("".join(lines) + end)
        return path

    return write


def test_positions_elements_and_b_factors_are_those_of_the_file(write):
    atoms = read_atoms(write(*ALANINE))
    assert atoms.elements.tolist() == [7, 6, 6, 8, 1]
    assert atoms.positions_angstrom[2].tolist() == [2.0, 1.42, 0]
    assert atoms.b_factors_angstrom2 == pytest.approx([20, 31.5, 20, 20, 20])
    assert atoms.occupancies.tolist() == [1] * 5
    assert atoms.positions_angstrom.dtype == np.float64


@pytest.mark.parametrize(
    ("left_out", "elements"),
    [
        ({}, [7, 6, 6, 8, 1, 30, 8]),
        ({"hydrogens": False}, [7, 6, 6, 8, 30, 8]),
        ({"waters": False}, [7, 6, 6, 8, 1, 30]),
        ({"ligands": False}, [7, 6, 6, 8, 1, 8]),
        ({"hydrogens": False, "waters": False, "ligands": False}, [7, 6, 6, 8]),
    ],
)
def test_hydrogens_waters_and_ligands_are_left_out_where_asked(write, left_out, elements):
    assert read_atoms(write(*ALANINE, *WATER_AND_ZINC), **left_out).elements.tolist() == elements


@pytest.mark.parametrize("name", ["a.cif", "a.cif.gz", "a.pdb.gz", "misnamed.txt"])
def test_mmcif_and_gzip_hold_the_same_as_pdb(write, tmp_path, name):
    plain = write(*ALANINE, *WATER_AND_ZINC)
    text = gemmi.read_structure(str(plain)).make_mmcif_document().as_string() if "cif" in name else plain.read_text()
    (tmp_path / name).write_bytes(gzip.compress(text.encode()) if name.endswith("gz") else text.encode())
    pdb, other = read_atoms(plain), read_atoms(tmp_path / name)
    assert np.array_equal(other.positions_angstrom, pdb.positions_angstrom)
    assert np.array_equal(other.elements, pdb.elements)
    assert np.array_equal(other.b_factors_angstrom2, pdb.b_factors_angstrom2)
    assert states_elements(plain)
    assert states_elements(tmp_path / name)


def test_the_most_occupied_alternate_is_kept_and_stands_for_all(write):
    atoms = [
        ALANINE[0],
        line(2, " CA", "ALA", 1, (1, 0, 0), "C", 0.4, alternate="A"),
        line(3, " CA", "ALA", 1, (2, 0, 0), "C", 0.6, alternate="B"),
        line(4, " CB", "ALA", 1, (1, 1, 0), "C", 0.4, alternate="A"),
        line(5, " CB", "ALA", 1, (2, 1, 0), "C", 0.5, alternate="B"),
    ]
    kept = read_atoms(write(*atoms))
    assert kept.positions_angstrom[:, 0].tolist() == [0, 2, 2]
    assert kept.occupancies == pytest.approx([1, 1, 0.9])
    every = read_atoms(write(*atoms), alternates="all")
    assert every.occupancies == pytest.approx([1, 0.4, 0.6, 0.4, 0.5])


def test_of_two_residues_at_one_place_one_is_kept(write):
    """Alternates may be different residues, which then share the number; equal ones go to the first label."""
    atoms = [
        line(1, " CA", "ALA", 7, (1, 0, 0), "C", 0.5, alternate="A"),
        line(2, " CA", "SER", 7, (2, 0, 0), "C", 0.5, alternate="B"),
        line(3, " OG", "SER", 7, (3, 0, 0), "O", 0.5, alternate="B"),
    ]
    kept = read_atoms(write(*atoms))
    assert kept.positions_angstrom[:, 0].tolist() == [1]
    assert kept.occupancies == pytest.approx([1])


DIMER = """\
REMARK 350 BIOMOLECULE: 1
REMARK 350 AUTHOR DETERMINED BIOLOGICAL UNIT: DIMERIC
REMARK 350 APPLY THE FOLLOWING TO CHAINS: A
REMARK 350   BIOMT1   1  1.000000  0.000000  0.000000        0.00000
REMARK 350   BIOMT2   1  0.000000  1.000000  0.000000        0.00000
REMARK 350   BIOMT3   1  0.000000  0.000000  1.000000        0.00000
REMARK 350   BIOMT1   2 -1.000000  0.000000  0.000000       30.00000
REMARK 350   BIOMT2   2  0.000000 -1.000000  0.000000        0.00000
REMARK 350   BIOMT3   2  0.000000  0.000000  1.000000        0.00000
"""


@pytest.mark.parametrize("name", [1, "1"])
@pytest.mark.parametrize("as_cif", [False, True])
def test_the_biological_assembly_repeats_the_chain(write, tmp_path, name, as_cif):
    """Chain A and its copy turned by 180° about the z axis through (15, 0, 0)."""
    path = write(DIMER, *ALANINE)
    if as_cif:
        structure = gemmi.read_structure(str(path))
        structure.setup_entities()
        path = tmp_path / "a.cif"
        structure.make_mmcif_document().write_file(str(path))
    one, two = read_atoms(path), read_atoms(path, assembly=name)
    assert two.positions_angstrom[:5] == pytest.approx(one.positions_angstrom)
    assert two.positions_angstrom[5:] == pytest.approx(np.array([30, 0, 0]) + one.positions_angstrom * [-1, -1, 1])
    assert two.elements.tolist() == one.elements.tolist() * 2


def test_models_are_chosen_by_their_number(write):
    models = "MODEL        3\n", ALANINE[0], "ENDMDL\nMODEL        1\n", ALANINE[1], "ENDMDL\n"
    assert read_atoms(write(*models)).elements.tolist() == [6]
    assert read_atoms(write(*models), model=3).elements.tolist() == [7]
    with pytest.raises(InputError, match="has no model 2; it has 3, 1"):
        read_atoms(write(*models), model=2)


def test_deuterium_is_hydrogen(write):
    deuterium = write(ALANINE[0], line(2, " D", "ALA", 1, (0, 0, 1), "D"))
    assert read_atoms(deuterium).elements.tolist() == [7, 1]
    assert read_atoms(deuterium, hydrogens=False).elements.tolist() == [7]


def test_the_water_of_simulation_programs_is_water(write):
    """CHARMM's names, without elements: OH2 is an oxygen."""
    names = [(1, "OH2"), (2, "H1"), (3, "H2")]
    box = [line(i, name, "TIP", 9, (i, 5, 0), "")[:66] + "\n" for i, name in names]
    protein = [row[:66] + "\n" for row in ALANINE]
    assert read_atoms(write(*protein, *box)).elements.tolist() == [7, 6, 6, 8, 1, 8, 1, 1]
    assert len(read_atoms(write(*protein, *box), waters=False)) == 5
    assert len(read_atoms(write(*protein, *box), ligands=False)) == 8


@pytest.mark.parametrize("state", ["open", "closed"])
def test_real_coordinates_without_element_columns(state):
    """Adenylate kinase of E. coli by a simulation program, whose names all begin in column 13: Cα is no calcium."""
    path = needs.data(f"coordinates/adk_{state}.pdb")
    atoms = read_atoms(path)
    assert not states_elements(path)
    assert dict(zip(*np.unique(atoms.elements, return_counts=True), strict=True)) == {
        1: 1685, 6: 1040, 7: 289, 8: 320, 16: 7
    }  # fmt: skip
    # the sequence of P69441, 214 residues, weighs 23,586 Da
    assert molecular_mass_da(atoms) == pytest.approx(23_586, rel=1e-3)
    assert len(read_atoms(path, ligands=False)) == 3341


def test_both_states_hold_the_same_atoms_in_the_same_order():
    states = [read_atoms(needs.data(f"coordinates/adk_{state}.pdb")) for state in ("open", "closed")]
    assert np.array_equal(states[0].elements, states[1].elements)
    assert not np.allclose(centroid(states[0]), centroid(states[1]))


def cut(path, characters):
    """A file without its last characters."""
    text = path.read_text()
    path.write_text(text[:-characters])
    return path


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        ([], r"a\.pdb: holds no atoms; choose"),
        (["HEADER    NOTHING\n"], "holds no atoms"),
        ([ALANINE[0], ALANINE[1].replace("   1.458", "     nan")], r"a\.pdb: line 2: x is 'nan', not a number \(col"),
        ([ALANINE[0].replace("   0.000   0.000   0.000", "   0.000   a.bcd   0.000")], r"line 1: y is 'a\.bcd'"),
        ([ALANINE[0].replace(" 20.00", " 2O.00")], "line 1: B factor is '2O.00'"),
        ([ALANINE[0], ALANINE[1][:40] + "\n"], "line 2: the line of an atom ends after 40 characters"),
        ([line(1, " X", "LIG", 1, (0, 0, 0), "QQ")], "atom 1 X of residue LIG 1: its element is unknown; write"),
        ([line(i, " X", "LIG", 1, (0, 0, i), "QQ") for i in (1, 2, 3)], "its element is unknown, and 2 more like it"),
    ],
)
def test_bad_files_are_refused_by_name_and_place(write, lines, complaint):
    with pytest.raises(InputError, match=complaint):
        read_atoms(write(*lines))


@pytest.mark.parametrize("characters", [15, 30, 60])
def test_a_file_cut_within_a_line_is_refused(write, characters):
    with pytest.raises(InputError, match=r"a\.pdb: line 5: the line of an atom ends after .*cut short"):
        read_atoms(cut(write(*ALANINE, end=""), characters))


def test_a_whole_last_line_needs_no_newline(write):
    assert len(read_atoms(cut(write(*ALANINE, end=""), 1))) == 5


def test_mmcif_that_is_cut_or_lacks_numbers_is_refused(write, tmp_path):
    text = gemmi.read_structure(str(write(*ALANINE))).make_mmcif_document().as_string()
    (tmp_path / "a.cif").write_text(text.rstrip()[:-20])
    with pytest.raises(InputError, match=r"a\.cif: cannot be read: .*atom_site"):
        read_atoms(tmp_path / "a.cif")
    (tmp_path / "a.cif").write_text(text.replace(" 1.458", " ?"))
    with pytest.raises(InputError, match=r"a\.cif: atom 2 CA of residue ALA 1: a coordinate.* is not a number"):
        read_atoms(tmp_path / "a.cif")


def test_a_damaged_gzip_stream_is_refused(tmp_path):
    content = gzip.compress("".join(ALANINE).encode())
    (tmp_path / "a.pdb.gz").write_bytes(content[:-12])
    with pytest.raises(InputError, match=r"a\.pdb\.gz: its gzip stream is cut short or damaged"):
        read_structure(tmp_path / "a.pdb.gz")


def test_what_is_not_there_is_said(write, tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_atoms(tmp_path / "none.pdb")
    with pytest.raises(InputError, match="is a folder"):
        read_atoms(tmp_path)
    with pytest.raises(InputError, match="has no biological assembly 2; it has 1"):
        read_atoms(write(DIMER, *ALANINE), assembly=2)
    with pytest.raises(InputError, match="has no biological assembly 1; it states none"):
        read_atoms(write(*ALANINE), assembly=1)
    with pytest.raises(InputError, match="none of the 1 atoms is left"):
        read_atoms(write(WATER_AND_ZINC[1]), waters=False)
