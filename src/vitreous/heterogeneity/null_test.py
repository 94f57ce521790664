"""What a method finds where there is nothing to find: the particles again, all of one map.

The consensus is imaged with the poses, shifts, CTFs and noise of the particles. A method that is run on these images as
on the real ones shows how much motion it makes out of noise, and how much of that follows the views or the defocus.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path as FilePath

import numpy as np
from jaxtyping import Float, Float32

from vitreous._typing import NumpyArray, Path
from vitreous.fourier import power_spectrum
from vitreous.particles import ParticleSet, read_particles, write_relion, write_stack
from vitreous.particles.imaging import AdditiveNoise, Signal
from vitreous.particles.noise import noise_spectrum
from vitreous.particles.simulate import iterate_images
from vitreous.particles.sources import MapSource

__all__ = ["Variation", "map_variation", "write_null_set"]

_SAMPLES = 64


@dataclass(frozen=True)
class Variation:
    """How much the maps of a latent space differ."""

    share: float
    """⟨|V(z) − ⟨V⟩|²⟩/|⟨V⟩|² over the particles, within the mask."""
    by_shell: Float[NumpyArray, " shell"]
    """The same in each shell of frequencies."""


def write_null_set(
    folder: Path,
    particles: ParticleSet,
    consensus: Float32[NumpyArray, "z y x"],
    *,
    with_ctf: bool = True,
    noise: Float[NumpyArray, " shell"] | None = None,
    seed: int = 0,
    threads: int | None = None,
) -> ParticleSet:
    """Write ``particles.star`` and ``particles.mrcs``: the particles as they would be if all were the consensus.

    Parameters
    ----------
    folder
        Where to; it is made if it is absent.
    particles
        n particles with poses.
    consensus
        In the unit of the images: its slices are their spectra (`vitreous.heterogeneity.consensus`); its noise damped.
    with_ctf
        Whether the lens has a part in the images.
    noise
        The power of the noise in each shell, 1 for white noise of variance 1; None: that around the particles.
    seed
        Of the noise.
    threads
        Images that are made at a time; None: as many as there are cores, up to eight.

    Returns
    -------
    ParticleSet
        The n particles with the new images, in the same order.

    Raises
    ------
    InputError
        If poses or what the CTF needs are not known.
    """
    folder = FilePath(folder)
    folder.mkdir(parents=True, exist_ok=True)
    pixel = particles.pixel_size_angstrom
    source = MapSource([consensus], pixel, np.zeros(len(particles), np.int64))
    spectrum = noise_spectrum(particles) if noise is None else np.asarray(noise)
    # a map source integrates along the beam, in Å; here voxels are summed
    added = AdditiveNoise(1 / pixel, spectrum=spectrum)
    blocks = iterate_images(Signal(source, particles, with_ctf=with_ctf), added, seed, threads)
    write_stack(folder / "particles.mrcs", (images for images, _ in blocks), pixel)
    count = len(particles)
    write_relion(
        folder / "particles.star",
        replace(
            particles,
            stacks=("particles.mrcs",),
            folders=(str(folder),),
            stack_index=np.zeros(count, np.int64),
            slice_index=np.arange(count),
        ),
    )
    return read_particles(folder / "particles.star")


def map_variation(
    maps_at: Callable[[Float32[NumpyArray, "m d"]], Float32[NumpyArray, "m z y x"]],
    latents: Float[NumpyArray, "n d"],
    mask: Float[NumpyArray, "z y x"],
    *,
    seed: int = 0,
) -> Variation:
    """How much the maps at the latents of the particles differ, for any method that makes maps of latents.

    To be compared with the same of the null set: what is not larger there is not motion.

    Parameters
    ----------
    maps_at
        From latents (m, d) to maps (m, n, n, n).
    latents
        Of the particles; up to 64 of them, drawn at random, are looked at.
    mask
        0 … 1.
    seed
        Of the draw.

    Returns
    -------
    Variation
        Shares of the power of the mean map.
    """
    rows = np.random.default_rng(seed).permutation(len(latents))[:_SAMPLES]
    maps = np.concatenate([maps_at(latents[row : row + 1].astype(np.float32)) for row in rows]) * mask
    mean = maps.mean(axis=0)
    # of so many samples the mean follows each by its share
    differing = (
        np.mean([power_spectrum(volume - mean, 3) for volume in maps], axis=0) * len(rows) / max(len(rows) - 1, 1)
    )
    whole = power_spectrum(mean, 3)
    share = float(
        np.sum((maps - mean) ** 2, dtype=np.float64) / max(len(rows) - 1, 1) / np.sum(mean**2, dtype=np.float64)
    )
    return Variation(share, differing / np.maximum(whole, np.finfo(np.float32).tiny))
