"""Turns and shifts of an image in its plane, as the engine's poses have them, and how far found ones are from true.

An image turned by ψ and moved has at the point r what its reference has at u = Z(ψ)ᵀ(r + s), with RELION's coordinate
factor Z(ψ) = [[cos ψ, sin ψ], [−sin ψ, cos ψ]]; the shift s moves the observation onto the reference.
"""

import numpy as np
from jaxtyping import Float

from vitreous._array import as_arrays, namespace
from vitreous._typing import Array, NumpyArray
from vitreous.rotations.degrees import sin_cos_deg, wrap_deg

__all__ = ["in_plane_errors", "observed_points", "reference_points"]


def reference_points(
    points: Float[Array, "*#batch point 2"], angle_deg: Float[Array, "*#batch"], shift: Float[Array, "*#batch 2"]
) -> Float[Array, "*batch point 2"]:
    """Where in the reference the points of an image lie: u = Z(ψ)ᵀ(r + s).

    Parameters
    ----------
    points
        r = (x, y).
    angle_deg
        ψ of each image, degrees; gradients pass.
    shift
        s = (x, y) of each image, in the unit of the points; gradients pass.

    Returns
    -------
    Real array
        u of each image and point.
    """
    points, angle_deg, shift = as_arrays(points, angle_deg, shift)
    moved = points + shift[..., None, :]
    return _turned(moved, -angle_deg)


def observed_points(
    points: Float[Array, "*#batch point 2"], angle_deg: Float[Array, "*#batch"], shift: Float[Array, "*#batch 2"]
) -> Float[Array, "*batch point 2"]:
    """Where in an image the points of the reference are seen: r = Z(ψ)u − s, the inverse of `reference_points`.

    Parameters
    ----------
    points
        u = (x, y).
    angle_deg, shift
        As of `reference_points`.

    Returns
    -------
    Real array
        r of each image and point.
    """
    points, angle_deg, shift = as_arrays(points, angle_deg, shift)
    return _turned(points, angle_deg) - shift[..., None, :]


def in_plane_errors(
    angle_deg: Float[NumpyArray, " n"],
    shift: Float[NumpyArray, "n 2"],
    true_angle_deg: Float[NumpyArray, " n"],
    true_shift: Float[NumpyArray, "n 2"],
) -> tuple[Float[NumpyArray, " n"], Float[NumpyArray, " n"]]:
    """How far found angles and shifts are from the truth, once the frame of the found reference is laid onto the true.

    What an image looks like unturned, and where its centre lies, is nowhere in the data: one turn and one move of the
    reference, the same for all images, are fitted (medians of the differences) and taken off.

    Parameters
    ----------
    angle_deg, true_angle_deg
        ψ found and true, degrees.
    shift, true_shift
        s found and true, any unit of length.

    Returns
    -------
    angle_error_deg, shift_error
        Of each image: degrees from 0 to 180, and a length.
    """
    difference = np.asarray(wrap_deg(np.asarray(angle_deg, np.float64) - true_angle_deg))
    # the median on a circle: of all the differences, the one that is nearest to the others
    candidates = difference[:: max(1, len(difference) // 512)]
    distance = np.abs(wrap_deg(difference[None, :] - candidates[:, None])).sum(axis=1)
    offset = candidates[np.argmin(distance)]
    offset += np.median(wrap_deg(difference - offset))
    # s differs by the move of the reference as the image shows it, Z(ψ)c
    move = reference_points(
        (np.asarray(shift, np.float64) - true_shift)[:, None, :],
        np.asarray(true_angle_deg, np.float64),
        np.zeros((1, 2)),
    )[:, 0]
    return np.abs(wrap_deg(difference - offset)), np.hypot(*(move - np.median(move, axis=0)).T)


def _turned(points: Array, angle_deg: Array) -> Array:
    """Z(ψ) r."""
    xp = namespace(points)
    sine, cosine = (part[..., None] for part in sin_cos_deg(angle_deg))
    x, y = points[..., 0], points[..., 1]
    return xp.stack([cosine * x + sine * y, cosine * y - sine * x], axis=-1)
