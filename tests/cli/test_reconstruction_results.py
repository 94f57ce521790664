"""What a reconstruction leaves behind: maps with their pixel size, tables, figures that JSON holds, a report."""

import json
import time

import mrcfile
import numpy as np
import pytest

from simulated import PIXEL, blobs, particles_of
from vitreous.cli.reconstruction_results import Clock, Reconstructed, write_figures, write_maps, write_report
from vitreous.jobs import Job, Task
from vitreous.reconstruction import half_map_fsc
from vitreous.reconstruction.coverage import fourier_coverage

BOX = 32


@pytest.fixture
def job(tmp_path):
    with Job(tmp_path / "job", Task("reconstruct", {}, seed=0, threads=1), quiet=True) as job:
        yield job


def made_of(noise, mask):
    rng, truth = np.random.default_rng(1), blobs(BOX)
    halves = tuple(truth + noise * rng.standard_normal(truth.shape, np.float32) for _ in range(2))
    resolution = half_map_fsc(*halves, mask, pixel_size_angstrom=PIXEL)
    coverage = fourier_coverage(np.ones((2 * BOX, 2 * BOX, BOX + 1), np.float32), BOX, PIXEL)
    return Reconstructed(particles_of(50, BOX), (halves[0] + halves[1]) / 2, halves, mask, resolution, coverage, True)


def test_time_is_kept_by_part():
    clock = Clock()
    for _ in range(2):
        with clock.part("sleeping"):
            time.sleep(0.01)
    assert 0.02 <= clock.seconds["sleeping"] < 1


def test_maps_that_there_are(job):
    write_maps(job, {"one": blobs(8), "none": None}, 2.5)
    with mrcfile.open(job.folder / "one.mrc") as file:
        assert file.voxel_size.x == 2.5
    assert not (job.folder / "none.mrc").exists()


@pytest.mark.parametrize(("noise", "claims"), [(0.02, True), (100.0, False)])
def test_figures_tables_and_report(job, noise, claims):
    """Everything stands in run.json, null where the half maps claim nothing; and the report is written all the same."""
    made = made_of(noise, np.ones((BOX,) * 3, np.float32))
    found = write_figures(job, made, "D2")
    figures = json.loads(json.dumps(job.record.figures))
    for name in ("resolution_angstrom", "median_local_resolution_angstrom", "views_needed"):
        assert (figures[name] is not None) == claims, name
    # each image shows what four views of D2 show
    assert figures["crowther_resolution_angstrom"] == pytest.approx(np.pi * figures["diameter_angstrom"] / 200)
    assert (job.folder / "local_resolution.mrc").exists() == claims
    table = np.genfromtxt(job.folder / "coverage.csv", delimiter=",", names=True)
    assert len(table["fraction_seen"]) == BOX // 2 + 1
    job.record.figures["images_per_second"] = 10.0
    write_report(job, made, found, Clock({"images": 5.0}))
    report = (job.folder / "report.html").read_text()
    assert "Crowther" in report
    assert ("Local resolution" in report) == claims
