"""What depends on the radius alone, on the half transform of a padded map: its shells, their means, and a division.

A voxel of the transform lies at a whole squared distance from its origin, so that a function of the radius is a table.
"""

from collections.abc import Iterator

import numpy as np
from jaxtyping import Complex64, Float, Float32, Int

from vitreous._typing import NumpyArray
from vitreous.fourier import hermitian_weights, shell_count

__all__ = ["divide", "plane_squares", "shell_means", "shell_table", "squared_distances"]


def squared_distances(size: int) -> Int[NumpyArray, " squared"]:
    """Every squared distance from the origin that the transform of so many voxels along an edge has.

    Parameters
    ----------
    size
        P, its edge in voxels.

    Returns
    -------
    NumPy array
        0 … 3 (P // 2)².
    """
    return np.arange(3 * (size // 2) ** 2 + 1)


def shell_table(size: int, box: int) -> Int[NumpyArray, " squared"]:
    """The shell of a box, |k| box rounded, that each squared distance in its padded transform lies in.

    Parameters
    ----------
    size
        P, edge of the transform in voxels.
    box
        Edge of the map in voxels.

    Returns
    -------
    NumPy array
        Shape (3 (P // 2)² + 1,); box // 2 + 1 for all that lies beyond the last shell.
    """
    return np.minimum(np.rint(np.sqrt(squared_distances(size)) * (box / size)), shell_count((box,))).astype(np.intp)


def plane_squares(size: int) -> Iterator[Int[NumpyArray, "p p_half"]]:
    """The squared distance from the origin of each voxel of a half transform, plane by plane.

    Parameters
    ----------
    size
        P, its edge in voxels.

    Yields
    ------
    NumPy array (P, P // 2 + 1)
        kz² + ky² + kx² in steps of the transform's grid.
    """
    steps = (np.arange(size) - size // 2) ** 2
    plane = steps[:, None] + np.arange(size // 2 + 1) ** 2
    return (plane + step for step in steps)


def shell_means(denominator: Float32[NumpyArray, "p p p_half"], box: int) -> Float[NumpyArray, " shell"]:
    """The mean of a half transform over the shells of the box. The twin of `vitreous.kernels.numba.radial.shell_means`.

    Parameters
    ----------
    denominator
        Real and even, a half transform of P voxels.
    box
        Edge of the map in voxels: shell r holds |k| = r/box, rounded.

    Returns
    -------
    NumPy array (box // 2 + 1,)
        A full transform's means.
    """
    size, count = len(denominator), shell_count((box,))
    sums, sizes = np.zeros(count + 1), np.zeros(count + 1)
    weights = hermitian_weights((size,)).astype(np.float32)
    shells = shell_table(size, box)
    for plane, squared in zip(denominator, plane_squares(size), strict=True):
        shell = shells[squared].ravel()
        sums += np.bincount(shell, (plane * weights).ravel(), count + 1)
        sizes += np.bincount(shell, np.broadcast_to(weights, plane.shape).ravel(), count + 1)
    return sums[:count] / sizes[:count]


def divide(
    numerator: Complex64[NumpyArray, "p p p_half"],
    denominator: Float32[NumpyArray, "p p p_half"],
    term: Float32[NumpyArray, " squared"],
    least: Float32[NumpyArray, " squared"],
) -> Complex64[NumpyArray, "p p p_half"]:
    """The numerator over denominator and Wiener term, N/max(D + t, l) with t and l of the squared radius.

    The readable twin of `vitreous.kernels.numba.radial.divide`.

    Parameters
    ----------
    numerator, denominator
        Half transforms of P voxels.
    term
        t, for each of the `squared_distances`: added to the denominator. Where it is infinite, the quotient is zero.
    least
        l, as many: nothing is divided by less.

    Returns
    -------
    NumPy array
        Shape (P, P, P // 2 + 1).
    """
    squares = plane_squares(len(denominator))
    planes = zip(numerator, denominator, squares, strict=True)
    return np.stack([n / np.maximum(d + term[squared], least[squared]) for n, d, squared in planes])
