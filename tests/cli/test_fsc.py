"""``vitreous fsc`` prints and writes what the half maps support, and nothing where they support nothing."""

import json
import re

import mrcfile
import numpy as np
import pytest

from half_maps import BOX, PIXEL, write_half_maps, write_noise
from vitreous.cli import main
from vitreous.particles import write_stack
from vitreous.reconstruction import half_map_fsc, read_fsc
from vitreous.specimen import helix_bundle, potential


@pytest.fixture
def run(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def command(*words, status=0):
        assert main(["fsc", *map(str, words)]) == status
        out, err = capsys.readouterr()
        return out if status == 0 else err

    return command


def angstrom(out: str, name: str) -> float:
    return float(re.search(rf"^{re.escape(name)} +([\d.]+) Å", out, flags=re.MULTILINE)[1])


def test_what_is_printed_is_what_the_engine_finds(run, tmp_path):
    write_half_maps(tmp_path)
    halves = [mrcfile.read(tmp_path / f"half{i}.mrc") for i in (1, 2)]
    found = half_map_fsc(*halves, pixel_size_angstrom=PIXEL)
    plain = run("half1.mrc", "half2.mrc", "--mask", "none")
    assert angstrom(plain, "FSC 0.143") == pytest.approx(found.resolution_angstrom, abs=0.006)
    assert angstrom(plain, "FSC 0.5") == pytest.approx(found.resolution_half_angstrom, abs=0.006)
    assert "unmasked" not in plain
    masked = run("half1.mrc", "half2.mrc")
    assert angstrom(masked, "FSC 0.143, unmasked") == pytest.approx(found.resolution_angstrom, abs=0.006)
    assert angstrom(masked, "FSC 0.143") < found.resolution_angstrom
    assert sorted(path.name for path in tmp_path.iterdir()) == ["half1.mrc", "half2.mrc", "map.mrc"]


def test_the_folder(run, tmp_path):
    write_half_maps(tmp_path)
    run("half1.mrc", "half2.mrc", "-o", "job", "--local-resolution", "--quiet")
    record = json.loads((tmp_path / "job/run.json").read_text())
    assert sorted(record["outputs"]) == ["fsc.csv", "local_resolution.mrc", "mask.mrc", "report.html"]
    mask = mrcfile.read(tmp_path / "job/mask.mrc")
    halves = [mrcfile.read(tmp_path / f"half{i}.mrc") for i in (1, 2)]
    found = half_map_fsc(*halves, mask, pixel_size_angstrom=PIXEL)
    np.testing.assert_allclose(read_fsc(tmp_path / "job/fsc.csv")[1], found.fsc, atol=1e-5)
    assert record["figures"]["resolution_angstrom"] == pytest.approx(found.resolution_angstrom, rel=1e-4)
    assert record["figures"]["best_direction_angstrom"] <= record["figures"]["worst_direction_angstrom"]
    local = mrcfile.read(tmp_path / "job/local_resolution.mrc")
    assert np.all((local >= 2 * PIXEL - 1e-3) & (local <= BOX * PIXEL))
    assert "none claimed" not in (tmp_path / "job/report.html").read_text()


def test_the_same_seed_makes_the_same_curve_and_a_mask_of_ones_file(run, tmp_path):
    write_half_maps(tmp_path)
    run("half1.mrc", "half2.mrc", "-o", "a", "--quiet")
    run("half1.mrc", "half2.mrc", "-o", "b", "--quiet", "--mask", "a/mask.mrc")
    assert (tmp_path / "a/fsc.csv").read_bytes() == (tmp_path / "b/fsc.csv").read_bytes()
    assert not (tmp_path / "b/mask.mrc").exists()
    run("half1.mrc", "half2.mrc", "-o", "b", "--quiet", "--seed", 2, "--overwrite")
    assert (tmp_path / "a/fsc.csv").read_bytes() != (tmp_path / "b/fsc.csv").read_bytes()


def test_noise_has_no_resolution(run, tmp_path):
    """With the mask that is drawn around it, and without: none, and null in run.json."""
    write_noise(tmp_path)
    for words in (("--mask", "none"), ("--mask", "auto")):
        out = run("half1.mrc", "half2.mrc", *words, "-o", "job", "--overwrite", "--quiet", "--local-resolution")
        assert re.search(r"^FSC 0.143 +none", out, flags=re.MULTILINE)
        assert re.search(r"^FSC 0.5 +none", out, flags=re.MULTILINE)
        record = json.loads((tmp_path / "job/run.json").read_text())
        assert record["figures"]["resolution_angstrom"] is None
        assert "claim no resolution" in record["warnings"][0]


def test_a_model_lies_where_viewers_place_it(run, tmp_path):
    """Coordinates from the corner of a map without an origin; moved along with an origin that is in the header."""
    atoms = helix_bundle()
    volume = potential(atoms, (BOX,) * 3, PIXEL).astype(np.float32)
    corner = BOX // 2 * PIXEL
    for name, origin in (("plain", (0, 0, 0)), ("moved", (-11.0, 5.0, 7.5))):
        with mrcfile.new(tmp_path / f"{name}.mrc") as file:
            file.set_data(volume)
            file.voxel_size = PIXEL
            file.header.origin = origin
        write_pdb(tmp_path / f"{name}.pdb", atoms, np.array(origin) + corner)
    for name in ("plain", "moved"):
        out = run(f"{name}.mrc", f"{name}.pdb", "--mask", "none", "-o", name, "--quiet")
        assert angstrom(out, "map and model, 0.5") == pytest.approx(2 * PIXEL, abs=0.01)
        assert json.loads((tmp_path / name / "run.json").read_text())["figures"]["resolution_angstrom"] < 4.1
    out = run("plain.mrc", "moved.pdb")
    assert "none" in out or angstrom(out, "map and model, 0.5") > 15


def write_pdb(path, atoms, shift):
    line = "ATOM  {:5d}  {:<3s} ALA A{:4d}    {:8.3f}{:8.3f}{:8.3f}  1.00  0.00          {:>2s}\n"
    symbols = {6: "C", 7: "N", 8: "O", 16: "S", 1: "H"}
    rows = []
    for i, (where, number) in enumerate(zip(np.asarray(atoms.positions_angstrom), atoms.elements, strict=True), 1):
        symbol = symbols[int(number)]
        rows.append(line.format(i, symbol, i // 5 + 1, *(where + shift), symbol))
    path.write_text("".join(rows) + "END\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("half1.mrc", "absent.mrc"), "absent.mrc: no such file"),
        (("half1.mrc", "small.mrc"), "small.mrc: a box of 8 voxels, where half1.mrc has 32"),
        (("half1.mrc", "nan.mrc"), "nan.mrc: 1 voxels are NaN or infinite, the first in section 4"),
        (("half1.mrc", "half2.mrc", "--mask", "small.mrc"), "small.mrc: a mask of 8 voxels for maps of 32"),
        (("half1.mrc", "half2.mrc", "--local-resolution"), "--local-resolution writes a map"),
        (("half1.mrc", "half2.mrc", "-o", "full"), "full: the folder exists and is not empty"),
        (("constant.mrc", "constant.mrc"), "the map is constant"),
    ],
)
def test_bad_input_is_one_line(run, tmp_path, words, said):
    write_half_maps(tmp_path)
    bad = mrcfile.read(tmp_path / "half2.mrc").copy()
    bad[3, 2, 1] = np.nan
    for name, volume in (("small", bad[-8:, :8, :8]), ("nan", bad), ("constant", np.ones_like(bad))):
        write_stack(tmp_path / f"{name}.mrc", [volume], PIXEL)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    err = run(*words, status=2)
    assert said in err
    assert err.count("\n") == 1
