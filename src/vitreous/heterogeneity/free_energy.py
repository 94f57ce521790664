"""How particles are spread over a plane of latent space: their density ρ, and −ln ρ as an energy in units of kT.

The particles are counted on a grid and smoothed by a Gaussian whose width follows from their number and spread.
−ln ρ is the free energy of the molecule in the sample only as far as picking, freezing and classification before were
fair to all its states, and as far as the latents are sharper than what is seen: their errors widen ρ.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float64
from scipy.ndimage import gaussian_filter, map_coordinates

from vitreous._typing import NumpyArray

__all__ = ["FreeEnergy", "free_energy"]

_CELLS = 96
_MARGIN = 3.0
"""Widths of the kernel beyond the outermost particle."""
_LEAST = 0.5
"""Particles under a kernel's area below which there is nothing to say."""
_HELD = (0.5, 99.5)


@dataclass(frozen=True, eq=False)
class FreeEnergy:
    """The density of n particles on a grid of a plane."""

    x: Float64[NumpyArray, " columns"]
    """Centres of the cells."""
    y: Float64[NumpyArray, " rows"]
    density: Float64[NumpyArray, "rows columns"]
    """ρ, whose sum over the cells is 1."""
    energy: Float64[NumpyArray, "rows columns"]
    """−ln ρ above its least, kT; NaN where fewer than half a particle would be expected."""
    at_particles: Float64[NumpyArray, " n"]
    """ρ at each particle over its largest value."""


def free_energy(plane: Float[NumpyArray, "n 2"]) -> FreeEnergy:
    """The density of particles in a plane and its negative logarithm.

    F(x, y) = −ln ρ(x, y), ρ by kernels of the widths σ n^(−1/6).

    Parameters
    ----------
    plane
        Coordinates, shape (n, 2).

    Returns
    -------
    FreeEnergy
        On a grid around all particles but the outermost per cent.

    References
    ----------
    The width: Scott, Multivariate Density Estimation, Wiley (1992), eq. 6.42.
    """
    points = plane.astype(np.float64)
    spread = np.maximum(_spread(points), 1e-12)
    width = spread * len(points) ** (-1 / 6)
    low, high = np.percentile(points, _HELD, axis=0)
    low, high = low - _MARGIN * width, high + _MARGIN * width
    cell = (high - low) / _CELLS
    inside = np.clip(points, low, high)
    counted, _, _ = np.histogram2d(
        inside[:, 0], inside[:, 1], bins=_CELLS, range=np.stack([low, high], axis=1).tolist()
    )
    smooth = gaussian_filter(counted.T, (width / cell)[::-1], mode="constant")
    density = smooth / smooth.sum()
    expected = len(points) * density * 2 * np.pi * np.prod(width / cell)
    seen = expected >= _LEAST
    energy = np.where(seen, -np.log(np.where(seen, density, 1)), np.nan)
    place = ((inside - low) / cell - 0.5).T[::-1]
    at = map_coordinates(density, place, order=1, mode="nearest")
    x, y = (low[i] + (np.arange(_CELLS) + 0.5) * cell[i] for i in (0, 1))
    return FreeEnergy(x, y, density, energy - np.nanmin(energy), np.maximum(at, 0) / density.max())


def _spread(points: NumpyArray) -> Float64[np.ndarray, "2"]:
    """The standard deviation of the bulk, whatever lies far outside, or of the whole where the bulk is one point."""
    low, high = np.percentile(points, (15.87, 84.13), axis=0)
    bulk: NumpyArray = (high - low) / 2
    return np.where(bulk > 0, bulk, points.std(axis=0))
