"""From one rotation to another along the shortest path, at an even pace."""

from collections.abc import Sequence
from typing import Any

from jaxtyping import Float

from vitreous._array import as_arrays
from vitreous._typing import Array, ArrayLike
from vitreous.rotations.axis_angle import quaternion_to_rotation_vector, rotation_vector_to_quaternion
from vitreous.rotations.quaternion import (
    matrix_to_quaternion,
    quaternion_conjugate,
    quaternion_multiply,
    quaternion_to_matrix,
)

__all__ = ["interpolate_rotations", "slerp"]


def slerp(
    start: Float[Array, "*#batch 4"] | Sequence[Any],
    end: Float[Array, "*#batch 4"] | Sequence[Any],
    fraction: ArrayLike,
) -> Float[Array, "*#batch 4"]:
    """Spherical linear interpolation of unit quaternions: q(t) = q₀ (q₀* q₁)ᵗ, the shorter way round.

    Parameters
    ----------
    start, end
        Unit quaternions (..., 4), scalar first; the sign of each does not matter.
    fraction
        How far to go (...): 0 at the start, 1 at the end, other values go on at the same pace. It broadcasts with the
        leading dimensions of the quaternions.

    Returns
    -------
    array (..., 4)
        Unit quaternions; at fraction 1 the end or its negative.

    References
    ----------
    Shoemake, Computer Graphics 19 (1985) 245.
    """
    start, end, fraction = as_arrays(start, end, fraction)
    turn = quaternion_to_rotation_vector(quaternion_multiply(quaternion_conjugate(start), end))
    return quaternion_multiply(start, rotation_vector_to_quaternion(fraction[..., None] * turn))


def interpolate_rotations(
    start: Float[Array, "*#batch 3 3"], end: Float[Array, "*#batch 3 3"], fraction: ArrayLike
) -> Float[Array, "*#batch 3 3"]:
    """Interpolation of rotation matrices along the geodesic: R(t) = R₀ exp(t ln R₀ᵀR₁).

    Parameters
    ----------
    start, end
        Rotation matrices (..., 3, 3).
    fraction
        How far to go (...): 0 at the start, 1 at the end. It broadcasts with the leading dimensions of the matrices.

    Returns
    -------
    array (..., 3, 3)
        Rotation matrices.
    """
    return quaternion_to_matrix(slerp(matrix_to_quaternion(start), matrix_to_quaternion(end), fraction))
