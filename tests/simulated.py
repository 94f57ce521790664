"""Small particle sets of known truth, by a path that the reconstruction does not share: exact slices, blobs, atoms."""

from pathlib import Path

import numpy as np

from vitreous.fourier import irft
from vitreous.particles import OpticsGroup, ParticleSet, read_particles, write_relion, write_stack
from vitreous.particles.optics import image_transfer, view_matrices
from vitreous.projection import slice_map

PIXEL = 3.0


def blobs(box: int, seed: int = 3, count: int = 40) -> np.ndarray:
    """A lopsided heap of Gaussian blobs within 0.3 box of the origin: no symmetry, no hand of its own."""
    rng = np.random.default_rng(seed)
    grid = np.stack(np.meshgrid(*[np.arange(box) - box // 2] * 3, indexing="ij")[::-1], axis=-1)
    places = rng.normal(size=(count, 3)) * np.array([0.12, 0.09, 0.07]) * box + np.array([0.04, -0.02, 0.03]) * box
    places = places[np.linalg.norm(places, axis=1) < 0.3 * box]
    volume = sum(np.exp(-np.sum((grid - place) ** 2, axis=-1) / (2 * 1.2**2)) for place in places)
    return volume.astype(np.float32)


def views(n: int, seed: int = 5) -> np.ndarray:
    """Uniform rot, tilt, psi in degrees."""
    rng = np.random.default_rng(seed)
    tilt = np.degrees(np.arccos(rng.uniform(-1, 1, n)))
    return np.stack([rng.uniform(-180, 180, n), tilt, rng.uniform(-180, 180, n)], axis=-1)


def particles_of(n: int, box: int, *, seed: int = 5, groups: tuple[OpticsGroup, ...] = (), **columns: object):
    """A set without images: uniform views, shifts of some Å, a defocus for each particle."""
    rng = np.random.default_rng(seed)
    groups = groups or (OpticsGroup("opticsGroup1", 300.0, 2.7, 0.1, PIXEL, box),)
    defocus = rng.uniform(8000, 20000, n)
    known = {
        "optics_index": np.arange(n) % len(groups),
        "stacks": ("particles.mrcs",),
        "stack_index": np.zeros(n, np.int64),
        "slice_index": np.arange(n),
        "defocus_u_angstrom": defocus,
        "defocus_v_angstrom": defocus - rng.uniform(0, 800, n),
        "defocus_angle_deg": rng.uniform(0, 180, n),
        "euler_deg": views(n, seed),
        "shift_angstrom": rng.normal(0, 2 * PIXEL, (n, 2)),
        "random_subset": 1 + np.arange(n) % 2,
    }
    return ParticleSet(optics_groups=groups, **{**known, **columns})


def images_of(volume: np.ndarray, particles: ParticleSet, noise: float = 0.0, *, with_ctf: bool = True) -> np.ndarray:
    """Exact slices of a map through the optics of each group, and white noise of a standard deviation."""
    box = particles.box
    images = np.random.default_rng(11).standard_normal((len(particles), box, box)).astype(np.float32) * noise
    for number, group in enumerate(particles.optics_groups):
        rows = np.flatnonzero(particles.optics_index == number)
        chosen = particles[rows]
        slices = slice_map(volume.astype(np.float64), view_matrices(chosen, group), box)
        images[rows] += irft(slices * image_transfer(chosen, group, box, with_ctf=with_ctf), (box, box))
    return images


def write_set(folder: Path, particles: ParticleSet, images: np.ndarray) -> ParticleSet:
    """The set on disk, as ``particles.star`` and ``particles.mrcs`` in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    write_stack(folder / "particles.mrcs", [images.astype(np.float32)], particles.pixel_size_angstrom)
    write_relion(folder / "particles.star", particles)
    return read_particles(folder / "particles.star")
