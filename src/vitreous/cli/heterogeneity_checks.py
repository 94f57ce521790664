"""Is the motion real? What ``train --checks`` trains again: on the null set, half sets, with fewer dimensions."""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float

from vitreous._typing import NumpyArray
from vitreous.cli.heterogeneity import LatentOptions
from vitreous.cli.heterogeneity_folder import observed
from vitreous.cli.heterogeneity_results import confounds_told
from vitreous.cli.heterogeneity_training import AnyTraining, Told, begin, train_on
from vitreous.heterogeneity.confounds import latent_confounds
from vitreous.heterogeneity.consensus import half_numbers, reconstruct_consensus
from vitreous.heterogeneity.latent_posterior import Latents
from vitreous.heterogeneity.null_test import map_variation, write_null_set
from vitreous.heterogeneity.observations import Observations
from vitreous.heterogeneity.scores import first_coordinate
from vitreous.jobs import Job
from vitreous.reconstruction import automatic_mask, half_map_fsc

__all__ = ["Trial", "run_checks"]

_REAL = 2.0
"""How many times what noise makes the maps must vary to be more than noise."""
_STATE_SHARE = 0.2
"""Of the particles at either end of the first coordinate that make a state."""


@dataclass(frozen=True, eq=False)
class Trial:
    """A training that is done, and how to do one like it."""

    job: Job
    observations: Observations
    options: LatentOptions
    mask: Float[NumpyArray, "n n n"] | None
    training: AnyTraining
    latents: Latents
    told: Told

    @property
    def seed(self) -> int:
        """Of all trainings."""
        return self.job.task.seed or 0

    def half(self, number: int) -> tuple[Observations, NumpyArray]:
        """The particles of one half set, and their rows."""
        rows = np.flatnonzero(half_numbers(self.observations, self.seed) == number)
        # within a half there are no halves of the file's
        own = replace(self.observations.particles[rows], random_subset=None)
        return observed(own, self.options.max_resolution, self.options.no_ctf), rows


def run_checks(trial: Trial) -> None:
    """Run the checks that were asked for and are not done yet; what they find is told and recorded.

    Raises
    ------
    InputError
        If a training is not possible.
    """
    for name in trial.options.asked_checks():
        if name not in trial.told.checks:
            trial.told.checks[name] = _CHECKS[name](trial)
        trial.job.record.figures[f"check_{name}"] = trial.told.checks[name]
    null = trial.told.checks.get("null")
    if null is not None and null["share"] < _REAL * null["null_share"]:
        trial.job.warn(
            f"null test: the maps vary by {null['share']:.2g} of their power, and by {null['null_share']:.2g} where "
            "all particles are alike: no motion is shown that noise does not make"
        )


def _null(trial: Trial) -> dict[str, Any]:
    """The particles again, all of the map that they share: what the method makes of that."""
    job, observations = trial.job, trial.observations
    shared = reconstruct_consensus(observations, half_numbers(observations, trial.seed), trial.mask)
    folder = Path(tempfile.mkdtemp(prefix=".null-", dir=job.folder))
    try:
        particles = write_null_set(
            folder,
            observations.particles,
            shared.mean,
            with_ctf=observations.with_ctf,
            seed=trial.seed,
            threads=job.task.threads,
        )
        again = observed(particles, trial.options.max_resolution, trial.options.no_ctf)
        training = begin(again, trial.options, trial.mask, trial.seed)
        for _ in train_on(job, training, trial.told, "null test", trial.options.epochs):
            pass
        latents = training.infer()
        found = map_variation(trial.training.model.maps_at, trial.latents.mean, shared.mask)
        null = map_variation(training.model.maps_at, latents.mean, shared.mask)
        confounds = confounds_told(latent_confounds(latents.mean, particles))
    finally:
        shutil.rmtree(folder)
    return {
        "share": found.share,
        "null_share": null.share,
        "by_shell": found.by_shell.tolist(),
        "null_by_shell": null.by_shell.tolist(),
        "null_confounds": confounds,
        "null_latents": latents.mean[:, :2].astype(float).round(5).tolist()[:500],
    }


def _halves(trial: Trial) -> dict[str, Any]:
    """Two trainings, each of half of the particles: maps of a state, and the likelihood of the other half."""
    trainings, epochs, held_out, own, rows = [], [], [], [], []
    for number in (0, 1):
        observations, mine = trial.half(number)
        others, _ = trial.half(1 - number)
        training = begin(observations, trial.options, trial.mask, trial.seed)
        curve = _held_out_curve(trial, training, others, f"half {number + 1}")
        epochs = [row[0] for row in curve]
        own.append([row[1] for row in curve])
        held_out.append([row[2] for row in curve])
        trainings.append((training, training.infer()))
        rows.append(mine)
    along = first_coordinate(trial.latents.mean)
    low, high = np.quantile(along, [_STATE_SHARE, 1 - _STATE_SHARE])
    states = {"low end": along <= low, "high end": along >= high}
    return {
        "epochs": epochs,
        "likelihood": np.mean(own, axis=0).tolist(),
        "held_out": np.mean(held_out, axis=0).tolist(),
        "states": {name: _state_fsc(trial, trainings, rows, inside) for name, inside in states.items()},
    }


def _held_out_curve(
    trial: Trial, training: AnyTraining, others: Observations, label: str
) -> list[tuple[int, float, float]]:
    """Epoch, log-likelihood of an image that was trained on, and of one that was not, at quarters of the training."""
    last = trial.options.epochs
    wanted = {max(2, round(last * part)) for part in (0.25, 0.5, 0.75, 1.0)}
    curve = []
    for epoch in train_on(trial.job, training, trial.told, label, last):
        if epoch.number in wanted:
            likelihoods = [float(training.infer(some).log_likelihood.mean()) for some in (None, others)]
            curve.append((epoch.number, likelihoods[0], likelihoods[1]))
    return curve


def _state_fsc(
    trial: Trial, trainings: list[tuple[AnyTraining, Latents]], rows: list[NumpyArray], inside: NumpyArray
) -> dict[str, Any]:
    """The maps of the same particles' state from either half, and how far they agree."""
    maps = []
    for (training, latents), mine in zip(trainings, rows, strict=True):
        place = latents.mean[inside[mine]].mean(axis=0, keepdims=True)
        maps.append(training.model.maps_at(place.astype(np.float32))[0])
    pixel = trial.observations.pixel_size_angstrom
    mask = automatic_mask(maps[0], maps[1], pixel_size_angstrom=pixel)
    found = half_map_fsc(maps[0], maps[1], mask, pixel_size_angstrom=pixel, seed=trial.seed)
    return {
        "frequencies_per_angstrom": found.frequencies_per_angstrom.tolist(),
        "fsc": np.nan_to_num(found.fsc).tolist(),
        "resolution_angstrom": found.resolution_angstrom,
    }


def _dimensions(trial: Trial) -> dict[str, Any]:
    """The likelihood of held-out images with fewer and fewer latent dimensions."""
    observations, _ = trial.half(0)
    others, _ = trial.half(1)
    full = trial.options.latent
    counts = sorted({full, *(count for count in (1, 2, 4, 8, 16, 32) if count < full)})
    found: dict[str, list[float]] = {"likelihood": [], "held_out": []}
    for count in counts:
        training = begin(observations, replace(trial.options, latent=count), trial.mask, trial.seed)
        label = f"{count} dimension{'s' * (count > 1)}"
        for _ in train_on(trial.job, training, trial.told, label, trial.options.epochs):
            pass
        found["likelihood"].append(float(training.infer().log_likelihood.mean()))
        found["held_out"].append(float(training.infer(others).log_likelihood.mean()))
    return {"latent": counts, **found}


_CHECKS: dict[str, Callable[[Trial], dict[str, Any]]] = {"null": _null, "halves": _halves, "dimensions": _dimensions}
