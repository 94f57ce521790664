"""Insertion in single precision: each thread owns a slab of the transform and adds to it what falls into it.

A voxel is so summed by one thread, image after image in one order, and is the same to the last bit whatever the number
of threads. Numerator and weight lie side by side, one read and one write for a line of taps.
"""

import numba
import numpy as np
from jaxtyping import Complex64, Float, Float32, Inexact

from vitreous._typing import Array, NumpyArray, Real
from vitreous.interpolation import Kernel
from vitreous.kernels.numba.slice import (
    _as_floats,
    _axes_in_voxels,
    _columns,
    _for_each_slab,
    _home,
    _inside,
    _limits,
    _place,
    _runs,
    _scratch,
    _stencil,
    _table,
    _weigh,
)

__all__ = ["add_slices", "insert_slices"]

_f32 = np.float32
# no reassociation: a sample on the edge of a slab takes another way, and must come to the same
_FAST = {"nsz"}


def insert_slices(
    spectra: Inexact[Array, "*batch ky kx_half"],
    rotations: Float[Array, "*batch d d"],
    kernel: Kernel,
    padding: int = 2,
    *,
    cutoff_cycles: Real = 0.5,
    size: int | None = None,
) -> Inexact[Array, "*half_spectrum"]:
    """The adjoint of the slice, as `vitreous.projection.insert.insert_slices`, in single precision.

    G(m) = Σ_k S(k) φ(P q − m), q = Rᵀ(k, 0), over the full spectra.

    Parameters
    ----------
    spectra
        NumPy array, complex or real, shape (…, box, box // 2 + 1).
    rotations
        NumPy array, shape (…, 3, 3), or (…, 2, 2) for images in an image.
    kernel, padding, cutoff_cycles, size
        As there.

    Returns
    -------
    NumPy array of complex64 or float32
        The half transform, shape (P, P, P // 2 + 1) or (P, P // 2 + 1).
    """
    box, dim = spectra.shape[-2], rotations.shape[-1]
    size = size or padding * box
    shape = (size,) * (dim - 1) + (size // 2 + 1,)
    images = spectra.reshape(-1, *spectra.shape[-2:])
    total = np.zeros((size if dim == 3 else 1, size, size // 2 + 1, 2 if np.iscomplexobj(spectra) else 1), np.float32)
    values = _as_floats(images) if np.iscomplexobj(spectra) else np.ascontiguousarray(images, np.float32)
    _add(total, (values, values), _axes_in_voxels(rotations, box, size), kernel, cutoff_cycles, dim)
    result = total.view(np.complex64) if np.iscomplexobj(spectra) else total
    return result.reshape(shape)


def add_slices(
    total: Float32[NumpyArray, "z y x 3"],
    data: Complex64[NumpyArray, "m ky kx_half"],
    weights: Float32[NumpyArray, "m ky kx_half"],
    rotations: Float[NumpyArray, "m 3 3"],
    kernel: Kernel,
    *,
    cutoff_cycles: Real = 0.5,
) -> None:
    """Data and their weights added to a running total, as `vitreous.projection.insert.add_slices`.

    N(m) += Σ_k D(k) φ(P q − m), W(m) += Σ_k C²(k) φ(P q − m), q = Rᵀ(k, 0), over the full spectra.

    Parameters
    ----------
    total
        Changed in place: real and imaginary part of N, and W, shape (P, P, P // 2 + 1, 3), contiguous.
    data, weights
        Shape (m, box, box // 2 + 1).
    rotations
        Shape (m, 3, 3).
    kernel, cutoff_cycles
        As there.
    """
    axes = _axes_in_voxels(rotations, data.shape[-2], total.shape[0])
    _add(total, (_as_floats(data), np.ascontiguousarray(weights, np.float32)), axes, kernel, cutoff_cycles)


def _add(
    total: Float32[np.ndarray, "z y x channels"],
    data: tuple[Float32[np.ndarray, "m ky floats"], Float32[np.ndarray, "m ky kx"]],
    axes: Float32[np.ndarray, "m 2 3"],
    kernel: Kernel,
    cutoff_cycles: Real,
    dim: int = 3,
) -> None:
    """Add values and weights of images to a total that is Hermitian, slab by slab; it is Hermitian again at the end."""
    _, size, _, channels = total.shape
    limits, table = _limits(axes, cutoff_cycles, data[0].shape[1], size), _table(kernel)
    stencil = (*_stencil(kernel, dim), (0,) * channels)
    # the planes that are their own conjugates: halved here, so that all of it has its mirror image added at the end
    planes = [0, size // 2] if size % 2 == 0 else [0]
    for plane in planes:
        total[:, :, plane] *= _f32(0.5)

    def fill(slab: tuple[int, int]) -> None:
        _insert(total, data, axes, slab, limits, stencil, table)

    _for_each_slab(fill, axes, limits[0], total)
    signs = np.ones(channels, np.float32)
    signs[1:2] = -1
    for plane in planes:
        total[:, :, plane] += signs * _mirrored(total[:, :, plane])


def _mirrored(plane: Float32[np.ndarray, "z y channels"]) -> Float32[np.ndarray, "z y channels"]:
    """The values at (−z, −y), both axes centred."""
    return np.roll(plane[::-1, ::-1], [1 - n % 2 for n in plane.shape[:2]], axis=(0, 1))


@numba.njit(cache=True, fastmath=_FAST, inline="always")
def _window(slab, axes, limits, grid):  # type: ignore[no-untyped-def]
    """The slab, or all layers, for an image that reaches so far that taps beyond one end land at the other."""
    layers, width = grid
    ends = (slab[0] < width) | (slab[1] > layers - width)
    far = limits[0] * np.hypot(axes[0, 2], axes[1, 2]) > _f32(layers // 2 - width)
    return (0, layers) if ends & far else slab


@numba.njit(cache=True, fastmath=_FAST, nogil=True)
def _insert(total, data, axes, slab, limits, stencil, table):  # type: ignore[no-untyped-def]
    (low, high), (reach, wraps), (taps, depth, channels), (values, weights) = slab, limits, stencil, data
    layers, size, half, _ = total.shape
    height, columns = values.shape[1], values.shape[1] // 2 + 1
    wx, wy, wz, _ = _scratch((taps, depth))
    value, line = np.empty(len(channels), np.float32), np.empty(len(taps) * len(channels), np.float32)
    flat, first_z, step = total.reshape(-1), 0, half * len(channels)
    for image in range(len(values)):
        window = _window(slab, axes[image], limits, (layers, len(taps)))
        for row in range(height):
            ky = row - height // 2
            for start, stop in _runs(axes[image], ky, _columns(ky, reach, columns), window, (layers, len(taps), wraps)):
                for kx in range(start, stop):
                    x, y, z, sign = _place(axes[image], kx, ky, size, wraps)
                    first_x = _weigh(x, taps, table, wx)
                    if (layers > 1) | (len(depth) > 1):
                        first_z = _weigh(z, taps, table, wz) + layers // 2
                    first_y = _weigh(y, taps, table, wy) + size // 2
                    inside = _inside((first_x, first_y, first_z), taps, depth, (layers, size, half))
                    if inside & ((first_z >= high) | (first_z + len(depth) <= low)):
                        continue
                    # a column that holds both members of each pair puts in a half of either
                    once = _f32(0.5) if (kx == 0) | (2 * kx == height) else _f32(1.0)
                    if len(channels) == 1:
                        value[0] = once * values[image, row, kx]
                    else:
                        value[0] = once * values[image, row, 2 * kx]
                        value[1] = once * sign * values[image, row, 2 * kx + 1]
                    if len(channels) > 2:
                        value[2] = once * weights[image, row, kx]
                    for i in range(len(taps)):
                        for c in range(len(channels)):
                            line[i * len(channels) + c] = wx[i] * value[c]
                    if inside:
                        corner = (first_z * size + first_y) * step + first_x * len(channels)
                        for k in range(max(low - first_z, 0), min(high - first_z, len(depth))):
                            for j in range(len(taps)):
                                weight, at = wz[k] * wy[j], corner + (k * size + j) * step
                                for i in range(len(taps) * len(channels)):
                                    flat[np.uint64(at + i)] += weight * line[i]
                        continue
                    for k in range(len(depth)):
                        for j in range(len(taps)):
                            weight = wz[k] * wy[j]
                            for i in range(len(taps)):
                                at_x, at_y, at_z, turned = _home(first_x + i, first_y + j, first_z + k, layers, size)
                                if not low <= at_z < high:
                                    continue
                                for c in range(len(channels)):
                                    part = weight * line[i * len(channels) + c]
                                    total[at_z, at_y, at_x, c] += turned * part if c == 1 else part
