"""Sine and cosine of angles in degrees, exact at the multiples of 90° and accurate at any number of turns."""

import math

from vitreous._array import as_float, namespace
from vitreous._typing import Array, ArrayLike

__all__ = ["atan2_deg", "sin_cos_deg", "wrap_deg"]


def sin_cos_deg(angle_deg: ArrayLike) -> tuple[Array, Array]:
    """The sine and the cosine of an angle in degrees.

    The angle is first reduced to r = angle − 90°·n, |r| ≤ 45°, which rounds nothing: a radian of many turns would have
    lost its digits already in single precision. sin(r + 90°n) is then ± sin r or ± cos r.

    Parameters
    ----------
    angle_deg
        Angles in degrees, any shape.

    Returns
    -------
    tuple of arrays
        Sine and cosine, of the shape of the angles.
    """
    angle_deg = as_float(angle_deg)
    xp = namespace(angle_deg)
    quarters = xp.round(angle_deg / 90.0)
    rest_rad = (angle_deg - 90.0 * quarters) * (math.pi / 180.0)
    sine, cosine = xp.sin(rest_rad), xp.cos(rest_rad)
    quadrant = quarters - 4.0 * xp.floor(quarters / 4.0)
    odd = (quadrant == 1.0) | (quadrant == 3.0)
    sine, cosine = xp.where(odd, cosine, sine), xp.where(odd, sine, cosine)
    return xp.where(quadrant >= 2.0, -sine, sine), xp.where((quadrant == 1.0) | (quadrant == 2.0), -cosine, cosine)


def atan2_deg(y: Array, x: Array) -> Array:
    """The angle of the point (x, y) in degrees, in (−180°, 180°]; 0 with finite derivatives at the origin.

    Parameters
    ----------
    y, x
        Coordinates of one shape.

    Returns
    -------
    array
        Angles in degrees.
    """
    xp = namespace(y, x)
    at_origin = (x == 0.0) & (y == 0.0)
    return xp.atan2(y, xp.where(at_origin, xp.ones_like(x), x)) * (180.0 / math.pi)


def wrap_deg(angle_deg: ArrayLike) -> Array:
    """The same direction as an angle in [−180°, 180°].

    Parameters
    ----------
    angle_deg
        Angles in degrees, any shape.

    Returns
    -------
    array
        Angles in degrees, angle − 360°·n.
    """
    angle_deg = as_float(angle_deg)
    return angle_deg - 360.0 * namespace(angle_deg).round(angle_deg / 360.0)
