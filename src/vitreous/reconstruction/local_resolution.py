"""Resolution from place to place: the FSC of two half maps within a window that moves over them.

The method of Cardone, Heymann and Steven (2013): around each point of a coarse grid both half maps are cut out with a
soft spherical window, and the FSC of the pieces is followed to where it falls below a threshold. The window sets the
price: n³ voxels have shells only 1/(n · pixel size) apart, and everything finer in space than the window is averaged.
"""

from collections.abc import Iterator
from itertools import islice

import numpy as np
from jaxtyping import Float
from scipy.interpolate import RegularGridInterpolator

from vitreous._array import to_numpy
from vitreous._typing import Array, NumpyArray
from vitreous.fourier import coordinate_radius, fsc, resolution_angstrom, shell_frequencies

__all__ = ["local_resolution", "local_window_angstrom"]

_BATCH_VOXELS = 1 << 21
"""Voxels of the pieces that are in memory at once: a few tens of megabytes, whatever the map."""


_WINDOW_VOXELS, _WINDOW_RESOLUTIONS = 16, 6


def local_window_angstrom(resolution_angstrom: float, pixel_size_angstrom: float, box: int) -> float:
    """A window for `local_resolution`: six times the resolution, at least 16 voxels, at most the box.

    Parameters
    ----------
    resolution_angstrom
        Of the whole map, Å.
    pixel_size_angstrom
        Å/voxel.
    box
        Edge of the map in voxels.

    Returns
    -------
    float
        The window's diameter, Å.
    """
    window = max(_WINDOW_VOXELS * pixel_size_angstrom, _WINDOW_RESOLUTIONS * resolution_angstrom)
    return min(window, box // 2 * 2 * pixel_size_angstrom)


def local_resolution(
    half1: Float[Array, "z y x"],
    half2: Float[Array, "_ _ _"],
    mask: Float[Array, "_ _ _"] | None = None,
    *,
    pixel_size_angstrom: float,
    window_angstrom: float = 40.0,
    step_angstrom: float | None = None,
    threshold: float = 0.5,
) -> Float[NumpyArray, "z y x"]:
    """The resolution around every voxel, from the windowed FSC of two half maps.

    At each point of a grid: FSC(w h₁, w h₂) with w = ½ [1 + cos 2π s/D] for distances s < D/2 from the point; between
    the points linear in frequency.

    Parameters
    ----------
    half1, half2
        Shape (z, y, x), of one box.
    mask
        0 … 1, same shape: voxels below ½ are left out, and points far from others are not computed.
    pixel_size_angstrom
        Å/voxel.
    window_angstrom
        D, the diameter of the window, Å: some five to ten times the resolution expected.
    step_angstrom
        Between the points of the grid, Å; a quarter of the window, half of its width at half height, if not given.
    threshold
        Pieces have few coefficients in a shell, so that 0.5 is usual rather than 0.143.

    Returns
    -------
    NumPy array
        float32, Å, same shape; where the window claims nothing its own diameter, the coarsest it can tell; NaN where
        the mask leaves out.

    Raises
    ------
    ValueError
        If shapes differ, the window is smaller than eight voxels or larger than the map, or the mask is empty.

    References
    ----------
    Cardone, Heymann and Steven, J. Struct. Biol. 184, 226 (2013).
    """
    halves = [to_numpy(half).astype(np.float32, copy=False) for half in (half1, half2)]
    shape = halves[0].shape
    inside = np.ones(shape, bool) if mask is None else to_numpy(mask) >= 0.5
    if halves[1].shape != shape or inside.shape != shape:
        raise ValueError(f"maps and mask of shapes {shape}, {halves[1].shape}, {inside.shape}: bring all to one box")
    if not inside.any():
        raise ValueError("the mask leaves no voxel")
    edge = 2 * round(window_angstrom / pixel_size_angstrom / 2)
    if not 8 <= edge <= min(shape):
        raise ValueError(
            f"a window of {window_angstrom:g} Å is {edge} voxels: it should be at least 8 and at most {min(shape)}"
        )
    step = max(1, round((step_angstrom or window_angstrom / 4) / pixel_size_angstrom))
    axes = [np.unique(np.append(np.arange(0, n, step), n - 1)) for n in shape]
    wanted = _wanted(inside, axes, step)
    frequency = np.full(wanted.shape, 1 / (edge * pixel_size_angstrom))
    points = np.argwhere(wanted)
    for part, found in _windowed(halves, points, axes, edge, pixel_size_angstrom, threshold):
        frequency[tuple(part.T)] = found
    between = RegularGridInterpolator([axis.astype(np.float64) for axis in axes], frequency)
    result = np.full(shape, np.nan, np.float32)
    for z in range(shape[0]):
        places = np.argwhere(inside[z])
        if len(places):
            where = np.column_stack([np.full(len(places), z), places])
            result[z][inside[z]] = 1 / between(where)
    return result


def _wanted(inside: NumpyArray, axes: list[NumpyArray], step: int) -> NumpyArray:
    """Which points of the grid have a voxel of the mask within the cells around them."""
    wanted = np.zeros([len(axis) for axis in axes], bool)
    for place in np.ndindex(wanted.shape):
        near = tuple(slice(max(axis[i] - step, 0), axis[i] + step + 1) for axis, i in zip(axes, place, strict=True))
        wanted[place] = inside[near].any()
    return wanted


def _windowed(
    halves: list[NumpyArray],
    points: NumpyArray,
    axes: list[NumpyArray],
    edge: int,
    pixel_size_angstrom: float,
    threshold: float,
) -> Iterator[tuple[NumpyArray, NumpyArray]]:
    """Batches of points of the grid, and the frequency in 1/Å that the window around each reaches."""
    box = (edge,) * 3
    window = (0.5 + 0.5 * np.cos(np.pi * np.clip(coordinate_radius(box) / (edge / 2), 0, 1))).astype(np.float32)
    padded = [np.pad(half, edge // 2) for half in halves]
    k = shell_frequencies(box, pixel_size_angstrom)
    rest = iter(points)
    while batch := list(islice(rest, max(1, _BATCH_VOXELS // edge**3))):
        part = np.array(batch)
        corners = np.column_stack([axis[part[:, i]] for i, axis in enumerate(axes)])
        pieces = [
            np.stack([half[z : z + edge, y : y + edge, x : x + edge] * window for z, y, x in corners])
            for half in padded
        ]
        curves = fsc(*pieces)
        reached = [resolution_angstrom(curve, k, threshold) for curve in curves]
        yield part, np.array([k[1] if d is None else 1 / d for d in reached])
