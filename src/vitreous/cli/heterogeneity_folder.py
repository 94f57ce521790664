"""What ``vitreous heterogeneity train`` left behind, read again: model, latents, and the particles they belong to."""

import csv
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float

from vitreous._errors import InputError
from vitreous._typing import NumpyArray
from vitreous.cli.options import ReadingOptions
from vitreous.heterogeneity.heterogeneous import Model, read_model
from vitreous.heterogeneity.latent_posterior import Latents
from vitreous.heterogeneity.observations import Observations
from vitreous.heterogeneity.principal_components import Components
from vitreous.jobs import RunRecord, read_checkpoint, read_record
from vitreous.particles import ParticleSet, read_particles
from vitreous.projection.slice import NYQUIST

__all__ = ["COMMAND", "Trained", "observed", "particles_with_poses", "read_trained"]

COMMAND = "heterogeneity train"


@dataclass(frozen=True)
class Trained:
    """The folder of a training that is done."""

    folder: Path
    record: RunRecord

    @property
    def particle_file(self) -> Path:
        """Where the particles were read from."""
        return Path(self.record.inputs[0]["path"])

    @property
    def particle_count(self) -> int:
        """How many particles were trained on."""
        return len(self.latents)

    @property
    def pca(self) -> bool:
        """Whether the model is linear."""
        return bool(self.record.parameters["method"] == "pca")

    @cached_property
    def latents(self) -> Float[NumpyArray, "n d"]:
        """``latents.npy``."""
        return self._array("latents.npy", 2)

    @cached_property
    def covariance(self) -> Float[NumpyArray, "n d d"] | None:
        """``latents_covariance.npy``, where the method has it."""
        return self._array("latents_covariance.npy", 3) if (self.folder / "latents_covariance.npy").exists() else None

    @cached_property
    def particles(self) -> ParticleSet:
        """The particles, in the order of the latents.

        Raises
        ------
        InputError
            If their file is not what it was.
        """
        given = self.record.parameters
        names = [item.name for item in fields(ReadingOptions)]
        # JSON has strings for paths; what is read from files takes either
        particles = read_particles(self.particle_file, **{name: given[name] for name in names if given.get(name)})
        if len(particles) != len(self.latents):
            found = f"{len(particles):,} particles, where the training in {self.folder} had {len(self.latents):,}"
            raise InputError(found, file=self.particle_file, advice="give the file back what it had, or train anew")
        return particles

    @cached_property
    def model(self) -> Model | Components:
        """``model.safetensors``.

        Raises
        ------
        InputError
            If the file is damaged.
        """
        path = self.folder / "model.safetensors"
        if self.pca:
            arrays, state = read_checkpoint(path)
            return Components.from_arrays(arrays, state)
        return read_model(path)

    def epochs(self) -> list[dict[str, Any]]:
        """The rows of ``epochs.csv``; the last has what each dimension pays."""
        with (self.folder / "epochs.csv").open(newline="", encoding="utf-8") as file:
            rows: list[dict[str, Any]] = [
                {name: float(value) for name, value in row.items()} for row in csv.DictReader(file)
            ]
        rows[-1]["per_dimension"] = self.record.figures["divergence_of_dimension"]
        return rows

    def observations(self) -> Observations:
        """The particles' images, as they were trained on."""
        return observed(self.particles, self.record.parameters["max_resolution"], self.record.parameters["no_ctf"])

    def posterior(self) -> Latents:
        """Latents with their covariance.

        Raises
        ------
        InputError
            If the method has none.
        """
        if self.covariance is None:
            raise InputError("the latents have no covariance", file=self.folder, advice="train with --method pca")
        return Latents(self.latents, self.covariance, np.zeros(len(self.latents)))

    def _array(self, name: str, axes: int) -> NumpyArray:
        path = self.folder / name
        try:
            found: NumpyArray = np.load(path, allow_pickle=False)
        except (OSError, ValueError) as error:
            raise InputError(f"cannot be read as an array: {error}", file=path, advice="train anew") from error
        if found.ndim != axes or not np.isfinite(found).all():
            raise InputError(f"is no array of {axes} axes of finite numbers", file=path, advice="train anew")
        return found


def read_trained(folder: Path) -> Trained:
    """What a training left behind.

    Raises
    ------
    InputError
        If the folder is not that of a training, or it is not done.
    """
    record = read_record(folder)
    if record.command != COMMAND:
        advice = "name the folder of vitreous heterogeneity train"
        raise InputError(f"the folder of vitreous {record.command}", file=folder, advice=advice)
    if not (folder / "model.safetensors").exists():
        raise InputError(f"the training is {record.status}", file=folder, advice="go on with it: train --resume")
    return Trained(folder, record)


def particles_with_poses(path: Path, reading: ReadingOptions) -> ParticleSet:
    """The particles of a file, which have poses.

    Raises
    ------
    InputError
        If there are none, they have no poses, or they differ in box.
    """
    particles = read_particles(path, **reading.given())
    if not len(particles):
        raise InputError("there are no particles", file=path)
    if not particles.has_poses:
        raise InputError("the particles have no poses", file=path, advice="refine them first, or give them (--poses)")
    try:
        particles.box  # noqa: B018  raises where there are several
    except InputError as error:
        raise InputError(error.problem, file=path, place=error.place, advice=error.advice) from error
    return particles


def observed(particles: ParticleSet, max_resolution: float | None, no_ctf: bool) -> Observations:
    """The images of particles as a method sees them.

    Parameters
    ----------
    particles
        With poses.
    max_resolution
        Å; finer detail is left out. None: to Nyquist.
    no_ctf
        Whether the lens has no part.
    """
    pixel = particles.optics_groups[int(particles.optics_index.min())].pixel_size_angstrom or 1.0
    cutoff = NYQUIST if max_resolution is None else min(NYQUIST, pixel / max_resolution)
    return Observations(
        particles, cutoff_cycles=cutoff, with_ctf=not no_ctf and particles.defocus_u_angstrom is not None
    )
