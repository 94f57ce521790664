"""What slice and insertion share: the samples of an image in shells, where they lie, and how the kernel weighs them.

Samples go by in shells of one distance from the origin, all images for one shell and then for the next, so that what
is read or written stays in the cache: the shells are the same for every rotation.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from math import prod
from typing import NamedTuple, TypeVar

import numba
import numpy as np
from jaxtyping import Float32, Int64, UInt64

from vitreous._typing import NumpyArray, Real
from vitreous.interpolation import LINEAR, NEAREST, Kernel
from vitreous.kernels._table import weight_table
from vitreous.kernels.numba._lines import axpy, load_line

__all__ = [
    "PAIR",
    "Samples",
    "Stencil",
    "as_floats",
    "axes_in_voxels",
    "geometry",
    "samples_of",
    "share",
    "stencil_of",
    "threads_for",
    "zeros",
]

_Part = TypeVar("_Part")
_ROUNDING = 1e-6
_ROWS = 1024
"""Of a table of weights between two pixels, linear from row to row: they err by 1e-7 of the kernel's curvature."""
# slice and insertion must find the same taps to the last bit: no product is contracted with a sum here
_FAST = {"nsz"}
_WORTH_A_THREAD = 1 << 18
"""Samples from which a second thread pays for being started."""
_f32 = np.float32
PAIR = (_f32(0), _f32(0))
"""Like what a sample's place in the plane is."""


class Samples(NamedTuple):
    """The samples of a half spectrum below the cut-off, shell by shell: (kx, ky) in pixels, and where each stands."""

    plane: Float32[np.ndarray, " two_a_sample"]
    at: UInt64[np.ndarray, " samples"]
    edges: Int64[np.ndarray, " shells_and_one"]


class Stencil(NamedTuple):
    """The kernel along one axis: the rows of its table, of one axis where it needs none, and as many zeros as taps."""

    table: Float32[np.ndarray, "..."]
    taps: tuple[np.float32, ...]


def as_floats(spectra: NumpyArray) -> Float32[np.ndarray, "*shape x"]:
    """Complex values as pairs of float32, without a copy where they are complex64 and contiguous."""
    return np.ascontiguousarray(spectra, np.complex64).view(np.float32)


def axes_in_voxels(rotations: NumpyArray, box: int, size: int, curvature_pixels: Real) -> Float32[np.ndarray, "m a 3"]:
    """What kx and ky (and kx² + ky², on a curved surface) in pixels are in voxels (x, y, z) of the transform."""
    count, dim, used = prod(rotations.shape[:-2]), rotations.shape[-1], 3 if curvature_pixels else 2
    axes = np.zeros((count, used, 3), np.float32)
    axes[..., :dim] = np.reshape(rotations[..., :used, :], (count, used, dim)) * (size / box)
    axes[:, 2:] *= _f32(curvature_pixels / box)
    return axes


def geometry(axes: Float32[np.ndarray, "m a 3"], cutoff_cycles: Real, box: int) -> tuple[float, float, float]:
    """The radius in pixels that all samples are below, and, in voxels, how far and how unlike the views reach."""
    reach = float(min(cutoff_cycles, 1.0)) * box * (1 - _ROUNDING)
    gram = np.einsum("mai,mbi->mab", axes[:, :2], axes[:, :2], dtype=np.float64)
    mean, half = (gram[:, 0, 0] + gram[:, 1, 1]) / 2, (gram[:, 0, 0] - gram[:, 1, 1]) / 2
    spread = np.hypot(half, gram[:, 0, 1])
    far = np.sqrt(mean + spread) * reach + np.sum(np.linalg.norm(axes[:, 2:], axis=-1), axis=-1) * reach**2
    near = np.sqrt(np.maximum(mean - spread, 0)) * reach
    farthest = float(np.max(far, initial=0.0))
    return reach, farthest, farthest - float(np.min(near, initial=farthest))


@lru_cache(16)
def samples_of(box: int, reach: float, thickness: float) -> Samples:
    """The samples below a reach, in shells of so many pixels, the outermost first."""
    ky, kx = np.meshgrid(np.arange(box) - box // 2, np.arange(box // 2 + 1), indexing="ij")
    radius = np.hypot(kx, ky).ravel()
    shells = (radius / thickness).astype(np.int64)
    order = np.lexsort((np.arange(radius.size), -shells))
    order = order[radius[order] < reach]
    plane = np.stack([kx, ky], -1).reshape(-1, 2)[order].astype(np.float32)
    edges = np.flatnonzero(np.diff(shells[order], prepend=-1, append=-1))
    return Samples(plane.ravel(), order.astype(np.uint64), edges)


def stencil_of(kernel: Kernel, dim: int) -> tuple[Stencil, Stencil]:
    """The kernel along x and y, and along z, where an image has but one layer."""
    return _stencil(kernel), _stencil(kernel if dim == 3 else NEAREST)


@lru_cache(16)
def _stencil(kernel: Kernel) -> Stencil:
    """The weights of the taps for places between two pixels, and what they grow by to the next row of the table."""
    taps = zeros(kernel.support)
    if kernel is LINEAR:
        return Stencil(np.zeros(0, np.float32), taps)
    return Stencil(weight_table(kernel, _ROWS), taps)


def zeros(count: int) -> tuple[np.float32, ...]:
    """A tuple for the compiler, which knows its length, and unrolls loops over it."""
    return (_f32(0),) * count


def threads_for(samples: int) -> int:
    """How many of the threads allowed are worth their start."""
    return min(numba.get_num_threads(), max(samples // _WORTH_A_THREAD, 1))


def share(function: Callable[[_Part], None], parts: Sequence[_Part], threads: int) -> None:
    """Call a function, which sets the interpreter free, for each part; the first of them are begun first."""
    if threads == 1:
        for part in parts:
            function(part)
    else:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(function, parts))


@numba.njit(cache=True, fastmath=_FAST)
def _place(axes, plane, period):  # type: ignore[no-untyped-def]
    """Where a sample lies, in voxels from the origin, and −1 where it was turned to its conjugate to have x ≥ 0.

    A period of 0 says that no sample lies beyond one half of it.
    """
    kx, ky = plane
    x = axes[0] * kx + axes[3] * ky
    y = axes[1] * kx + axes[4] * ky
    z = axes[2] * kx + axes[5] * ky
    if len(axes) > 6:
        squared = kx * kx + ky * ky
        x += axes[6] * squared
        y += axes[7] * squared
        z += axes[8] * squared
    if period > 0:
        x -= period * np.rint(x / period)
        y -= period * np.rint(y / period)
        z -= period * np.rint(z / period)
    sign = _f32(-1.0) if x < 0 else _f32(1.0)
    return sign * x, sign * y, sign * z, sign


@numba.njit(cache=True, fastmath=_FAST)
def _weigh(place, table, taps):  # type: ignore[no-untyped-def]
    """The first tap of one axis, from the origin, and the weights of all (see `Stencil`)."""
    width = len(taps)
    shifted = place + _f32(0.5 * (width % 2))
    below = np.floor(shifted)
    first, between = int(below) - (width - 1) // 2, shifted - below
    if table.ndim == 1:
        return first, (_f32(1.0) - between, between)
    at = between * _f32(_ROWS)
    row = min(int(at), _ROWS - 1)
    start = np.uint64(2 * width * row)
    slopes = load_line(table, start + np.uint64(width), taps)
    return first, axpy(at - _f32(row), slopes, load_line(table, start, taps))


@numba.njit(cache=True)
def _home(x, y, z, layers, size):  # type: ignore[no-untyped-def]
    """The place in the half transform where the value at a tap stands, and −1 where it is the conjugate's."""
    y, z, sign = y - size // 2, z - layers // 2, _f32(1.0)
    x = (x + size // 2) % size - size // 2
    # the two ends of an even axis are one
    if 2 * x == -size:
        x = -x
    if x < 0:
        x, y, z, sign = -x, -y, -z, _f32(-1.0)
    return x, (y + size // 2) % size, (z + layers // 2) % layers, sign
