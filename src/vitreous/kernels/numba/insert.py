"""Insertion in single precision: what a sample puts in is added, shell by shell, into lines that lie side by side.

Shells are thick enough that every other one touches none of the same voxels: the even ones are shared among threads,
and then the odd ones. A voxel is so summed in one order, and is the same to the last bit whatever the number of
threads. Numerator and weight lie side by side, one read and one write for a line of taps. The interpreter is free
meanwhile, so that several threads may each fill a total of its own.
"""

from math import ceil, sqrt

import numba
import numpy as np
from jaxtyping import Complex64, Float, Float32, Inexact

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

_SHELL_VOXELS = 8
"""Least thickness of the shells."""
_BLOCK = 512
"""Images whose samples are gathered, shell by shell, before they are inserted."""
_FAST = {"nsz", "contract"}
_f32 = np.float32


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
    size, channels, taps = total.shape[1], total.shape[3], stencils[0].taps
    reach, farthest, unlike = geometry(axes, cutoff_cycles, box)
    wraps, samples = farthest > size / 2, _shells((reach, farthest, unlike), len(taps), box)
    shells, period = range(len(samples.edges) - 1), _f32(size if wraps else 0)
    like = zeros(3 * axes.shape[1])
    for start in range(0, len(axes), _BLOCK):
        some = axes[start : start + _BLOCK]
        packed = np.empty((len(some) * len(samples.at), channels), np.float32)
        first = 0
        for each in values:
            _pack(packed, each[start : start + _BLOCK], zeros(each.shape[-1]), first, samples, box)
            first += each.shape[-1]

        def fill(shell: int, packed: NumpyArray = packed, some: NumpyArray = some) -> None:
            _insert(total, (packed, zeros(channels)), (some, like), samples, shell, period, stencils)

        threads = 1 if wraps else threads_for(len(some) * len(samples.at))
        for parity in (0, 1):
            share(fill, shells[parity::2], threads)


def _shells(geometry: tuple[float, float, float], width: int, box: int) -> Samples:
    """The samples in shells so thick that the taps of one and of the next but one stay apart in every view."""
    reach, farthest, unlike = geometry
    voxels = max(_SHELL_VOXELS, sqrt(3) * width + unlike + 1)
    # few thicknesses, so that the samples are found again
    return samples_of(box, reach, ceil(16 * voxels * reach / farthest) / 16 if farthest else 1.0)


@numba.njit(cache=True, nogil=True)
def _pack(packed, values, like, first, samples, box):  # type: ignore[no-untyped-def]
    """Put the samples of all images side by side, shell by shell, from some channel on."""
    (plane, at, edges), flat, count = samples, packed.reshape(-1), len(values)
    channels, used, pixels = np.uint64(packed.shape[1]), np.uint64(len(like)), np.uint64(values.shape[1])
    for image in range(count):
        start = np.uint64(image) * pixels
        for shell in range(len(edges) - 1):
            begin, end = edges[shell], edges[shell + 1]
            to = np.uint64(begin * count + image * (end - begin)) * channels + np.uint64(first)
            for sample in range(np.uint64(begin), np.uint64(end)):
                kx, _ = load_line(plane, np.uint64(2) * sample, PAIR)
                # a column that holds both members of each pair puts in a half of either
                once = _f32(0.5) if (kx == 0) | (2 * kx == box) else _f32(1.0)
                value = load_line(values, (start + at[sample]) * used, like)
                for channel in range(len(like)):
                    flat[to + np.uint64(channel)] = once * value[channel]
                to += channels


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
def _insert(total, values, views, samples, shell, period, stencils):  # type: ignore[no-untyped-def]
    """Add the samples of all images in one shell."""
    (packed, value), (axes, like), (plane, _, edges) = values, views, samples
    (table, taps), (table_z, taps_z) = stencils
    layers, size, half, channels = total.shape
    steps = (size * half * channels, half * channels)
    last = (half - len(taps) - (1 - size % 2), size - len(taps), layers - len(taps_z))
    begin, end = np.uint64(edges[shell]), np.uint64(edges[shell + 1])
    at = np.uint64(edges[shell] * len(axes) * channels)
    for image in range(len(axes)):
        view = load_line(axes, np.uint64(image * len(like)), like)
        for sample in range(begin, end):
            x, y, z, sign = _place(view, load_line(plane, np.uint64(2) * sample, PAIR), period)
            first_x, wx = _weigh(x, table, taps)
            first_y, wy = _weigh(y, table, taps)
            first_z, wz = _weigh(z, table_z, taps_z)
            first, found = (first_x, first_y + size // 2, first_z + layers // 2), load_line(packed, at, value)
            at += np.uint64(channels)
            inside = (first[0] >= 1) & (first[1] >= 0) & (first[2] >= 0)
            if inside & (first[0] <= last[0]) & (first[1] <= last[1]) & (first[2] <= last[2]):
                corner = first[2] * steps[0] + first[1] * steps[1] + first[0] * channels
                _scatter(total, corner, steps, (wx, wy, wz), _turned(found, sign))
            else:
                _scatter_around(total, first, (wx, wy, wz), _turned(found, sign))
