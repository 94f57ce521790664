"""How much of Fourier space the views of a set saw, shell by shell: what a preferred orientation leaves out."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float32

from vitreous._typing import NumpyArray
from vitreous.fourier import hermitian_weights, shell_count, shell_frequencies
from vitreous.kernels.numba.radial import shell_means
from vitreous.reconstruction.radial import plane_squares, shell_table

__all__ = ["FourierCoverage", "fourier_coverage"]

_LEAST_VIEW = 0.5
"""Of what one view gives to a coefficient that it passes through; less is not seen."""


@dataclass(frozen=True, eq=False)
class FourierCoverage:
    """What each shell of Fourier space saw.

    Parameters
    ----------
    frequencies_per_angstrom
        (shells,) 1/Å.
    fraction_seen
        (shells,) the share of the shell that got half a view or more, 0 … 1.
    effective_views
        (shells,) how many views, spread evenly over the part that was seen, would leave as much noise in the map: the
        harmonic mean of the weights, in units of what one view without CTF gives to the coefficients it passes through.
    evenness
        The mean over the shells of harmonic ÷ arithmetic mean of the weights, what got less than half a view (or half
        the mean, where that is less) counted as that much: 1 where all directions are seen alike, and the lower the
        more the views gather.
    """

    frequencies_per_angstrom: Float[NumpyArray, " shell"]
    fraction_seen: Float[NumpyArray, " shell"]
    effective_views: Float[NumpyArray, " shell"]
    evenness: float


def fourier_coverage(
    denominator: Float32[NumpyArray, "p p p_half"], box: int, pixel_size_angstrom: float
) -> FourierCoverage:
    """Fraction seen and effective number of views of each shell, from the denominator of a reconstruction.

    The noise of a coefficient with the weight w is 1/w, so that of a shell is ⟨1/w⟩.

    Parameters
    ----------
    denominator
        Σ Pᵀ C², a half transform of P voxels.
    box
        Edge of the map in voxels.
    pixel_size_angstrom
        Å/voxel.

    Returns
    -------
    FourierCoverage
        Of the shells 0 … box // 2.

    References
    ----------
    Baldwin and Lyumkis, Prog. Biophys. Mol. Biol. 150, 160 (2020), for the harmonic mean.
    """
    size, count = len(denominator), shell_count((box,))
    shells, per_view = shell_table(size, box), (size / box) ** 3
    # no more than half the mean, so that the harmonic mean stays below the arithmetic one
    least = np.append(np.minimum(_LEAST_VIEW, 0.5 * per_view * shell_means(denominator, box)), _LEAST_VIEW)
    least = np.where(least > 0, least, _LEAST_VIEW)
    counted = np.tile(hermitian_weights((size,)), size)
    totals = np.zeros((5, count + 1))
    for plane, squared in zip(denominator, plane_squares(size), strict=True):
        shell = shells[squared].ravel()
        weight = plane.ravel().astype(np.float64) * per_view
        seen, inverse = weight >= _LEAST_VIEW, 1 / np.maximum(weight, _LEAST_VIEW)
        parts = (np.ones_like(weight), seen, seen * inverse, weight, 1 / np.maximum(weight, least[shell]))
        totals += [np.bincount(shell, part * counted, count + 1) for part in parts]
    voxels, seen_voxels, seen_inverse, weights, all_inverse = totals[:, :count]
    fraction = seen_voxels / voxels
    views = seen_voxels / np.where(seen_voxels > 0, seen_inverse, 1)
    # the last shell lies half beyond the cut-off, and counts as the one before
    fraction[-1], views[-1] = fraction[-2], views[-2]
    even = (voxels**2 / (all_inverse * np.maximum(weights, least[:count] * voxels)))[1:-1]
    return FourierCoverage(
        shell_frequencies((box,), pixel_size_angstrom), fraction, views, float(even.mean()) if even.size else 1.0
    )
