"""Names for what arrays hold.

Shapes stand in the annotations of every function and are checked on each test run (jaxtyping and beartype). ``Array``
is any array of the array API standard: NumPy, PyTorch, JAX. Where a function takes a Python number as well as an array
the annotation is ``Real`` or ``ArrayLike``.
"""

from os import PathLike
from typing import Any, TypeAlias

from jaxtyping import Complex, Float, Inexact
from numpy.typing import NDArray

__all__ = [
    "Array",
    "ArrayLike",
    "EulerAngles",
    "HalfSpectrum",
    "Image",
    "Namespace",
    "NumpyArray",
    "Path",
    "Points",
    "Quaternions",
    "Real",
    "Rotations",
    "Spectrum",
    "Vectors",
    "Volume",
]

Array: TypeAlias = Any
"""An array of the array API standard; its library, device and dtype decide those of the result."""
ArrayLike: TypeAlias = Any
"""An array, or a Python number or nested sequence that NumPy turns into one."""
Namespace: TypeAlias = Any
"""The module of functions that belongs to an array (what ``vitreous._array.namespace`` returns)."""
NumpyArray: TypeAlias = NDArray[Any]
"""An array that is NumPy's whatever was handed in: tables, files, memory maps."""
Path: TypeAlias = str | PathLike[str]
"""A path of a file or folder."""

Real: TypeAlias = Any
"""A Python number, or an array without axes whose gradient is wanted: a pixel size, a cut-off, a B factor."""

Image = Inexact[Array, "*batch y x"]
"""One image or a stack of images, pixel (n // 2, n // 2) is the origin."""
Volume = Inexact[Array, "*batch z y x"]
"""One map or a stack of maps, voxel (n // 2, n // 2, n // 2) is the origin."""
Spectrum = Complex[Array, "*batch ky kx"]
"""The full centred spectrum of an image, frequency zero at n // 2."""
HalfSpectrum = Complex[Array, "*batch ky kx_half"]
"""The half of the spectrum of a real image with kx ≥ 0: ky centred, kx from 0 to n // 2."""
Points = Float[Array, "n dim"]
"""Scattered points, one a row."""
Vectors = Float[Array, "*batch 3"]
"""Vectors (x, y, z)."""
Rotations = Float[Array, "*batch 3 3"]
"""Rotation matrices that act on column vectors (x, y, z) from the left."""
Quaternions = Float[Array, "*batch 4"]
"""Unit quaternions (w, x, y, z), Hamilton's product, scalar first."""
EulerAngles = Float[Array, "*batch 3"]
"""Three Euler angles in degrees, in the order in which the convention writes them."""
