import gzip
import json
import re
from pathlib import Path

import numpy as np
import pytest

import needs
from vitreous._errors import InputError
from vitreous.cli.describe import COMMON_KEYS, describe
from vitreous.jobs import Job, Task
from vitreous.particles.stack import write_stack

DOCUMENT = Path(__file__).parents[2] / "docs" / "info_json.md"
PDB_LINE = (
    "ATOM  {serial:5d}  {name:<3s} {residue:3s} A{number:4d}    "
    "{x:8.3f}{y:8.3f}{z:8.3f}  1.00 30.00          {element:>2s}\n"
)


def documented(kind):
    """The keys that the document lists for a kind, under its heading."""
    text = DOCUMENT.read_text(encoding="utf-8")
    section = re.search(rf"^## [^\n]*`{kind}`[^\n]*\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    return set(re.findall(r"^\| `(\w+)` \|", section[1], re.MULTILINE))


def check_keys(found):
    """Each description has the common keys, those documented for its kind, no others, and goes into JSON."""
    assert set(found) == set(COMMON_KEYS) | documented(found["kind"])
    json.dumps(found)
    for item in found["problems"]:
        assert set(item) == {"severity", "place", "problem", "advice"}
        assert item["severity"] in {"error", "warning"}


def write_pdb(path, *rows):
    path.write_text("".join(PDB_LINE.format(serial=i, **row) for i, row in enumerate(rows, 1)) + "END\n")


def atom(name, element, x=0.0, residue="ALA", number=1):
    return {"name": name, "element": element, "residue": residue, "number": number, "x": x, "y": 0.0, "z": 0.0}


def test_the_common_keys_are_documented():
    text = DOCUMENT.read_text(encoding="utf-8")
    common = text.split("\n## ")[1]
    assert set(re.findall(r"^\| `(\w+)` \|", common, re.MULTILINE)) == set(COMMON_KEYS)


def test_atoms_are_counted(tmp_path):
    rows = [atom("N", "N"), atom("CA", "C", 1.5), atom("CB", "C", 3.0), atom("O", "O", 2.0, number=2)]
    write_pdb(tmp_path / "a.pdb", *rows)
    found = describe(tmp_path / "a.pdb")
    check_keys(found)
    assert found["kind"] == "atoms"
    assert (found["n_models"], found["n_chains"], found["n_residues"], found["n_atoms"]) == (1, 1, 2, 4)
    assert found["elements"] == {"C": 2, "N": 1, "O": 1}
    assert found["extent_angstrom"] == [3.0, 0.0, 0.0]
    assert found["problems"] == []


def test_mmcif_is_read_as_pdb_is(tmp_path):
    gemmi = pytest.importorskip("gemmi")
    write_pdb(tmp_path / "a.pdb", atom("N", "N"), atom("CA", "C", 1.5))
    gemmi.read_structure(str(tmp_path / "a.pdb")).make_mmcif_document().write_file(str(tmp_path / "a.cif"))
    pdb, cif = describe(tmp_path / "a.pdb"), describe(tmp_path / "a.cif")
    assert {**pdb, "file": None} == {**cif, "file": None}


def test_gzipped_coordinates_are_read(tmp_path):
    write_pdb(tmp_path / "a.pdb", atom("N", "N"), atom("CA", "C", 1.5))
    (tmp_path / "a.pdb.gz").write_bytes(gzip.compress((tmp_path / "a.pdb").read_bytes()))
    assert describe(tmp_path / "a.pdb.gz")["elements"] == {"N": 1, "C": 1}


def test_real_coordinates_and_what_is_odd_in_them():
    """A file of a simulation program, whose columns are not PDB's: its elements follow from the names."""
    found = describe(needs.data("coordinates/adk_open.pdb"))
    assert (found["n_atoms"], found["n_residues"]) == (3341, 214)
    assert found["elements"] == {"H": 1685, "C": 1040, "O": 320, "N": 289, "S": 7}
    assert [item["problem"][:18] for item in found["problems"]] == ["states no elements"]


@pytest.mark.parametrize("text", ["", "HEADER\nEND\n", "\0\xff nonsense"])
def test_a_pdb_without_atoms_is_refused(tmp_path, text):
    (tmp_path / "a.pdb").write_text(text)
    with pytest.raises(InputError, match="holds no atoms"):
        describe(tmp_path / "a.pdb")


@pytest.mark.parametrize("text", ["", "nonsense", "data_\nloop_\n_a\n", "data_x\n_atom_site.id 1\n"])
def test_a_broken_mmcif_is_refused(tmp_path, text):
    (tmp_path / "a.cif").write_text(text)
    with pytest.raises(InputError, match=r"a\.cif: (cannot be read|holds no atoms)"):
        describe(tmp_path / "a.cif")


def test_a_stack_and_its_bad_images(tmp_path, rng):
    images = rng.normal(size=(5, 8, 8)).astype(np.float32)
    images[1, 0, 0] = np.nan
    images[3] = 7.0
    write_stack(tmp_path / "a.mrcs", [images], 1.5)
    found = describe(tmp_path / "a.mrcs")
    check_keys(found)
    assert (found["kind"], found["n_particles"], found["box"], found["pixel_size_angstrom"]) == ("stack", 5, 8, 1.5)
    assert [(item["severity"], item["place"]) for item in found["problems"]] == [
        ("error", "image 2"),
        ("warning", "image 4"),
    ]
    assert found["pixels"]["maximum"] == 7.0


def test_a_map_is_told_from_a_stack(tmp_path, rng):
    write_stack(tmp_path / "cube.mrc", [rng.normal(size=(8, 8, 8)).astype(np.float32)], 2.0)
    write_stack(tmp_path / "cube.mrcs", [rng.normal(size=(8, 8, 8)).astype(np.float32)], 2.0)
    write_stack(tmp_path / "one.mrc", [rng.normal(size=(1, 6, 8)).astype(np.float32)], 2.0)
    kinds = [describe(tmp_path / name)["kind"] for name in ("cube.mrc", "cube.mrcs", "one.mrc")]
    assert kinds == ["map", "stack", "image"]
    found = describe(tmp_path / "one.mrc")
    check_keys(found)
    assert found["box"] is None
    assert found["shape"] == [1, 6, 8]


def test_real_maps():
    found = describe(needs.data("maps/EMD-3197.map"))
    check_keys(found)
    assert (found["kind"], found["box"], found["pixel_size_angstrom"]) == ("map", 20, pytest.approx(11.4))
    ribosome = needs.data("maps/clean70SRibosome_vol_65p.mrc")
    assert [item["problem"] for item in describe(ribosome)["problems"]] == ["has no pixel size"]
    assert describe(ribosome, pixel_size_angstrom=5.0)["problems"] == []


def test_a_job_folder(tmp_path):
    (tmp_path / "in.star").write_text("data_\n")
    task = Task("walk", {"steps": 3}, (tmp_path / "in.star",))
    with Job(tmp_path / "job", task, quiet=True) as job, job.write("map.mrc") as path:
        path.write_text("map")
    found = describe(tmp_path / "job")
    check_keys(found)
    assert (found["kind"], found["status"], found["problems"]) == ("job", "done", [])
    (tmp_path / "job" / "map.mrc").unlink()
    (tmp_path / "in.star").unlink()
    assert [item["severity"] for item in describe(tmp_path / "job")["problems"]] == ["error", "warning"]


def test_an_unfinished_job_says_so(tmp_path):
    with pytest.raises(InputError), Job(tmp_path / "job", Task("walk", {}), quiet=True):
        raise InputError("no rows", file="a.star")
    problem = describe(tmp_path / "job")["problems"][0]
    assert problem["problem"] == "the job is failed: a.star: no rows"


def test_another_folder_is_refused(tmp_path):
    with pytest.raises(InputError, match="not a job folder"):
        describe(tmp_path)


def test_another_star_file_is_a_list_of_tables(tmp_path):
    (tmp_path / "model.star").write_text(
        "data_model\n_rlnPixelSize 1.2\n\ndata_classes\nloop_\n_rlnX\n_rlnY\n1 2\n3 4\n"
    )
    found = describe(tmp_path / "model.star")
    check_keys(found)
    assert found["tables"] == [
        {"name": "model", "n_rows": 1, "columns": ["rlnPixelSize"]},
        {"name": "classes", "n_rows": 2, "columns": ["rlnX", "rlnY"]},
    ]
    assert found["problems"] == []


def test_a_star_file_without_tables_is_refused(tmp_path):
    (tmp_path / "a.star").write_text("\n# nothing\n")
    with pytest.raises(InputError, match="holds no tables"):
        describe(tmp_path / "a.star")


def test_particles_without_image_names_are_pointed_out(tmp_path):
    (tmp_path / "a.star").write_text("data_particles\nloop_\n_rlnDefocusU\n1\n")
    assert describe(tmp_path / "a.star")["problems"][0]["problem"] == "has no column rlnImageName"


def test_what_is_not_there_is_refused(tmp_path):
    with pytest.raises(InputError, match="no such file or folder"):
        describe(tmp_path / "absent.star")
