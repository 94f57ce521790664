"""Slices of several maps at once, and their insertion, in single precision: one set of weights serves all channels.

Channels lie side by side, so that each of the eight corners of a sample is one run of memory. For insertion each thread
owns some layers and goes through all samples: a voxel is summed in one order, whatever the number of threads.
"""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numba
import numpy as np
from jaxtyping import Complex64, Float32

from vitreous._typing import NumpyArray

__all__ = ["insert_channels", "slice_channels", "solve_moments"]

_f32 = np.float32
_FAST = {"contract", "nsz", "reassoc"}
_PROBES = 4096


def slice_channels(
    ball: Float32[NumpyArray, "z y x two_c"],
    rotations: Float32[NumpyArray, "m 3 3"],
    points: Float32[NumpyArray, "p 2"],
) -> Float32[NumpyArray, "m p two_c"]:
    """Samples of all channels, as `vitreous.heterogeneity.channels.slice_channels`.

    S(i, k) = Σ_m B(m) φ(Rᵢᵀ(k, 0) − m), φ the linear kernel.

    Parameters
    ----------
    ball, rotations, points
        As there.

    Returns
    -------
    NumPy array (m, p, 2c) float32
        Real parts of the c channels, then imaginary parts.
    """
    slices = np.empty((len(rotations), len(points), ball.shape[-1]), np.float32)
    threads = numba.get_num_threads()
    axes, ball = _axes(rotations), np.ascontiguousarray(ball)
    edges = np.linspace(0, len(rotations), threads + 1).astype(int)

    def fill(part: tuple[int, int]) -> None:
        some = slice(*part)
        _slice(slices[some], ball, axes[some], points)

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(fill, pairwise(edges)))
    return slices


def insert_channels(
    total: Float32[NumpyArray, "z y x two_q_plus_s"],
    rotations: Float32[NumpyArray, "m 3 3"],
    points: Float32[NumpyArray, "p 2"],
    data: Complex64[NumpyArray, "m p"],
    weights: Float32[NumpyArray, "m p"],
    means: Float32[NumpyArray, "m q"],
    seconds: Float32[NumpyArray, "m s"],
) -> None:
    """Moments times data and weights added to a total, as `vitreous.heterogeneity.channels.insert_channels`.

    N_k(m) += Σ ⟨z_k⟩ D φ, W_kl(m) += Σ ⟨z_k z_l⟩ W φ, φ = φ(Rᵀ(k, 0) − m) the linear kernel.

    Parameters
    ----------
    total
        Changed in place.
    rotations, points, data, weights, means, seconds
        As there.
    """
    threads = numba.get_num_threads()
    axes, kinds = _axes(rotations), ((0,) * means.shape[1], (0,) * seconds.shape[1], (0,) * total.shape[-1])

    def fill(slab: tuple[int, int]) -> None:
        _insert(total, axes, points, (data, weights), (means, seconds), slab, kinds)

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(fill, pairwise(_edges(axes, points, len(total), threads))))


def solve_moments(
    total: Float32[NumpyArray, "z y x two_q_plus_s"], damping: Float32[NumpyArray, "squared q"]
) -> Complex64[NumpyArray, "z y x q"]:
    """The q × q systems of all voxels solved, as `vitreous.heterogeneity.channels.solve_moments`.

    (W + diag λ(|m|²)) U = N by Cholesky's factorisation.

    Parameters
    ----------
    total, damping
        As there.

    Returns
    -------
    NumPy array (2R + 1, 2R + 1, R + 1, q) complex64
        U.
    """
    q = damping.shape[1]
    solved = np.zeros((*total.shape[:3], q), np.complex64)
    threads = numba.get_num_threads()

    def fill(first: int) -> None:
        _solve(solved, total, damping, (first, threads))

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(fill, range(threads)))
    return solved


def _axes(rotations: NumpyArray) -> Float32[np.ndarray, "m 2 3"]:
    return np.ascontiguousarray(rotations[:, :2], np.float32)


def _edges(axes: NumpyArray, points: NumpyArray, layers: int, count: int) -> list[int]:
    """The layers at which slabs begin and end, with about as many samples in each."""
    rng = np.random.default_rng(0)
    some = axes[rng.integers(0, max(len(axes), 1), _PROBES)] if len(axes) else np.zeros((1, 2, 3))
    at = points[rng.integers(0, max(len(points), 1), len(some))] if len(points) else np.zeros((len(some), 2))
    x, z = np.einsum("mi,mi->m", at, some[:, :, 0]), np.einsum("mi,mi->m", at, some[:, :, 2])
    places = np.where(x < 0, -z, z) + layers // 2
    inner = np.quantile(places, np.arange(1, count) / count)
    return [0, *(int(edge) for edge in np.clip(inner, 0, layers)), layers]


@numba.njit(cache=True, inline="always")
def _place(axes, point):  # type: ignore[no-untyped-def]
    """Where a sample lies, and −1 where it was turned to its conjugate to have x ≥ 0."""
    x = axes[0, 0] * point[0] + axes[1, 0] * point[1]
    y = axes[0, 1] * point[0] + axes[1, 1] * point[1]
    z = axes[0, 2] * point[0] + axes[1, 2] * point[1]
    sign = _f32(1.0)
    if x < 0:
        sign = _f32(-1.0)
    return sign * x, sign * y, sign * z, sign


@numba.njit(cache=True, fastmath=_FAST, nogil=True)
def _slice(slices, ball, axes, points):  # type: ignore[no-untyped-def]
    layers, rows, half, count = ball.shape
    radius = layers // 2
    flat = ball.reshape(-1)
    line = np.empty(count, np.float32)
    for i in range(len(slices)):
        for p in range(len(points)):
            x, y, z, sign = _place(axes[i], points[p])
            bx, by, bz = np.floor(x), np.floor(y), np.floor(z)
            fx, fy, fz = x - bx, y - by, z - bz
            ix, iy, iz = int(bx), int(by) + radius, int(bz) + radius
            if (ix + 1 >= half) | (iy < 0) | (iy + 1 >= rows) | (iz < 0) | (iz + 1 >= layers):
                for c in range(count):
                    slices[i, p, c] = _f32(0.0)
                continue
            for c in range(count):
                line[c] = _f32(0.0)
            for k in range(2):
                wz = fz if k else _f32(1.0) - fz
                for j in range(2):
                    wzy = wz * (fy if j else _f32(1.0) - fy)
                    at = (((iz + k) * rows + iy + j) * half + ix) * count
                    one, two = wzy * (_f32(1.0) - fx), wzy * fx
                    for c in range(count):
                        line[c] += one * flat[np.uint64(at + c)] + two * flat[np.uint64(at + count + c)]
            for c in range(count // 2):
                slices[i, p, c] = line[c]
            for c in range(count // 2, count):
                slices[i, p, c] = sign * line[c]


@numba.njit(cache=True, fastmath=_FAST, nogil=True)
def _insert(total, axes, points, observed, moments, slab, kinds):  # type: ignore[no-untyped-def]
    (data, weights), (means, seconds), (low, high) = observed, moments, slab
    first, second, every = kinds
    layers, rows, half, _ = total.shape
    radius = layers // 2
    flat = total.reshape(-1)
    q, s, count = len(first), len(second), len(every)
    line = np.empty(count, np.float32)
    for i in range(len(data)):
        for p in range(len(points)):
            x, y, z, sign = _place(axes[i], points[p])
            bz = np.floor(z)
            iz = int(bz) + radius
            if (iz + 1 < low) | (iz >= high):
                continue
            bx, by = np.floor(x), np.floor(y)
            fx, fy, fz = x - bx, y - by, z - bz
            ix, iy = int(bx), int(by) + radius
            if (ix + 1 >= half) | (iy < 0) | (iy + 1 >= rows) | (iz < 0) | (iz + 1 >= layers):
                continue
            real, imag, weight = data[i, p].real, sign * data[i, p].imag, weights[i, p]
            for c in range(q):
                line[c] = real * means[i, c]
                line[q + c] = imag * means[i, c]
            for c in range(s):
                line[2 * q + c] = weight * seconds[i, c]
            for k in range(max(low - iz, 0), min(high - iz, 2)):
                wz = fz if k else _f32(1.0) - fz
                for j in range(2):
                    wzy = wz * (fy if j else _f32(1.0) - fy)
                    at = (((iz + k) * rows + iy + j) * half + ix) * count
                    one, two = wzy * (_f32(1.0) - fx), wzy * fx
                    for c in range(count):
                        flat[np.uint64(at + c)] += one * line[c]
                    for c in range(count):
                        flat[np.uint64(at + count + c)] += two * line[c]


@numba.njit(cache=True, fastmath=_FAST, nogil=True)
def _solve(solved, total, damping, share):  # type: ignore[no-untyped-def]
    layers, rows, half, _ = total.shape
    radius, q = layers // 2, damping.shape[1]
    factor, values = np.empty((q, q), np.float32), np.empty((q, 2), np.float32)
    for z in range(share[0], layers, share[1]):
        for y in range(rows):
            for x in range(half):
                squared = (z - radius) ** 2 + (y - radius) ** 2 + x**2
                if (squared >= len(damping)) or not np.isfinite(damping[squared, 0]):
                    continue
                at = 2 * q
                for i in range(q):
                    for j in range(i + 1):
                        value = total[z, y, x, at]
                        at += 1
                        if i == j:
                            value += damping[squared, i]
                        for k in range(j):
                            value -= factor[i, k] * factor[j, k]
                        factor[i, j] = value / factor[j, j] if j < i else np.sqrt(max(value, _f32(1e-30)))
                for part in range(2):
                    for i in range(q):
                        value = total[z, y, x, part * q + i]
                        for k in range(i):
                            value -= factor[i, k] * values[k, part]
                        values[i, part] = value / factor[i, i]
                    for back in range(q):
                        i = q - 1 - back
                        value = values[i, part]
                        for k in range(i + 1, q):
                            value -= factor[k, i] * values[k, part]
                        values[i, part] = value / factor[i, i]
                for i in range(q):
                    solved[z, y, x, i] = complex(values[i, 0], values[i, 1])
