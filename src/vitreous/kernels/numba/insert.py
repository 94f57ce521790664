"""Insertion in single precision: samples are sorted by where they lie, and go block by block of the transform's rows.

The samples of some hundred images, where they lie and what they put in, are sorted by the block of rows that they lie
in, which fits into the cache, and one block is filled after the other. Blocks are thicker than the kernel is wide:
those of one of four colours touch none of the same voxels, and are shared among threads. Samples with a tap beyond an
edge, or on a plane that is its own conjugate, come last, on one thread. A voxel is so summed in one order, and is the
same to the last bit whatever the number of threads. Numerator and weight lie side by side, one read and one write for a
line of taps. The interpreter is free meanwhile, so that several threads may each fill a total of their own.
"""

from threading import local
from typing import NamedTuple

import numba
import numpy as np
from jaxtyping import Complex64, Float, Float32, Inexact, Int64

from vitreous._typing import Array, NumpyArray, Real
from vitreous.interpolation import Kernel
from vitreous.kernels.numba._lines import add_to_line, load_line, outer
from vitreous.kernels.numba._samples import (
    PAIR,
    Samples,
    Stencil,
    _home,
    _place,
    _weigh,
    as_floats,
    axes_in_voxels,
    geometry,
    samples_of,
    share,
    stencil_of,
    threads_for,
    zeros,
)

__all__ = ["add_slices", "insert_slices"]

_DEPTH, _HEIGHT = 16, 32
"""Layers and rows of a block."""
_IMAGES = 512
"""Whose samples are sorted at a time."""
_PART = 32
"""Images that one thread sorts at a time."""
_FAST = {"nsz", "contract"}
_f32 = np.float32
_room = local()
"""What each thread sorts in: fresh memory would cost as much time as the sorting."""


def insert_slices(
    spectra: Inexact[Array, "*batch ky kx_half"],
    rotations: Float[Array, "*batch d d"],
    kernel: Kernel,
    padding: int = 2,
    *,
    cutoff_cycles: Real = 0.5,
    size: int | None = None,
    curvature_pixels: Real = 0.0,
) -> Inexact[Array, "*half_spectrum"]:
    """The adjoint of the slice, as `vitreous.projection.insert.insert_slices`, in single precision.

    G(m) = Σ_k S(k) φ(P q − m), q = Rᵀ(k, κ|k|²), over the full spectra.

    Parameters
    ----------
    spectra
        NumPy array, complex or real, shape (…, box, box // 2 + 1).
    rotations
        NumPy array, shape (…, 3, 3), or (…, 2, 2) for images in an image.
    kernel, padding, cutoff_cycles, size, curvature_pixels
        As there.

    Returns
    -------
    NumPy array of complex64 or float32
        The half transform, shape (P, P, P // 2 + 1) or (P, P // 2 + 1).
    """
    box, dim = spectra.shape[-2], rotations.shape[-1]
    size = size or padding * box
    channels, kind = (2, np.complex64) if np.iscomplexobj(spectra) else (1, np.float32)
    images = np.ascontiguousarray(spectra, kind).view(np.float32).reshape(-1, box * (box // 2 + 1), channels)
    total = np.zeros((size if dim == 3 else 1, size, size // 2 + 1, channels), np.float32)
    axes = axes_in_voxels(rotations, box, size, curvature_pixels)
    _add(total, (images,), axes, box, stencil_of(kernel, dim), cutoff_cycles)
    return total.view(kind).reshape((size,) * (dim - 1) + (size // 2 + 1,))


def add_slices(
    total: Float32[NumpyArray, "z y x 3"],
    data: Complex64[NumpyArray, "m ky kx_half"],
    weights: Float32[NumpyArray, "m ky kx_half"],
    rotations: Float[NumpyArray, "m 3 3"],
    kernel: Kernel,
    *,
    cutoff_cycles: Real = 0.5,
    curvature_pixels: Real = 0.0,
) -> None:
    """Data and their weights added to a running total, as `vitreous.projection.insert.add_slices`.

    N(m) += Σ_k D(k) φ(P q − m), W(m) += Σ_k C²(k) φ(P q − m), q = Rᵀ(k, κ|k|²), over the full spectra.

    Parameters
    ----------
    total
        Changed in place: real and imaginary part of N, and W, shape (P, P, P // 2 + 1, 3), contiguous.
    data, weights
        Shape (m, box, box // 2 + 1).
    rotations
        Shape (m, 3, 3).
    kernel, cutoff_cycles, curvature_pixels
        As there.
    """
    box, size = data.shape[-2], total.shape[0]
    pixels = box * (box // 2 + 1)
    values = as_floats(data).reshape(-1, pixels, 2), np.ascontiguousarray(weights, np.float32).reshape(-1, pixels, 1)
    axes = axes_in_voxels(rotations, box, size, curvature_pixels)
    _add(total, values, axes, box, stencil_of(kernel, 3), cutoff_cycles)


def _add(
    total: Float32[np.ndarray, "z y x channels"],
    values: tuple[Float32[np.ndarray, "m pixels _"], ...],
    axes: Float32[np.ndarray, "m a 3"],
    box: int,
    stencils: tuple[Stencil, Stencil],
    cutoff_cycles: Real,
) -> None:
    """Add images to a total that is Hermitian, and is so again at the end; ``values`` are its channels, in order."""
    reach, farthest, _ = geometry(axes, cutoff_cycles, box)
    period = _f32(total.shape[1] if farthest > total.shape[1] / 2 else 0)
    samples = samples_of(box, reach, reach)
    for start in range(0, len(axes), _IMAGES):
        part = slice(start, start + _IMAGES)
        images = tuple(each[part] for each in values), box
        _add_sorted(total, _sort((axes[part], period), samples, images, total, stencils), stencils)


class _Sorted(NamedTuple):
    """Samples block by block, those that have a tap beyond an edge at the end: (x, y, z, values) of each."""

    packed: Float32[np.ndarray, "samples numbers"]
    edges: Int64[np.ndarray, " blocks_and_two"]


def _sort(
    views: tuple[Float32[np.ndarray, "m a 3"], np.float32],
    samples: Samples,
    images: tuple[tuple[Float32[np.ndarray, "m pixels _"], ...], int],
    total: Float32[np.ndarray, "z y x channels"],
    stencils: tuple[Stencil, Stencil],
) -> _Sorted:
    """Find the block of each sample, count, and put the samples in order: part by part of the images in each block."""
    axes, period = views
    parts = [(first, min(first + _PART, len(axes))) for first in range(0, len(axes), _PART)]
    threads = threads_for(len(axes) * len(samples.at))
    kind = zeros(3 * axes.shape[1])
    blocks = _kept("blocks", (len(axes), len(samples.at)), np.int32)
    counts = np.zeros((len(parts), _blocks_along(total).prod() + 1), np.int64)

    def count(part: tuple[int, int]) -> None:
        _count(counts[part[0] // _PART], blocks, part, (axes, kind, period), samples, total.shape[:3], stencils)

    share(count, parts, threads)
    ends = np.cumsum(counts.T).reshape(counts.T.shape).T
    places = ends - counts
    packed = _kept("packed", (blocks.size, 3 + total.shape[3]), np.float32)

    def fill(part: tuple[int, int]) -> None:
        _fill(packed, places[part[0] // _PART].copy(), blocks, part, (axes, kind, period), samples, images)

    share(fill, parts, threads)
    return _Sorted(packed, np.concatenate([[0], ends[-1]]))


def _kept(name: str, shape: tuple[int, int], kind: type) -> NumpyArray:
    """An array of this thread, whose memory serves again."""
    size, found = shape[0] * shape[1], getattr(_room, name, None)
    if found is None or found.size < size:
        found = np.empty(size, kind)
        setattr(_room, name, found)
    return found[:size].reshape(shape)


def _blocks_along(total: Float32[np.ndarray, "z y x channels"]) -> Int64[np.ndarray, " 2"]:
    """How many blocks there are along z and y."""
    return np.array([total.shape[0] // _DEPTH + 1, total.shape[1] // _HEIGHT + 1])


def _add_sorted(
    total: Float32[np.ndarray, "z y x channels"], samples: _Sorted, stencils: tuple[Stencil, Stencil]
) -> None:
    """Fill the blocks of one colour after those of another, and then add what lies beyond an edge."""
    packed, edges = samples
    like = zeros(3 + total.shape[3])
    blocks = np.arange(len(edges) - 2).reshape(_blocks_along(total))

    def fill(block: int) -> None:
        _insert(total, packed, (edges[block], edges[block + 1]), like, stencils)

    threads = threads_for(int(edges[-1])) if len(stencils[0].taps) <= _DEPTH else 1
    for colour in range(4):
        share(fill, blocks[colour // 2 :: 2, colour % 2 :: 2].ravel().tolist(), threads)
    _insert_around(total, packed, (edges[-2], edges[-1]), like, stencils)


@numba.njit(cache=True)
def _last(shape, taps, taps_z):  # type: ignore[no-untyped-def]
    """The last first tap (x, y, z) of a sample whose taps all lie inside, and before the plane x = P/2."""
    layers, size, half = shape
    return half - len(taps) - (1 - size % 2), size - len(taps), layers - len(taps_z)


@numba.njit(cache=True)
def _lies_within(first, last):  # type: ignore[no-untyped-def]
    """Whether all taps along y and z lie inside, and those along x before the plane x = P/2."""
    below = (first[0] <= last[0]) & (first[1] <= last[1]) & (first[2] <= last[2])
    return below & (first[1] >= 0) & (first[2] >= 0)


@numba.njit(cache=True)
def _corner(first, steps, channels):  # type: ignore[no-untyped-def]
    """Where the first of the taps stands in memory."""
    return first[2] * steps[0] + first[1] * steps[1] + first[0] * channels


@numba.njit(cache=True, nogil=True)
def _count(counts, blocks, part, views, samples, shape, stencils):  # type: ignore[no-untyped-def]
    """Find the block of each sample of some images, the last for those with a tap beyond an edge, and count."""
    (axes, like, period), (plane, at, _), (layers, size, _) = views, samples, shape
    (table, taps), (table_z, taps_z) = stencils
    last, high = _last(shape, taps, taps_z), size // _HEIGHT + 1
    for image in range(part[0], part[1]):
        view = load_line(axes, np.uint64(image * len(like)), like)
        for sample in range(len(at)):
            x, y, z, _ = _place(view, load_line(plane, np.uint64(2 * sample), PAIR), period)
            first_x, first_y = _weigh(x, table, taps)[0], _weigh(y, table, taps)[0] + size // 2
            first_z = _weigh(z, table_z, taps_z)[0] + layers // 2
            block = len(counts) - 1
            if (first_x >= 1) & _lies_within((first_x, first_y, first_z), last):
                block = first_z // _DEPTH * high + first_y // _HEIGHT
            blocks[image, sample] = block
            counts[block] += 1


@numba.njit(cache=True, nogil=True)
def _fill(packed, places, blocks, part, views, samples, images):  # type: ignore[no-untyped-def]
    """Put where each sample lies, and what it puts in there, at the next place of its block."""
    (axes, like, period), (plane, at, _), (values, box) = views, samples, images
    for image in range(part[0], part[1]):
        view = load_line(axes, np.uint64(image * len(like)), like)
        for sample in range(len(at)):
            kx, ky = load_line(plane, np.uint64(2 * sample), PAIR)
            x, y, z, sign = _place(view, (kx, ky), period)
            block = blocks[image, sample]
            line = packed[places[block]]
            places[block] += 1
            line[0], line[1], line[2], channel = x, y, z, 3
            # a column that holds both members of each pair puts in a half of either
            once = _f32(0.5) if (kx == 0) | (2 * kx == box) else _f32(1.0)
            for each in values:
                for number in each[image, at[sample]]:
                    line[channel] = once * (sign * number if channel == 4 else number)
                    channel += 1


@numba.njit(cache=True, fastmath=_FAST)
def _turned(value, sign):  # type: ignore[no-untyped-def]
    """A value, or its conjugate where the sign is −1: real, complex, or complex with its weight."""
    if len(value) == 1:
        return value
    if len(value) == 2:
        return (value[0], sign * value[1])
    return (value[0], sign * value[1], value[2])


@numba.njit(cache=True, fastmath=_FAST)
def _scatter(total, corner, steps, weights, value):  # type: ignore[no-untyped-def]
    """Add a value at taps that all lie inside the half transform, and off the planes that are their own conjugates."""
    wx, wy, wz = weights
    line = outer(wx, value)
    for k in range(len(wz)):
        for j in range(len(wy)):
            add_to_line(total, np.uint64(corner + k * steps[0] + j * steps[1]), wz[k] * wy[j], line)


@numba.njit(cache=True, fastmath=_FAST)
def _scatter_mirrored(total, first, weights, value):  # type: ignore[no-untyped-def]
    """Add to the other member of each conjugate pair what a sample put into the plane x = 0."""
    wx, wy, wz = weights
    layers, size, half, channels = total.shape
    conjugate = _turned(value, _f32(-1.0))
    for k in range(len(wz)):
        z = (2 * (layers // 2) - first[2] - k) % layers
        for j in range(len(wy)):
            y = (2 * (size // 2) - first[1] - j) % size
            add_to_line(total, np.uint64((z * size + y) * half * channels), wz[k] * wy[j] * wx, conjugate)


@numba.njit(cache=True, fastmath=_FAST)
def _scatter_around(total, first, weights, value):  # type: ignore[no-untyped-def]
    """Add a value at taps of which some lie beyond an edge, or where both members of a conjugate pair stand."""
    wx, wy, wz = weights
    layers, size, _, channels = total.shape
    for k in range(len(wz)):
        for j in range(len(wy)):
            for i in range(len(wx)):
                x, y, z, turned = _home(first[0] + i, first[1] + j, first[2] + k, layers, size)
                weight, part = wz[k] * wy[j] * wx[i], _turned(value, turned)
                both = (x == 0) | (2 * x == size)
                mirrored = _turned(part, _f32(-1.0))
                for c in range(channels):
                    total[z, y, x, c] += weight * part[c]
                    if both:
                        opposite = (2 * (layers // 2) - z) % layers, (2 * (size // 2) - y) % size
                        total[opposite[0], opposite[1], x, c] += weight * mirrored[c]


@numba.njit(cache=True, fastmath=_FAST, nogil=True)
def _insert(total, packed, part, like, stencils):  # type: ignore[no-untyped-def]
    """Add samples whose taps all lie inside."""
    (table, taps), (table_z, taps_z) = stencils
    layers, size, half, channels = total.shape
    steps = (size * half * channels, half * channels)
    for sample in range(np.uint64(part[0]), np.uint64(part[1])):
        found = load_line(packed, sample * np.uint64(len(like)), like)
        first_x, wx = _weigh(found[0], table, taps)
        first_y, wy = _weigh(found[1], table, taps)
        first_z, wz = _weigh(found[2], table_z, taps_z)
        first = first_x, first_y + size // 2, first_z + layers // 2
        _scatter(total, _corner(first, steps, channels), steps, (wx, wy, wz), found[3:])


@numba.njit(cache=True, fastmath=_FAST, nogil=True)
def _insert_around(total, packed, part, like, stencils):  # type: ignore[no-untyped-def]
    """Add samples of which a tap lies beyond an edge."""
    (table, taps), (table_z, taps_z) = stencils
    layers, size, half, channels = total.shape
    steps, last = (size * half * channels, half * channels), _last((layers, size, half), taps, taps_z)
    for sample in range(np.uint64(part[0]), np.uint64(part[1])):
        found = load_line(packed, sample * np.uint64(len(like)), like)
        first_x, wx = _weigh(found[0], table, taps)
        first_y, wy = _weigh(found[1], table, taps)
        first_z, wz = _weigh(found[2], table_z, taps_z)
        first, value = (first_x, first_y + size // 2, first_z + layers // 2), found[3:]
        if (first_x == 0) & _lies_within(first, last):
            _scatter(total, _corner(first, steps, channels), steps, (wx, wy, wz), value)
            _scatter_mirrored(total, first, (wx[0], wy, wz), value)
        else:
            _scatter_around(total, first, (wx, wy, wz), value)
