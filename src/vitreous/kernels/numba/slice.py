"""Central slices in single precision, read where the half transform of the map lies.

A sample with x < 0 is read at its conjugate, so that its taps are a block of lines, each side by side in memory; only
where the block leaves the half (at x near 0, or beyond the edge of the period) are taps taken one by one. The order of
samples is that of `vitreous.kernels.numba._samples`; threads share the images, so that no result depends on them.
"""

from itertools import pairwise

import numba
import numpy as np
from jaxtyping import Complex, Complex64, Float

from vitreous._typing import Array, Real
from vitreous.interpolation import Kernel
from vitreous.kernels.numba._lines import axpy, load_line
from vitreous.kernels.numba._samples import (
    PAIR,
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

__all__ = ["slice_transform"]

_SHELL_VOXELS = 16
"""Thickness of the shells: at 128 voxels a thinner one fits the cache better, but leaves less to do in a row."""
# NaN stays NaN
_FAST = {"nsz", "reassoc", "contract"}
_f32 = np.float32


def slice_transform(
    transform: Complex[Array, "*half_spectrum"],
    rotations: Float[Array, "*batch d d"],
    box: int,
    kernel: Kernel,
    padding: int = 2,
    *,
    cutoff_cycles: Real = 0.5,
    curvature_pixels: Real = 0.0,
) -> Complex64[Array, "*batch ky kx_half"]:
    """The central slices of a map, as `vitreous.projection.slice.slice_transform`, in single precision.

    F₂(k) = Σ_m T(m) φ(p n q − m), q = Rᵀ(k, κ|k|²). The weights are a product of one of each axis; those of a kernel
    other than the linear one come from a table.

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
    curvature_pixels
        κ, as there.

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
    images = as_floats(spectra.reshape(-1, box * (box // 2 + 1)))
    volume = as_floats(transform if dim == 3 else transform[None])
    axes = axes_in_voxels(rotations, box, size, curvature_pixels)
    reach, farthest, _ = geometry(axes, cutoff_cycles, box)
    period = _f32(0 if farthest <= size / 2 else size)
    samples = samples_of(box, reach, _SHELL_VOXELS * box / size)
    stencils, like = stencil_of(kernel, dim), zeros(3 * axes.shape[1])

    def fill(part: tuple[int, int]) -> None:
        some = slice(*part)
        _slice(images[some], volume, axes[some], like, samples, period, stencils)

    threads = threads_for(len(images) * len(samples.at))
    share(fill, list(pairwise(len(images) * part // threads for part in range(threads + 1))), threads)
    return spectra


@numba.njit(cache=True, fastmath=_FAST)
def _gather(volume, corner, steps, weights, line):  # type: ignore[no-untyped-def]
    """Σ w T over taps that all lie in the half transform, from the place of the first."""
    wx, wy, wz = weights
    for k in range(len(wz)):
        for j in range(len(wy)):
            at = np.uint64(corner + k * steps[0] + j * steps[1])
            line = axpy(wz[k] * wy[j], load_line(volume, at, line), line)
    real, imag = _f32(0.0), _f32(0.0)
    for i in range(len(wx)):
        real += wx[i] * line[2 * i]
        imag += wx[i] * line[2 * i + 1]
    return real, imag


@numba.njit(cache=True, fastmath=_FAST)
def _gather_around(volume, first, weights):  # type: ignore[no-untyped-def]
    """Σ w T over taps of which some lie beyond an edge, where the transform goes on as its period or its conjugate."""
    wx, wy, wz = weights
    real, imag = _f32(0.0), _f32(0.0)
    for k in range(len(wz)):
        for j in range(len(wy)):
            for i in range(len(wx)):
                x, y, z, turned = _home(first[0] + i, first[1] + j, first[2] + k, volume.shape[0], volume.shape[1])
                weight = wz[k] * wy[j] * wx[i]
                real += weight * volume[z, y, 2 * x]
                imag += turned * weight * volume[z, y, 2 * x + 1]
    return real, imag


@numba.njit(cache=True, fastmath=_FAST, nogil=True)
def _slice(images, volume, axes, like, samples, period, stencils):  # type: ignore[no-untyped-def]
    (plane, at, edges), ((table, taps), (table_z, taps_z)) = samples, stencils
    layers, size, half = volume.shape[0], volume.shape[1], volume.shape[2] // 2
    found, line = images.reshape(-1), taps + taps
    steps, last = (size * half * 2, half * 2), (half - len(taps), size - len(taps), layers - len(taps_z))
    for shell in range(len(edges) - 1):
        for image in range(len(images)):
            view, start = load_line(axes, np.uint64(image * len(like)), like), np.uint64(image * images.shape[1])
            for sample in range(np.uint64(edges[shell]), np.uint64(edges[shell + 1])):
                x, y, z, sign = _place(view, load_line(plane, np.uint64(2) * sample, PAIR), period)
                first_x, wx = _weigh(x, table, taps)
                first_y, wy = _weigh(y, table, taps)
                first_z, wz = _weigh(z, table_z, taps_z)
                first = (first_x, first_y + size // 2, first_z + layers // 2)
                inside = (first[0] >= 0) & (first[1] >= 0) & (first[2] >= 0)
                if inside & (first[0] <= last[0]) & (first[1] <= last[1]) & (first[2] <= last[2]):
                    corner = first[2] * steps[0] + first[1] * steps[1] + 2 * first[0]
                    real, imag = _gather(volume, corner, steps, (wx, wy, wz), line)
                else:
                    real, imag = _gather_around(volume, first, (wx, wy, wz))
                to = start + np.uint64(2) * at[sample]
                found[to] = real
                found[to + np.uint64(1)] = sign * imag
