"""Axis and angle, and rotation vectors (axis × angle in radians), with series where the closed forms are 0/0."""

import math
from collections.abc import Sequence
from typing import Any

from jaxtyping import Float

from vitreous._array import as_arrays, as_float, namespace
from vitreous._typing import Array, ArrayLike, Quaternions, Rotations, Vectors
from vitreous.rotations.degrees import sin_cos_deg
from vitreous.rotations.quaternion import canonical_quaternion, matrix_to_quaternion, quaternion_to_matrix

__all__ = [
    "axis_angle_to_matrix",
    "axis_angle_to_quaternion",
    "matrix_to_axis_angle",
    "matrix_to_rotation_vector",
    "quaternion_to_axis_angle",
    "quaternion_to_rotation_vector",
    "rotation_vector_to_matrix",
    "rotation_vector_to_quaternion",
]

_SMALL = 1e-3
"""Squares below it are put into a series, whose first term left out is then below 1e-18."""


def _series(square: Array, terms: Sequence[float]) -> Array:
    """Σ termₙ squareⁿ."""
    rest = 0.0
    for term in reversed(terms[1:]):
        rest = square * (term + rest)
    return terms[0] + rest


_COS_TERMS = [(-1.0) ** n / math.factorial(2 * n) for n in range(6)]
_SINC_TERMS = [(-1.0) ** n / math.factorial(2 * n + 1) for n in range(6)]
_ATAN_TERMS = [(-1.0) ** n / (2 * n + 1) for n in range(6)]


def rotation_vector_to_quaternion(rotation_vector: Vectors | Sequence[Any]) -> Quaternions:
    """The unit quaternion of a rotation vector v: q = (cos ½|v|, v sin(½|v|)/|v|).

    Parameters
    ----------
    rotation_vector
        Vectors (..., 3) along the axis, as long as the angle in radians.

    Returns
    -------
    array (..., 4)
        Unit quaternions, scalar first; values and derivatives are finite and exact at v = 0 too.
    """
    rotation_vector = as_float(rotation_vector)
    xp = namespace(rotation_vector)
    half = 0.5 * rotation_vector
    square = xp.sum(half * half, axis=-1, keepdims=True)
    small = square < _SMALL
    length = xp.sqrt(xp.where(small, xp.ones_like(square), square))
    cosine = xp.where(small, _series(square, _COS_TERMS), xp.cos(length))
    sinc = xp.where(small, _series(square, _SINC_TERMS), xp.sin(length) / length)
    return xp.concat([cosine, half * sinc], axis=-1)


def quaternion_to_rotation_vector(quaternion: Quaternions | Sequence[Any]) -> Vectors:
    """The rotation vector of a quaternion (w, u), at most π long: v = 2 atan2(|u|, w) u/|u|, of ±q the one with w ≥ 0.

    Parameters
    ----------
    quaternion
        Quaternions (..., 4), scalar first.

    Returns
    -------
    array (..., 3)
        Vectors along the axis, as long as the angle in radians, in [0, π]; of the two for a half turn, the one whose
        first component that is not zero is positive. Values and derivatives are finite at no rotation too.
    """
    quaternion = canonical_quaternion(quaternion)
    xp = namespace(quaternion)
    w, u = quaternion[..., :1], quaternion[..., 1:]
    square = xp.sum(u * u, axis=-1, keepdims=True)
    small = square < _SMALL * w * w
    ones = xp.ones_like(w)
    length = xp.sqrt(xp.where(small, ones, square))
    safe_w = xp.where(small, w, ones)
    series = _series(square / (safe_w * safe_w), _ATAN_TERMS) / safe_w
    return 2.0 * u * xp.where(small, series, xp.atan2(length, w) / length)


def rotation_vector_to_matrix(rotation_vector: Vectors | Sequence[Any]) -> Rotations:
    """The rotation matrix of a rotation vector: R = exp [v]×.

    Parameters
    ----------
    rotation_vector
        Vectors (..., 3) along the axis, as long as the angle in radians.

    Returns
    -------
    array (..., 3, 3)
        Rotation matrices; values and derivatives are exact at v = 0 too.
    """
    return quaternion_to_matrix(rotation_vector_to_quaternion(rotation_vector))


def matrix_to_rotation_vector(matrix: Rotations) -> Vectors:
    """The rotation vector of a rotation matrix, at most π long: [v]× = ln R.

    Parameters
    ----------
    matrix
        Rotation matrices (..., 3, 3).

    Returns
    -------
    array (..., 3)
        Vectors along the axis, as long as the angle in radians, in [0, π]; exact near 0 and near π.
    """
    return quaternion_to_rotation_vector(matrix_to_quaternion(matrix))


def axis_angle_to_quaternion(
    axis: Float[Array, "*#batch 3"] | Sequence[Any], angle_deg: ArrayLike
) -> Float[Array, "*#batch 4"]:
    """The unit quaternion of a turn by an angle about an axis: q = (cos θ/2, u sin θ/2).

    Parameters
    ----------
    axis
        Vectors (..., 3) of any length but zero.
    angle_deg
        Angles (...) in degrees, counter-clockwise seen with the axis pointing at the viewer; they broadcast with the
        leading dimensions of the axes.

    Returns
    -------
    array (..., 4)
        Unit quaternions, scalar first.
    """
    axis, angle_deg = as_arrays(axis, angle_deg)
    xp = namespace(axis)
    unit = axis / xp.sqrt(xp.sum(axis * axis, axis=-1, keepdims=True))
    sine, cosine = sin_cos_deg(0.5 * angle_deg)
    return xp.stack(xp.broadcast_arrays(cosine, *(sine * unit[..., part] for part in range(3))), axis=-1)


def quaternion_to_axis_angle(quaternion: Quaternions | Sequence[Any]) -> tuple[Vectors, Array]:
    """The unit axis and the angle of a quaternion.

    Parameters
    ----------
    quaternion
        Quaternions (..., 4), scalar first.

    Returns
    -------
    axis : array (..., 3)
        Unit vectors; (0, 0, 1) where nothing turns.
    angle_deg : array (...)
        Angles in degrees, in [0, 180].
    """
    quaternion = canonical_quaternion(quaternion)
    xp = namespace(quaternion)
    w, u = quaternion[..., 0], quaternion[..., 1:]
    square = xp.sum(u * u, axis=-1)
    still = square == 0.0
    length = xp.sqrt(xp.where(still, xp.ones_like(square), square))
    north = xp.concat([xp.zeros_like(u[..., :2]), xp.ones_like(u[..., :1])], axis=-1)
    axis = xp.where(still[..., None], north, u / length[..., None])
    angle_deg = (360.0 / math.pi) * xp.atan2(length, w)
    return axis, xp.where(still, xp.zeros_like(angle_deg), angle_deg)


def axis_angle_to_matrix(
    axis: Float[Array, "*#batch 3"] | Sequence[Any], angle_deg: ArrayLike
) -> Float[Array, "*#batch 3 3"]:
    """The rotation matrix of a turn by an angle about an axis: R = 1 + sin θ [u]× + (1 − cos θ) [u]×².

    Parameters
    ----------
    axis
        Vectors (..., 3) of any length but zero.
    angle_deg
        Angles (...) in degrees, counter-clockwise seen with the axis pointing at the viewer; they broadcast with the
        leading dimensions of the axes.

    Returns
    -------
    array (..., 3, 3)
        Rotation matrices.
    """
    return quaternion_to_matrix(axis_angle_to_quaternion(axis, angle_deg))


def matrix_to_axis_angle(matrix: Rotations) -> tuple[Vectors, Array]:
    """The unit axis and the angle of a rotation matrix: tr R = 1 + 2 cos θ, R − Rᵀ = 2 sin θ [u]×.

    Parameters
    ----------
    matrix
        Rotation matrices (..., 3, 3).

    Returns
    -------
    axis : array (..., 3)
        Unit vectors; (0, 0, 1) where nothing turns.
    angle_deg : array (...)
        Angles in degrees, in [0, 180].
    """
    return quaternion_to_axis_angle(matrix_to_quaternion(matrix))
