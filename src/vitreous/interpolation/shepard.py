"""Inverse-distance interpolation of scattered points: Shepard's method, modified to be local and exact for planes."""

from itertools import pairwise

import numpy as np
from jaxtyping import Float, Inexact
from scipy.spatial import KDTree

from vitreous._typing import NumpyArray, Points

__all__ = ["inverse_distance", "nodal_gradients"]

_BLOCK = 50_000
_NEIGHBORS = {2: 12, 3: 20}


def inverse_distance(
    points: Points, values: Inexact[NumpyArray, "n columns"], targets: Float[NumpyArray, "m dim"]
) -> Inexact[NumpyArray, "m columns"]:
    """Values at targets from the nearest points, each continued along its own slope (modified Shepard).

    f(x) = Σ_i W_i (f_i + g_i·(x − x_i)) / Σ_i W_i,  W_i = ((R − d_i)/(R d_i))², over the 12 (in 3D: 20) points nearest
    to x, with d_i = |x − x_i|, R the distance of the next point and g_i from ``nodal_gradients``. It passes through the
    points, is exact for planes, needs no triangulation and is defined everywhere: outside the hull it goes on along the
    slopes of the nearest points. It is continuous; its slope jumps slightly where the set of nearest points changes.

    Parameters
    ----------
    points
        Shape (n, dim), dim 2 or 3, n > dim, all different.
    values
        Real or complex, shape (n, columns).
    targets
        Shape (m, dim), finite, in the units of the points.

    Returns
    -------
    ndarray
        Shape (m, columns).

    Raises
    ------
    ValueError
        If there are too few points to tell a slope.

    References
    ----------
    D. Shepard, Proc. 23rd ACM National Conference (1968) 517; R. Franke, G. Nielson, Smooth interpolation of large sets
    of scattered data, Int. J. Numer. Meth. Eng. 15 (1980) 1691, for the weights; R. J. Renka, ACM TOMS 14 (1988) 139.
    """
    if len(points) <= points.shape[1]:
        raise ValueError(f"{len(points)} points tell no slope in {points.shape[1]} dimensions; take method='nearest'")
    tree = KDTree(points)
    slopes = nodal_gradients(points, values, tree)
    result = np.empty((len(targets), values.shape[1]), dtype=np.result_type(values, targets))
    count = min(_NEIGHBORS[points.shape[1]] + 1, len(points))
    for start, stop in pairwise([*range(0, len(targets), _BLOCK), len(targets)]):
        block = targets[start:stop]
        distances, rows = tree.query(block, count, workers=-1)
        weights, rows = _franke_nielson(distances), rows[:, :-1]
        steps = block[:, None] - points[rows]
        local = values[rows] + np.einsum("mki,mkic->mkc", steps, slopes[rows])
        result[start:stop] = np.einsum("mk,mkc->mc", weights, local)
    return result


def _franke_nielson(distances: Float[NumpyArray, "m neighbors"]) -> Float[NumpyArray, "m near"]:
    """((R − d_i)/(R d_i))² scaled to a sum of 1, R the last of the ascending distances; a point at d = 0 takes all."""
    near, radius = distances[:, :-1], distances[:, -1:]
    # relative to the nearest: finite at d = 0
    ratio = np.divide(near[:, :1], near, out=np.ones_like(near), where=near > 0)
    weights = (ratio * (radius - near)) ** 2
    total = np.sum(weights, axis=1, keepdims=True)
    # neighbours that are all at the distance R share alike
    equal = np.full_like(weights, 1 / near.shape[1])
    return np.asarray(np.divide(weights, total, out=equal, where=total > 0))


def nodal_gradients(
    points: Points, values: Inexact[NumpyArray, "n columns"], tree: KDTree
) -> Inexact[NumpyArray, "n dim columns"]:
    """The gradient of the values at each point, by weighted least squares over its neighbours.

    g_i = argmin Σ_j W_j |f_j − f_i − g·(x_j − x_i)|², with W_j = ((R − d_j)/(R d_j))².

    Parameters
    ----------
    points
        Shape (n, dim).
    values
        Real or complex, shape (n, columns).
    tree
        The k-d tree of the points.

    Returns
    -------
    ndarray
        Shape (n, dim, columns), in units of the values over those of the points.

    References
    ----------
    R. J. Renka, Multivariate interpolation of large sets of scattered data, ACM TOMS 14 (1988) 139.
    """
    count, dim = points.shape
    distances, rows = tree.query(points, min(_NEIGHBORS[dim] + 2, count), workers=-1)
    # the first neighbour is the point itself, the last one sets R
    weights, rows = _franke_nielson(distances[:, 1:]), rows[:, 1:-1]
    edges = points[rows] - points[:, None]
    rises = values[rows] - values[:, None]
    normal = np.einsum("nk,nki,nkj->nij", weights, edges, edges)
    # neighbours on one line or plane leave the slope across it free: it is taken as 0
    ridge = 1e-12 * np.trace(normal, axis1=1, axis2=2) + np.finfo(float).tiny
    normal += ridge[:, None, None] * np.eye(dim)
    return np.linalg.solve(normal, np.einsum("nk,nki,nkc->nic", weights, edges, rises))
