"""Near-uniform sets of rotations: all of SO(3), or a ball around one rotation."""

import math

import healpix
import numpy as np
from jaxtyping import Float64

from vitreous._array import to_numpy
from vitreous._typing import NumpyArray, Rotations
from vitreous.rotations.axis_angle import rotation_vector_to_matrix
from vitreous.rotations.packages import relion_to_matrix

__all__ = ["local_grid", "so3_grid", "sphere_grid"]


def _check_spacing(spacing_deg: float) -> None:
    if not 0.0 < spacing_deg <= 180.0:
        raise ValueError(f"spacing of {spacing_deg}°: give an angle above 0° and at most 180°")


def sphere_grid(spacing_deg: float) -> Float64[NumpyArray, "n 3"]:
    """Directions that divide the sphere into equal areas: the centres of HEALPix pixels, in rings from north to south.

    Parameters
    ----------
    spacing_deg
        Side of a pixel in degrees, which the grid does not exceed: √(4π/n) for n = 12 m² pixels, with any whole m.

    Returns
    -------
    NumPy array (n, 3)
        Unit vectors.

    Raises
    ------
    ValueError
        If the spacing is not above 0° and at most 180°.

    References
    ----------
    Górski et al., Astrophys. J. 622 (2005) 759.
    """
    _check_spacing(spacing_deg)
    side = math.ceil(math.degrees(math.sqrt(4.0 * math.pi / 12.0)) / spacing_deg - 1e-9)
    return np.stack(healpix.pix2vec(side, np.arange(12 * side**2)), axis=-1)


def so3_grid(spacing_deg: float) -> Float64[NumpyArray, "n 3 3"]:
    """Rotations spread over all of SO(3): every direction of `sphere_grid`, turned in the plane in even steps.

    Each rotation stands for the same volume of SO(3). Every rotation lies within 0.95 of the spacing of one of the
    grid.

    Parameters
    ----------
    spacing_deg
        Largest step in degrees, between directions and in the plane. The number of rotations grows with its inverse
        cube: about 4,600 at 15°, 120,000 at 5°, 15 million at 1° (a gigabyte).

    Returns
    -------
    NumPy array (n, 3, 3)
        Rotation matrices; those that are viewed along one direction follow one another.

    Raises
    ------
    ValueError
        If the spacing is not above 0° and at most 180°.

    References
    ----------
    Yershova, Jain, LaValle, Mitchell, Int. J. Robotics Research 29 (2010) 801; RELION samples its views likewise.
    """
    x, y, z = sphere_grid(spacing_deg).T
    turns = math.ceil(360.0 / spacing_deg - 1e-9)
    angles_deg = np.empty((x.size, turns, 3))
    angles_deg[..., 0] = np.degrees(np.arctan2(y, x))[:, None]
    angles_deg[..., 1] = np.degrees(np.arctan2(np.hypot(x, y), z))[:, None]
    angles_deg[..., 2] = np.arange(turns) * (360.0 / turns)
    return to_numpy(relion_to_matrix(angles_deg.reshape(-1, 3)))


def local_grid(centre: Rotations, radius_deg: float, spacing_deg: float) -> Float64[NumpyArray, "n 3 3"]:
    """Rotations around a rotation: R exp [v]× with v on a cubic lattice inside a ball.

    Every rotation within the radius lies within 1.1 of the spacing of one of the grid, and within √¾ = 0.87 of it if it
    is not in the outermost half spacing.

    Parameters
    ----------
    centre
        The rotation matrix R (3, 3) in the middle.
    radius_deg
        Largest angle between the centre and a rotation of the grid, in degrees.
    spacing_deg
        Step of the lattice in degrees: the angle between neighbours near the centre, a little less further out.

    Returns
    -------
    NumPy array (n, 3, 3)
        Rotation matrices, nearest to the centre first; the first is the centre itself.

    Raises
    ------
    ValueError
        If the spacing or the radius is not above 0° and at most 180°.
    """
    _check_spacing(spacing_deg)
    if not 0.0 < radius_deg <= 180.0:
        raise ValueError(f"radius of {radius_deg}°: give an angle above 0° and at most 180°")
    reach = int(radius_deg / spacing_deg + 1e-9)
    steps = np.arange(-reach, reach + 1) * spacing_deg
    lattice_deg = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1).reshape(-1, 3)
    angle_deg = np.linalg.norm(lattice_deg, axis=-1)
    order = np.argsort(angle_deg, kind="stable")
    inside = order[angle_deg[order] <= radius_deg * (1.0 + 1e-12)]
    turns = to_numpy(rotation_vector_to_matrix(np.radians(lattice_deg[inside])))
    return np.asarray(to_numpy(centre), dtype=np.float64) @ turns
