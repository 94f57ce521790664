"""The files of a classification, from an end that is known."""

import json

import mrcfile
import numpy as np
import pytest

from class_sets import class_set
from finished import finished
from simulated import PIXEL
from vitreous.classification.output import ClassSummary
from vitreous.classification.validation import half_set_curves
from vitreous.cli.classification_findings import Findings
from vitreous.cli.classification_results import Run, write_report, write_results
from vitreous.jobs import Job, Task
from vitreous.particles import read_particles, read_star
from vitreous.show.timing import Timing


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The folder of a job whose end is known, and that end."""
    folder = tmp_path_factory.mktemp("job")
    known = class_set(folder / "set", 40)
    last = finished(known)
    resolution = np.array([7.0, 8.0, np.nan])
    summary = ClassSummary(last.weights, np.bincount(known.classes), resolution, resolution + 1, resolution / 10)
    curves = half_set_curves(*last.half_references.astype(float), pixel_size_angstrom=PIXEL)
    told = [
        {
            "number": number,
            "log_likelihood": -2000.0 + number,
            "objective": -2100.0 + number,
            "changed": 1 / number,
            "retained": 1.0,
            "resolution_angstrom": 12.0,
            "shift_sigma_angstrom": 3.0,
            "seconds": 0.5,
        }
        for number in (1, 2, 3)
    ]
    run = Run(last, told, Findings(summary, curves, (), ()), True, {"iterations": 1.5})
    with Job(folder / "job", Task("classify", {}, seed=0), quiet=True) as job:
        write_results(job, known.particles, run)
        write_report(job, known.particles, run, Timing(run.seconds, 80.0))
    return folder / "job", known, last


def test_classes_are_a_stack_with_its_pixel_size(written):
    folder, _, last = written
    with mrcfile.open(folder / "classes.mrcs") as file:
        assert file.is_image_stack()
        assert file.voxel_size.x == pytest.approx(PIXEL)
        np.testing.assert_array_equal(file.data, last.references)
    table = read_star(folder / "classes.star")["model_classes"].columns
    assert table["rlnReferenceImage"].tolist()[2] == "000003@classes.mrcs"
    np.testing.assert_array_equal(table["rlnEstimatedResolution"], [7.0, 8.0, 0.0])


def test_particles_have_what_was_found_and_lead_to_their_images(written):
    folder, known, last = written
    particles = read_particles(folder / "particles.star")
    np.testing.assert_array_equal(particles.class_number, known.classes + 1)
    np.testing.assert_array_equal(particles.extra["vitreousPosteriorEntropy"], last.assignments.entropy)
    np.testing.assert_array_equal(particles.images(), known.particles.images())


def test_iterations_are_a_table(written):
    table = np.genfromtxt(written[0] / "iterations.csv", delimiter=",", names=True)
    np.testing.assert_array_equal(table["log_likelihood"], [-1999.0, -1998.0, -1997.0])
    np.testing.assert_array_equal(table["number"], [1, 2, 3])


def test_key_figures_are_recorded(written):
    figures = json.loads((written[0] / "run.json").read_text())["figures"]
    assert figures["images_per_second"] == pytest.approx(40 * 3 / 1.5)
    assert (figures["iterations"], figures["converged"], figures["classes_with_particles"]) == (3, True, 3)
    assert figures["frc_resolution_angstrom"] == [8.0, 9.0, None]
    assert figures["noise_power_per_pixel"][0][1] == 1.0


def test_the_report_shows_examples_of_the_largest_classes(written):
    report = (written[0] / "report.html").read_text()
    assert report.count("Image of particle") == 2 * 6
    assert all(f'aria-label="Class {number}: ' in report for number in (1, 2, 3))
