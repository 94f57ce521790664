"""Interpolation: regular grids by kernels that are data, and scattered points."""

from vitreous.interpolation.kernels import (
    B_SPLINE,
    CATMULL_ROM,
    LINEAR,
    NEAREST,
    Kernel,
    fourier_correction,
    kaiser_bessel,
    prolate,
)
from vitreous.interpolation.regular import prefilter, resize, sample, spread
from vitreous.interpolation.scattered import DegenerateInputWarning, scattered
from vitreous.interpolation.triangulation import triangulate

__all__ = [
    "B_SPLINE",
    "CATMULL_ROM",
    "LINEAR",
    "NEAREST",
    "DegenerateInputWarning",
    "Kernel",
    "fourier_correction",
    "kaiser_bessel",
    "prefilter",
    "prolate",
    "resize",
    "sample",
    "scattered",
    "spread",
    "triangulate",
]
