"""``vitreous classify`` from the command line: files, figures, resume, what is refused."""

import json
import subprocess
import sys

import mrcfile
import numpy as np
import pytest

from class_sets import class_set
from simulated import PIXEL, particles_of, write_set
from vitreous.cli import main
from vitreous.cli.classify import ModelOptions
from vitreous.particles import read_particles, read_star, write_stack

BOX, COUNT, CLASSES = 32, 200, 3
RESULTS = ("classes.mrcs", "classes.star", "particles.star")


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    """Three views with CTF, noise and shifts."""
    return class_set(tmp_path_factory.mktemp("set"), COUNT, BOX)


@pytest.fixture
def run(tmp_path, capsys):
    """Runs the command into a folder: the folder, or what it said on standard error."""

    def command(*words, status=0, name="job", classes=CLASSES, quiet=("--quiet",)):
        arguments = ["classify", *words, "-o", tmp_path / name, "--classes", classes, "--threads", 2, *quiet]
        found = main([str(word) for word in arguments])
        said = capsys.readouterr().err
        assert found == status, said
        return tmp_path / name if status == 0 else said

    return command


def figures_of(folder):
    return json.loads((folder / "run.json").read_text())["figures"]


def results_of(folder):
    """The bytes of the results; the time of writing stands in the header of images."""
    return [(folder / name).read_bytes()[1024 if name.endswith("mrcs") else 0 :] for name in RESULTS]


def right(found, truth):
    """The share of particles that are right when each class stands for the view that most of its members show."""
    return sum(np.bincount(truth[found == number]).max() for number in np.unique(found)) / len(truth)


def test_a_job_has_its_classes_particles_and_figures(run, known):
    folder = run(known.star, "--iterations", 12, "--mask-diameter", 80)
    with mrcfile.open(folder / "classes.mrcs") as file:
        assert file.is_image_stack()
        assert file.data.shape == (CLASSES, BOX, BOX)
        assert file.voxel_size.x == pytest.approx(PIXEL)
    particles, figures = read_particles(folder / "particles.star"), figures_of(folder)
    assert right(particles.class_number, known.classes) > 0.95
    assert {"rlnAnglePsi", "rlnMaxValueProbDistribution", "vitreousPosteriorEntropy"} <= set(particles.extra)
    np.testing.assert_array_equal(particles.defocus_u_angstrom, known.particles.defocus_u_angstrom)
    np.testing.assert_array_equal(particles.images(), known.particles.images())
    table = read_star(folder / "classes.star")["model_classes"].columns
    np.testing.assert_allclose(table["rlnClassDistribution"], figures["weights"])
    members = np.bincount(particles.class_number, minlength=CLASSES + 1)[1:]
    np.testing.assert_array_equal(figures["particles_of_class"], members)
    assert np.isclose(sum(figures["weights"]), 1)
    assert figures["classes"] == CLASSES
    assert figures["iterations"] <= 12
    assert figures["images_per_second"] > 0
    assert 0.99 < figures["retained_posterior"] <= 1
    curve = np.genfromtxt(folder / "iterations.csv", delimiter=",", names=True)
    assert len(curve) == figures["iterations"]
    assert curve["log_likelihood"][-1] == pytest.approx(figures["log_likelihood"])
    report = (folder / "report.html").read_text()
    assert f"{COUNT} particles in" in report


def killed(words, iterations):
    """Run the command in a process that ends without a farewell after so many iterations."""
    code = (
        "import os, sys\n"
        "from vitreous.cli import classification, main\n"
        "steps = classification.classify\n"
        "def cut(*given, **named):\n"
        "    for step in steps(*given, **named):\n"
        f"        if step.number > {iterations}: os._exit(9)\n"
        "        yield step\n"
        "classification.classify = cut\n"
        "main(sys.argv[1:])\n"
    )
    return subprocess.run([sys.executable, "-c", code, *map(str, words)], capture_output=True, check=False).returncode


def test_a_killed_run_goes_on_to_the_same_bytes(run, known, tmp_path):
    words = [known.star, "--iterations", 6, "--seed", 3]
    whole = run(*words, name="whole")
    assert killed(["classify", *words, "-o", tmp_path / "cut", "--classes", CLASSES, "--threads", 2, "--quiet"], 3) == 9
    assert json.loads((tmp_path / "cut" / "run.json").read_text())["status"] == "running"
    resumed = run(*words, "--resume", name="cut")
    assert results_of(resumed) == results_of(whole)
    assert figures_of(resumed)["log_likelihood"] == figures_of(whole)["log_likelihood"]
    told = [np.genfromtxt(folder / "iterations.csv", delimiter=",", names=True) for folder in (whole, resumed)]
    for name in ("number", "log_likelihood", "objective", "changed"):
        np.testing.assert_array_equal(told[0][name], told[1][name])


def test_given_references_give_the_classes_their_order(run, known, tmp_path):
    order = [2, 0, 1]
    write_stack(tmp_path / "start.mrcs", [known.views[order].astype(np.float32)], PIXEL)
    folder = run(known.star, "--iterations", 4, "--references", tmp_path / "start.mrcs")
    found = read_particles(folder / "particles.star").class_number - 1
    assert np.mean(np.array(order)[found] == known.classes) > 0.95


def test_progress_is_told_and_logged(run, known):
    assert main(["classify", "--help"]) == 0
    folder = run(known.star, "--iterations", 2, quiet=())
    said = (folder / "log.txt").read_text()
    assert "iteration 1: log-likelihood" in said
    assert "changed class" in said
    assert "images/s" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--iterations", 0], "--iterations 0"),
        (["--mask-diameter", -5], "--mask-diameter -5"),
        (["--mask-diameter", 500], "--mask-diameter 500: the box is 96 Å wide"),
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


def test_wrong_numbers_of_classes_are_refused(run, known):
    assert "--classes 0: expected 1 or more" in run(known.star, classes=0, status=2)
    assert "200 particles cannot fill 300 classes" in run(known.star, classes=300, status=2)


def test_references_of_another_kind_are_refused(run, known, tmp_path):
    write_stack(tmp_path / "few.mrcs", [known.views[:2].astype(np.float32)], PIXEL)
    assert "2 images of 32 × 32 pixels; give 3 of 32 × 32" in run(
        known.star, "--references", tmp_path / "few.mrcs", status=2
    )
    write_stack(tmp_path / "coarse.mrcs", [known.views.astype(np.float32)], 2 * PIXEL)
    assert "a pixel size of 6 Å" in run(known.star, "--references", tmp_path / "coarse.mrcs", status=2, name="two")


def bad_set(folder, images, **columns):
    particles = particles_of(len(images), images.shape[1], euler_deg=None, **columns)
    write_set(folder, particles, images)
    return folder / "particles.star"


def test_images_that_say_nothing_are_named(run, tmp_path, rng):
    images = rng.standard_normal((5, 16, 16))
    images[3] = 2.5
    message = run(bad_set(tmp_path / "constant", images), classes=2, status=2)
    assert "particle 4" in message
    assert "constant" in message
    assert "particles.star" in message
    images[3] = np.nan
    assert "image 4: 256 pixels are NaN or infinite" in run(
        bad_set(tmp_path / "nan", images), classes=2, status=2, name="two"
    )


def test_a_missing_stack_is_named(run, tmp_path, rng):
    star = bad_set(tmp_path / "set", rng.standard_normal((5, 16, 16)))
    star.with_name("particles.mrcs").unlink()
    assert "particles.mrcs: " in run(star, "--box", 16, classes=2, status=2)


def test_options_have_their_defaults():
    assert (ModelOptions().iterations, ModelOptions().batch, ModelOptions().exact) == (25, "full", False)
