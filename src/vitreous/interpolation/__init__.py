"""Interpolation: regular grids by kernels that are data, and scattered points."""

from vitreous.interpolation.scattered import DegenerateInputWarning, scattered
from vitreous.interpolation.triangulation import triangulate

__all__ = ["DegenerateInputWarning", "scattered", "triangulate"]
