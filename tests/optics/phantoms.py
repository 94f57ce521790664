"""Small specimens whose potential, projection and transform are known in closed form."""

import numpy as np
from numpy.typing import NDArray

from vitreous.fourier import coordinates, positions


def gaussian_slices(
    atoms: NDArray[np.float64], shape: tuple[int, int, int], pixel: float, thickness: float, *, sigma: float = 1.5
) -> NDArray[np.float64]:
    """Slices in V Å of Gaussian blobs; atoms are rows (x, y, z, strength in V Å³), each blob lies in one slice."""
    slices = np.zeros(shape)
    z = positions(shape[0], thickness)
    xy = coordinates(shape[1:], pixel)
    for x, y, height, strength in atoms:
        squared = (xy[..., 0] - x) ** 2 + (xy[..., 1] - y) ** 2
        slices[np.argmin(np.abs(z - height))] += strength * np.exp(-squared / (2 * sigma**2)) / (2 * np.pi * sigma**2)
    return slices


def random_atoms(rng: np.random.Generator, count: int, box: tuple[float, float, float], strength: float) -> NDArray:
    """Atoms uniform in a box (x, y, z) about the origin, Å."""
    places = rng.uniform(-0.5, 0.5, (count, 3)) * box
    return np.column_stack([places, np.full(count, strength)])
