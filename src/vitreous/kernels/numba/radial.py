"""Shell means and division of half transforms in one pass each, plane by plane, on as many threads as are allowed."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numba
import numpy as np
from jaxtyping import Complex64, Float, Float32

from vitreous._typing import NumpyArray

__all__ = ["divide", "shell_means"]


def shell_means(denominator: Float32[NumpyArray, "p p p_half"], box: int) -> Float[NumpyArray, " shell"]:
    """The mean of a half transform over the shells of the box, as `vitreous.reconstruction.radial.shell_means`.

    ⟨D⟩(r) = Σ w D/Σ w over |k| box = r, rounded; w = 1 where a voxel is its own conjugate's place, 2 elsewhere.

    Parameters
    ----------
    denominator
        Real and even, a half transform of P voxels; a strided view is read as it stands.
    box
        Edge of the map in voxels.

    Returns
    -------
    NumPy array (box // 2 + 1,)
        A full transform's means; the same to the last bit whatever the number of threads.
    """
    size, count = len(denominator), box // 2 + 1
    squared = np.arange(3 * (size // 2) ** 2 + 1)
    shells = np.minimum(np.rint(np.sqrt(squared) * (box / size)), count).astype(np.int32)
    sums = np.zeros((size, 2, count + 1))
    _for_planes(lambda z: _sum_plane(denominator[z], z - size // 2, shells, sums[z]), size)
    total, sizes = sums.sum(axis=0)
    means: NumpyArray = total[:count] / sizes[:count]
    return means


def divide(
    numerator: Complex64[NumpyArray, "p p p_half"],
    denominator: Float32[NumpyArray, "p p p_half"],
    term: Float32[NumpyArray, " squared"],
    least: Float32[NumpyArray, " squared"],
) -> Complex64[NumpyArray, "p p p_half"]:
    """The numerator over denominator and Wiener term, as `vitreous.reconstruction.radial.divide`.

    N/max(D + t, l) with t and l of the squared radius.

    Parameters
    ----------
    numerator, denominator
        Half transforms of P voxels; strided views are read as they stand.
    term, least
        t and l, for each squared distance from the origin.

    Returns
    -------
    NumPy array
        Shape (P, P, P // 2 + 1).
    """
    size = len(numerator)
    quotient = np.empty(numerator.shape, np.complex64)
    _for_planes(lambda z: _divide_plane(quotient[z], numerator[z], denominator[z], z - size // 2, term, least), size)
    return quotient


def _for_planes(function: Callable[[int], None], count: int) -> None:
    with ThreadPoolExecutor(numba.get_num_threads()) as pool:
        list(pool.map(function, range(count)))


@numba.njit(cache=True, nogil=True)
def _sum_plane(plane, kz, shells, sums):  # type: ignore[no-untyped-def]
    size, half = plane.shape
    for y in range(size):
        square = kz * kz + (y - size // 2) ** 2
        for x in range(half):
            weight = 1.0 if (x == 0) | (2 * x == size) else 2.0
            shell = shells[square + x * x]
            sums[0, shell] += weight * plane[y, x]
            sums[1, shell] += weight


@numba.njit(cache=True, nogil=True)
def _divide_plane(quotient, numerator, denominator, kz, term, least):  # type: ignore[no-untyped-def]
    size, half = quotient.shape
    for y in range(size):
        square = kz * kz + (y - size // 2) ** 2
        for x in range(half):
            at = square + x * x
            quotient[y, x] = numerator[y, x] * (np.float32(1) / max(denominator[y, x] + term[at], least[at]))
