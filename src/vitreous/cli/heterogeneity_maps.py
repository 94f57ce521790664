"""The run of ``vitreous heterogeneity map``: where maps are asked for, and their files."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from jaxtyping import Float, Float32

from vitreous._errors import InputError
from vitreous._typing import NumpyArray
from vitreous.cli.heterogeneity import PlaceOptions
from vitreous.cli.heterogeneity_folder import Trained, read_trained
from vitreous.cli.reconstruction_results import write_maps
from vitreous.heterogeneity.consensus import half_numbers
from vitreous.heterogeneity.kernel_regression import LocalMap, local_maps
from vitreous.heterogeneity.principal_components import Components
from vitreous.jobs import Job

__all__ = ["asked_latents", "local_maps_at", "maps_one_by_one", "run_maps"]


def run_maps(job: Job, folder: Path, places: PlaceOptions) -> int:
    """Make the maps that the options ask for in an entered job.

    Returns
    -------
    int
        How many.

    Raises
    ------
    InputError
        If the folder is not that of a training, or a place cannot be read.
    """
    trained = read_trained(folder)
    latents = asked_latents(trained, places)
    pixel = trained.model.pixel_size_angstrom
    with job.progress("maps", len(latents), unit="maps") as advance:
        if places.local:
            for number, found in enumerate(local_maps_at(trained, latents)):
                named = {"": found.map, "_half1": found.halves[0], "_half2": found.halves[1]}
                write_maps(job, {f"map_{number:03d}{suffix}": volume for suffix, volume in named.items()}, pixel)
                advance(1)
        else:
            for number, volume in enumerate(maps_one_by_one(trained, latents)):
                write_maps(job, {f"map_{number:03d}": volume}, pixel)
                advance(1)
    with job.write("latents.npy") as path, path.open("wb") as file:
        np.save(file, latents)
    job.record.figures["maps"] = len(latents)
    return len(latents)


def maps_one_by_one(trained: Trained, latents: Float[NumpyArray, "m d"]) -> Iterator[Float32[NumpyArray, "n n n"]]:
    """The model's maps at latents; one is in memory at a time."""
    for latent in latents:
        yield trained.model.maps_at(latent[None].astype(np.float32))[0]


def local_maps_at(trained: Trained, latents: Float[NumpyArray, "m d"]) -> Iterator[LocalMap]:
    """The maps at latents from the particles near by.

    Raises
    ------
    InputError
        If the training is not linear.
    """
    model = trained.model
    if not isinstance(model, Components):
        raise InputError(
            "maps of the particles near by need --method pca", file=trained.folder, advice="leave --local out"
        )
    observations = trained.observations()
    halves = half_numbers(observations, trained.record.seed or 0)
    yield from local_maps(observations, model, trained.posterior(), halves, latents)


def asked_latents(trained: Trained, places: PlaceOptions) -> Float32[NumpyArray, "m d"]:
    """Where maps are asked for, as latents.

    Raises
    ------
    InputError
        If nothing is asked for, or it is no place of this latent space.
    """
    if (places.z is None) == (places.particle is None):
        raise InputError("give --z or --particle", advice="one of them says where a map is wanted")
    if places.particle is not None:
        wrong = next((row for row in places.particle if not 1 <= row <= trained.particle_count), None)
        if wrong is not None:
            advice = f"there are 1 to {trained.particle_count}"
            raise InputError(f"--particle {wrong}: there is no such particle", advice=advice)
        chosen: NumpyArray = trained.latents[np.array(places.particle) - 1].astype(np.float32)
        return chosen
    found = _read(places.z or "")
    dimensions = trained.latents.shape[1]
    if found.ndim != 2 or found.shape[1] != dimensions or not len(found):
        shape = " × ".join(map(str, found.shape))
        raise InputError(f"--z {places.z}: {shape} numbers", advice=f"the latent space has {dimensions} dimensions")
    if not np.isfinite(found).all():
        raise InputError(f"--z {places.z}: not all numbers are finite", advice="give finite numbers")
    return found.astype(np.float32)


def _read(text: str) -> NumpyArray:
    if not text.endswith(".npy"):
        try:
            return np.array([[float(word) for word in text.split(",")]])
        except ValueError as error:
            raise InputError(f"--z {text}: expected numbers with commas between them, or a .npy file") from error
    try:
        found = np.load(text, allow_pickle=False)
    except (OSError, ValueError) as error:
        raise InputError(f"cannot be read as an array: {error}", file=text, advice="give (maps × latent)") from error
    if not (np.issubdtype(found.dtype, np.floating) or np.issubdtype(found.dtype, np.integer)):
        raise InputError(f"holds {found.dtype}, not numbers", file=text, advice="give (maps × latent) numbers")
    rows: NumpyArray = found[None] if found.ndim == 1 else found
    return rows.astype(np.float64)
