"""A small set whose maps differ in two known ways: V(z) = base + z₁ u₁ + z₂ u₂, z normal, with CTF and noise."""

from pathlib import Path

import numpy as np

from simulated import PIXEL, blobs, particles_of, write_set
from vitreous.fourier import irft
from vitreous.heterogeneity.observations import Observations
from vitreous.particles import ParticleSet
from vitreous.particles.optics import image_transfer, view_matrices
from vitreous.projection import slice_map

BOX = 20


def differences(box: int = BOX) -> np.ndarray:
    """Two blobs that come and go, apart from each other, of unequal strength."""
    grid = np.stack(np.meshgrid(*[np.arange(box) - box // 2] * 3, indexing="ij")[::-1], axis=-1)
    places = ((0.2 * box, 0, 0), (-0.1 * box, 0.15 * box, 0.1 * box))
    return np.stack(
        [
            size * np.exp(-np.sum((grid - place) ** 2, axis=-1) / 8)
            for size, place in zip((1.0, 0.6), places, strict=True)
        ]
    )


def differing_set(folder: Path, n: int, noise: float, *, spread: float = 1.0) -> tuple[ParticleSet, np.ndarray]:
    """The particles on disk, and z of each, shape (n, 2)."""
    particles = particles_of(n, BOX)
    latents = spread * np.random.default_rng(1).normal(size=(n, 2))
    maps = np.concatenate([blobs(BOX)[None], differences()])
    rows, group = np.arange(n), particles.optics_groups[0]
    slices = [slice_map(volume.astype(np.float64), view_matrices(particles, group), BOX) for volume in maps]
    spectra = slices[0] + latents[:, 0, None, None] * slices[1] + latents[:, 1, None, None] * slices[2]
    clean = irft(spectra * image_transfer(particles, group, BOX), (BOX, BOX))
    images = clean + noise * np.random.default_rng(2).standard_normal(clean.shape)
    return write_set(folder, particles[rows], images), latents


def observed(folder: Path, n: int, noise: float, *, spread: float = 1.0) -> tuple[Observations, np.ndarray]:
    """The same, as observations that know the noise."""
    particles, latents = differing_set(folder, n, noise, spread=spread)
    return Observations(particles, noise=np.full(BOX // 2 + 1, noise**2)), latents


__all__ = ["BOX", "PIXEL", "differences", "differing_set", "observed"]
