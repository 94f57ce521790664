"""A still picture of a map's surface, lit as `volume_view.js` lights it, for paper and for browsers without WebGL 2."""

import math

import numpy as np
from jaxtyping import Float, UInt8
from scipy import ndimage

from vitreous._typing import NumpyArray

__all__ = ["still_surface"]

_REACH = 1.25
"""Half the width of the picture, where half the longest side of the box is 1."""
_DEPTH = math.sqrt(3.0)
_COLOUR = (0.5, 0.72, 0.77)


def still_surface(
    volume: Float[NumpyArray, "z y x"],
    level: float,
    *,
    azimuth_deg: float = 35,
    elevation_deg: float = 20,
    rows: int = 320,
) -> UInt8[NumpyArray, "rows rows 4"]:
    """The surface of a map at a level, seen from a direction, in parallel projection.

    Parameters
    ----------
    volume
        Shape (z, y, x).
    level
        In the map's units; what lies above it is inside.
    azimuth_deg, elevation_deg
        Of the eye, from +x towards +y and from there towards +z.
    rows
        Of the picture, and columns.

    Returns
    -------
    NumPy array (rows, rows, 4)
        Red, green, blue and opacity.
    """
    right, up, toward = _camera(azimuth_deg, elevation_deg)
    side = (2 * np.arange(rows) + 1) / rows * _REACH - _REACH
    step = 1.6 / max(volume.shape)
    depth = np.arange(_DEPTH, -_DEPTH, -step)
    centre, scale = (np.array(volume.shape) - 1) / 2, max(volume.shape) / 2
    # rows run down, columns to the right, planes away from the eye; the array's axes are z, y, x
    axes = [-toward * step, -up * (side[1] - side[0]), right * (side[1] - side[0])]
    matrix = np.stack(axes, axis=1)[::-1] * scale
    start = centre + (toward * depth[0] - up * side[0] + right * side[0])[::-1] * scale
    # planes, rows, columns of the picture's own box
    seen = ndimage.affine_transform(
        volume.astype(np.float32), matrix, start, (len(depth), rows, rows), order=1, cval=float(volume.min())
    )
    inside = seen > level
    hit, first = inside.any(axis=0), np.maximum(inside.argmax(axis=0), 1)
    behind = np.take_along_axis(seen, first[None], axis=0)[0]
    before = np.take_along_axis(seen, first[None] - 1, axis=0)[0]
    place = first - np.clip((behind - level) / np.where(behind > before, behind - before, 1), 0, 1)
    row, column = np.nonzero(hit)
    points = start[:, None] + matrix @ np.stack([place[hit], row, column])
    normal = -_slope(volume, points)
    normal /= np.maximum(np.linalg.norm(normal, axis=0), 1e-12)
    lit = _shaded(normal, (right[::-1], up[::-1], toward[::-1]), depth[0] - step * place[hit])
    picture = np.zeros((rows, rows, 4), np.uint8)
    picture[hit] = np.round(255 * np.clip(np.column_stack([lit, np.ones(len(lit))]), 0, 1)).astype(np.uint8)
    return picture


def _camera(azimuth_deg: float, elevation_deg: float) -> tuple[NumpyArray, NumpyArray, NumpyArray]:
    """The screen's right, up, and what points from it to the eye, as (x, y, z)."""
    a, e = math.radians(azimuth_deg), math.radians(elevation_deg)
    right = np.array([-math.sin(a), math.cos(a), 0.0])
    up = np.array([-math.sin(e) * math.cos(a), -math.sin(e) * math.sin(a), math.cos(e)])
    return right, up, np.array([math.cos(e) * math.cos(a), math.cos(e) * math.sin(a), math.sin(e)])


def _slope(volume: NumpyArray, points: NumpyArray) -> NumpyArray:
    """Central differences (z, y, x) at places between the voxels, (3, n)."""
    ahead = [points + step[:, None] for step in np.eye(3)]
    behind = [points - step[:, None] for step in np.eye(3)]
    taken = [
        ndimage.map_coordinates(volume, place, order=1, mode="nearest", output=np.float64) for place in ahead + behind
    ]
    slope: NumpyArray = np.stack(taken[:3]) - np.stack(taken[3:])
    return slope


def _shaded(normal: NumpyArray, screen: tuple[NumpyArray, ...], nearness: NumpyArray) -> NumpyArray:
    """Colours (n, 3) of a surface with these normals (3, n); nearness to the eye, 1 at the box's faces."""
    right, up, toward = screen
    light = toward * 0.8 - right * 0.45 + up * 0.65
    light /= np.linalg.norm(light)
    lit = 0.5 + 0.5 * (light @ normal)
    edge = 1 - np.maximum(toward @ normal, 0)
    mirrored = -toward[:, None] + 2 * (toward @ normal) * normal
    shine = 0.18 * np.maximum(light @ mirrored, 0) ** 24
    far = np.clip((3.2 - (2 - nearness)) / (3.2 - 0.9), 0, 1)
    fog = 0.8 + 0.2 * far**2 * (3 - 2 * far)
    dim = (0.36 + 0.78 * lit**2) * fog * (1 - 0.25 * edge**2)
    colours: NumpyArray = np.outer(dim, _COLOUR) + shine[:, None]
    return colours
