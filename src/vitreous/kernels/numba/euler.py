"""Euler angles to rotation matrices in single precision, in blocks that stay in the first cache."""

import numba
import numpy as np

from vitreous._typing import EulerAngles, Rotations
from vitreous.rotations.conventions import euler_convention

__all__ = ["euler_to_matrix"]

_BLOCK = 256
"""Rotations in a block: its sines, cosines and entries take 15 KiB."""
_f32 = np.float32
# no reassociation: it would undo the exact reduction of the angle; NaN stays NaN
_FAST = {"contract", "nsz"}


def euler_to_matrix(angles_deg: EulerAngles, convention: str) -> Rotations:
    """The rotation matrices of Euler angles in single precision, as in `vitreous.rotations.euler.euler_to_matrix`.

    R = A(a) B(b) C(c) for capitals, R = C(c) B(b) A(a) for small letters. The angle is reduced exactly to
    r = angle − 90°·n, |r| ≤ 45°; sin r and cos r are polynomials with errors below 2e-9, and n swaps them and
    gives their signs. The entries are computed block by block, one row of the block for each entry, so that the
    compiler turns each loop into vector instructions, and are then put in order.

    Parameters
    ----------
    angles_deg
        NumPy array (..., 3) of float32, angles in degrees.
    convention
        One of `EULER_CONVENTIONS`, such as ``"ZYZ"``, or the same in small letters.

    Returns
    -------
    NumPy array (..., 3, 3) of float32
        Rotation matrices, with errors below 1e-6 for angles up to a million degrees.

    Raises
    ------
    ValueError
        If there is no such convention.
    """
    axes, sign, proper, order = euler_convention(convention)
    place = tuple(3 * row + column for row in axes for column in axes)
    matrices = np.empty((*angles_deg.shape[:-1], 3, 3), np.float32)
    _fill(np.ascontiguousarray(angles_deg).reshape(-1, 3), matrices.reshape(-1, 9), order, place, _f32(sign), proper)
    return matrices


@numba.njit(cache=True, fastmath=_FAST, inline="always")
def _sin_cos_deg(angle_deg):  # type: ignore[no-untyped-def]
    quarters = np.rint(angle_deg * _f32(1.0 / 90.0))
    rest = (angle_deg - quarters * _f32(90.0)) * _f32(np.pi / 180.0)
    square = rest * rest
    # minimax polynomials for |rest| ≤ π/4
    sine = rest + rest * square * (_f32(-0.16666651) + square * (_f32(0.00833198) + square * _f32(-0.00019496)))
    tail = _f32(4.16666469e-2) + square * (_f32(-1.38873675e-3) + square * _f32(2.44384520e-5))
    cosine = _f32(1.0) - square * (_f32(0.5) - square * tail)
    quadrant = quarters - _f32(4.0) * np.floor(quarters * _f32(0.25))
    odd = (quadrant == _f32(1.0)) | (quadrant == _f32(3.0))
    swapped_sine = cosine if odd else sine
    swapped_cosine = sine if odd else cosine
    negative_cosine = (quadrant == _f32(1.0)) | (quadrant == _f32(2.0))
    return (
        -swapped_sine if quadrant >= _f32(2.0) else swapped_sine,
        -swapped_cosine if negative_cosine else swapped_cosine,
    )


@numba.njit(cache=True, fastmath=_FAST, nogil=True)
def _fill(angles_deg, matrices, order, place, sign, proper):  # type: ignore[no-untyped-def]
    sines = np.zeros((3, _BLOCK), np.float32)
    cosines = np.zeros((3, _BLOCK), np.float32)
    entries = np.empty((9, _BLOCK), np.float32)
    for start in range(0, angles_deg.shape[0], _BLOCK):
        count = min(_BLOCK, angles_deg.shape[0] - start)
        for i in range(count):
            sines[0, i] = sign * angles_deg[start + i, order[0]]
            sines[1, i] = sign * angles_deg[start + i, order[1]]
            sines[2, i] = sign * angles_deg[start + i, order[2]]
        for factor in range(3):
            sine_row, cosine_row = sines[factor], cosines[factor]
            for i in range(_BLOCK):
                sine_row[i], cosine_row[i] = _sin_cos_deg(sine_row[i])
        if proper:
            _entries_proper(sines, cosines, entries, place)
        else:
            _entries_tait_bryan(sines, cosines, entries, place)
        for i in range(count):
            for entry in range(9):
                matrices[start + i, entry] = entries[entry, i]


@numba.njit(cache=True, fastmath=_FAST, nogil=True)
def _entries_proper(sines, cosines, entries, place):  # type: ignore[no-untyped-def]
    xx, xy, xz = entries[place[0]], entries[place[1]], entries[place[2]]
    yx, yy, yz = entries[place[3]], entries[place[4]], entries[place[5]]
    zx, zy, zz = entries[place[6]], entries[place[7]], entries[place[8]]
    for i in range(_BLOCK):
        sa, sb, sc = sines[0, i], sines[1, i], sines[2, i]
        ca, cb, cc = cosines[0, i], cosines[1, i], cosines[2, i]
        xx[i], xy[i], xz[i] = cb, sb * sc, sb * cc
        yx[i], yy[i], yz[i] = sa * sb, ca * cc - sa * cb * sc, -ca * sc - sa * cb * cc
        zx[i], zy[i], zz[i] = -ca * sb, sa * cc + ca * cb * sc, ca * cb * cc - sa * sc


@numba.njit(cache=True, fastmath=_FAST, nogil=True)
def _entries_tait_bryan(sines, cosines, entries, place):  # type: ignore[no-untyped-def]
    xx, xy, xz = entries[place[0]], entries[place[1]], entries[place[2]]
    yx, yy, yz = entries[place[3]], entries[place[4]], entries[place[5]]
    zx, zy, zz = entries[place[6]], entries[place[7]], entries[place[8]]
    for i in range(_BLOCK):
        sa, sb, sc = sines[0, i], sines[1, i], sines[2, i]
        ca, cb, cc = cosines[0, i], cosines[1, i], cosines[2, i]
        xx[i], xy[i], xz[i] = cb * cc, -cb * sc, sb
        yx[i], yy[i], yz[i] = ca * sc + sa * sb * cc, ca * cc - sa * sb * sc, -sa * cb
        zx[i], zy[i], zz[i] = sa * sc - ca * sb * cc, sa * cc + ca * sb * sc, ca * cb
