"""Directions: spherical coordinates, the direction along which a rotation is viewed, and the turn in the plane."""

from collections.abc import Sequence
from typing import Any

from jaxtyping import Float

from vitreous._array import as_arrays, as_float, namespace
from vitreous._typing import Array, ArrayLike, Rotations, Vectors
from vitreous.rotations.degrees import atan2_deg, sin_cos_deg
from vitreous.rotations.packages import matrix_to_relion, relion_to_matrix

__all__ = [
    "cartesian_to_spherical",
    "in_plane_angle_deg",
    "projection_direction",
    "spherical_to_cartesian",
    "view_to_matrix",
]


def spherical_to_cartesian(spherical: Float[Array, "*batch 3"] | Sequence[Any]) -> Vectors:
    """Cartesian coordinates: r (sin θ cos φ, sin θ sin φ, cos θ).

    Parameters
    ----------
    spherical
        Coordinates (..., 3): radius r, polar angle θ from +z and azimuth φ from +x towards +y, both in degrees.

    Returns
    -------
    array (..., 3)
        Vectors (x, y, z) in the unit of the radius.
    """
    spherical = as_float(spherical)
    xp = namespace(spherical)
    radius = spherical[..., 0]
    (sin_polar, cos_polar), (sin_azimuth, cos_azimuth) = (sin_cos_deg(spherical[..., part]) for part in (1, 2))
    across = radius * sin_polar
    return xp.stack([across * cos_azimuth, across * sin_azimuth, radius * cos_polar], axis=-1)


def cartesian_to_spherical(vectors: Vectors | Sequence[Any]) -> Float[Array, "*batch 3"]:
    """Spherical coordinates: r = |v|, θ = atan2(√(x² + y²), z), φ = atan2(y, x).

    Parameters
    ----------
    vectors
        Vectors (..., 3) in any unit.

    Returns
    -------
    array (..., 3)
        Radius in the unit of the vectors, polar angle in [0, 180] degrees from +z, azimuth in [−180, 180] degrees from
        +x towards +y; an angle that is not determined is 0.
    """
    vectors = as_float(vectors)
    xp = namespace(vectors)
    x, y, z = (vectors[..., part] for part in range(3))
    azimuth = atan2_deg(y, x)
    sine, cosine = sin_cos_deg(azimuth)
    # the length across z without a root of zero, whose derivative is infinite
    across = x * cosine + y * sine
    polar = atan2_deg(across, z)
    sin_polar, cos_polar = sin_cos_deg(polar)
    return xp.stack([across * sin_polar + z * cos_polar, polar, azimuth], axis=-1)


def projection_direction(matrix: Rotations) -> Vectors:
    """The direction in the reference along which a rotation is viewed: Rᵀ (0, 0, 1), the third row of R.

    With RELION's angles it is (sin tilt cos rot, sin tilt sin rot, cos tilt), and does not depend on psi.

    Parameters
    ----------
    matrix
        Rotation matrices (..., 3, 3), reference → observed.

    Returns
    -------
    array (..., 3)
        Unit vectors in the reference.
    """
    return matrix[..., 2, :]


def in_plane_angle_deg(matrix: Rotations) -> Float[Array, "*batch"]:
    """The turn of an image in its plane: RELION's psi.

    Parameters
    ----------
    matrix
        Rotation matrices (..., 3, 3), reference → observed.

    Returns
    -------
    array (...)
        Angles in degrees, in [−180, 180]; measured with rot = 0 where the view is along ±z.
    """
    return matrix_to_relion(matrix)[..., 2]


def view_to_matrix(
    direction: Float[Array, "*#batch 3"] | Sequence[Any], in_plane_deg: ArrayLike
) -> Float[Array, "*#batch 3 3"]:
    """The rotation that is viewed along a direction and turned in the plane by an angle.

    Parameters
    ----------
    direction
        Vectors (..., 3) in the reference, of any length but zero.
    in_plane_deg
        RELION's psi (...) in degrees; it broadcasts with the leading dimensions of the directions.

    Returns
    -------
    array (..., 3, 3)
        Rotation matrices, reference → observed: the inverse of `projection_direction` and `in_plane_angle_deg`.
    """
    direction, in_plane_deg = as_arrays(direction, in_plane_deg)
    xp = namespace(direction)
    spherical = cartesian_to_spherical(direction)
    rot, tilt, psi = xp.broadcast_arrays(spherical[..., 2], spherical[..., 1], in_plane_deg)
    return relion_to_matrix(xp.stack([rot, tilt, psi], axis=-1))
