import json

import numpy as np
import pytest

from optics.spectra import thon_power
from vitreous.cli import main
from vitreous.particles import read_star, write_stack

TRUE = {"one": (12400, 12000, 30), "two": (20500, 20100, -50)}


def noise_with_rings(u, v, angle_deg, rng, size=1024):
    """White noise through a filter whose square is a spectrum of known rings, tile by tile seamless: one transform."""
    power = thon_power(u, v, angle_deg, box=size)
    spectrum = np.fft.rfft2(rng.standard_normal((size, size)))
    return np.fft.irfft2(spectrum * np.sqrt(np.fft.ifftshift(power, axes=0)), (size, size))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place, rng = tmp_path_factory.mktemp("micrographs"), np.random.default_rng(11)
    for name, values in TRUE.items():
        write_stack(place / f"{name}.mrc", [noise_with_rings(*values, rng)[None].astype(np.float32)], 1.4)
    return place


@pytest.fixture(scope="module")
def job(folder):
    write_stack(folder / "zero.mrc", [np.zeros((1, 256, 256), np.float32)], 1.4)
    status = main(["ctf", str(folder / "*.mrc"), "-o", str(folder / "job"), "--quiet"])
    assert status == 0
    return folder / "job"


def test_fits_are_written_as_relion_keeps_them(job):
    table = read_star(job / "micrographs_ctf.star")["micrographs"].columns
    assert [name.rsplit("/", 1)[-1] for name in map(str, table["rlnMicrographName"])] == ["one.mrc", "two.mrc"]
    for i, (u, v, angle_deg) in enumerate(TRUE.values()):
        assert table["rlnDefocusU"][i] == pytest.approx(u, abs=50)
        assert table["rlnDefocusV"][i] == pytest.approx(v, abs=50)
        assert table["rlnDefocusAngle"][i] == pytest.approx(angle_deg, abs=5)
        assert table["rlnCtfFigureOfMerit"][i] > 0.2


def test_a_micrograph_that_cannot_be_fitted_is_named(job):
    record = json.loads((job / "run.json").read_text())
    assert record["status"] == "done"
    assert record["figures"]["micrographs"] == 2
    (warning,) = record["warnings"]
    assert "zero.mrc" in warning
    assert "one value" in warning


def test_the_folder_is_a_job_that_is_not_overwritten(job, folder, capsys):
    assert {path.name for path in job.iterdir()} == {"micrographs_ctf.star", "report.html", "run.json", "log.txt"}
    assert main(["ctf", str(folder / "one.mrc"), "-o", str(job)]) == 2
    assert "--overwrite" in capsys.readouterr().err


def test_options_reach_the_fit(folder, tmp_path, capsys):
    words = ["ctf", str(folder / "one.mrc"), "-o", str(tmp_path / "job"), "--quiet", "--resolution", "20", "5"]
    assert main([*words, "--voltage", "200", "--pixel-size", "1.4", "--defocus", "5000", "15000"]) == 0
    tables = read_star(tmp_path / "job" / "micrographs_ctf.star")
    assert tables["optics"].columns["rlnVoltage"].tolist() == [200]
    # λ Δf is what the first rings tell
    expected = 12200 * 0.0196875 / 0.0250793
    assert tables["micrographs"].columns["rlnDefocusU"][0] == pytest.approx(expected, rel=0.05)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--defocus", "9000", "3000"], "rising"),
        (["--voltage", "-1"], "--voltage"),
        (["--resolution", "4", "30"], "coarser"),
    ],
)
def test_bad_options_are_one_line(folder, tmp_path, capsys, options, message):
    assert main(["ctf", str(folder / "one.mrc"), "-o", str(tmp_path / "job"), *options]) == 2
    captured = capsys.readouterr().err
    assert message in captured
    assert captured.count("\n") == 1
    assert not (tmp_path / "job").exists()


def test_nothing_to_fit_is_bad_input(folder, tmp_path, capsys):
    write_stack(tmp_path / "zero.mrc", [np.zeros((1, 256, 256), np.float32)], 1.4)
    assert main(["ctf", str(tmp_path / "zero.mrc"), "-o", str(tmp_path / "job"), "--quiet"]) == 2
    assert "no micrograph could be fitted" in capsys.readouterr().err
