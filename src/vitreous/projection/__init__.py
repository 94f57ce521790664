"""Projection: the central slice of a map, and the same images by independent paths in real space.

A projection is the integral of a map along the beam. Its transform is the central slice of the map's transform: the
image of a map seen by the rotation R has at (kx, ky) what the map has at Rᵀ(kx, ky, 0).
"""

from vitreous.projection.accumulator import Accumulator
from vitreous.projection.fast_slices import fast_slices
from vitreous.projection.insert import insert_slices
from vitreous.projection.real_space import project_atoms, project_rotated
from vitreous.projection.slice import padded_transform, project, slice_map, slice_points, slice_transform
from vitreous.projection.slicer import Slicer

__all__ = [
    "Accumulator",
    "Slicer",
    "fast_slices",
    "insert_slices",
    "padded_transform",
    "project",
    "project_atoms",
    "project_rotated",
    "slice_map",
    "slice_points",
    "slice_transform",
]
