import json
import os
import pty
import shutil
import subprocess
import sys

import numpy as np
import pytest

import needs
from vitreous.cli import main

STAR = """
data_optics

loop_
_rlnOpticsGroup #1
_rlnOpticsGroupName #2
_rlnVoltage #3
_rlnSphericalAberration #4
_rlnAmplitudeContrast #5
_rlnImagePixelSize #6
_rlnImageSize #7
1 opticsGroup1 300.0 2.7 0.1 1.25 16

data_particles

loop_
_rlnImageName #1
_rlnDefocusU #2
_rlnDefocusV #3
_rlnDefocusAngle #4
_rlnOpticsGroup #5
1@stack.mrcs 10000 9500 30 1
2@stack.mrcs 12000 11500 30 1
2@stack.mrcs 12000 11500 30 1
"""


@pytest.fixture
def star(tmp_path):
    path = tmp_path / "particles.star"
    path.write_text(STAR)
    return path


def run(capsys, *words):
    status = main(list(map(str, words)))
    return status, *capsys.readouterr()


def test_json_has_the_agreed_keys(capsys, star):
    status, out, err = run(capsys, "info", star, "--json")
    assert (status, err) == (0, "")
    found = json.loads(out)
    expected = {
        "kind": "particles",
        "n_particles": 3,
        "box": 16,
        "pixel_size_angstrom": 1.25,
        "has_poses": False,
        "has_ctf": True,
        "defocus_angstrom_range": [9500.0, 12000.0],
    }
    assert {key: found[key] for key in expected} == expected
    assert found["optics_groups"][0]["voltage_kv"] == 300.0
    assert found["optics_groups"][0]["n_particles"] == 3
    assert {(item["severity"], item["place"]) for item in found["problems"]} >= {
        ("error", "stack.mrcs"),
        ("warning", "row 3"),
    }


def test_a_pipe_gets_plain_text_with_every_fact_on_one_line(capsys, star):
    status, out, err = run(capsys, "info", star)
    assert (status, err) == (0, "")
    assert "\x1b" not in out
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert lines[0] == f"{star} particles"
    assert "particles 3" in lines
    assert "images 16 × 16 pixels, 1.25 Å/pixel, 20 Å across, protein white" in lines
    assert "defocus 9,500 to 12,000 Å" in lines
    assert "opticsGroup1 3 300 2.7 0.1 1.25 16" in lines
    assert any(line.startswith("warning row 3: ") for line in lines)
    assert all(line == line.rstrip() for line in out.splitlines())


def test_a_terminal_of_80_columns_is_kept_to(star):
    ours, theirs = pty.openpty()
    code = "import sys; from vitreous.cli import main; sys.exit(main())"
    environment = {**os.environ, "COLUMNS": "80", "TERM": "xterm"}
    environment.pop("NO_COLOR", None)
    run = subprocess.Popen([sys.executable, "-c", code, "info", str(star)], stdout=theirs, env=environment)
    os.close(theirs)
    shown = b""
    try:
        while chunk := os.read(ours, 4096):
            shown += chunk
    except OSError:  # how Linux says that the other end is closed
        pass
    assert run.wait() == 0
    text = shown.decode()
    assert "\x1b[" in text
    from rich.text import Text

    assert max(len(Text.from_ansi(line.rstrip()).plain) for line in text.splitlines()) <= 80


def test_what_the_file_lacks_is_given(capsys):
    path = needs.data("metadata/FinalRefinement-OriginalParticles-PfCRT.star")
    _, out, _ = run(capsys, "info", path, "--json")
    before = json.loads(out)
    assert (before["box"], before["has_ctf"]) == (None, False)
    _, out, _ = run(capsys, "info", path, "--box", "300", "--amplitude-contrast", "0.1", "--json")
    after = json.loads(out)
    assert (after["box"], after["has_ctf"]) == (300, True)


def test_images_are_looked_for_where_one_is_told(capsys, tmp_path):
    source = needs.data("real_particles/sample_particles_relion31.star")
    (tmp_path / "meta").mkdir()
    star = shutil.copyfile(source, tmp_path / "meta" / "a.star")
    (tmp_path / "images").mkdir()
    shutil.copyfile(source.with_name("sample.mrcs"), tmp_path / "images" / "sample.mrcs")
    _, out, _ = run(capsys, "info", star, "--json")
    assert any("not found" in item["problem"] for item in json.loads(out)["problems"])
    _, out, _ = run(capsys, "info", star, "--json", "--images", tmp_path / "images")
    assert not any("not found" in item["problem"] for item in json.loads(out)["problems"])


def test_real_files_of_every_kind(capsys):
    for name, kind, n in (
        ("metadata/relion31.6opticsgroups.star", "particles", 139),
        ("metadata/cryosparc_P12_J24_001_particles.cs", "particles", 2019),
        ("metadata/ctf2.pkl", "ctf", 2019),
        ("metadata/pose.cs.pkl", "poses", 2019),
        ("relion_cross/hand.mrcs", "stack", 100),
        ("maps/EMD-3197.map", "map", None),
        ("coordinates/adk_open.pdb", "atoms", None),
    ):
        status, out, err = run(capsys, "info", needs.data(name), "--json")
        assert (status, err) == (0, "")
        found = json.loads(out)
        assert (found["kind"], found["n_particles"]) == (kind, n)
        assert run(capsys, "info", needs.data(name))[0] == 0


def test_pickles_beside_their_images(capsys):
    words = ["info", needs.data("relion_cross/hand.mrcs"), "--poses", needs.data("relion_cross/hand_rot.pkl"), "--json"]
    status, out, _ = run(capsys, *words)
    found = json.loads(out)
    assert (status, found["kind"], found["n_particles"], found["has_poses"]) == (0, "particles", 100, True)


def test_a_list_of_stacks(capsys, tmp_path):
    stack = needs.data("relion_cross/hand.mrcs")
    (tmp_path / "stacks.txt").write_text(f"{stack}\n{stack}\n")
    status, out, _ = run(capsys, "info", tmp_path / "stacks.txt", "--json")
    assert (status, json.loads(out)["n_particles"]) == (0, 200)


def test_an_option_that_means_nothing_is_refused(capsys):
    status, out, err = run(capsys, "info", needs.data("coordinates/adk_open.pdb"), "--pixel-size", "1.0")
    assert (status, out) == (2, "")
    assert "only particle files" in err


def test_numbers_that_json_lacks_become_null(capsys, tmp_path):
    from vitreous.particles.stack import write_stack

    write_stack(tmp_path / "a.mrcs", [np.full((2, 4, 4), np.nan, np.float32)], 1.0)
    status, out, _ = run(capsys, "info", tmp_path / "a.mrcs", "--json")
    assert status == 0
    assert json.loads(out, parse_constant=pytest.fail)["pixels"]["mean"] is None
