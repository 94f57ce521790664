"""The field's own orientations, as rotation matrices that take reference coordinates into the observed frame.

The one convention of this library is the matrix R with x_observed = R x_reference; the Fourier slice of an image at
(kx, ky) samples the map at Rᵀ (kx, ky, 0). A cryoDRGN file holds this matrix itself.
"""

from collections.abc import Sequence
from typing import Any

from vitreous._array import as_float, namespace
from vitreous._typing import EulerAngles, Rotations, Vectors
from vitreous.rotations.axis_angle import matrix_to_rotation_vector, rotation_vector_to_matrix
from vitreous.rotations.euler import euler_to_matrix, matrix_to_euler

__all__ = [
    "cryosparc_to_matrix",
    "eman_to_matrix",
    "imod_to_matrix",
    "matrix_to_cryosparc",
    "matrix_to_eman",
    "matrix_to_imod",
    "matrix_to_relion",
    "matrix_to_spider",
    "matrix_to_xmipp",
    "relion_to_matrix",
    "spider_to_matrix",
    "xmipp_to_matrix",
]


def relion_to_matrix(euler_deg: EulerAngles | Sequence[Any]) -> Rotations:
    """The rotation of RELION's, XMIPP's and SPIDER's Euler angles.

    R = Z(psi) Y(tilt) Z(rot) with factors that turn the *coordinates* counter-clockwise:
    Z(a) = [[cos a, sin a, 0], [−sin a, cos a, 0], [0, 0, 1]] and
    Y(a) = [[cos a, 0, −sin a], [0, 1, 0], [sin a, 0, cos a]].

    Parameters
    ----------
    euler_deg
        Angles (..., 3) in degrees: rot, tilt, psi (SPIDER: φ, θ, ψ).

    Returns
    -------
    array (..., 3, 3)
        Rotation matrices.

    References
    ----------
    Heymann, Chagoyen, Belnap, J. Struct. Biol. 151 (2005) 196; RELION, ``src/euler.cpp``, ``Euler_angles2matrix``.
    """
    return euler_to_matrix(-as_float(euler_deg), "zyz")


def matrix_to_relion(matrix: Rotations) -> EulerAngles:
    """RELION's, XMIPP's and SPIDER's Euler angles of a rotation: the inverse of `relion_to_matrix`.

    Parameters
    ----------
    matrix
        Rotation matrices (..., 3, 3).

    Returns
    -------
    array (..., 3)
        rot in [−180, 180], tilt in [0, 180], psi in [−180, 180] degrees; rot = 0 where tilt is 0 or 180.
    """
    return matrix_to_euler(namespace(matrix).matrix_transpose(matrix), "ZYZ")


xmipp_to_matrix = spider_to_matrix = relion_to_matrix
matrix_to_xmipp = matrix_to_spider = matrix_to_relion


def eman_to_matrix(euler_deg: EulerAngles | Sequence[Any]) -> Rotations:
    """The rotation of EMAN's Euler angles.

    R = Z(phi) X(alt) Z(az) with factors that turn the *coordinates* counter-clockwise, so that az = rot + 90°,
    alt = tilt and phi = psi − 90° of RELION.

    Parameters
    ----------
    euler_deg
        Angles (..., 3) in degrees: az, alt, phi.

    Returns
    -------
    array (..., 3, 3)
        Rotation matrices.

    References
    ----------
    Baldwin and Penczek, J. Struct. Biol. 157 (2007) 250.
    """
    return euler_to_matrix(-as_float(euler_deg), "zxz")


def matrix_to_eman(matrix: Rotations) -> EulerAngles:
    """EMAN's Euler angles of a rotation: the inverse of `eman_to_matrix`.

    Parameters
    ----------
    matrix
        Rotation matrices (..., 3, 3).

    Returns
    -------
    array (..., 3)
        az in [−180, 180], alt in [0, 180], phi in [−180, 180] degrees; az = 0 where alt is 0 or 180.
    """
    return matrix_to_euler(namespace(matrix).matrix_transpose(matrix), "ZXZ")


def imod_to_matrix(angles_deg: EulerAngles | Sequence[Any]) -> Rotations:
    """The rotation of IMOD's angles, as in ``rotatevol`` and the Slicer of ``3dmod``.

    The volume is turned about z, then about y, then about x, counter-clockwise seen looking down each axis towards the
    origin: R = X(x) Y(y) Z(z) takes a point of the volume to where it is in the turned volume.

    Parameters
    ----------
    angles_deg
        Angles (..., 3) in degrees about x, y and z.

    Returns
    -------
    array (..., 3, 3)
        Rotation matrices.

    References
    ----------
    Manual page of IMOD's ``rotatevol``; Kremer, Mastronarde, McIntosh, J. Struct. Biol. 116 (1996) 71.
    """
    return euler_to_matrix(angles_deg, "XYZ")


def matrix_to_imod(matrix: Rotations) -> EulerAngles:
    """IMOD's angles of a rotation: the inverse of `imod_to_matrix`.

    Parameters
    ----------
    matrix
        Rotation matrices (..., 3, 3).

    Returns
    -------
    array (..., 3)
        Angles about x, y, z in degrees; that about y in [−90, 90], the one about x is 0 where it is ±90.
    """
    return matrix_to_euler(matrix, "XYZ")


def cryosparc_to_matrix(rotation_vector: Vectors | Sequence[Any]) -> Rotations:
    """The rotation of cryoSPARC's rotation vector v (field ``alignments3D/pose``): R = exp [−v]×.

    The sign is that which makes the poses of a real .cs file those of its reference parse by cryoDRGN.

    Parameters
    ----------
    rotation_vector
        Vectors (..., 3) along the axis, as long as the angle in radians.

    Returns
    -------
    array (..., 3, 3)
        Rotation matrices.

    References
    ----------
    Punjani et al., Nature Methods 14 (2017) 290; cryoDRGN, ``cryodrgn/commands/parse_pose_csparc.py``.
    """
    return rotation_vector_to_matrix(-as_float(rotation_vector))


def matrix_to_cryosparc(matrix: Rotations) -> Vectors:
    """The rotation vector that cryoSPARC stores for a rotation: the inverse of `cryosparc_to_matrix`.

    Parameters
    ----------
    matrix
        Rotation matrices (..., 3, 3).

    Returns
    -------
    array (..., 3)
        Vectors along the axis, as long as the angle in radians, at most π.
    """
    return -matrix_to_rotation_vector(matrix)
