"""``vitreous downsample``: real particles in smaller images, with everything that is known of them."""

import json
import shutil

import numpy as np
import pytest

import needs
from vitreous.cli import main
from vitreous.fourier import resample
from vitreous.particles import read_particles

STAR = "sample_particles_relion31.star"


@pytest.fixture
def run(capsys, tmp_path, monkeypatch):
    for name in (STAR, "sample_particles_relion30.star", "sample.mrcs"):
        shutil.copyfile(needs.data(f"real_particles/{name}"), tmp_path / name)
    monkeypatch.chdir(tmp_path)

    def command(*words, status=0):
        assert main(["downsample", *map(str, words), "--quiet"]) == status
        out, err = capsys.readouterr()
        return out if status == 0 else err

    return command


@pytest.mark.parametrize(("name", "pixel_size"), [(STAR, 1.4), ("sample_particles_relion30.star", 1.338)])
def test_real_particles(run, tmp_path, name, pixel_size):
    out = run(name, "--box", 64, "-o", "small")
    assert out.startswith("17 particles of 64 × 64 pixels, ")
    before, after = read_particles(name), read_particles("small/particles.star")
    np.testing.assert_allclose(after.images(), resample(before.images(), (64, 64)), atol=1e-5)
    assert after.pixel_size_angstrom == pytest.approx(pixel_size * 200 / 64, rel=1e-3)
    assert after.box == 64
    for column in ("shift_angstrom", "euler_deg", "defocus_u_angstrom", "random_subset"):
        np.testing.assert_allclose(getattr(after, column), getattr(before, column), rtol=1e-5, atol=1e-5)
    assert after.extra["rlnImageOriginalName"][0].endswith("@sample.mrcs")
    record = json.loads((tmp_path / "small/run.json").read_text())
    assert (record["status"], record["images"], record["parameters"]["box"]) == ("done", 17, 64)
    assert record["inputs"][0]["sha256"]


def test_a_given_pixel_size_counts(run):
    assert "2 Å/pixel" in run(STAR, "--box", 100, "-o", "small", "--pixel-size", 1)


def test_a_folder_is_not_replaced_unasked(run):
    run(STAR, "--box", 50, "-o", "small")
    assert "--overwrite" in run(STAR, "--box", 60, "-o", "small", status=2)
    assert read_particles("small/particles.star").box == 50
    run(STAR, "--box", 60, "-o", "small", "--overwrite")
    assert read_particles("small/particles.star").box == 60


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((STAR, "--box", 300), "a box of 300 pixels was asked for, and images have 200"),
        ((STAR, "--box", 0), "a box of 0 pixels"),
        (("absent.star", "--box", 64), "absent.star"),
        ((STAR, "--box", 64, "--pixel-size", -1), "--pixel-size -1"),
        (("sample.mrcs", "--box", 64, "--poses", "absent.pkl"), "absent.pkl"),
    ],
)
def test_what_cannot_be(run, tmp_path, words, said):
    err = run(*words, "-o", "small", status=2)
    assert said in err
    assert err.count("\n") == 1
    assert not (tmp_path / "small").exists()
