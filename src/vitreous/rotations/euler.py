"""Euler angles in all twelve conventions, intrinsic and extrinsic, to rotation matrices and back."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Float

from vitreous._array import as_float, namespace
from vitreous._typing import Array, EulerAngles, Rotations
from vitreous.rotations.conventions import euler_convention
from vitreous.rotations.degrees import atan2_deg, sin_cos_deg, wrap_deg

__all__ = ["both_eulers", "euler_to_matrix", "matrix_to_euler", "slabaugh_angles"]

_WORTH_A_KERNEL = 4096
"""Rotations from which the compiled kernel pays for being loaded."""


def euler_to_matrix(angles_deg: EulerAngles | Sequence[Any], convention: str) -> Rotations:
    """The rotation matrix of three Euler angles.

    R = A(a) B(b) C(c) for capitals (about the axes that turn along), R = C(c) B(b) A(a) for small letters (about fixed
    axes), where each factor turns counter-clockwise seen with its axis pointing at the viewer. Large single-precision
    NumPy arrays go through a compiled kernel.

    Parameters
    ----------
    angles_deg
        Angles (..., 3) in degrees, in the order in which the convention names the axes.
    convention
        One of `EULER_CONVENTIONS`, such as ``"ZYZ"``, or the same in small letters.

    Returns
    -------
    array (..., 3, 3)
        Rotation matrices.

    Raises
    ------
    ValueError
        If there is no such convention.

    References
    ----------
    Diebel, "Representing attitude" (2006), section 8, with the opposite sign of the angles.
    """
    angles_deg = as_float(angles_deg)
    single = isinstance(angles_deg, np.ndarray) and angles_deg.dtype == np.float32
    if single and angles_deg.size >= 3 * _WORTH_A_KERNEL:
        from vitreous.kernels.numba import euler

        return euler.euler_to_matrix(angles_deg, convention)
    return _closed_form(angles_deg, convention)


def _closed_form(angles_deg: EulerAngles, convention: str) -> Rotations:
    """The product of the three turns, multiplied out for axes called x, y and x or z, which are then renamed."""
    xp = namespace(angles_deg)
    axes, sign, proper, order = euler_convention(convention)
    (sa, ca), (sb, cb), (sc, cc) = (sin_cos_deg(sign * angles_deg[..., place]) for place in order)
    if proper:
        rows = [
            [cb, sb * sc, sb * cc],
            [sa * sb, ca * cc - sa * cb * sc, -ca * sc - sa * cb * cc],
            [-ca * sb, sa * cc + ca * cb * sc, ca * cb * cc - sa * sc],
        ]
    else:
        rows = [
            [cb * cc, -cb * sc, sb],
            [ca * sc + sa * sb * cc, ca * cc - sa * sb * sc, -sa * cb],
            [sa * sc - ca * sb * cc, sa * cc + ca * sb * sc, ca * cb],
        ]
    part = [axes.index(axis) for axis in range(3)]
    flat = xp.stack([rows[part[row]][part[column]] for row in range(3) for column in range(3)], axis=-1)
    return xp.reshape(flat, (*angles_deg.shape[:-1], 3, 3))


def matrix_to_euler(matrix: Rotations, convention: str) -> EulerAngles:
    """The Euler angles of a rotation matrix.

    The first angle is read off the entries that hold it alone; the turn by it is taken back, and the other two are read
    off what is left. Whatever the first angle is, the three together give the matrix back, so nothing is lost in or
    near gimbal lock, where only the sum or difference of the outer angles is determined.

    Parameters
    ----------
    matrix
        Rotation matrices (..., 3, 3).
    convention
        One of `EULER_CONVENTIONS`, such as ``"ZYZ"``, or the same in small letters.

    Returns
    -------
    array (..., 3)
        Angles in degrees; the middle one in [0, 180] where the third axis is the first again, in [−90, 90] otherwise,
        the outer ones in [−180, 180]. In gimbal lock the turn that is the left factor of the product is 0.

    Raises
    ------
    ValueError
        If there is no such convention.

    References
    ----------
    Slabaugh, "Computing Euler angles from a rotation matrix" (1999), for ZYX; the others follow by renaming the axes.
    """
    xp = namespace(matrix)
    axes, sign, proper, order = euler_convention(convention)
    m = [[matrix[..., row, column] for column in axes] for row in axes]
    # the first angle is chosen so that the middle one falls in its range
    first = atan2_deg(sign * m[1][0], -sign * m[2][0]) if proper else atan2_deg(-m[1][2], m[2][2])
    sine, cosine = sin_cos_deg(first)
    middle_row = [cosine * m[1][column] + sine * m[2][column] for column in range(3)]
    last_row = [cosine * m[2][column] - sine * m[1][column] for column in range(3)]
    # the magnitudes are those numbers but for their sign, which rounding may have changed where they are zero
    if proper:
        second = sign * atan2_deg(xp.abs(last_row[0]), m[0][0])
        third = atan2_deg(-middle_row[2], middle_row[1])
    else:
        second = atan2_deg(m[0][2], xp.abs(last_row[2]))
        third = atan2_deg(middle_row[0], middle_row[1])
    factors = [sign * angle for angle in (first, second, third)]
    return xp.stack([factors[place] for place in order], axis=-1)


def both_eulers(matrix: Rotations, convention: str) -> Float[Array, "*batch 2 3"]:
    """Both triples of Euler angles that give a rotation.

    (a, b, c) and (a + 180°, −b, c + 180°) where the third axis is the first again, (a + 180°, 180° − b, c + 180°)
    otherwise.

    Parameters
    ----------
    matrix
        Rotation matrices (..., 3, 3).
    convention
        One of `EULER_CONVENTIONS`, such as ``"ZYZ"``, or the same in small letters.

    Returns
    -------
    array (..., 2, 3)
        Angles in degrees: first those of `matrix_to_euler`, then the others. In gimbal lock infinitely many triples
        give the rotation, and these are two of them.

    Raises
    ------
    ValueError
        If there is no such convention.
    """
    one = matrix_to_euler(matrix, convention)
    xp = namespace(one)
    middle = -one[..., 1] if euler_convention(convention).proper else 180.0 - one[..., 1]
    other = xp.stack([one[..., 0] + 180.0, middle, one[..., 2] + 180.0], axis=-1)
    return xp.stack([one, wrap_deg(other)], axis=-2)


def slabaugh_angles(matrix: Rotations) -> Float[Array, "*batch 2 3"]:
    """Both solutions (ψ, θ, φ) of R = Z(φ) Y(θ) X(ψ), in Slabaugh's names and order.

    θ₁ = −asin R₃₁ and θ₂ = 180° − θ₁, with ψ = atan2(R₃₂/cos θ, R₃₃/cos θ), φ = atan2(R₂₁/cos θ, R₁₁/cos θ).

    Parameters
    ----------
    matrix
        Rotation matrices (..., 3, 3).

    Returns
    -------
    array (..., 2, 3)
        Angles ψ, θ, φ about x, y, z in degrees; the first has |θ| ≤ 90°. In gimbal lock (R₃₁ = ±1) φ of the first is 0.

    References
    ----------
    Slabaugh, "Computing Euler angles from a rotation matrix" (1999).
    """
    return namespace(matrix).flip(both_eulers(matrix, "ZYX"), axis=-1)
