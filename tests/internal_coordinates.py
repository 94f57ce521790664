"""Angles and torsions of given points, by formulas that build nothing."""

from typing import Any

import numpy as np


def torsion_deg(a: Any, b: Any, c: Any, d: Any) -> Any:
    """The torsion a, b, c, d, degrees, by the formula with atan2, which needs no frame."""
    one, two, three = b - a, c - b, d - c
    across = np.cross(two, three)
    return np.rad2deg(np.arctan2(np.linalg.norm(two) * one @ across, np.cross(one, two) @ across))


def angle_deg(a: Any, b: Any, c: Any) -> Any:
    """The angle at b, degrees."""
    one, two = a - b, c - b
    return np.rad2deg(np.arccos(one @ two / np.linalg.norm(one) / np.linalg.norm(two)))
