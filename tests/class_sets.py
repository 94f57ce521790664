"""Particle sets of a few views in the plane, by a path of their own: blobs that turn and move exactly."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from simulated import PIXEL, particles_of, write_set
from vitreous.fourier import irft, rft
from vitreous.particles import ParticleSet
from vitreous.particles.optics import image_transfer


@dataclass(frozen=True, eq=False)
class ClassSet:
    """A set on disk, and what is true of it."""

    star: Path
    particles: ParticleSet
    views: np.ndarray
    """(K, box, box)."""
    classes: np.ndarray
    """(n,) from 0."""
    psi_deg: np.ndarray
    """(n,) RELION's psi."""
    shift_angstrom: np.ndarray
    """(n, 2) RELION's origin."""


def blob_places(count: int, box: int, seed: int = 4, blobs: int = 9) -> np.ndarray:
    """Centres (K, blobs, 2) of Gaussian blobs within a quarter of the box, pixels from the origin."""
    rng = np.random.default_rng(seed)
    radius, angle = box / 4 * np.sqrt(rng.random((count, blobs))), rng.uniform(0, 2 * np.pi, (count, blobs))
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=-1)


def blob_images(places: np.ndarray, box: int, sigma: float = 1.3) -> np.ndarray:
    """Images (n, box, box) of blobs at places (n, blobs, 2)."""
    axis = np.arange(box) - box // 2
    x, y = (np.exp(-((axis - places[..., [i]]) ** 2) / (2 * sigma**2)) for i in (0, 1))
    return np.einsum("nby,nbx->nyx", y, x)


def class_set(
    folder: Path, count: int = 200, box: int = 32, *, shares=(0.5, 0.3, 0.2), snr: float = 1.0, ctf: bool = True, seed=5
) -> ClassSet:
    """Views in given shares at random angles and shifts (1.2 pixels), with CTF and white noise, and no poses."""
    rng = np.random.default_rng(seed)
    known = {} if ctf else {"defocus_u_angstrom": None, "defocus_v_angstrom": None, "defocus_angle_deg": None}
    particles = particles_of(count, box, euler_deg=None, shift_angstrom=None, random_subset=None, **known)
    classes, psi = rng.choice(len(shares), count, p=shares), rng.uniform(-180, 180, count)
    at = rng.normal(0, 1.2, (count, 2))
    places, (c, s) = blob_places(len(shares), box), (np.cos(np.radians(psi)), np.sin(np.radians(psi)))
    # an observation shows the class at R(ψ)ᵀ (x − t), R = [[c, s], [−s, c]]: what lies at p is seen at R p + t
    turns = np.moveaxis(np.array([[c, s], [-s, c]]), -1, 0)
    images = blob_images(np.einsum("nij,nbj->nbi", turns, places[classes]) + at[:, None], box)
    if ctf:
        transfer = image_transfer(particles, particles.optics_groups[0], box)
        images = irft(rft(images, 2) * transfer, (box, box))
    images = images * np.sqrt(snr / images.var(axis=(1, 2)).mean()) + rng.standard_normal(images.shape)
    return ClassSet(
        star=folder / "particles.star",
        particles=write_set(folder, particles, images),
        views=blob_images(places, box),
        classes=classes,
        psi_deg=psi,
        shift_angstrom=-at * PIXEL,
    )
