"""Delaunay triangulations, and what can be wrong with the points: reported, never passed over in silence."""

import numpy as np
from jaxtyping import Float, Integer
from scipy.spatial import Delaunay, QhullError

from vitreous._typing import NumpyArray, Points

__all__ = ["duplicates", "left_out", "name_rows", "slivers", "triangulate"]


def triangulate(points: Points) -> Delaunay:
    """The Delaunay triangulation of scattered points in 2 or 3 dimensions (SciPy's, by Qhull).

    No point lies inside the circumscribed circle or sphere of a simplex. ``scattered`` takes the result in place of
    points, where one set of points serves several sets of values.

    Parameters
    ----------
    points
        Shape (n, dim), dim 2 or 3, all coordinates in the same unit.

    Returns
    -------
    scipy.spatial.Delaunay
        The triangulation; its ``coplanar`` names the points that it had to leave out (see ``left_out``).

    Raises
    ------
    ValueError
        If a coordinate is not finite, there are too few points, or all lie on one line or plane; the rows are named.

    References
    ----------
    C. B. Barber, D. P. Dobkin, H. Huhdanpaa, The Quickhull algorithm for convex hulls, ACM TOMS 22 (1996) 469.
    """
    count, dim = points.shape
    if dim not in (2, 3):
        raise ValueError(f"points have {dim} coordinates each; scattered interpolation is made for 2 or 3")
    bad = np.flatnonzero(~np.all(np.isfinite(points), axis=1))
    if bad.size:
        raise ValueError(f"{name_rows(bad)} of the points hold NaN or infinity; leave them out, with their values")
    if count < dim + 1:
        raise ValueError(f"{count} points span no {dim}-dimensional body; at least {dim + 1} are needed")
    try:
        return Delaunay(points)
    except QhullError as error:
        raise ValueError(_flatness(points)) from error


def _flatness(points: Points) -> str:
    """Why points could not be triangulated: how thick the body is that they span."""
    count, dim = points.shape
    spread = np.linalg.svd(points - np.mean(points, axis=0), compute_uv=False) / np.sqrt(count)
    rank = int(np.sum(spread > 1e-10 * spread[0]))
    shape = {0: "are one point", 1: "lie on one line", 2: "lie on one plane"}.get(rank, "are too nearly flat")
    return (
        f"all {count} points {shape} (standard deviations along their {dim} principal axes: "
        f"{', '.join(f'{value:.3g}' for value in spread)}): nothing to triangulate; add points off it, interpolate in "
        "fewer dimensions, rescale the axes if their units differ, or use method='nearest' or 'inverse_distance'"
    )


def duplicates(points: Points) -> Integer[NumpyArray, "pairs 2"]:
    """The points that repeat another one exactly: (row, earlier row with the same coordinates), ascending.

    Parameters
    ----------
    points
        Shape (n, dim).

    Returns
    -------
    ndarray
        Shape (pairs, 2); no pairs where all points differ.
    """
    order = np.lexsort(points.T)
    ordered = points[order]
    repeats = np.concatenate([[False], np.all(ordered[1:] == ordered[:-1], axis=1)])
    first = np.maximum.accumulate(np.where(repeats, 0, np.arange(len(points))))
    pairs = np.stack([order[repeats], order[first[repeats]]], axis=1)
    return pairs[np.argsort(pairs[:, 0])]


def left_out(triangulation: Delaunay) -> Integer[NumpyArray, "pairs 2"]:
    """The points that are no corner of any simplex, as they repeat another to rounding: (row, row of the other).

    Parameters
    ----------
    triangulation
        What ``triangulate`` returned.

    Returns
    -------
    ndarray
        Shape (pairs, 2), ascending; no pairs where all points are used.
    """
    pairs = np.asarray(triangulation.coplanar)[:, [0, 2]].astype(np.int64)
    return pairs[np.argsort(pairs[:, 0])]


def slivers(
    triangulation: Delaunay, index: Integer[NumpyArray, " n"], ratio: float = 1e-9
) -> Integer[NumpyArray, " slivers"]:
    """Those among the named simplices that are so thin that the rounding of coordinates shows in the result.

    A simplex is a sliver when |det[v_j − v_0]| < ratio · L^dim, L twice the longest edge at v_0: barycentric weights
    err by ε/ratio, 2e-7 at the default, and the slope of a linear interpolant across it is as uncertain.

    Parameters
    ----------
    triangulation
        What ``triangulate`` returned.
    index
        Rows of its simplices, any order, repeated or not; negative ones are passed over.
    ratio
        The least volume of a good simplex, relative to L^dim.

    Returns
    -------
    ndarray
        Rows of the slivers, ascending.
    """
    met = np.zeros(len(triangulation.simplices), dtype=bool)
    met[index[index >= 0]] = True
    rows = np.flatnonzero(met)
    corners = triangulation.points[triangulation.simplices[rows]]
    edges = corners[:, 1:] - corners[:, :1]
    # any edge is at most twice the longest of those that leave one corner
    reach = 2 * np.sqrt(np.max(np.sum(edges**2, axis=2), axis=1, initial=0))
    thin = _determinants(edges) < ratio * reach ** corners.shape[2]
    return np.asarray(rows[thin])


def _determinants(edges: Float[NumpyArray, "n dim dim"]) -> Float[NumpyArray, " n"]:
    """|det| of many small matrices; written out, ten times faster than by factorisation."""
    if edges.shape[-1] == 2:
        return np.asarray(np.abs(edges[:, 0, 0] * edges[:, 1, 1] - edges[:, 0, 1] * edges[:, 1, 0]))
    return np.asarray(np.abs(np.sum(edges[:, 0] * np.linalg.cross(edges[:, 1], edges[:, 2]), axis=1)))


def name_rows(rows: Integer[NumpyArray, " n"]) -> str:
    """The first five of some rows, in words."""
    named = ", ".join(str(row) for row in rows[:5])
    return f"row{'s' if len(rows) > 1 else ''} {named}{f' and {len(rows) - 5} more' if len(rows) > 5 else ''}"
