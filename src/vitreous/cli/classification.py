"""The run of ``vitreous classify``: iterations with a checkpoint after each, then what can be said of the classes."""

import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32

from vitreous._errors import InputError
from vitreous._typing import NumpyArray
from vitreous.classification import Iteration, Options, State, classify
from vitreous.classification.output import lost_poses
from vitreous.cli.classification_findings import find
from vitreous.cli.classification_results import Run, write_report, write_results
from vitreous.cli.classify import ModelOptions
from vitreous.cli.options import ReadingOptions
from vitreous.jobs import Job
from vitreous.particles import ParticleSet, open_stack, read_particles
from vitreous.show.timing import Timing

__all__ = ["run_classification"]

_SAME_SIZE = 1e-2
"""How much the pixel size of given references may differ, relatively."""


def run_classification(
    job: Job, path: Path, classes: int, model: ModelOptions, reading: ReadingOptions
) -> tuple[int, int]:
    """Classify what the options ask for into an entered job.

    Parameters
    ----------
    job
        Entered; where it is resumed, it goes on after the last iteration that was saved.
    path
        The particle file.
    classes
        K.
    model, reading
        The options.

    Returns
    -------
    used, iterations : int
        How many classes have particles, and how many iterations there were.

    Raises
    ------
    InputError
        If an option or a file is not usable.
    """
    start = time.perf_counter()
    particles = _particles(path, classes, reading)
    with_ctf = not model.no_ctf and particles.defocus_u_angstrom is not None
    if not with_ctf and not model.no_ctf:
        job.warn("no_ctf: the particles have no defocus, and are classified without a contrast transfer function")
    if lost_poses(particles):
        job.warn("poses: rot and tilt of the input are left out of particles.star, where psi is that of the class")
    options = _options(job, particles, classes, model, with_ctf)
    references = None if model.references is None else _references(model.references, classes, particles)
    seconds = {"reading the metadata": time.perf_counter() - start}
    try:
        last, told = _iterate(job, particles, options, references)
        seconds["iterations"] = sum(row["seconds"] for row in told)
        start = time.perf_counter()
        found = find(job, particles, options, last, template=references)
        seconds["half sets"] = time.perf_counter() - start
    except InputError as error:
        # the engine knows which particle, and not of which file
        if error.file is not None:
            raise
        raise InputError(error.problem, file=path, place=error.place, advice=error.advice) from error
    for text in [*_reseeded(told), *found.warnings]:
        job.warn(text)
    start = time.perf_counter()
    run = Run(last, told, found, last.changed < options.convergence, seconds)
    write_results(job, particles, run)
    seconds["writing"] = time.perf_counter() - start
    write_report(job, particles, run, _timing(job, particles, run))
    return len(np.unique(last.assignments.classes)), len(told)


def _particles(path: Path, classes: int, reading: ReadingOptions) -> ParticleSet:
    """The particles, of one box and one pixel size, at least one for each class."""
    particles = read_particles(path, **reading.given())
    if not len(particles):
        raise InputError("there are no particles", file=path)
    if len(particles) < classes:
        advice = "ask for fewer classes (--classes)"
        raise InputError(f"{len(particles)} particles cannot fill {classes} classes", file=path, advice=advice)
    for problem in (lambda: particles.box, lambda: particles.pixel_size_angstrom):
        try:
            problem()
        except InputError as error:
            raise InputError(error.problem, file=path, place=error.place, advice=error.advice) from error
    return particles


def _options(job: Job, particles: ParticleSet, classes: int, model: ModelOptions, with_ctf: bool) -> Options:
    width = particles.box * particles.pixel_size_angstrom
    if model.mask_diameter is not None and model.mask_diameter > width:
        advice = "give the diameter of the particle, or leave it out"
        raise InputError(f"--mask-diameter {model.mask_diameter:g}: the box is {width:.0f} Å wide", advice=advice)
    return Options(
        classes=classes,
        iterations=model.iterations,
        mask_diameter_angstrom=model.mask_diameter,
        max_resolution_angstrom=model.max_resolution,
        batch=model.batch,
        exact=model.exact,
        ctf=with_ctf,
        seed=job.task.seed or 0,
        device=job.task.device,
        threads=job.task.threads,
    )


def _references(path: Path, classes: int, particles: ParticleSet) -> Float32[NumpyArray, "k box box"]:
    """The images to start from."""
    stack, box, pixel = open_stack(path), particles.box, particles.pixel_size_angstrom
    if stack.shape != (classes, box, box):
        found = f"{stack.shape[0]} images of {stack.shape[2]} × {stack.shape[1]} pixels"
        advice = f"give {classes} of {box} × {box}, one for each class"
        raise InputError(found, file=path, advice=advice)
    if stack.pixel_size_angstrom is not None and abs(stack.pixel_size_angstrom / pixel - 1) > _SAME_SIZE:
        found = f"a pixel size of {stack.pixel_size_angstrom:g} Å, where the particles have {pixel:g} Å"
        raise InputError(found, file=path, advice="resample the references, or correct the header")
    return stack.read(np.arange(classes))


def _iterate(
    job: Job, particles: ParticleSet, options: Options, references: NumpyArray | None
) -> tuple[Iteration, list[dict[str, Any]]]:
    """All iterations from the last checkpoint on: the last one, and what each of all told."""
    arrays, state = job.load_checkpoint() or ({}, {"told": []})
    start, told = State.from_arrays(arrays) if arrays else None, state["told"]
    steps = classify(particles, options, start=start, references=None if start else references)
    last: Iteration | None = None
    with job.progress("classifying", options.iterations, unit="iterations", done=len(told)) as advance:
        before = time.perf_counter()
        for last in steps:
            now = time.perf_counter()
            told.append(_row(last, now - before))
            job.record.images += len(particles)
            _say(job, told, len(particles))
            advance(1)
            if _goes_on(last, options):
                job.save_checkpoint(last.state.arrays(), {"told": told}, every_seconds=0)
            before = time.perf_counter()
    if last is None:
        raise RuntimeError("the checkpoint is that of a finished run")
    return last, told


def _goes_on(last: Iteration, options: Options) -> bool:
    """Whether another iteration surely follows: a state that is the last is not saved, since nothing follows it."""
    return last.number < options.iterations and last.changed >= options.convergence


def _row(step: Iteration, seconds: float) -> dict[str, Any]:
    """What is kept of an iteration, as JSON holds it."""
    names = ("number", "log_likelihood", "objective", "changed", "retained", "resolution_angstrom")
    kept = {name: float(getattr(step, name)) for name in (*names, "shift_sigma_angstrom")}
    reseeded = [[one.filled + 1, one.split + 1] for one in step.reseeded]
    return {**kept, "number": step.number, "seconds": seconds, "reseeded": reseeded}


def _reseeded(told: list[dict[str, Any]]) -> list[str]:
    """What was done about classes that had lost their particles."""
    done = [(row["number"], *pair) for row in told for pair in row["reseeded"]]
    words = [f"class {filled} took half of class {split} after iteration {number}" for number, filled, split in done]
    return [f"reseeded_classes: empty classes began anew: {'; '.join(words)}"] if words else []


def _say(job: Job, told: list[dict[str, Any]], images: int) -> None:
    """One line on the iteration that has just ended, in the log and, unless quiet, on standard error."""
    now = told[-1]
    gain = f" ({now['log_likelihood'] - told[-2]['log_likelihood']:+,.0f})" if len(told) > 1 else ""
    said = (
        f"iteration {now['number']}: log-likelihood {now['log_likelihood']:,.0f}{gain}, "
        f"{100 * now['changed']:.3g} % changed class, to {now['resolution_angstrom']:.1f} Å, "
        f"{images / max(now['seconds'], 1e-9):,.0f} images/s"
    )
    job.log(said)
    if not job.quiet:
        print(said, file=sys.stderr)


def _timing(job: Job, particles: ParticleSet, run: Run) -> Timing:
    """Seconds of the parts, and the speed of the iterations."""
    return Timing(run.seconds, job.record.figures["images_per_second"])
