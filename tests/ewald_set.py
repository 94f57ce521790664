"""A set whose particle is too thick for its resolution, by a path that knows of no Ewald sphere."""

import numpy as np

from simulated import particles_of
from vitreous.fourier import frequency_grid, irft
from vitreous.optics import Defocus, ctf
from vitreous.particles import OpticsGroup, ParticleSet
from vitreous.particles.optics import lens_of

BOX, PIXEL, SIGMA = 36, 1.0, 0.45
GROUP = OpticsGroup("slow electrons", 1.5, 0.0, 0.1, PIXEL, BOX)
"""At 1.5 kV a particle of 26 Å is to its Ewald sphere at 2 Å what one of 235 Å is at 1.5 Å and 300 kV."""


def scattered_atoms() -> np.ndarray:
    """40 places (x, y, z) within 13 Å of the origin, Å."""
    rng = np.random.default_rng(7)
    places = rng.normal(size=(40, 3))
    return 13 * places / np.linalg.norm(places, axis=1)[:, None] * rng.uniform(0.3, 1, (40, 1)) ** (1 / 3)


def transform_of(places: np.ndarray, k: np.ndarray) -> np.ndarray:
    """Of Gaussians at (x, y, z), each of weight 1."""
    return np.exp(-2 * np.pi**2 * SIGMA**2 * np.sum(k**2, axis=-1)) * np.sum(
        np.exp(-2j * np.pi * k @ places.T), axis=-1
    )


def images_by_height(atoms: np.ndarray) -> tuple[ParticleSet, np.ndarray]:
    """Each atom has the defocus of its own height, and no sphere is in the simulation."""
    n = 250
    rng = np.random.default_rng(3)
    defocus = rng.uniform(50, 150, n)
    columns = {"defocus_u_angstrom": defocus, "defocus_v_angstrom": defocus, "shift_angstrom": rng.normal(0, 2, (n, 2))}
    particles = particles_of(n, BOX, groups=(GROUP,), **columns)
    k = frequency_grid((BOX, BOX), PIXEL, half=True)
    spectra = np.zeros((n, BOX, BOX // 2 + 1), complex)
    blur = np.exp(-2 * np.pi**2 * SIGMA**2 * np.sum(k**2, axis=-1))
    for i, matrix in enumerate(particles.rotations()):
        placed = atoms @ matrix.T
        # nearer to the detector is farther out of focus
        own = Defocus(defocus[i] + placed[:, 2], defocus[i] + placed[:, 2], np.zeros(len(atoms)))
        transfer = ctf((BOX, BOX), PIXEL, own, lens_of(GROUP), contrast="inverted")
        at = placed[:, :2] - particles.shift_angstrom[i]
        spectra[i] = np.sum(transfer * blur * np.exp(-2j * np.pi * np.einsum("yxd,ad->ayx", k, at)), axis=0)
    images = irft(spectra, (BOX, BOX)) / PIXEL**2
    return particles, (images + 0.02 * rng.standard_normal(images.shape)).astype(np.float32)


def true_map(atoms: np.ndarray) -> np.ndarray:
    """The atoms as Gaussians, on the grid of the images."""
    return irft(transform_of(atoms, frequency_grid((BOX,) * 3, PIXEL, half=True)), (BOX,) * 3) / PIXEL**3
