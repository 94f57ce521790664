"""RELION makes our class averages from our STAR file: angle, origin and class number mean there what they mean here."""

import re
import subprocess
from dataclasses import replace

import mrcfile
import numpy as np
import pytest

import needs
from class_sets import class_set
from simulated import PIXEL
from vitreous.cli import main
from vitreous.fourier import coordinate_radius
from vitreous.particles import read_particles, read_relion, write_relion, write_stack

BOX, CLASSES = 24, 3


def relion(program, *words, folder):
    # the Debian package holds all programs, so one of them stands for the others
    needs.program("relion_convert_star")
    run = subprocess.run(
        [program, *map(str, words)], cwd=folder, capture_output=True, text=True, check=False, timeout=60
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


WITHOUT_CTF = pytest.mark.parametrize("job", [False], indirect=True, ids=["projections"])
EITHER = pytest.mark.parametrize("job", [False, True], indirect=True, ids=["projections", "with CTF"])


@pytest.fixture(scope="module")
def job(request, tmp_path_factory):
    """A classification, beside the images that it was made of: the folder, and whether there is a CTF."""
    folder = tmp_path_factory.mktemp("set")
    known = class_set(folder, 150, BOX, snr=2.0, ctf=request.param)
    words = ["classify", known.star, "-o", folder / "job", "--classes", CLASSES, "--iterations", 3]
    # what is looked at is what the columns mean, not whether the classes are found
    write_stack(folder / "start.mrcs", [known.views.astype(np.float32)], PIXEL)
    words += ["--references", folder / "start.mrcs", "--mask-diameter", 60, "--quiet", "--threads", 1] + [
        "--no-ctf"
    ] * (not request.param)
    assert main([str(word) for word in words]) == 0
    # RELION looks for images from the folder that it works in
    write_relion(folder / "found.star", read_relion(folder / "job" / "particles.star"))
    return folder, request.param


def agreement(one, other):
    """The correlation of two images within the disc that was classified."""
    inside = coordinate_radius((BOX, BOX)) < 10
    return np.corrcoef(one[inside], other[inside])[0, 1]


def averages_by_relion(folder, star):
    """The mean of each class's images, shifted and turned by RELION as a STAR file says."""
    relion("relion_stack_create", "--i", star, "--o", "aligned", "--apply_transformation", folder=folder)
    aligned, number = mrcfile.read(folder / "aligned.mrcs"), read_relion(folder / star).class_number
    return [aligned[number == k].mean(axis=0) for k in range(1, CLASSES + 1)]


@WITHOUT_CTF
def test_images_aligned_by_relion_average_to_our_classes(job):
    folder, _ = job
    classes = mrcfile.read(folder / "job" / "classes.mrcs")
    assert all(agreement(*pair) > 0.95 for pair in zip(averages_by_relion(folder, "found.star"), classes, strict=True))
    found = read_relion(folder / "found.star")
    for name, wrong in (
        ("psi", replace(found, extra={**found.extra, "rlnAnglePsi": -found.extra["rlnAnglePsi"]})),
        ("origin", replace(found, shift_angstrom=-found.shift_angstrom)),
        ("class", replace(found, class_number=1 + found.class_number % CLASSES)),
    ):
        write_relion(folder / "wrong.star", wrong)
        averages = averages_by_relion(folder, "wrong.star")
        assert np.mean([agreement(*pair) for pair in zip(averages, classes, strict=True)]) < 0.9, name


@EITHER
def test_relion_reconstructs_our_classes(job):
    folder, with_ctf = job
    classes = mrcfile.read(folder / "job" / "classes.mrcs")
    for number in range(1, CLASSES + 1):
        words = ["--i", "found.star", "--o", "class.mrc", "--refdim", 2, "--class", number, "--angpix", PIXEL]
        relion("relion_reconstruct", *words, *["--ctf"] * with_ctf, folder=folder)
        assert agreement(np.squeeze(mrcfile.read(folder / "class.mrc")), classes[number - 1]) > 0.95


@WITHOUT_CTF
def test_relion_reads_particles_and_classes(job):
    folder, _ = job
    keep_all = ["--select", "rlnMaxValueProbDistribution", "--minval", "-1"]
    relion("relion_star_handler", "--i", "found.star", "--o", "handled.star", *keep_all, folder=folder)
    ours, again = read_particles(folder / "found.star"), read_particles(folder / "handled.star")
    np.testing.assert_array_equal(again.class_number, ours.class_number)
    np.testing.assert_allclose(again.shift_angstrom, ours.shift_angstrom, atol=6e-6)
    for label in ("rlnAnglePsi", "rlnMaxValueProbDistribution", "vitreousPosteriorEntropy"):
        np.testing.assert_allclose(again.extra[label].astype(float), ours.extra[label], rtol=3e-6, atol=6e-6)
    printed = relion("relion_image_handler", "--i", "job/classes.mrcs", "--stats", folder=folder)
    assert printed.count(f"{BOX} x {BOX} x 1 x 1") == CLASSES
    assert [float(size) for size in re.findall(r"angpix *= *([\d.]+)", printed)] == [PIXEL] * CLASSES
