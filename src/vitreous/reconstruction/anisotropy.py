"""Resolution by direction: the FSC within cones, which tells a map seen from all sides from one that is smeared.

The coefficients of each shell are first summed into the pixels of a HEALPix sphere, once; a cone is then the pixels
whose centres lie within its angle of its axis. So every direction costs a product of small matrices.
"""

from dataclasses import dataclass
from itertools import pairwise

import healpix
import numpy as np
from jaxtyping import Float
from scipy.spatial import ConvexHull

from vitreous._array import to_numpy
from vitreous._typing import Array, NumpyArray
from vitreous.fourier import (
    frequency_grid,
    frequency_shells,
    hermitian_weights,
    resolution_angstrom,
    rft,
    shell_count,
    shell_frequencies,
    shell_sizes,
)
from vitreous.rotations import sphere_grid

__all__ = ["Anisotropy", "cone_fsc"]

_SIDE = 16
"""HEALPix's parameter of the sphere that shells are summed into: 3,072 pixels of 3.7°."""
_DIRECTIONS_DEG = 15.0
_FEWEST = 20
"""Coefficients that a cone must hold of a shell for its correlation to say anything."""


@dataclass(frozen=True, eq=False)
class Anisotropy:
    """The FSC in every direction.

    Parameters
    ----------
    directions
        (m, 3) unit vectors (x, y, z), one of each pair ±d.
    cone_half_angle_deg
        Of every cone, degrees.
    frequencies_per_angstrom
        (shells,) 1/Å.
    fsc
        (m, shells) within the cone about each direction; in the first shells, of which a cone holds fewer than twenty
        coefficients, that of the whole shell.
    resolution_angstrom
        (m,) where each falls below the threshold, Å; NaN where it claims none.
    sphericity
        Of the body whose surface lies at the resolution's frequency in every direction: the surface of the sphere of
        its volume over its own, relative to the same number of a sphere drawn by these directions. 1 where all
        directions are alike, less where they differ, 0 where a direction claims nothing.
    """

    directions: Float[NumpyArray, "m 3"]
    cone_half_angle_deg: float
    frequencies_per_angstrom: Float[NumpyArray, " shell"]
    fsc: Float[NumpyArray, "m shell"]
    resolution_angstrom: Float[NumpyArray, " m"]
    sphericity: float

    @property
    def best_angstrom(self) -> float | None:
        """The finest resolution of any direction, Å; None where no direction claims one."""
        return None if np.isnan(self.resolution_angstrom).all() else float(np.nanmin(self.resolution_angstrom))

    @property
    def worst_angstrom(self) -> float | None:
        """The coarsest resolution of any direction, Å; None where a direction claims none."""
        return None if np.isnan(self.resolution_angstrom).any() else float(np.max(self.resolution_angstrom))


def cone_fsc(
    half1: Float[Array, "z y x"],
    half2: Float[Array, "_ _ _"],
    *,
    pixel_size_angstrom: float,
    cone_half_angle_deg: float = 20.0,
    threshold: float = 0.143,
) -> Anisotropy:
    """The FSC of two maps within cones about directions spread evenly over the sphere.

    FSC_d(r) = Re Σ A B*/√(Σ|A|² Σ|B|²), sums over the coefficients of shell r within the cone about ±d.

    Parameters
    ----------
    half1, half2
        Shape (z, y, x), of one box; masked, if they are to be.
    pixel_size_angstrom
        Å/voxel.
    cone_half_angle_deg
        Between the axis of a cone and its edge, degrees, above 4 and at most 90 (which is the whole sphere).
    threshold
        0.143 for half maps, 0.5 against the truth or a model.

    Returns
    -------
    Anisotropy
        At directions about 15° apart.

    Raises
    ------
    ValueError
        If the boxes differ, or the cone is narrower than the pixels of the sphere.

    References
    ----------
    Diebolder et al., J. Struct. Biol. 192, 132 (2015); Tan et al., Nat. Methods 14, 793 (2017).
    """
    shape = tuple(half1.shape)
    if tuple(half2.shape) != shape:
        raise ValueError(f"the shapes {shape} and {tuple(half2.shape)} differ: bring both to one box first")
    if not 4.0 < cone_half_angle_deg <= 90.0:
        raise ValueError(f"a cone of {cone_half_angle_deg}°: give a half-angle above 4° and at most 90°")
    directions = sphere_grid(_DIRECTIONS_DEG)
    directions = directions[_is_first_of_pair(directions)]
    pixels = np.stack(healpix.pix2vec(_SIDE, np.arange(12 * _SIDE**2)), axis=-1)
    cones = np.abs(directions @ pixels.T) >= np.cos(np.radians(cone_half_angle_deg)) - 1e-12
    binned = _binned(to_numpy(half1), to_numpy(half2))
    whole = np.ones((1, len(pixels)))
    few = shell_sizes(shape) * (1 - np.cos(np.radians(cone_half_angle_deg))) < _FEWEST
    curves = np.where(few, _correlation(whole, binned), _correlation(cones, binned))
    k = shell_frequencies(shape, pixel_size_angstrom)
    found = [resolution_angstrom(curve, k, threshold) for curve in curves]
    reached = np.array([np.nan if d is None else d for d in found])
    return Anisotropy(directions, cone_half_angle_deg, k, curves, reached, _sphericity(directions, 1 / reached))


def _correlation(cones: NumpyArray, binned: list[NumpyArray]) -> NumpyArray:
    """The FSC within each cone, a row of what pixels belong to it; 0 where it is empty."""
    products, left, right = (cones @ sums for sums in binned)
    norms = np.sqrt(left * right)
    curves: NumpyArray = np.where(norms > 0, products / np.where(norms > 0, norms, 1), 0.0)
    return curves


def _is_first_of_pair(directions: NumpyArray) -> NumpyArray:
    """Which of two opposite directions is kept: that with z > 0, on the equator with y > 0, on its axis with x > 0."""
    x, y, z = np.round(directions, 9).T
    first: NumpyArray = (z > 0) | ((z == 0) & ((y > 0) | ((y == 0) & (x > 0))))
    return first


def _binned(half1: NumpyArray, half2: NumpyArray) -> list[NumpyArray]:
    """Σ Re A B*, Σ|A|² and Σ|B|² in every pixel of the sphere and shell, (pixels, shells), plane by plane."""
    shape, pixels = half1.shape, 12 * _SIDE**2
    count = shell_count(shape)
    left, right = rft(half1, 3), rft(half2, 3)
    shells = frequency_shells(shape, half=True)
    weights = hermitian_weights(shape)
    sums = [np.zeros(pixels * count) for _ in range(3)]
    directions = frequency_grid(shape, half=True)
    for part in (slice(*ends) for ends in pairwise([*range(0, shape[0], 16), shape[0]])):
        kept = (shells[part] > 0) & (shells[part] < count)
        label = healpix.vec2pix(_SIDE, *directions[part][kept].T) * count + shells[part][kept]
        weight = np.broadcast_to(weights, kept.shape)[kept]
        a, b = left[part][kept], right[part][kept]
        for total, values in zip(sums, ((a * b.conj()).real, np.abs(a) ** 2, np.abs(b) ** 2), strict=True):
            total += np.bincount(label, weight * values, pixels * count)
    return [total.reshape(pixels, count) for total in sums]


def _sphericity(directions: NumpyArray, radii: NumpyArray) -> float:
    """Surface of the sphere of a body's volume over the body's, relative to that of a sphere in the same facets."""
    if np.isnan(radii).any():
        return 0.0
    both, lengths = np.concatenate([directions, -directions]), np.concatenate([radii, radii])
    corners = ConvexHull(both).simplices

    def compactness(points: NumpyArray) -> float:
        a, b, c = (points[corners[:, i]] for i in range(3))
        volume = np.abs(np.sum(a * np.cross(b, c), axis=-1)).sum() / 6
        surface = np.linalg.norm(np.cross(b - a, c - a), axis=-1).sum() / 2
        return float(volume ** (2 / 3) / surface)

    return compactness(lengths[:, None] * both) / compactness(both)
