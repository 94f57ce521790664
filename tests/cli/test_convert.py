import json
import shutil

import numpy as np
import pytest

import needs
from vitreous.cli import main
from vitreous.particles.read import read_particles


def run(capsys, *words):
    status = main(list(map(str, words)))
    return status, *capsys.readouterr()


def same_physics(left, right, angle=1e-9, length=1e-6):
    """Whether two sets mean the same particles: optics, orientations, shifts (Å), defocus (Å), half sets."""
    assert len(left) == len(right)
    np.testing.assert_allclose(left.rotations(), right.rotations(), atol=angle)
    np.testing.assert_allclose(left.shift_angstrom, right.shift_angstrom, atol=length)
    for name in ("defocus_u_angstrom", "defocus_v_angstrom"):
        np.testing.assert_allclose(getattr(left, name), getattr(right, name), rtol=1e-6)
    assert (left.random_subset == right.random_subset).all()
    for name in ("voltage_kv", "spherical_aberration_mm", "amplitude_contrast", "pixel_size_angstrom", "box"):
        values = [[getattr(g, name) for g in np.array(s.optics_groups, object)[s.optics_index]] for s in (left, right)]
        np.testing.assert_allclose(*np.array(values, float), rtol=1e-6)


@pytest.fixture
def real(tmp_path, monkeypatch):
    """The 17 real particles, in a project folder of their own."""
    for name in ("sample_particles_relion31.star", "sample_particles_relion30.star", "sample.mrcs"):
        shutil.copyfile(needs.data(f"real_particles/{name}"), tmp_path / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_layouts_round_trip(capsys, real):
    for name in ("sample_particles_relion31.star", "sample_particles_relion30.star"):
        assert run(capsys, "convert", name, "old.star", "--layout", "3.0", "--overwrite")[0] == 0
        assert run(capsys, "convert", "old.star", "new.star", "--overwrite")[0] == 0
        assert "data_optics" not in (real / "old.star").read_text()
        assert "data_optics" in (real / "new.star").read_text()
        same_physics(read_particles(name), read_particles("new.star"))
        np.testing.assert_array_equal(read_particles("new.star").images([0, 16]), read_particles(name).images([0, 16]))


def test_star_to_cryosparc_and_back(capsys, real):
    name = "sample_particles_relion31.star"
    assert run(capsys, "convert", name, "a.cs")[0] == 0
    assert run(capsys, "convert", "a.cs", "back.star")[0] == 0
    same_physics(read_particles(name), read_particles("back.star"), angle=1e-6, length=1e-5)


def test_star_to_cryodrgn_and_back(capsys, real):
    name = "sample_particles_relion31.star"
    status, out, err = run(capsys, "convert", name, "drgn")
    assert status == 0
    assert out == "17 particles written to drgn\n"
    assert "half sets" in err
    assert sorted(path.name for path in (real / "drgn").iterdir()) == ["ctf.pkl", "particles.star", "poses.pkl"]
    words = ["convert", "sample.mrcs", "back.star", "--poses", "drgn/poses.pkl", "--ctf", "drgn/ctf.pkl"]
    assert run(capsys, *words)[0] == 0
    back, before = read_particles("back.star"), read_particles(name)
    np.testing.assert_allclose(back.rotations(), before.rotations(), atol=1e-6)
    np.testing.assert_allclose(back.shift_angstrom, before.shift_angstrom, atol=1e-4)
    np.testing.assert_allclose(back.defocus_u_angstrom, before.defocus_u_angstrom, rtol=1e-6)


def test_what_cannot_be_held_is_named(capsys, real):
    status, _, err = run(capsys, "convert", "sample_particles_relion31.star", "a.cs")
    assert status == 0
    assert all(line.startswith("vitreous: a.cs has no place for ") for line in err.splitlines())
    before, after = read_particles("sample_particles_relion31.star"), read_particles("a.cs")
    for label in set(before.extra) - set(after.extra):
        assert label in err
    assert "rlnMtfFileName" in err


def test_every_column_is_held_or_named(capsys, real):
    """From a .cs file with fields that only cryoSPARC has."""
    source = needs.data("metadata/cryosparc_P12_J24_001_particles.cs")
    _, _, err = run(capsys, "convert", source, "a.star")
    held = read_particles("a.star")
    for name in read_particles(source).extra:
        assert name in held.extra or name in err


def test_an_existing_file_is_not_replaced_unasked(capsys, real):
    (real / "a.star").write_text("mine")
    status, out, err = run(capsys, "convert", "sample_particles_relion31.star", "a.star")
    assert (status, out) == (2, "")
    assert err == "vitreous: a.star: the file exists; give another name, or --overwrite\n"
    assert (real / "a.star").read_text() == "mine"
    assert run(capsys, "convert", "sample_particles_relion31.star", "a.star", "--overwrite")[0] == 0
    assert len(read_particles("a.star")) == 17


def test_an_existing_folder_keeps_what_is_in_it(capsys, real):
    (real / "drgn").mkdir()
    (real / "drgn" / "notes.txt").write_text("mine")
    assert run(capsys, "convert", "sample_particles_relion31.star", "drgn")[0] == 0
    assert run(capsys, "convert", "sample_particles_relion31.star", "drgn")[0] == 2
    assert run(capsys, "convert", "sample_particles_relion31.star", "drgn", "--overwrite")[0] == 0
    assert (real / "drgn" / "notes.txt").read_text() == "mine"


def test_a_file_is_converted_onto_itself_when_asked(capsys, real):
    before = read_particles("sample_particles_relion30.star")
    words = ["convert", "sample_particles_relion30.star", "sample_particles_relion30.star", "--overwrite"]
    assert run(capsys, *words)[0] == 0
    same_physics(before, read_particles("sample_particles_relion30.star"))


def test_a_stack_and_a_list_hold_the_images(capsys, real):
    assert run(capsys, "convert", "sample_particles_relion31.star", "a.mrcs")[0] == 0
    assert run(capsys, "convert", "sample_particles_relion31.star", "a.txt")[0] == 0
    images = read_particles("sample_particles_relion31.star").images()
    np.testing.assert_array_equal(read_particles("a.mrcs").images(), images)
    np.testing.assert_array_equal(read_particles("a.txt").images(), images)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["sample_particles_relion31.star", "a.h5"], "a.h5"),
        (["sample_particles_relion31.star", "a.cs", "--layout", "3.0"], "a.cs: --layout 3.0 is one of a .star file"),
        (["sample_particles_relion31.star", "absent/a.star"], "absent: no such folder"),
        (["absent.star", "a.star"], "absent.star: "),
    ],
)
def test_what_cannot_be_done_is_refused_in_one_line(capsys, real, words, message):
    status, out, err = run(capsys, "convert", *words)
    assert (status, out) == (2, "")
    assert err.startswith(f"vitreous: {message}" if "/" not in message else "vitreous: ")
    assert message in err
    assert err.count("\n") == 1


def test_passthrough_files_complete_a_table(capsys, tmp_path):
    table = np.load(needs.data("metadata/cryosparc_P12_J24_001_particles.cs"))
    poses = [name for name in table.dtype.names if name.startswith("alignments3D/")]
    images = [name for name in table.dtype.names if name not in poses]
    for name, fields in (("images.cs", images), ("poses.cs", ["uid", *poses])):
        part = np.empty(len(table), [(field, table.dtype[field]) for field in fields])
        for field in fields:
            part[field] = table[field]
        with (tmp_path / name).open("wb") as file:
            np.save(file, part[:: -1 if "poses" in name else 1])
    words = [tmp_path / "images.cs", tmp_path / "a.star", "--passthrough", tmp_path / "poses.cs"]
    assert run(capsys, "convert", *words)[0] == 0
    expected = read_particles(needs.data("metadata/cryosparc_P12_J24_001_particles.cs"))
    np.testing.assert_allclose(read_particles(tmp_path / "a.star").rotations(), expected.rotations(), atol=1e-9)
    _, out, _ = run(capsys, "info", tmp_path / "images.cs", "--json")
    assert not json.loads(out)["has_poses"]
