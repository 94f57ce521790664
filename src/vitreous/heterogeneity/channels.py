"""Several maps sliced at once, and images inserted with several weights each: what linear models of many maps ask for.

The transforms of c maps, padded twice, stand side by side as a *ball*: the voxels within R of the origin that have
x ≥ 0, shape (2R + 1, 2R + 1, R + 1, 2c), real parts of the c channels and then imaginary parts. Samples lie at
Rᵀ(k, 0) with k in voxels; interpolation is linear. These are the readable references of
`vitreous.kernels.numba.channels`.
"""

from collections.abc import Iterator
from itertools import product

import numpy as np
from jaxtyping import Bool, Complex64, Float, Float32, Int64

from vitreous._typing import NumpyArray

__all__ = ["insert_channels", "lower_triangle", "slice_channels", "solve_moments"]


def lower_triangle(matrices: Float[NumpyArray, "*batch q q"]) -> Float[NumpyArray, "*batch s"]:
    """The lower triangles of symmetric matrices, row by row: (0, 0), (1, 0), (1, 1), (2, 0) and so on.

    Parameters
    ----------
    matrices
        Shape (…, q, q).

    Returns
    -------
    NumPy array (…, q (q + 1) / 2)
        A copy.
    """
    rows, columns = np.tril_indices(matrices.shape[-1])
    lower: NumpyArray = matrices[..., rows, columns]
    return lower


def slice_channels(
    ball: Float32[NumpyArray, "z y x two_c"],
    rotations: Float32[NumpyArray, "m 3 3"],
    points: Float32[NumpyArray, "p 2"],
) -> Float32[NumpyArray, "m p two_c"]:
    """The samples of all channels in the planes of some views, S(i, k) = Σ_m B(m) φ(Rᵢᵀ(k, 0) − m).

    Parameters
    ----------
    ball
        The channels (see the module).
    rotations
        Shape (m, 3, 3), or any matrices.
    points
        k in voxels of the ball, shape (p, 2). Samples with a corner outside the ball are zero.

    Returns
    -------
    NumPy array (m, p, 2c) float32
        Real parts of the c channels, then imaginary parts.
    """
    flat, half = ball.reshape(-1, ball.shape[-1]), ball.shape[-1] // 2
    slices = np.zeros((len(rotations), len(points), ball.shape[-1]), np.float32)
    for at, weight, _, inside in _corners(rotations, points, ball.shape):
        slices += np.where(inside, weight, 0)[..., None] * flat[np.where(inside, at, 0)]
    slices[..., half:] *= _signs(rotations, points)[..., None]
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
    """Add images to a total, each with factors of its own: N_a += Σᵢ aᵢ Σ_k D φ, W_b += Σᵢ bᵢ Σ_k W φ.

    A sample is put in once, on the side x ≥ 0: `vitreous.heterogeneity.ball.add_conjugates` completes the plane x = 0.

    Parameters
    ----------
    total
        Changed in place: real parts of q numerators, imaginary parts, and s denominators.
    rotations
        Shape (m, 3, 3), or any matrices.
    points
        k in voxels of the ball, shape (p, 2), one of each conjugate pair.
    data
        D, shape (m, p).
    weights
        W, same shape.
    means
        a, the factors of the numerators.
    seconds
        b, those of the denominators.
    """
    flat, moved = total.reshape(-1, total.shape[-1]), np.where(_signs(rotations, points) < 0, data.conj(), data)
    lines = np.concatenate(
        [
            moved.real[..., None] * means[:, None],
            moved.imag[..., None] * means[:, None],
            weights[..., None] * seconds[:, None],
        ],
        axis=-1,
    )
    for at, weight, _, inside in _corners(rotations, points, total.shape):
        np.add.at(flat, at[inside], weight[inside][:, None] * lines[inside])


def solve_moments(
    total: Float32[NumpyArray, "z y x two_q_plus_s"], damping: Float32[NumpyArray, "squared q"]
) -> Complex64[NumpyArray, "z y x q"]:
    """The maps that the moments ask for, (W + diag λ) U = N in each voxel.

    Parameters
    ----------
    total
        As `insert_channels` filled it, with the `lower_triangle` of ⟨z zᵀ⟩ for factors of the denominators, and
        completed.
    damping
        λ of each component for each squared distance from the origin, in voxels; where it is infinite U is zero.

    Returns
    -------
    NumPy array (2R + 1, 2R + 1, R + 1, q) complex64
        U.
    """
    radius, q = len(total) // 2, damping.shape[1]
    z, y, x = np.ogrid[-radius : radius + 1, -radius : radius + 1, 0 : radius + 1]
    squared = z**2 + y**2 + x**2
    solved = np.zeros((*total.shape[:3], q), np.complex64)
    inside = squared < len(damping)
    inside[inside] = np.isfinite(damping[squared[inside], 0])
    found, rows, columns = total[inside], *np.tril_indices(q)
    matrices = np.zeros((len(found), q, q))
    matrices[:, rows, columns] = matrices[:, columns, rows] = found[:, 2 * q :]
    matrices += np.eye(q) * damping[squared[inside]][:, None]
    right = found[:, :q] + 1j * found[:, q : 2 * q]
    solved[inside] = np.linalg.solve(matrices, right[..., None])[..., 0]
    return solved


def _signs(rotations: NumpyArray, points: NumpyArray) -> Float32[np.ndarray, "m p"]:
    """−1 where a sample is taken at its conjugate, to have x ≥ 0."""
    x = np.einsum("mi,pi->mp", rotations[:, :2, 0], points)
    return np.where(x < 0, np.float32(-1), np.float32(1))


def _corners(
    rotations: NumpyArray, points: NumpyArray, shape: tuple[int, ...]
) -> Iterator[tuple[Int64[np.ndarray, "m p"], Float32[np.ndarray, "m p"], tuple[int, ...], Bool[np.ndarray, "m p"]]]:
    """The eight voxels around each sample: place in the flattened ball, weight, which corner, and whether all exist."""
    layers, rows, half = shape[:3]
    radius = layers // 2
    places = np.einsum("mij,pi->mpj", rotations[:, :2], points) * _signs(rotations, points)[..., None]
    first = np.floor(places)
    between = (places - first).astype(np.float32)
    x, y, z = np.moveaxis(first.astype(np.int64), -1, 0) + np.array([0, radius, radius])[:, None, None]
    inside = (x + 1 < half) & (y >= 0) & (y + 1 < rows) & (z >= 0) & (z + 1 < layers)
    for corner in product((0, 1), repeat=3):
        weight = np.prod(np.where(np.array(corner) == 1, between, 1 - between), axis=-1)
        yield ((z + corner[2]) * rows + y + corner[1]) * half + x + corner[0], weight, corner, inside
