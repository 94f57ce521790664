"""What ``vitreous classify`` leaves: class averages, particles, tables, key figures, the report."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from vitreous._typing import NumpyArray
from vitreous.classification import Iteration
from vitreous.classification.output import aligned_images, class_table, classified
from vitreous.cli.classification_findings import Findings
from vitreous.fourier import frequency_radius, irft, low_pass, rft
from vitreous.jobs import Job
from vitreous.particles import ParticleSet, write_relion, write_stack, write_star
from vitreous.show.classification import ClassificationShown, Example, classification_report
from vitreous.show.likelihood import History
from vitreous.show.timing import Timing

__all__ = ["Run", "write_report", "write_results"]

_CLASSES = "classes.mrcs"
_EXAMPLES = 6
_EXAMPLE_ANGSTROM = 20.0
_COLUMNS = (
    "number",
    "log_likelihood",
    "objective",
    "changed",
    "retained",
    "resolution_angstrom",
    "shift_sigma_angstrom",
    "seconds",
)


@dataclass(frozen=True, eq=False)
class Run:
    """How a run went, and what came of it.

    Parameters
    ----------
    last
        The last iteration.
    told
        For each iteration, by the names of the columns of ``iterations.csv``.
    found
        What was found of the classes.
    converged
        Whether the classes had settled before the iterations ran out.
    seconds
        Of each part of the run, by its name.
    """

    last: Iteration
    told: list[dict[str, Any]]
    found: Findings
    converged: bool
    seconds: dict[str, float]

    def column(self, name: str) -> list[float]:
        """What each iteration told under a name."""
        return [row[name] for row in self.told]


def write_results(job: Job, particles: ParticleSet, run: Run) -> None:
    """Write every file of a run but the report, and its key figures.

    Parameters
    ----------
    job
        Entered.
    particles
        As they were classified.
    run
        What came of it.
    """
    with job.write(_CLASSES) as path:
        write_stack(path, [run.last.references.astype(np.float32)], particles.pixel_size_angstrom)
    with job.write("classes.star") as path:
        write_star(path, {"model_classes": class_table(run.found.summary, _CLASSES)})
    with job.write("particles.star") as path:
        write_relion(path, classified(particles, run.last.assignments))
    with job.write("iterations.csv") as path:
        table = np.array([[row[name] for name in _COLUMNS] for row in run.told])
        np.savetxt(path, table, "%.9g", ",", header=",".join(_COLUMNS), comments="")
    job.record.figures |= _figures(particles, run)


def _figures(particles: ParticleSet, run: Run) -> dict[str, Any]:
    last, summary = run.last, run.found.summary
    return {
        "log_likelihood": last.log_likelihood,
        "objective": last.objective,
        "iterations": len(run.told),
        "converged": run.converged,
        "changed": last.changed,
        "retained_posterior": last.retained,
        "classes": len(summary.weights),
        "classes_with_particles": int((summary.particles > 0).sum()),
        "weights": summary.weights,
        "particles_of_class": summary.particles,
        "ssnr_resolution_angstrom": summary.ssnr_resolution_angstrom,
        "frc_resolution_angstrom": summary.frc_resolution_angstrom,
        "purity": summary.purity,
        "similar_classes": [[pair.first + 1, pair.second + 1, pair.correlation] for pair in run.found.similar],
        "noise_power_per_pixel": _noise_per_pixel(particles, run),
        "shift_sigma_angstrom": last.shift_sigma_angstrom,
        "median_entropy_nats": float(np.median(last.assignments.entropy)),
        "images_per_second": len(particles) * len(run.told) / max(run.seconds["iterations"], 1e-9),
        "seconds": {name: round(value, 4) for name, value in run.seconds.items()},
    }


def _noise_per_pixel(particles: ParticleSet, run: Run) -> NumpyArray:
    """The noise of each group and ring; the transform has no factor: white noise of variance 1 has box² there."""
    power: NumpyArray = run.last.noise_power / particles.box**2
    return power


def write_report(job: Job, particles: ParticleSet, run: Run, timing: Timing) -> None:
    """Write ``report.html``.

    Parameters
    ----------
    job
        Entered, with its warnings.
    particles
        As they were classified.
    run
        What came of it.
    timing
        Of the run.
    """
    names = ("log_likelihood", "objective", "changed", "resolution_angstrom")
    finest = max(_EXAMPLE_ANGSTROM, 4 * particles.pixel_size_angstrom)
    shown = ClassificationShown(
        references=run.last.references,
        pixel_size_angstrom=particles.pixel_size_angstrom,
        summary=run.found.summary,
        curves=run.found.curves,
        history=History(*(run.column(name) for name in names)),
        assignments=run.last.assignments,
        noise_power=_noise_per_pixel(particles, run),
        noise_groups=[group.name for group in particles.optics_groups],
        retained=run.last.retained,
        converged=run.converged,
        examples=_examples(particles, run, finest, job.task.seed or 0),
        example_resolution_angstrom=finest,
        timing=timing,
    )
    with job.write("report.html") as path:
        path.write_text(classification_report(shown, job.record), encoding="utf-8")


def _examples(particles: ParticleSet, run: Run, resolution_angstrom: float, seed: int) -> list[Example]:
    """Particles drawn at random, of each of the largest classes in turn."""
    found, rng = run.last.assignments, np.random.default_rng(seed)
    largest = [place for place in np.argsort(-run.found.summary.particles) if run.found.summary.particles[place] > 0]
    members = {place: rng.permutation(np.flatnonzero(found.classes == place)) for place in largest[:_EXAMPLES]}
    turns = range(max(len(rows) for rows in members.values()))
    rows = np.array([rows[turn] for turn in turns for rows in members.values() if turn < len(rows)][:_EXAMPLES])
    images = particles.images(rows).astype(np.float64)
    pixel, shape = particles.pixel_size_angstrom, images.shape[1:]
    aligned = aligned_images(images, found.psi_deg[rows].astype(float), found.shifts_angstrom[rows] / pixel)
    kept = low_pass(frequency_radius(shape, pixel, half=True), 1 / resolution_angstrom, 0.2 / resolution_angstrom)
    smooth = irft(rft(aligned, 2) * kept, shape)
    numbers = found.classes[rows] + 1
    return [
        Example(int(row) + 1, int(number), raw, image)
        for row, number, raw, image in zip(rows, numbers, images, smooth, strict=True)
    ]
