"""``vitreous sharpen`` takes out the B factor that is there, ends where the half maps end, and says what it lacks."""

import re

import mrcfile
import numpy as np
import pytest

from half_maps import PIXEL, write_half_maps, write_noise
from vitreous._errors import InputError
from vitreous.cli import main
from vitreous.cli.sharpen import SharpenOptions
from vitreous.fourier import frequency_radius, rft
from vitreous.reconstruction import sharpen


@pytest.fixture
def run(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def command(*words, status=0):
        assert main(["sharpen", *map(str, words)]) == status
        out, err = capsys.readouterr()
        return out if status == 0 else err

    return command


def test_a_given_b_factor_is_what_the_engine_takes_out(run, tmp_path):
    write_half_maps(tmp_path)
    out = run("map.mrc", "-o", "out.mrc", "--b-factor", 80, "--low-pass", 6)
    assert out == "out.mrc written: B factor 80.0 Å² (given) taken out, ends at 6.00 Å\n"
    before = mrcfile.read(tmp_path / "map.mrc")
    expected = sharpen(before, 80.0, pixel_size_angstrom=PIXEL, low_pass_angstrom=6.0)
    np.testing.assert_allclose(mrcfile.read(tmp_path / "out.mrc"), expected, rtol=1e-5, atol=1e-6)
    with mrcfile.open(tmp_path / "out.mrc") as file:
        assert file.voxel_size.x == pytest.approx(PIXEL)


def test_the_b_factor_is_found_through_the_noise(run, tmp_path):
    """That of the blobs, 8π²σ² = 114 Å² with σ = 1.2 Å, and 100 more or 200 more."""
    found = []
    for b_factor in (100.0, 200.0):
        write_half_maps(tmp_path, b_factor=b_factor, level=0.3)
        out = run("map.mrc", "-o", "out.mrc", "--half1", "half1.mrc", "--half2", "half2.mrc", "--overwrite")
        assert "weighted by the FSC" in out
        found.append(float(re.search(r"B factor ([\d.]+) Å²", out)[1]))
    assert found[0] == pytest.approx(214, rel=0.1)
    assert found[1] - found[0] == pytest.approx(100, rel=0.2)


def test_the_map_ends_at_the_resolution(run, tmp_path):
    write_half_maps(tmp_path)
    out = run("map.mrc", "-o", "out.mrc", "--half1", "half1.mrc", "--half2", "half2.mrc", "--b-factor", 50)
    end = float(re.search(r"ends at ([\d.]+) Å", out)[1])
    half = np.abs(rft(mrcfile.read(tmp_path / "out.mrc").astype(np.float64), 3))
    k = frequency_radius((32,) * 3, PIXEL, half=True)
    assert half[k > 1 / end + 1.1 / (32 * PIXEL)].max() < 1e-5 * half.max()
    assert half[k < 1 / end - 1 / (32 * PIXEL)].min() > 0


def test_a_curve_does_what_half_maps_do(run, tmp_path):
    write_half_maps(tmp_path)
    assert main(["fsc", "half1.mrc", "half2.mrc", "-o", "job", "--quiet"]) == 0
    words = ("map.mrc", "--mask", "job/mask.mrc")
    run(*words, "-o", "one.mrc", "--half1", "half1.mrc", "--half2", "half2.mrc")
    run(*words, "-o", "other.mrc", "--fsc", "job/fsc.csv")
    one, other = (mrcfile.read(tmp_path / f"{name}.mrc") for name in ("one", "other"))
    np.testing.assert_allclose(other, one, atol=1e-4 * np.abs(one).max())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "a B factor is fitted up to the resolution, which is not known"),
        (("--b-factor", "much"), "--b-factor much: expected auto, or a number"),
        (("--b-factor", "-100"), "a positive number; vitreous blur puts one in"),
        (("--half1", "half1.mrc"), "one half map has no FSC"),
        (("--low-pass", "0"), "--low-pass 0"),
        (("--low-pass", "15"), "no B factor can be fitted"),
        (("--fsc", "short.csv"), "short.csv: 3 shells to 0.2 1/Å, where the map has 17 to 0.25 1/Å"),
        (("--half1", "noise/half1.mrc", "--half2", "noise/half2.mrc"), "the half maps claim no resolution"),
    ],
)
def test_what_is_lacking_is_said(run, tmp_path, words, said):
    write_half_maps(tmp_path)
    (tmp_path / "noise").mkdir()
    write_noise(tmp_path / "noise")
    (tmp_path / "short.csv").write_text("frequency_per_angstrom,fsc\n0,1\n0.1,1\n0.2,0\n")
    err = run("map.mrc", "-o", "out.mrc", *words, status=2)
    assert said in err
    assert err.count("\n") == 1
    assert not (tmp_path / "out.mrc").exists()


def test_what_excludes_each_other(tmp_path):
    with pytest.raises(InputError, match="exclude each other"):
        SharpenOptions(half1=tmp_path, half2=tmp_path, fsc=tmp_path)


def test_nothing_is_replaced_unasked(run, tmp_path):
    write_half_maps(tmp_path)
    before = (tmp_path / "map.mrc").read_bytes()
    assert "map.mrc: the file exists" in run("map.mrc", "-o", "map.mrc", "--b-factor", 10, status=2)
    assert (tmp_path / "map.mrc").read_bytes() == before
