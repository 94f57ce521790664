"""Interpolation of scattered points in 2D and 3D, called as ``scipy.interpolate.griddata`` is."""

import math
import warnings
from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from jaxtyping import Bool, Float, Inexact, Integer
from scipy.interpolate import CloughTocher2DInterpolator
from scipy.spatial import Delaunay, KDTree

from vitreous._typing import ArrayLike, NumpyArray, Real
from vitreous.interpolation.shepard import inverse_distance
from vitreous.interpolation.simplices import cell_order
from vitreous.interpolation.triangulation import duplicates, left_out, name_rows, slivers, triangulate

__all__ = ["METHODS", "DegenerateInputWarning", "scattered"]

_Values: TypeAlias = Inexact[NumpyArray, "n columns"]
_Targets: TypeAlias = Float[NumpyArray, "m dim"]
_Result: TypeAlias = Inexact[NumpyArray, "m columns"]
_Mask: TypeAlias = Bool[NumpyArray, " m"]


class DegenerateInputWarning(UserWarning):
    """Some points could not be used as they stand, or some targets lie where the answer is uncertain."""


def scattered(
    points: ArrayLike | Delaunay,
    values: ArrayLike,
    xi: ArrayLike | tuple[ArrayLike, ...],
    method: str = "linear",
    outside: complex | Real | str = math.nan,
) -> Inexact[NumpyArray, "..."]:
    """Values at targets, from values at scattered points in two or three dimensions.

    ========================  ====  =======================================================================  =========
    method                    dims  formula                                                                  smooth
    ========================  ====  =======================================================================  =========
    ``"nearest"``             2, 3  f(x) = f_i, i the nearest point                                          no
    ``"linear"``              2, 3  f(x) = Σ_k λ_k f_k, λ barycentric in the Delaunay simplex that holds x    C⁰
    ``"cubic"``               2     Clough–Tocher: cubic on three parts of each triangle, slopes estimated   C¹
    ``"inverse_distance"``    2, 3  Shepard's weights over the nearest points, each with its slope           C⁰, C¹ but
                                                                                                             for jumps
    ========================  ====  =======================================================================  =========

    The time does not depend on the order of the targets, which are visited cell by cell.

    Parameters
    ----------
    points
        Shape (n, dim), or a tuple of dim arrays of shape (n,), or what ``triangulate`` returned for them.
    values
        Real or complex, shape (n,) or (n, …).
    xi
        Targets, in the units of the points: shape (…, dim), or a tuple of dim arrays that broadcast together. A
        target that is not finite gets NaN.
    method
        One of those above.
    outside
        What targets outside the convex hull get: a number, or ``"nearest"`` for the value of the nearest point. The
        methods ``"nearest"`` and ``"inverse_distance"`` know no hull and extend by their own formula.

    Returns
    -------
    ndarray
        Shape of the targets followed by that of one value; in single precision where the values are.

    Raises
    ------
    ValueError
        If points or values are not finite, points repeat each other with different values, all points lie on one line
        or plane, or shapes or the method do not fit; rows are named.

    Warns
    -----
    DegenerateInputWarning
        If points repeat each other with equal values, or targets lie in slivers; rows are named.

    References
    ----------
    P. Alfeld, A trivariate Clough-Tocher scheme for tetrahedral data, CAGD 1 (1984) 169; ``simplices`` and ``shepard``
    name those of the other methods.
    """
    if method not in METHODS:
        raise ValueError(f"method {method!r} is none of {', '.join(METHODS)}")
    if isinstance(outside, str) and outside != "nearest":
        raise ValueError(f"outside={outside!r} is neither a number nor 'nearest'")
    places, table, targets, shape, one_value = _as_tables(points, values, xi)
    known = np.all(np.isfinite(targets), axis=1)
    result = np.full((len(targets), table.shape[1]), np.nan, dtype=table.dtype)
    # the usual case, in which no target is left out, copies nothing
    rows = slice(None) if np.all(known) else np.flatnonzero(known)
    found, beyond = METHODS[method](places, table, targets[rows])
    if beyond is not None:
        found[beyond] = _of_nearest(places, table, targets[rows][beyond]) if isinstance(outside, str) else outside
    elif not (isinstance(outside, str) or np.isnan(outside)):
        raise ValueError(f"outside={outside!r} has no meaning for method {method!r}, which is defined everywhere")
    result[rows] = found
    return result.reshape(shape + one_value)


def _as_tables(
    points: ArrayLike | Delaunay, values: ArrayLike, xi: ArrayLike | tuple[ArrayLike, ...]
) -> tuple[NumpyArray | Delaunay, _Values, _Targets, tuple[int, ...], tuple[int, ...]]:
    """Points and targets one a row, values of one row flattened; the shapes that the targets and one value had."""
    places = points if isinstance(points, Delaunay) else _as_rows(points)
    corners = places.points if isinstance(places, Delaunay) else places
    targets = _as_rows(xi)
    given = np.asarray(values)
    if given.shape[:1] != corners.shape[:1]:
        raise ValueError(f"values have shape {given.shape}; their first axis must match the {len(corners)} points")
    if targets.shape[-1] != corners.shape[-1] or corners.ndim != 2:
        raise ValueError(f"points of shape {corners.shape} and targets of shape {targets.shape} differ in dimension")
    if corners.shape[1] not in (2, 3):
        raise ValueError(f"points have {corners.shape[1]} coordinates each; this is made for 2 or 3")
    table = given.reshape(len(corners), -1)
    if not np.issubdtype(table.dtype, np.inexact):
        table = table.astype(np.float64)
    for name, rows in (("points", corners), ("values", table)):
        bad = np.flatnonzero(~np.all(np.isfinite(rows), axis=1))
        if bad.size:
            verb = "holds" if bad.size == 1 else "hold"
            raise ValueError(
                f"{name_rows(bad)} of the {name} {verb} NaN or infinity; leave out points and values there"
            )
    return places, table, targets.reshape(-1, targets.shape[-1]), targets.shape[:-1], given.shape[1:]


def _as_rows(given: ArrayLike | tuple[ArrayLike, ...]) -> Float[NumpyArray, "*shape dim"]:
    """Coordinates on the last axis, whether they came so or as one array for each coordinate."""
    if isinstance(given, tuple):
        given = np.stack(np.broadcast_arrays(*given), axis=-1)
    rows = np.asarray(given, dtype=np.float64)
    if rows.ndim < 1:
        raise ValueError("points and targets are arrays with the coordinates on the last axis, or tuples of arrays")
    return rows


def _nearest(points: NumpyArray | Delaunay, values: _Values, targets: _Targets) -> tuple[_Result, None]:
    """The value of the nearest point."""
    return _of_nearest(_distinct(points, values), values, targets), None


def _inverse_distance(points: NumpyArray | Delaunay, values: _Values, targets: _Targets) -> tuple[_Result, None]:
    """Shepard's method over points that all differ."""
    places = _distinct(points, values)
    repeated = duplicates(places)[:, 0]
    distinct, theirs = (np.delete(table, repeated, axis=0) for table in (places, values))
    return inverse_distance(distinct, theirs, targets), None


def _linear(points: NumpyArray | Delaunay, values: _Values, targets: _Targets) -> tuple[_Result, _Mask]:
    """The barycentric mean over the corners of the simplex that holds each target."""
    from vitreous.kernels.numba.simplices import find_simplices

    triangulation = _triangulated(points, values)
    index, weights = find_simplices(triangulation, targets)
    _warn_of_slivers(triangulation, index)
    weights = weights.astype(values.real.dtype, copy=False)
    corners = triangulation.simplices[index]
    result = weights[:, :1] * values[corners[:, 0]]
    for k in range(1, corners.shape[1]):
        result += weights[:, k : k + 1] * values[corners[:, k]]
    return result, index < 0


def _cubic(points: NumpyArray | Delaunay, values: _Values, targets: _Targets) -> tuple[_Result, _Mask]:
    """SciPy's Clough–Tocher interpolant, whose own search is fast where targets come in order."""
    from vitreous.kernels.numba.simplices import find_simplices

    triangulation = _triangulated(points, values)
    if triangulation.points.shape[1] != 2:
        raise ValueError("method 'cubic' is made for 2 dimensions; 'inverse_distance' is smooth in 3")
    order = cell_order(targets, triangulation.min_bound, triangulation.max_bound)
    result = np.empty((len(targets), values.shape[1]), dtype=values.dtype)
    result[order] = CloughTocher2DInterpolator(triangulation, values)(targets[order])
    _warn_of_slivers(triangulation, find_simplices(triangulation, targets)[0])
    return result, np.isnan(result[:, 0])


METHODS: dict[str, Callable[..., tuple[_Result, _Mask | None]]] = {
    "nearest": _nearest,
    "linear": _linear,
    "cubic": _cubic,
    "inverse_distance": _inverse_distance,
}
"""Method → function of (points, values, targets), one a row, to values and a mask of the targets outside the hull.

The mask is None for methods that know no hull.
"""


def _of_nearest(points: NumpyArray | Delaunay, values: _Values, targets: _Targets) -> _Result:
    """The value of the point nearest to each target."""
    places = points.points if isinstance(points, Delaunay) else points
    return np.asarray(values[KDTree(places).query(targets, workers=-1)[1]])


def _distinct(points: NumpyArray | Delaunay, values: _Values) -> NumpyArray:
    """The points themselves, for the methods that need no triangulation, once their repetitions are reported."""
    places = points.points if isinstance(points, Delaunay) else points
    _report(duplicates(places), values)
    return places


def _triangulated(points: NumpyArray | Delaunay, values: _Values) -> Delaunay:
    """The triangulation, once the points that it left out are reported."""
    triangulation = points if isinstance(points, Delaunay) else triangulate(points)
    _report(left_out(triangulation), values)
    return triangulation


def _report(pairs: Integer[NumpyArray, "pairs 2"], values: _Values) -> None:
    """Refuse points that repeat others with other values, warn of those with the same."""
    if not pairs.size:
        return
    clash = np.any(values[pairs[:, 0]] != values[pairs[:, 1]], axis=1)
    if np.any(clash):
        verb = "repeats" if np.sum(clash) == 1 else "repeat"
        raise ValueError(
            f"{name_rows(pairs[clash, 0])} of the points {verb} {name_rows(pairs[clash, 1])} with other values; "
            "average them or leave one out"
        )
    one = len(pairs) == 1
    warnings.warn(
        f"{name_rows(pairs[:, 0])} of the points {'repeats another' if one else 'repeat others'} with the same values "
        f"and {'was' if one else 'were'} left out",
        DegenerateInputWarning,
        stacklevel=5,
    )


def _warn_of_slivers(triangulation: Delaunay, index: Integer[NumpyArray, " m"]) -> None:
    """Warn of the slivers among the simplices that targets lie in."""
    thin = slivers(triangulation, index)
    if thin.size:
        corners = name_rows(triangulation.simplices[thin[0]])
        warnings.warn(
            f"targets lie in {len(thin)} sliver{'s'[: len(thin) - 1]}, the first with {corners} of the points for "
            "corners, so thin that rounding decides the result; add points near, or use method='nearest' or "
            "'inverse_distance'",
            DegenerateInputWarning,
            stacklevel=4,
        )
