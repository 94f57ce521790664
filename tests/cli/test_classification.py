"""The run of ``vitreous classify``: killed, interrupted, resumed to the same bytes; particles that cannot be used."""

import json
import signal
import subprocess
import sys

import numpy as np
import pytest

from class_sets import class_set
from simulated import particles_of, write_set
from vitreous.cli import classification, main

RESULTS = ("classes.mrcs", "classes.star", "particles.star")
SIZE = ["--classes", 2, "--max-resolution", 12, "--threads", 1, "--quiet"]


def words_of(star, folder, *more):
    return [str(word) for word in ["classify", star, "-o", folder, *SIZE, *more]]


@pytest.fixture(scope="module")
def hard(tmp_path_factory):
    """So much noise that the classes do not settle in a few iterations."""
    return class_set(tmp_path_factory.mktemp("set"), 80, 24, shares=(0.6, 0.4), snr=0.02).star


@pytest.fixture(scope="module")
def whole(hard, tmp_path_factory):
    """A run of five iterations that nothing disturbed."""
    folder = tmp_path_factory.mktemp("whole") / "job"
    assert main(words_of(hard, folder, "--iterations", 5, "--classes", 3)) == 0
    assert record_of(folder)["figures"]["iterations"] == 5
    return folder


def record_of(folder):
    return json.loads((folder / "run.json").read_text())


def results_of(folder):
    """The bytes of the results; the time of writing stands in the header of images."""
    return [(folder / name).read_bytes()[1024 if name.endswith("mrcs") else 0 :] for name in RESULTS]


def check_same(folder, whole):
    assert results_of(folder) == results_of(whole)
    tables = [np.genfromtxt(job / "iterations.csv", delimiter=",", names=True) for job in (whole, folder)]
    for name in ("number", "log_likelihood", "objective", "changed", "retained"):
        np.testing.assert_array_equal(tables[0][name], tables[1][name])


KILLED = """
import os, sys
from vitreous.cli import classification, main
steps = classification.classify
def cut(*given, **named):
    for step in steps(*given, **named):
        if step.number > 3:
            os._exit(9)
        yield step
classification.classify = cut
main(sys.argv[1:])
"""


def test_a_run_killed_after_three_iterations_goes_on_to_the_same_bytes(hard, whole, tmp_path):
    words = words_of(hard, tmp_path / "job", "--iterations", 5, "--classes", 3)
    killed = subprocess.run([sys.executable, "-c", KILLED, *words], capture_output=True, check=False)
    assert killed.returncode == 9, killed.stderr
    assert record_of(tmp_path / "job")["status"] == "running"
    assert main([*words, "--resume"]) == 0
    check_same(tmp_path / "job", whole)


def test_an_interrupt_saves_and_the_run_goes_on_to_the_same_bytes(hard, whole, tmp_path, monkeypatch):
    steps = classification.classify

    def interrupted(*given, **named):
        for step in steps(*given, **named):
            if step.number == 2:
                signal.raise_signal(signal.SIGINT)
            yield step

    words = words_of(hard, tmp_path / "job", "--iterations", 5, "--classes", 3)
    monkeypatch.setattr(classification, "classify", interrupted)
    assert main(words) == 130
    assert record_of(tmp_path / "job")["status"] == "interrupted"
    monkeypatch.setattr(classification, "classify", steps)
    assert main([*words, "--resume"]) == 0
    check_same(tmp_path / "job", whole)


def refused(folder, images, capsys, *more, **columns):
    """What is said of a set that cannot be classified, in one line."""
    particles = particles_of(len(images), images.shape[1], euler_deg=None, **columns)
    write_set(folder, particles, images)
    assert main(words_of(folder / "particles.star", folder / "job", *more)) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    return said


def test_images_that_say_nothing_are_named(tmp_path, capsys, rng):
    images = rng.standard_normal((5, 16, 16))
    images[3] = 2.5
    said = refused(tmp_path / "constant", images, capsys)
    assert "particles.star: particle 4: the image is constant" in said
    images[3] = np.nan
    assert "image 4: 256 pixels are NaN or infinite" in refused(tmp_path / "nan", images, capsys)


def test_a_missing_stack_is_named(tmp_path, capsys, rng):
    particles = particles_of(5, 16, euler_deg=None)
    write_set(tmp_path, particles, rng.standard_normal((5, 16, 16)))
    (tmp_path / "particles.mrcs").unlink()
    assert main(words_of(tmp_path / "particles.star", tmp_path / "job", "--box", 16)) == 2
    assert "the image file was not found" in capsys.readouterr().err


def test_poses_in_space_are_left_out_with_a_warning(tmp_path, rng):
    particles = particles_of(12, 16)
    write_set(tmp_path, particles, rng.standard_normal((12, 16, 16)))
    assert main(words_of(tmp_path / "particles.star", tmp_path / "job", "--iterations", 1)) == 0
    assert any(text.startswith("poses: ") for text in record_of(tmp_path / "job")["warnings"])
