"""Point location by a visibility walk: the fast twin of ``interpolation.simplices.find_simplices``.

A target x lies beyond face k of a simplex when its signed volume w_k = (−1)^k det[v_j − x : j ≠ k] has another sign
than Σ_j w_j. The walk steps over the face beyond which the target lies deepest, and ends in the simplex that no face
parts from the target. Targets are taken cell by cell of a grid, each walk starting where the last one ended, so that
a walk takes about two steps and stays in the processor's cache whatever the order in which the targets came.
"""

import numba
import numpy as np
from scipy.spatial import Delaunay

from vitreous._typing import NumpyArray
from vitreous.interpolation.simplices import cell_order, rounding_of

__all__ = ["find_simplices"]

_CHUNKS = 64
_OUTSIDE = -1
_UNDECIDED = -2


def find_simplices(triangulation: Delaunay, targets: NumpyArray) -> tuple[NumpyArray, NumpyArray]:
    """The simplex that holds each target, and the target's barycentric weights in it.

    λ_k = w_k / Σ_j w_j with w_k = (−1)^k det[v_j − x : j ≠ k]; see ``interpolation.simplices.find_simplices``, which
    has the same arguments and the same result. On a face that two simplices share either may be named.

    Parameters
    ----------
    triangulation
        A Delaunay triangulation in 2 or 3 dimensions.
    targets
        Points to look up, float64, shape (n, dim).

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
    # a copy is never read-only: Numba would compile once more for arrays that are
    points = np.array(triangulation.points, dtype=np.float64, order="C")
    low, high, near = np.min(points, axis=0), np.max(points, axis=0), rounding_of(points)
    order = cell_order(targets, low, high)
    index = np.empty(len(targets), dtype=np.int64)
    weights = np.empty((len(targets), points.shape[1] + 1))
    triangles = (points, triangulation.simplices, triangulation.neighbors)
    ordered = np.ascontiguousarray(targets[order], dtype=np.float64)
    _walk_all(*triangles, ordered, order, (low - near, high + near, near), index, weights)
    return index, weights


@numba.njit(cache=True, parallel=True)
def _walk_all(points, simplices, neighbors, targets, order, bounds, index, weights):  # type: ignore[no-untyped-def]
    """Locate every target, target t being the one that came as number order[t]; a thread walks a chunk of targets."""
    low, high, near = bounds
    count, dim = targets.shape
    for chunk in numba.prange(_CHUNKS):
        volumes = np.empty(dim + 1)
        current = 0
        for t in range(chunk * count // _CHUNKS, (chunk + 1) * count // _CHUNKS):
            found = _OUTSIDE
            if _is_within(targets, t, low, high):
                found, current = _walk(points, simplices, neighbors, targets, t, current, near, volumes)
                if found == _UNDECIDED:
                    found = _try_every(points, simplices, targets, t, near, volumes)
                    current = max(found, 0)
            place = order[t]
            index[place] = found
            total = 0.0
            for k in range(dim + 1):
                weights[place, k] = max(volumes[k], 0.0) if found >= 0 else 0.0
                total += weights[place, k]
            if total > 0.0:
                for k in range(dim + 1):
                    weights[place, k] /= total


@numba.njit(cache=True)
def _is_within(targets, t, low, high):  # type: ignore[no-untyped-def]
    """Whether a target lies in a box; false for NaN."""
    within = True
    for axis in range(targets.shape[1]):
        within = within and low[axis] <= targets[t, axis] <= high[axis]
    return within


@numba.njit(cache=True)
def _walk(points, simplices, neighbors, targets, t, start, near, volumes):  # type: ignore[no-untyped-def]
    """Walk from a simplex towards a target: (the simplex, outside or undecided; where the next walk had best start)."""
    current, last, corners = start, start, simplices.shape[1]
    draw = np.uint32(1)
    # a longer walk, which only slivers could cause, costs more than trying every simplex
    for _ in range(len(simplices)):
        reach = _weigh(points, simplices, current, targets, t, volumes)
        if _is_flat(points, simplices, current, volumes, reach, near):
            # A flat simplex has no sides that could guide the walk. On the hull it says that the target, which lay
            # beyond its plane, is outside; elsewhere leave it by any face: chance keeps the walk from circling.
            for k in range(corners):
                if current != last and neighbors[current, k] < 0:
                    return _OUTSIDE, last
            draw = draw * np.uint32(1664525) + np.uint32(1013904223)
            beside = neighbors[current, (draw >> np.uint32(16)) % corners]
            current = beside if beside >= 0 else last
            continue
        last = current
        worst, over = 0.0, -1
        for k in range(corners):
            if volumes[k] < worst and -volumes[k] > near * _measure(points, simplices, current, k):
                worst, over = volumes[k], k
        if over < 0:
            return current, current
        if neighbors[current, over] < 0:
            return _OUTSIDE, current
        current = neighbors[current, over]
    return _UNDECIDED, last


@numba.njit(cache=True)
def _try_every(points, simplices, targets, t, near, volumes):  # type: ignore[no-untyped-def]
    """The first simplex with volume that no face parts from the target, its volumes left in ``volumes``."""
    for current in range(len(simplices)):
        reach = _weigh(points, simplices, current, targets, t, volumes)
        held = True
        for k in range(simplices.shape[1]):
            held = held and (volumes[k] >= 0.0 or -volumes[k] <= near * _measure(points, simplices, current, k))
        if held and not _is_flat(points, simplices, current, volumes, reach, near):
            return current
    return _OUTSIDE


@numba.njit(cache=True)
def _weigh(points, simplices, current, targets, t, volumes):  # type: ignore[no-untyped-def]
    """Set ``volumes`` to w_k, with the sign that makes their sum positive; return max |v_j − x| over all components."""
    if targets.shape[1] == 2:
        i, j, m = simplices[current, 0], simplices[current, 1], simplices[current, 2]
        ax, ay = points[i, 0] - targets[t, 0], points[i, 1] - targets[t, 1]
        bx, by = points[j, 0] - targets[t, 0], points[j, 1] - targets[t, 1]
        cx, cy = points[m, 0] - targets[t, 0], points[m, 1] - targets[t, 1]
        volumes[0] = bx * cy - by * cx
        volumes[1] = cx * ay - cy * ax
        volumes[2] = ax * by - ay * bx
        reach = max(abs(ax), abs(ay), abs(bx), abs(by), abs(cx), abs(cy))
        total = volumes[0] + volumes[1] + volumes[2]
    else:
        ax, ay, az = _offset(points, simplices[current, 0], targets, t)
        bx, by, bz = _offset(points, simplices[current, 1], targets, t)
        cx, cy, cz = _offset(points, simplices[current, 2], targets, t)
        dx, dy, dz = _offset(points, simplices[current, 3], targets, t)
        # a × b serves the two determinants that hold both, c × d the other two
        px, py, pz = ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx
        qx, qy, qz = cy * dz - cz * dy, cz * dx - cx * dz, cx * dy - cy * dx
        volumes[0] = bx * qx + by * qy + bz * qz
        volumes[1] = -(ax * qx + ay * qy + az * qz)
        volumes[2] = dx * px + dy * py + dz * pz
        volumes[3] = -(cx * px + cy * py + cz * pz)
        reach = max(max(abs(ax), abs(ay), abs(az), abs(bx), abs(by), abs(bz)), abs(cx), abs(cy), abs(cz))
        reach = max(reach, abs(dx), abs(dy), abs(dz))
        total = volumes[0] + volumes[1] + volumes[2] + volumes[3]
    if total < 0.0:
        for k in range(len(volumes)):
            volumes[k] = -volumes[k]
    return reach


@numba.njit(cache=True)
def _offset(points, row, targets, t):  # type: ignore[no-untyped-def]
    """The difference v − x in three dimensions."""
    return points[row, 0] - targets[t, 0], points[row, 1] - targets[t, 1], points[row, 2] - targets[t, 2]


@numba.njit(cache=True)
def _measure(points, simplices, current, k):  # type: ignore[no-untyped-def]
    """The length of an edge of a triangle, twice the area of a face of a tetrahedron: w_k divided by it is a distance.

    Face k is the one opposite to corner k.
    """
    corners = simplices.shape[1]
    i, j = simplices[current, (k + 1) % corners], simplices[current, (k + 2) % corners]
    ux, uy = points[j, 0] - points[i, 0], points[j, 1] - points[i, 1]
    if corners == 3:
        return np.sqrt(ux * ux + uy * uy)
    m = simplices[current, (k + 3) % corners]
    vx, vy = points[m, 0] - points[i, 0], points[m, 1] - points[i, 1]
    uz, vz = points[j, 2] - points[i, 2], points[m, 2] - points[i, 2]
    nx, ny, nz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
    return np.sqrt(nx * nx + ny * ny + nz * nz)


@numba.njit(cache=True)
def _is_flat(points, simplices, current, volumes, reach, near):  # type: ignore[no-untyped-def]
    """Whether a height of the simplex is at most δ; the bound on its faces by ``reach`` settles nearly every case."""
    corners, total = simplices.shape[1], 0.0
    for k in range(corners):
        total += volumes[k]
    if total > near * 12.0 * reach ** (corners - 2):
        return False
    largest = 0.0
    for k in range(corners):
        largest = max(largest, _measure(points, simplices, current, k))
    return total <= near * largest
