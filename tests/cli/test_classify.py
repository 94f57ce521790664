"""``vitreous classify`` from the command line: files, figures, options, what is refused."""

import json

import mrcfile
import numpy as np
import pytest

from class_sets import class_set
from simulated import PIXEL
from vitreous.cli import main
from vitreous.cli.classify import ModelOptions
from vitreous.particles import read_particles, read_star, write_stack

BOX, COUNT, CLASSES = 24, 100, 2


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    """Two views with CTF, noise and shifts."""
    return class_set(tmp_path_factory.mktemp("set"), COUNT, BOX, shares=(0.6, 0.4), snr=2.0)


@pytest.fixture
def run(tmp_path, capsys):
    """Runs the command into a folder: the folder, or what it said on standard error."""

    def command(*words, status=0, classes=CLASSES, quiet=("--quiet",)):
        arguments = ["classify", *words, "-o", tmp_path / "job", "--classes", classes, "--threads", 1, *quiet]
        found = main([str(word) for word in arguments])
        said = capsys.readouterr().err
        assert found == status, said
        return tmp_path / "job" if status == 0 else said

    return command


def test_a_job_has_its_classes_particles_and_figures(run, known):
    folder = run(known.star, "--iterations", 6, "--mask-diameter", 60, "--max-resolution", 10)
    with mrcfile.open(folder / "classes.mrcs") as file:
        assert file.is_image_stack()
        assert file.data.shape == (CLASSES, BOX, BOX)
        assert file.voxel_size.x == pytest.approx(PIXEL)
    particles, figures = (
        read_particles(folder / "particles.star"),
        json.loads((folder / "run.json").read_text())["figures"],
    )
    same = np.mean(particles.class_number - 1 == known.classes)
    assert max(same, 1 - same) > 0.95
    assert {"rlnAnglePsi", "rlnMaxValueProbDistribution", "vitreousPosteriorEntropy"} <= set(particles.extra)
    np.testing.assert_array_equal(particles.defocus_u_angstrom, known.particles.defocus_u_angstrom)
    np.testing.assert_array_equal(particles.images(), known.particles.images())
    table = read_star(folder / "classes.star")["model_classes"].columns
    np.testing.assert_allclose(table["rlnClassDistribution"], figures["weights"])
    members = np.bincount(particles.class_number, minlength=CLASSES + 1)[1:]
    np.testing.assert_array_equal(figures["particles_of_class"], members)
    assert np.isclose(sum(figures["weights"]), 1)
    assert figures["iterations"] <= 6
    assert figures["images_per_second"] > 0
    assert 0.99 < figures["retained_posterior"] <= 1
    assert all(purity > 0.9 for purity in figures["purity"])
    curve = np.atleast_1d(np.genfromtxt(folder / "iterations.csv", delimiter=",", names=True))
    assert len(curve) == figures["iterations"]
    assert curve["log_likelihood"][-1] == pytest.approx(figures["log_likelihood"])
    report = (folder / "report.html").read_text()
    assert f"{COUNT} particles in 2 of 2 classes" in report


def test_given_references_give_the_classes_their_order_and_progress_is_told(run, known, tmp_path):
    write_stack(tmp_path / "start.mrcs", [known.views[::-1].astype(np.float32)], PIXEL)
    words = ["--iterations", 3, "--max-resolution", 10, "--references", tmp_path / "start.mrcs"]
    folder = run(known.star, *words, quiet=())
    found = read_particles(folder / "particles.star").class_number - 1
    assert np.mean(1 - found == known.classes) > 0.95
    said = (folder / "log.txt").read_text()
    assert "iteration 1: log-likelihood" in said
    assert "changed class" in said
    assert "images/s" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--iterations", 0], "--iterations 0"),
        (["--mask-diameter", -5], "--mask-diameter -5"),
        (["--mask-diameter", 500], "--mask-diameter 500: the box is 72 Å wide"),
        (["--max-resolution", 0], "--max-resolution 0"),
        (["--exact", "--batch", "online"], "--exact"),
        (["--batch", "some"], "--batch"),
        (["--references", "nothing.mrcs"], "nothing.mrcs"),
    ],
)
def test_what_does_not_go_is_refused_in_one_line(words, said, run, known):
    message = run(known.star, *words, status=2)
    assert said in message
    assert message.count("\n") == 1


def test_wrong_numbers_of_classes_are_refused(run, known, tmp_path):
    assert "--classes 0: expected 1 or more" in run(known.star, classes=0, status=2)
    assert not (tmp_path / "job").exists()
    assert "100 particles cannot fill 300 classes" in run(known.star, classes=300, status=2)


@pytest.mark.parametrize(
    ("count", "pixel", "said"),
    [(1, PIXEL, "1 images of 24 × 24 pixels; give 2 of 24 × 24"), (2, 2 * PIXEL, "a pixel size of 6 Å")],
)
def test_references_of_another_kind_are_refused(run, known, tmp_path, count, pixel, said):
    write_stack(tmp_path / "start.mrcs", [known.views[:count].astype(np.float32)], pixel)
    assert said in run(known.star, "--references", tmp_path / "start.mrcs", status=2)


def test_options_have_their_defaults():
    assert (ModelOptions().iterations, ModelOptions().batch, ModelOptions().exact) == (25, "full", False)
