"""Central slices in single precision, read slab by slab of the transform, so that what is read stays in the cache.

The half transform is read where it lies. A sample with x < 0 is read at its conjugate, and its taps are a block of
lines that are contiguous along x; only where that block leaves the half (x near 0, or beyond the edge of the period)
are taps taken one by one. All images go by for one slab of layers, each row in the few columns that reach it, and then
for the next; threads take slabs, so that no result depends on how many there are.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from math import prod

import numba
import numpy as np
from jaxtyping import Complex, Complex64, Float, Float32

from vitreous._typing import Array, NumpyArray, Real
from vitreous.interpolation import LINEAR, Kernel

__all__ = ["slice_transform"]

_ROUNDING = 1e-6
_ROWS = 1024
"""Of the table of weights between two pixels; linear between them the weights err by 1e-7 of the kernel's curvature."""
_WORTH_A_THREAD = 1 << 18
"""Samples from which a second thread pays for being started."""
_SLAB_BYTES = 4 << 20
_SLABS_A_THREAD = 4
"""At least, so that a thread that is held up leaves its share to the others."""
_PROBES = 256
_f32 = np.float32
_FAR = _f32(1e9)
# NaN stays NaN, and products are rounded before they are added
_FAST = {"nsz", "reassoc"}


def slice_transform(
    transform: Complex[Array, "*half_spectrum"],
    rotations: Float[Array, "*batch d d"],
    box: int,
    kernel: Kernel,
    padding: int = 2,
    *,
    cutoff_cycles: Real = 0.5,
) -> Complex64[Array, "*batch ky kx_half"]:
    """The central slices of a map, as `vitreous.projection.slice.slice_transform`, in single precision.

    F₂(k) = Σ_m T(m) φ(p n q − m), q = Rᵀ(k, 0). The weights are a product of one of each axis; those of a kernel other
    than the linear one come from a table.

    Parameters
    ----------
    transform
        NumPy array, the half transform of a real map or image: in its column x = 0 (and x = P/2) both members of a
        pair stand, and are conjugate.
    rotations
        NumPy array, shape (…, 3, 3) for a map, (…, 2, 2) for an image.
    box
        Edge of the images in pixels.
    kernel, padding
        Those of the transform.
    cutoff_cycles
        Frequencies |k| ≥ this are zero; cycles/pixel.

    Returns
    -------
    NumPy array of complex64
        Half spectra, shape (…, box, box // 2 + 1); with errors near 1e-6 of the largest.

    Raises
    ------
    ValueError
        If the transform is not padded so many times.
    """
    size, dim = transform.shape[0], rotations.shape[-1]
    if size % padding:
        raise ValueError(f"a transform of {size} voxels was not padded {padding} times")
    spectra = np.zeros((*rotations.shape[:-2], box, box // 2 + 1), np.complex64)
    images = _as_floats(spectra.reshape(-1, *spectra.shape[-2:]))
    volume = _as_floats(transform if dim == 3 else transform[None])
    axes = _axes_in_voxels(rotations, box, size)
    limits, stencil, table = _limits(axes, cutoff_cycles, box, size), _stencil(kernel, dim), _table(kernel)

    def fill(slab: tuple[int, int]) -> None:
        _slice(images, volume, axes, slab, limits, stencil, table)

    _for_each_slab(fill, axes, limits[0], volume)
    return spectra


def _as_floats(spectra: NumpyArray) -> Float32[np.ndarray, "*shape x"]:
    """Complex values as pairs of float32, without a copy where they are complex64 and contiguous."""
    return np.ascontiguousarray(spectra, np.complex64).view(np.float32)


def _axes_in_voxels(rotations: NumpyArray, box: int, size: int) -> Float32[np.ndarray, "m 2 3"]:
    """What one pixel along kx, and one along ky, is in voxels (x, y, z) of the transform."""
    count, dim = prod(rotations.shape[:-2]), rotations.shape[-1]
    axes = np.zeros((count, 2, 3), np.float32)
    axes[..., :dim] = np.reshape(rotations[..., :2, :], (count, 2, dim)) * (size / box)
    return axes


def _limits(axes: Float32[np.ndarray, "m 2 3"], cutoff_cycles: Real, box: int, size: int) -> tuple[float, bool]:
    """The radius in pixels that all samples are below; whether one may lie beyond half a period of the transform."""
    reach = float(min(cutoff_cycles, 1.0)) * box * (1 - _ROUNDING)
    gram = np.einsum("mai,mbi->mab", axes, axes, dtype=np.float64)
    mean, half = (gram[:, 0, 0] + gram[:, 1, 1]) / 2, (gram[:, 0, 0] - gram[:, 1, 1]) / 2
    stretch = np.max(mean + np.hypot(half, gram[:, 0, 1]), initial=0.0)
    return reach, not reach * np.sqrt(stretch) <= size / 2


def _stencil(kernel: Kernel, dim: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The taps along x and y, and those along z, as tuples: the compiler knows their length, and unrolls the loops."""
    taps = (0,) * kernel.support
    return taps, taps if dim == 3 else (0,)


def _for_each_slab(
    function: Callable[[tuple[int, int]], None],
    axes: Float32[np.ndarray, "m 2 3"],
    reach: float,
    volume: Float32[np.ndarray, "z *rest"],
) -> None:
    """Call a function, which sets the interpreter free, for each slab of layers, on as many threads as are allowed.

    Slabs are small enough to stay in the cache while all images go by, and hold about as many samples each.
    """
    layers, samples = len(volume), len(axes) * reach**2
    threads = min(numba.get_num_threads(), max(int(samples / _WORTH_A_THREAD), 1))
    count = max(_SLABS_A_THREAD * threads if threads > 1 else 1, volume.nbytes // _SLAB_BYTES)
    edges = _slab_edges(axes, reach, layers, max(min(count, layers, len(axes)), 1))
    if threads == 1:
        for slab in pairwise(edges):
            function(slab)
    else:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(function, pairwise(edges)))


def _slab_edges(axes: Float32[np.ndarray, "m 2 3"], reach: float, layers: int, count: int) -> list[int]:
    """The layers at which slabs begin and end, from samples spread evenly over the disc of some of the images."""
    turns = np.arange(_PROBES) * np.pi * (3 - np.sqrt(5))
    radius = reach * np.sqrt((np.arange(_PROBES) + 0.5) / _PROBES)
    disc = np.stack([radius * np.cos(turns), radius * np.sin(turns)])
    some = axes[:: max(1, len(axes) // _PROBES)]
    x, z = np.einsum("ap,ma->mp", disc, some[..., 0]), np.einsum("ap,ma->mp", disc, some[..., 2])
    places = np.where(x < 0, -z, z)
    inner = np.quantile(places, np.arange(1, count) / count) + layers // 2 if len(axes) else np.zeros(0)
    return [0, *(int(edge) for edge in np.clip(inner, 0, layers)), layers]


def _table(kernel: Kernel) -> Float32[np.ndarray, "rows taps"] | None:
    """The weights of the taps for places between two pixels; None for the linear kernel, which needs no table."""
    if kernel is LINEAR:
        return None
    # the last row is the limit from below: a kernel may jump there
    between = np.minimum(np.arange(_ROWS + 1) / _ROWS, 1 - 2.0**-40)
    first = (kernel.support - 1) // 2 - 0.5 * (kernel.support % 2)
    distances = between[:, None] + first - np.arange(kernel.support)
    return np.asarray(kernel.profile(distances), np.float32)


@numba.njit(cache=True, inline="always")
def _scratch(stencil):  # type: ignore[no-untyped-def]
    """Room for the weights along x, y, z, and for the products of the latter two; along z they are 1 in the plane."""
    taps, depth = stencil
    wx, wy = np.empty(len(taps), np.float32), np.empty(len(taps), np.float32)
    return wx, wy, np.ones(len(taps), np.float32), np.empty(len(depth) * len(taps), np.float32)


@numba.njit(cache=True, fastmath=_FAST, inline="always")
def _columns(ky, reach, count):  # type: ignore[no-untyped-def]
    """How many columns of the row ky lie within the reach."""
    rest = reach * reach - ky * ky
    return min(count, int(np.ceil(np.sqrt(rest)))) if rest > 0 else 0


@numba.njit(cache=True, fastmath=_FAST, inline="always")
def _clip(run, slope, offset, low, high):  # type: ignore[no-untyped-def]
    """The columns of a run where low ≤ slope · kx + offset ≤ high, and at most one more on either side."""
    start, stop = run
    if abs(slope) * stop < 1:
        return (start, stop) if low - 1 <= offset <= high + 1 else (start, start)
    one, two = (low - offset) / slope, (high - offset) / slope
    first = min(max(min(one, two), _f32(start)), _f32(stop))
    last = max(min(max(one, two) + _f32(1.0), _f32(stop)), _f32(start))
    return int(first), int(np.ceil(last))


@numba.njit(cache=True, fastmath=_FAST, inline="always")
def _runs(axes, ky, columns, slab, grid):  # type: ignore[no-untyped-def]
    """The columns of a row whose samples, or their conjugates, may reach a slab: two runs, which do not overlap.

    A sample is taken where x ≥ 0: at (x, y, z) or at its negative; near x = 0 its taps lie on both sides.
    """
    layers, width, wraps = grid
    whole = (0, columns)
    if wraps:
        return whole, (columns, columns)
    margin = _f32(width + 1)
    low, high = slab[0] - layers // 2 - margin, slab[1] - layers // 2 + margin
    x, z = axes[1, 0] * _f32(ky), axes[1, 2] * _f32(ky)
    one = _clip(_clip(whole, axes[0, 2], z, low, high), axes[0, 0], x, -margin, _FAR)
    two = _clip(_clip(whole, axes[0, 2], z, -high, -low), axes[0, 0], x, -_FAR, margin)
    if two[0] < one[0]:
        one, two = two, one
    return one, (max(two[0], one[1]), max(two[1], one[1]))


@numba.njit(cache=True, fastmath=_FAST, inline="always")
def _place(axes, kx, ky, size, wraps):  # type: ignore[no-untyped-def]
    """Where a sample lies, in voxels from the origin, and −1 where it was turned to its conjugate to have x ≥ 0.

    Slice and insertion must find the same taps, to the last bit: neither may contract what is done here.
    """
    x = axes[0, 0] * _f32(kx) + axes[1, 0] * _f32(ky)
    y = axes[0, 1] * _f32(kx) + axes[1, 1] * _f32(ky)
    z = axes[0, 2] * _f32(kx) + axes[1, 2] * _f32(ky)
    if wraps:
        period = _f32(size)
        x -= period * np.rint(x / period)
        y -= period * np.rint(y / period)
        z -= period * np.rint(z / period)
    sign = _f32(1.0)
    if x < 0:
        sign = _f32(-1.0)
    return sign * x, sign * y, sign * z, sign


@numba.njit(cache=True, fastmath=_FAST, inline="always")
def _weigh(place, taps, table, weights):  # type: ignore[no-untyped-def]
    """Fill in the weights of one axis; returns its first tap."""
    width = len(taps)
    shifted = place + _f32(0.5 * (width % 2))
    below = np.floor(shifted)
    between = shifted - below
    if table is None:
        weights[0] = _f32(1.0) - between
        weights[1] = between
    else:
        at = between * _f32(_ROWS)
        row = min(int(at), _ROWS - 1)
        rest = at - _f32(row)
        for j in range(width):
            weights[j] = table[row, j] + rest * (table[row + 1, j] - table[row, j])
    return int(below) - (width - 1) // 2


@numba.njit(cache=True, fastmath=_FAST, inline="always")
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


@numba.njit(cache=True, fastmath=_FAST, inline="always")
def _inside(first, taps, depth, shape):  # type: ignore[no-untyped-def]
    """Whether all taps lie in the half transform as it is stored."""
    x, y, z = first
    layers, size, half = shape
    return (
        (x >= 0) & (x + len(taps) <= half) & (y >= 0) & (y + len(taps) <= size) & (z >= 0) & (z + len(depth) <= layers)
    )


@numba.njit(cache=True, fastmath=_FAST, inline="always")
def _gather(flat, first, weights, stencil, shape):  # type: ignore[no-untyped-def]
    """Σ w T over taps that all lie inside."""
    (wx, wy, wz, wzy), (taps, depth), (_, size, half) = weights, stencil, shape
    corner = ((first[2] * size + first[1]) * half + first[0]) * 2
    for k in range(len(depth)):
        for j in range(len(taps)):
            wzy[k * len(taps) + j] = wz[k] * wy[j]
    real, imag = _f32(0.0), _f32(0.0)
    for i in range(len(taps)):
        column_real, column_imag = _f32(0.0), _f32(0.0)
        for k in range(len(depth)):
            for j in range(len(taps)):
                weight = wzy[k * len(taps) + j]
                # unsigned: a negative index would count from the end, which costs a test each
                at = np.uint64(corner + ((k * size + j) * half + i) * 2)
                column_real += weight * flat[at]
                column_imag += weight * flat[at + np.uint64(1)]
        real += wx[i] * column_real
        imag += wx[i] * column_imag
    return real, imag


@numba.njit(cache=True, fastmath=_FAST)
def _gather_around(flat, first, weights, stencil, shape):  # type: ignore[no-untyped-def]
    """Σ w T over taps of which some lie beyond an edge, where the transform goes on as its period or its conjugate."""
    (wx, wy, wz, _), (taps, depth), (layers, size, half) = weights, stencil, shape
    real, imag = _f32(0.0), _f32(0.0)
    for k in range(len(depth)):
        for j in range(len(taps)):
            for i in range(len(taps)):
                x, y, z, turned = _home(first[0] + i, first[1] + j, first[2] + k, layers, size)
                weight, at = wz[k] * wy[j] * wx[i], ((z * size + y) * half + x) * 2
                real += weight * flat[at]
                imag += turned * weight * flat[at + 1]
    return real, imag


@numba.njit(cache=True, fastmath=_FAST, nogil=True)
def _slice(images, volume, axes, slab, limits, stencil, table):  # type: ignore[no-untyped-def]
    (low, high), (reach, wraps), (taps, depth) = slab, limits, stencil
    height, columns = images.shape[1], images.shape[2] // 2
    shape = layers, size, _ = volume.shape[0], volume.shape[1], volume.shape[2] // 2
    weights = _scratch(stencil)
    flat, first_z = volume.reshape(-1), 0
    for image in range(len(images)):
        for row in range(height):
            ky = row - height // 2
            runs = _runs(axes[image], ky, _columns(ky, reach, columns), slab, (layers, len(taps), wraps))
            for start, stop in runs:
                for kx in range(start, stop):
                    x, y, z, sign = _place(axes[image], kx, ky, size, wraps)
                    if (layers > 1) | (len(depth) > 1):
                        first_z = _weigh(z, taps, table, weights[2]) + layers // 2
                    # the slab of the first tap owns the sample
                    if not low <= min(max(first_z, 0), layers - 1) < high:
                        continue
                    first_x = _weigh(x, taps, table, weights[0])
                    first_y = _weigh(y, taps, table, weights[1]) + size // 2
                    first = (first_x, first_y, first_z)
                    if _inside(first, taps, depth, shape):
                        real, imag = _gather(flat, first, weights, stencil, shape)
                    else:
                        real, imag = _gather_around(flat, first, weights, stencil, shape)
                    images[image, row, 2 * kx] = real
                    images[image, row, 2 * kx + 1] = sign * imag
