"""Which simplex of a triangulation holds a target, and the target's barycentric weights in it."""

from itertools import pairwise

import numpy as np
from jaxtyping import Float, Integer
from scipy.spatial import Delaunay

from vitreous._typing import NumpyArray

__all__ = ["cell_order", "find_simplices", "heights", "rounding_of", "signed_volumes"]


def rounding_of(points: Float[NumpyArray, "n dim"]) -> float:
    """The distance δ = 16 ε max|points| that rounding makes between points that are one."""
    return float(16 * np.finfo(float).eps * np.max(np.abs(points)))


def cell_order(
    targets: Float[NumpyArray, "n dim"], low: Float[NumpyArray, " dim"], high: Float[NumpyArray, " dim"]
) -> Integer[NumpyArray, " n"]:
    """The order in which targets are visited cell by cell of a grid over a box, so that neighbours follow each other.

    Parameters
    ----------
    targets
        Points, shape (n, dim); those outside the box or not finite fall into the cells of its border.
    low, high
        The box's corners, in the same units.

    Returns
    -------
    ndarray
        A permutation of 0 … n − 1.
    """
    dim = targets.shape[1]
    # NumPy sorts 16-bit keys stably by radix, ten times faster than longer ones
    side = int(2 ** (16 / dim))
    key = np.zeros(len(targets), dtype=np.uint16)
    for axis in reversed(range(dim)):
        extent = high[axis] - low[axis]
        part = (targets[:, axis] - low[axis]) * (side / extent if extent > 0 else 0)
        key *= np.uint16(side)
        key += np.nan_to_num(np.clip(part, 0, side - 1)).astype(np.uint16)
    return np.argsort(key, kind="stable")


def signed_volumes(
    corners: Float[NumpyArray, "*#batch corners dim"], targets: Float[NumpyArray, "*#batch dim"]
) -> Float[NumpyArray, "*#batch corners"]:
    """Signed volumes (times dim!) of the simplices that arise when a target takes the place of each corner in turn.

    w_k = (−1)^k det[v_j − x : j ≠ k]. Their sum is the volume of the simplex itself, and λ_k = w_k / Σ_j w_j are the
    barycentric weights of the target. Differences are taken before products, so that a far origin costs no digits.

    Parameters
    ----------
    corners
        The dim + 1 corners v of each simplex.
    targets
        The point x that belongs to each simplex; both broadcast.

    Returns
    -------
    ndarray
        Shape (*batch, dim + 1).
    """
    edges = corners - targets[..., None, :]
    count = corners.shape[-2]
    minors = [np.linalg.det(np.delete(edges, k, axis=-2)) * (-1.0) ** k for k in range(count)]
    return np.stack(minors, axis=-1)


def heights(corners: Float[NumpyArray, "*batch corners dim"]) -> Float[NumpyArray, "*batch corners"]:
    """Distance of each corner of a simplex from the face opposite to it, in the units of the corners.

    h_k = |Σ_j w_j| / |face_k|, with the measure of the face from the Gram determinant of its edges,
    |face_k|² = det(E Eᵀ). A simplex whose least height is tiny is a sliver.

    Parameters
    ----------
    corners
        The dim + 1 corners of each simplex.

    Returns
    -------
    ndarray
        Shape (*batch, dim + 1); zero throughout for a simplex without volume.
    """
    count = corners.shape[-2]
    volume = np.abs(np.linalg.det(corners[..., 1:, :] - corners[..., :1, :]))
    faces = []
    for k in range(count):
        face = np.delete(corners, k, axis=-2)
        edges = face[..., 1:, :] - face[..., :1, :]
        faces.append(np.sqrt(np.maximum(np.linalg.det(edges @ np.swapaxes(edges, -1, -2)), 0)))
    measure = np.stack(faces, axis=-1)
    return np.asarray(np.divide(volume[..., None], measure, out=np.zeros_like(measure), where=measure > 0))


def find_simplices(
    triangulation: Delaunay, targets: Float[NumpyArray, "n dim"]
) -> tuple[Integer[NumpyArray, " n"], Float[NumpyArray, "n corners"]]:
    """The simplex that holds each target, and the target's barycentric weights in it.

    A target x lies in a simplex with corners v when its signed distance λ_k h_k from every face is at least −δ, with
    x = Σ_k λ_k v_k, Σ_k λ_k = 1, h_k the height over face k, and δ = 16 ε max|points| (rounding). Negative weights,
    which rounding alone makes, are set to 0. Simplices with a height of at most δ hold nothing: their volume is
    rounding, and their neighbours hold the targets that lie in them.

    This is the definition, which compares every target with every simplex; ``kernels.numba.simplices`` walks.

    Parameters
    ----------
    triangulation
        A Delaunay triangulation in 2 or 3 dimensions.
    targets
        Points to look up, shape (n, dim), in the units of the triangulation's points.

    Returns
    -------
    index
        Row in ``triangulation.simplices``, shape (n,); −1 outside the hull and for targets that are not finite.
    weights
        Shape (n, dim + 1), 0 where ``index`` is −1.

    References
    ----------
    O. Devillers, S. Pion, M. Teillaud, Walking in a triangulation, Int. J. Found. Comput. Sci. 13 (2002) 181.
    """
    near = rounding_of(triangulation.points)
    corners = triangulation.points[triangulation.simplices]
    height = heights(corners)
    usable = np.min(height, axis=-1) > near
    corners, height, rows = corners[usable], height[usable], np.flatnonzero(usable)

    index = np.full(len(targets), -1)
    weights = np.zeros((len(targets), corners.shape[-2]))
    block = max(1, 2_000_000 // max(1, height.size))
    for start, stop in pairwise([*range(0, len(targets), block), len(targets)]):
        volumes = signed_volumes(corners, targets[start:stop, None, :])
        lambdas = volumes / np.sum(volumes, axis=-1, keepdims=True)
        depth = np.min(lambdas * height, axis=-1, initial=np.inf)
        best = np.argmax(np.where(np.isfinite(depth), depth, -np.inf), axis=-1)
        each = np.arange(stop - start)
        held = depth[each, best] >= -near
        index[start:stop] = np.where(held, rows[best], -1)
        weights[start:stop] = np.where(held[:, None], np.maximum(lambdas[each, best], 0), 0)
    total = np.sum(weights, axis=-1, keepdims=True)
    return index, np.divide(weights, total, out=weights, where=total > 0)
