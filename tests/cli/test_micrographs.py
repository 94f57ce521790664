import os
from pathlib import Path

import numpy as np
import pytest

from vitreous._errors import InputError
from vitreous.cli.micrographs import (
    GivenOptics,
    KnownOptics,
    Micrograph,
    find_micrographs,
    read_micrograph,
    write_micrographs_star,
)
from vitreous.optics import CtfFit, Defocus
from vitreous.particles import read_star, write_stack

STAR = """
data_optics

loop_
_rlnOpticsGroupName #1
_rlnOpticsGroup #2
_rlnMicrographPixelSize #3
_rlnVoltage #4
_rlnSphericalAberration #5
_rlnAmplitudeContrast #6
first 1 1.25 200 0.01 0.1
second 2 0.9 300 2.7 0.07

data_micrographs

loop_
_rlnMicrographName #1
_rlnOpticsGroup #2
b.mrc 2
a.mrc 1
"""


@pytest.fixture
def folder(tmp_path):
    for name in ("a", "b", "c"):
        write_stack(tmp_path / f"{name}.mrc", [np.zeros((1, 8, 8), np.float32)], 1.5)
    (tmp_path / "list.star").write_text(STAR)
    return tmp_path


def test_a_pattern_and_a_file(folder):
    found = find_micrographs([str(folder / "[ab].mrc"), str(folder / "c.mrc")], GivenOptics())
    assert [item.path.name for item in found] == ["a.mrc", "b.mrc", "c.mrc"]
    assert found[0].optics == KnownOptics(1.5, 300.0, 2.7, 0.07)


def test_a_star_file_says_the_optics_and_options_go_before_it(folder):
    found = find_micrographs([str(folder / "list.star")], GivenOptics(amplitude_contrast=0.2))
    assert [item.name for item in found] == ["b.mrc", "a.mrc"]
    assert found[0].path == folder / "b.mrc"
    assert found[0].optics == KnownOptics(0.9, 300.0, 2.7, 0.2, "second")
    assert found[1].optics == KnownOptics(1.25, 200.0, 0.01, 0.2, "first")


def test_words_that_name_nothing_are_refused(folder):
    with pytest.raises(InputError, match="no file matches"):
        find_micrographs([str(folder / "x*.mrc")], GivenOptics())
    with pytest.raises(InputError, match="twice"):
        find_micrographs([str(folder / "a.mrc"), str(folder / "*.mrc")], GivenOptics())
    (folder / "other.star").write_text("data_\n\nloop_\n_rlnImageName #1\n1@a.mrcs\n")
    with pytest.raises(InputError, match="rlnMicrographName"):
        find_micrographs([str(folder / "other.star")], GivenOptics())
    (folder / "bad.star").write_text(STAR.replace("b.mrc 2", "b.mrc 3"))
    (folder / "volts.star").write_text(STAR.replace("1.25 200", "1.25 0"))
    with pytest.raises(InputError, match="voltage_kv is 0"):
        find_micrographs([str(folder / "volts.star")], GivenOptics())
    with pytest.raises(InputError, match="optics group 3"):
        find_micrographs([str(folder / "bad.star")], GivenOptics())


def test_a_header_without_a_pixel_size_is_refused(folder):
    write_stack(folder / "none.mrc", [np.zeros((1, 8, 8), np.float32)], 0.0)
    with pytest.raises(InputError, match="--pixel-size"):
        find_micrographs([str(folder / "none.mrc")], GivenOptics())
    assert find_micrographs([str(folder / "none.mrc")], GivenOptics(2.0))[0].optics.pixel_size_angstrom == 2


def test_a_movie_is_refused(folder):
    write_stack(folder / "movie.mrc", [np.zeros((3, 8, 8), np.float32)], 1.0)
    with pytest.raises(InputError, match="3 images"):
        read_micrograph(find_micrographs([str(folder / "movie.mrc")], GivenOptics())[0])


def test_what_is_written_is_read_again(folder):
    """RELION's labels; our list of micrographs is one that we take."""
    optics = [KnownOptics(1.0, 300.0, 2.7, 0.07), KnownOptics(1.2, 200.0, 0.01, 0.1)]
    fits = [CtfFit(Defocus(10500.0, 10200.0, 30.0, phase), 0.4, 3.5, 900.0) for phase in (0.0, 40.0, 0.0)]
    names = [str(folder / f"{name}.mrc") for name in "abc"]
    fitted = [(Micrograph(names[i], Path(names[i]), optics[i % 2]), fit) for i, fit in enumerate(fits)]
    write_micrographs_star(folder / "out.star", fitted)
    tables = read_star(folder / "out.star")
    table = tables["micrographs"].columns
    assert table["rlnOpticsGroup"].tolist() == [1, 2, 1]
    assert table["rlnDefocusU"].tolist() == [10500.0] * 3
    assert table["rlnCtfAstigmatism"].tolist() == [300.0] * 3
    assert table["rlnPhaseShift"].tolist() == [0, 40, 0]
    assert table["rlnCtfMaxResolution"][0] == 3.5
    assert table["vitreousThicknessAngstrom"][0] == 900
    assert len(set(map(str, tables["optics"].columns["rlnOpticsGroupName"]))) == 2
    again = find_micrographs([str(folder / "out.star")], GivenOptics())
    assert [os.path.basename(item.name) for item in again] == ["a.mrc", "b.mrc", "c.mrc"]
    assert again[1].optics.voltage_kv == 200
