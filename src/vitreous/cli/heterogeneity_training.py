"""The run of ``vitreous heterogeneity train``: epochs with a checkpoint after each, then latents, model and checks."""

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from jaxtyping import Float

from vitreous._errors import InputError
from vitreous._typing import NumpyArray
from vitreous.cli.heterogeneity import LatentOptions
from vitreous.cli.heterogeneity_folder import observed, particles_with_poses
from vitreous.cli.maps import read_map
from vitreous.cli.options import ReadingOptions
from vitreous.cli.reconstruction_results import Clock
from vitreous.heterogeneity.heterogeneous import Epoch, HeterogeneousOptions, Training, start
from vitreous.heterogeneity.linear_training import LinearTraining
from vitreous.heterogeneity.observations import Observations
from vitreous.jobs import Job
from vitreous.particles import ParticleSet

__all__ = ["TELLING_NATS", "AnyTraining", "Told", "begin", "run_training", "train_on"]

AnyTraining: TypeAlias = Training | LinearTraining

TELLING_NATS = 0.05
"""What a latent dimension pays at least where it tells of the particles; the others have collapsed onto the prior."""
_TRAINING = "training.safetensors"
_SECONDS_BETWEEN_SAVES = 60.0


@dataclass
class Told:
    """What has come of a run so far, as a checkpoint keeps it."""

    epochs: list[dict[str, Any]]
    """A row for each epoch."""
    checks: dict[str, Any]
    """What each check that is done has found."""


def run_training(job: Job, path: Path, options: LatentOptions, reading: ReadingOptions) -> int:
    """Train what the options ask for into an entered job.

    Parameters
    ----------
    job
        Entered; where it is resumed, it goes on after the last epoch that was saved.
    path
        The particle file.
    options, reading
        The options.

    Returns
    -------
    int
        How many latent dimensions tell of the particles.

    Raises
    ------
    InputError
        If an option or a file is not usable, or the training came to numbers that are none.
    """
    from vitreous.cli.heterogeneity_checks import Trial, run_checks
    from vitreous.cli.heterogeneity_results import write_report, write_results

    clock = Clock()
    with clock.part("reading the metadata"):
        particles = particles_with_poses(path, reading)
        mask = None if options.mask is None else _mask(options.mask, particles)
        if particles.defocus_u_angstrom is None and not options.no_ctf:
            job.warn("no_ctf: the particles have no defocus, and are taken without a contrast transfer function")
    try:
        with clock.part("reading the images"):
            observations = observed(particles, options.max_resolution, options.no_ctf)
        training = begin(observations, options, mask, job.task.seed or 0)
        told = _resumed(job, training)
        _train(job, training, told, options.epochs)
        with clock.part("latents"):
            latents = training.infer()
        telling = write_results(job, observations, training, latents, told)
        with clock.part("checks"):
            run_checks(Trial(job, observations, options, mask, training, latents, told))
    except InputError as error:
        # the engine knows which particle, and not of which file
        if error.file is not None:
            raise
        raise InputError(error.problem, file=path, place=error.place, advice=error.advice) from error
    clock.seconds["training"] = sum(row["seconds"] for row in told.epochs)
    write_report(job, observations, training, latents, told, clock)
    return telling


def begin(
    observations: Observations, options: LatentOptions, mask: Float[NumpyArray, "n n n"] | None, seed: int
) -> AnyTraining:
    """A training of what the options ask for, before its first epoch.

    Parameters
    ----------
    observations
        The particles.
    options
        What to train.
    mask
        Where the maps may differ.
    seed
        Of all random numbers.

    Raises
    ------
    InputError
        If the options make no training, or the mask is of another box.
    """
    if options.method == "pca":
        return LinearTraining(observations, options.latent, options.epochs, mask, seed)
    asked = HeterogeneousOptions(
        method=options.method,
        decoder=options.decoder,
        latent=options.latent,
        epochs=options.epochs,
        batch=options.batch,
        seed=seed,
    )
    return start(observations, asked, mask=mask)


def _mask(path: Path, particles: ParticleSet) -> NumpyArray:
    volume = read_map(path).volume
    if volume.shape[0] != particles.box:
        found = f"a mask of {volume.shape[0]} voxels, where the images have {particles.box} pixels"
        raise InputError(found, file=path, advice="resample the mask to the box of the images")
    if not (volume > 0).any():
        raise InputError("a mask without anything in it", file=path, advice="give one that is 1 where maps may differ")
    return np.clip(volume, 0, 1)


def _resumed(job: Job, training: AnyTraining) -> Told:
    """What was told before, with the training set to where it stood."""
    _, state = job.load_checkpoint() or ({}, {"epochs": [], "checks": {}})
    path = job.folder / _TRAINING
    if path.exists():
        training.restore(path)
    # a training that was killed may have been saved some epochs before the last that was told
    return Told(state["epochs"][: training.finished], state["checks"])


def _train(job: Job, training: AnyTraining, told: Told, count: int) -> None:
    """All epochs from the last checkpoint on."""
    saved_at = time.monotonic()
    with job.progress("training", count, unit="epochs", done=training.finished) as advance:
        for epoch in _finite(job, training):
            told.epochs.append(_row(epoch))
            job.record.images += epoch.particles
            _say(job, epoch)
            advance(1)
            last = training.finished == count
            try:
                job.save_checkpoint({}, {"epochs": told.epochs, "checks": told.checks}, every_seconds=0)
            except KeyboardInterrupt:
                _save(job, training)
                raise
            if last or time.monotonic() - saved_at > _SECONDS_BETWEEN_SAVES:
                _save(job, training)
                saved_at = time.monotonic()


def _finite(job: Job, training: AnyTraining) -> Iterator[Epoch]:
    """The epochs; where one came to no number, the last good one is kept and said."""
    try:
        yield from training.epochs()
    except FloatingPointError as error:
        if training.finished:
            _save(job, training)
        advice = f"the state after epoch {training.finished} is kept; look at those images, or lower --max-resolution"
        raise InputError(str(error), advice=advice) from error


def _save(job: Job, training: AnyTraining) -> None:
    with job.write(_TRAINING) as path:
        training.save(path)


def train_on(job: Job, training: AnyTraining, told: Told, label: str, count: int) -> Iterator[Epoch]:
    """The epochs of a further training of the same job; it is begun anew where the job is interrupted.

    Parameters
    ----------
    job
        Entered.
    training
        Before its first epoch.
    told
        What has come of the run so far.
    label
        What is trained, for the display.
    count
        How many epochs there are.

    Yields
    ------
    Epoch
        What each came to.
    """
    with job.progress(label, count, unit="epochs") as advance:
        for epoch in training.epochs():
            advance(1)
            job.save_checkpoint({}, {"epochs": told.epochs, "checks": told.checks}, every_seconds=0)
            yield epoch


def _row(epoch: Epoch) -> dict[str, Any]:
    """What is kept of an epoch, as JSON holds it."""
    names = ("number", "log_likelihood", "divergence", "elbo", "cutoff_cycles", "seconds", "particles", "batch")
    return {**{name: getattr(epoch, name) for name in names}, "per_dimension": epoch.per_dimension.tolist()}


def _say(job: Job, epoch: Epoch) -> None:
    """One line on the epoch that has just ended, in the log and, unless quiet, on standard error."""
    said = (
        f"epoch {epoch.number}: ELBO {epoch.elbo:.3f} nats an image (likelihood {epoch.log_likelihood:.3f}, divergence "
        f"{epoch.divergence:.3f}), to {epoch.cutoff_cycles:.3f} cycles/pixel, {epoch.images_per_second:,.0f} images/s"
    )
    job.log(said)
    if not job.quiet:
        print(said, file=sys.stderr)
