"""What ``vitreous heterogeneity train`` writes: latents, model, epochs, key figures, warnings, and its report."""

import csv
from typing import Any

import numpy as np

from vitreous._typing import NumpyArray
from vitreous.cli.heterogeneity_training import TELLING_NATS, AnyTraining, Told
from vitreous.cli.reconstruction_results import Clock
from vitreous.heterogeneity.confounds import Confound, latent_confounds
from vitreous.heterogeneity.latent_posterior import Latents
from vitreous.heterogeneity.observations import Observations
from vitreous.jobs import Job

__all__ = ["confounds_told", "write_array", "write_report", "write_results"]

_COLUMNS = ("number", "log_likelihood", "divergence", "elbo", "cutoff_cycles", "seconds", "batch")
_FOLLOWS = 0.1
"""R² above chance from which on a latent is said to follow something that is not the molecule."""


def write_array(job: Job, name: str, values: NumpyArray) -> None:
    """Write ``NAME.npy``."""
    with job.write(f"{name}.npy") as path, path.open("wb") as file:
        np.save(file, values)


def write_results(job: Job, observations: Observations, training: AnyTraining, latents: Latents, told: Told) -> int:
    """Write latents, model and epochs, and record the figures of the run.

    Returns
    -------
    int
        How many latent dimensions tell of the particles.
    """
    write_array(job, "latents", latents.mean.astype(np.float32))
    write_array(job, "latents_covariance", latents.covariance.astype(np.float32))
    with job.write("model.safetensors") as path:
        training.model.save(path)
    with job.write("epochs.csv") as path, path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(_COLUMNS)
        writer.writerows([row[name] for name in _COLUMNS] for row in told.epochs)
    found = latent_confounds(latents.mean, observations.particles)
    last, seconds = told.epochs[-1], sum(row["seconds"] for row in told.epochs)
    telling = int(np.sum(np.array(last["per_dimension"]) > TELLING_NATS))
    job.record.figures |= {
        "elbo": last["elbo"],
        "log_likelihood": last["log_likelihood"],
        "divergence": last["divergence"],
        "divergence_of_dimension": last["per_dimension"],
        "telling_dimensions": telling,
        "epochs": len(told.epochs),
        "batch": last["batch"],
        "images_per_second": sum(row["particles"] for row in told.epochs) / max(seconds, 1e-9),
        "confounds": confounds_told(found),
    }
    _warn(job, found, latents, telling)
    return telling


def confounds_told(found: list[Confound]) -> dict[str, Any]:
    """What explains the latents beside the molecule, as JSON holds it: R² of each coordinate, and that of chance."""
    return {each.name: {"share": each.share.tolist(), "chance": each.chance} for each in found}


def _warn(job: Job, found: list[Confound], latents: Latents, telling: int) -> None:
    count = latents.mean.shape[1]
    if telling < count:
        job.warn(
            f"posterior collapse: {count - telling} of {count} latent dimensions tell nothing of the particles "
            f"(less than {TELLING_NATS:g} nats each); that is no fault if the others hold the motion"
        )
    variances = latents.mean.var(axis=0)
    for each in found:
        # of a dimension without spread it does not matter what it follows
        share = np.where(variances > 1e-3 * variances.max(), each.share, 0)
        worst = int(np.argmax(share))
        if share[worst] > each.chance + _FOLLOWS:
            explained, chance = 100 * share[worst], 100 * each.chance
            job.warn(
                f"latent {worst + 1} follows the {each.name}, which explains {explained:.0f} % of its variance, where "
                f"chance explains {chance:.1f} %: it need not be the molecule"
            )


def write_report(
    job: Job, observations: Observations, training: AnyTraining, latents: Latents, told: Told, clock: Clock
) -> None:
    """Write ``report.html``."""
    from vitreous.show.heterogeneity import LatentShown, training_report  # it brings in matplotlib
    from vitreous.show.timing import Timing

    shown = LatentShown(
        latents.mean,
        latents.covariance,
        observations.particles,
        epochs=tuple(told.epochs),
        checks=told.checks,
        confounds=job.record.figures["confounds"],
        pixel_size_angstrom=observations.pixel_size_angstrom,
        timing=Timing(clock.seconds, job.record.figures["images_per_second"]),
    )
    with job.write("report.html") as path:
        path.write_text(
            training_report(
                shown, training.model.maps_at(np.zeros((1, latents.mean.shape[1]), np.float32))[0], job.record
            ),
            encoding="utf-8",
        )
