"""The run of ``vitreous tour``: five jobs, one after another, and what each recovered of the truth."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import mrcfile
import numpy as np
from jaxtyping import Float, Float32, Int

from vitreous._typing import NumpyArray
from vitreous.cli.classification import run_classification
from vitreous.cli.classify import ModelOptions
from vitreous.cli.heterogeneity import AnalysisOptions, LatentOptions
from vitreous.cli.heterogeneity_analysis import run_analysis
from vitreous.cli.heterogeneity_folder import COMMAND, Trained, read_trained
from vitreous.cli.heterogeneity_training import run_training
from vitreous.cli.options import ReadingOptions
from vitreous.cli.reconstruct import InversionOptions
from vitreous.cli.reconstruction import run_reconstruction
from vitreous.cli.reconstruction_results import Clock
from vitreous.cli.simulate import LensOptions, NoiseOptions, SpecimenOptions, ViewOptions
from vitreous.cli.simulation import run_simulation
from vitreous.heterogeneity.scores import first_coordinate, fsc_area, path_correlation, truth_mask
from vitreous.jobs import Job, Task
from vitreous.particles import ParticleSet, read_particles
from vitreous.rotations import projection_direction

__all__ = ["FULL", "QUICK", "Plan", "run_tour", "view_spread_deg"]


@dataclass(frozen=True)
class Plan:
    """How much of everything."""

    particles: int
    box: int
    pixel_size_angstrom: float
    snr: float
    classes: int
    iterations: int
    epochs: int
    checks: str


FULL = Plan(3000, 48, 3.0, 0.1, 16, 12, 20, "null,halves")
QUICK = Plan(500, 32, 4.5, 0.3, 6, 5, 8, "null")

_NEAR = 0.1
"""Of the motion on either side of a true map: the particles whose mean latent is its place."""


def run_tour(job: Job, quick: bool) -> None:
    """Run all stages into an entered job, and write the report.

    Parameters
    ----------
    job
        Entered.
    quick
        Whether to take fewer and smaller images.
    """
    plan, clock, reading = QUICK if quick else FULL, Clock(), ReadingOptions()
    star = job.folder / "particles" / "particles.star"
    shown = SpecimenOptions(particles=plan.particles)
    size = ReadingOptions(box=plan.box, pixel_size_angstrom=plan.pixel_size_angstrom)
    latent = LatentOptions(method="pca", latent=2, epochs=plan.epochs, checks=plan.checks)
    lens, noise = LensOptions(), NoiseOptions(snr=plan.snr)
    stages: dict[str, tuple[str, dict[str, Any], Callable[[Job], object]]] = {
        "particles": (
            "simulate",
            {},
            lambda own: run_simulation(own, ["hinge"], shown, ViewOptions(), lens, noise, size),
        ),
        "classes": (
            "classify",
            {},
            lambda own: run_classification(own, star, plan.classes, ModelOptions(plan.iterations), reading),
        ),
        "map": ("reconstruct", {}, lambda own: run_reconstruction(own, star, InversionOptions(), reading)),
        "motion": (COMMAND, _parameters(latent), lambda own: run_training(own, star, latent, reading)),
        "analysis": (
            "heterogeneity analyse",
            {},
            lambda own: run_analysis(own, job.folder / "motion", AnalysisOptions(clusters=4, components=1, umap="no")),
        ),
    }
    for name, (command, parameters, run) in stages.items():
        with clock.part(name):
            _stage(job, name, Task(command, parameters, () if name == "particles" else (star,), job.task.seed,
                                   threads=job.task.threads), run)  # fmt: skip
    _tell(job, plan, clock)


def _parameters(latent: LatentOptions) -> dict[str, Any]:
    """What a training's folder must say of itself to be read again."""
    return {**asdict(latent), **asdict(ReadingOptions())}


def _stage(job: Job, name: str, task: Task, run: Callable[[Job], object]) -> None:
    """A job within the job."""
    with Job(job.folder / name, task, quiet=job.quiet) as own:
        run(own)
    written = [path for path in (job.folder / name).rglob("*") if path.is_file()]
    job.record.outputs += [str(path.relative_to(job.folder)) for path in sorted(written)]
    job.record.images += own.record.images
    for text in own.record.warnings:
        job.record.warnings.append(f"{name}: {text}")


def view_spread_deg(rotations: Float[NumpyArray, "n 3 3"], classes: Int[NumpyArray, " n"]) -> tuple[float, float]:
    """How far the true directions of view within one class lie from each other, and those of any two particles.

    Parameters
    ----------
    rotations
        True, reference → observed.
    classes
        Of the particles.

    Returns
    -------
    within, between : float
        Medians of the angle between two directions, degrees; of one class, and of all.
    """
    towards = projection_direction(rotations).astype(np.float64)
    angle = np.rad2deg(np.arccos(np.clip(towards @ towards.T, -1, 1)))
    pairs = np.triu(np.ones(angle.shape, bool), 1)
    same = pairs & (classes[:, None] == classes)
    return float(np.median(angle[same])), float(np.median(angle[pairs]))


@dataclass(frozen=True, eq=False)
class _Found:
    """What is compared with the truth."""

    truth: Float32[NumpyArray, "5 n n n"]
    maps: Float32[NumpyArray, "5 n n n"]
    volume: Float32[NumpyArray, "n n n"]
    coordinate: Float[NumpyArray, " particles"]
    angle: Float[NumpyArray, " particles"]


def _found(job: Job, trained: Trained, true: ParticleSet) -> _Found:
    truth = np.stack([mrcfile.read(path) for path in sorted((job.folder / "particles" / "truth").glob("map_*.mrc"))])
    angle = np.asarray(true.extra["vitreousConformation"], np.float64)
    places = []
    for t in np.linspace(0, 1, len(truth)):
        near = abs(angle - t) <= max(_NEAR, float(np.sort(abs(angle - t))[4]))
        places.append(trained.latents[near].mean(axis=0))
    maps = trained.model.maps_at(np.array(places, np.float32))
    volume = mrcfile.read(job.folder / "map" / "map.mrc")
    return _Found(truth, maps, volume, first_coordinate(trained.latents), angle)


def _tell(job: Job, plan: Plan, clock: Clock) -> None:
    """Compare with the truth: the figures of the run, and its report."""
    from vitreous.show.tour import TourShown, tour_report  # it brings in matplotlib

    particles = read_particles(job.folder / "particles" / "particles.star")
    true = read_particles(job.folder / "particles" / "truth" / "particles.star")
    classified = read_particles(job.folder / "classes" / "particles.star")
    trained = read_trained(job.folder / "motion")
    found, pixel = _found(job, trained, true), plan.pixel_size_angstrom
    mask = truth_mask(found.truth, pixel_size_angstrom=pixel)
    within, between = view_spread_deg(true.rotations(), np.asarray(classified.class_number))
    areas = [fsc_area(one, other, mask) for one, other in zip(found.maps, found.truth, strict=True)]
    null = trained.record.figures["check_null"]
    job.record.figures |= {
        "particles": len(particles),
        "view_spread_of_class_deg": within,
        "view_spread_deg": between,
        "fsc_area_of_map": fsc_area(found.volume, found.truth.mean(axis=0), mask),
        "fsc_area_of_states": areas,
        "fsc_area_of_states_by_one_map": [fsc_area(found.volume, one, mask) for one in found.truth],
        "correlation_with_angle": path_correlation(trained.latents, found.angle),
        "variation_over_null": null["share"] / max(null["null_share"], 1e-12),
        "seconds": {name: round(value, 2) for name, value in clock.seconds.items()},
    }
    shown = TourShown(
        truth=found.truth,
        images=particles.images(slice(0, 8)),
        averages=mrcfile.read(job.folder / "classes" / "classes.mrcs"),
        volume=found.volume,
        coordinate=found.coordinate,
        angle=found.angle,
        maps=found.maps,
        pixel_size_angstrom=pixel,
    )
    with job.write("report.html") as path:
        path.write_text(tour_report(shown, job.record, Path("analysis") / "report.html"), encoding="utf-8")
