"""The angle of the turn that takes one rotation to another."""

import math

from jaxtyping import Float

from vitreous._array import as_arrays, namespace
from vitreous._typing import Array
from vitreous.rotations.quaternion import quaternion_conjugate, quaternion_multiply

__all__ = ["geodesic_angle_deg", "quaternion_angle_deg"]


def _length(vectors: Array) -> Array:
    """Euclidean length along the last axis, with derivative 0 where the length is 0."""
    xp = namespace(vectors)
    square = xp.sum(vectors * vectors, axis=-1)
    zero = square == 0.0
    return xp.where(zero, square, xp.sqrt(xp.where(zero, xp.ones_like(square), square)))


def geodesic_angle_deg(
    first: Float[Array, "*#batch 3 3"], second: Float[Array, "*#batch 3 3"]
) -> Float[Array, "*#batch"]:
    """The angle between two rotations: θ = atan2(½ |vee(R − Rᵀ)|, ½ (tr R − 1)) with R = R₁ᵀ R₂.

    It is the length of the shortest path from one to the other in SO(3), and exact near 0° and 180°, where an arc
    cosine of the trace would lose half of the digits.

    Parameters
    ----------
    first, second
        Rotation matrices (..., 3, 3) whose leading dimensions broadcast.

    Returns
    -------
    array (...)
        Angles in degrees, in [0, 180].

    References
    ----------
    Huynh, J. Math. Imaging Vis. 35 (2009) 155, metric Φ₆.
    """
    first, second = as_arrays(first, second)
    xp = namespace(first)
    turn = xp.matmul(xp.matrix_transpose(first), second)
    twice_sine = _length(
        xp.stack(
            [
                turn[..., 2, 1] - turn[..., 1, 2],
                turn[..., 0, 2] - turn[..., 2, 0],
                turn[..., 1, 0] - turn[..., 0, 1],
            ],
            axis=-1,
        )
    )
    twice_cosine = turn[..., 0, 0] + turn[..., 1, 1] + turn[..., 2, 2] - 1.0
    return xp.atan2(twice_sine, twice_cosine) * (180.0 / math.pi)


def quaternion_angle_deg(
    first: Float[Array, "*#batch 4"], second: Float[Array, "*#batch 4"]
) -> Float[Array, "*#batch"]:
    """The angle between the rotations of two quaternions: θ = 2 atan2(|u|, |w|) with (w, u) = q₁* q₂.

    Parameters
    ----------
    first, second
        Unit quaternions (..., 4), scalar first, whose leading dimensions broadcast; q and −q are one rotation.

    Returns
    -------
    array (...)
        Angles in degrees, in [0, 180].

    References
    ----------
    Huynh, J. Math. Imaging Vis. 35 (2009) 155, metric Φ₃.
    """
    turn = quaternion_multiply(quaternion_conjugate(first), second)
    xp = namespace(turn)
    return xp.atan2(_length(turn[..., 1:]), xp.abs(turn[..., 0])) * (360.0 / math.pi)
