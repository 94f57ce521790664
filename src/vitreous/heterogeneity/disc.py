"""The coefficients of an image that carry information: half of the plane, within the resolution."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Inexact, Int64

from vitreous._typing import NumpyArray
from vitreous.fourier import frequency_grid, frequency_shells

__all__ = ["NYQUIST", "Disc", "resolution_disc"]

NYQUIST = 0.5
"""Cycles/pixel."""
_ROUNDING = 1e-6


@dataclass(frozen=True, eq=False)
class Disc:
    """p coefficients of a half spectrum, one of each conjugate pair, the lowest frequencies first.

    A smaller disc of the same box is so the beginning of a larger one. The coefficient at zero, the mean of the image,
    is left out: it says what was done to the background. So every coefficient stands for a pair and counts once.
    """

    box: int
    """Edge of the images in pixels."""
    index: Int64[NumpyArray, " p"]
    """Of each coefficient in the flattened half spectrum (box, box // 2 + 1)."""
    frequencies: Float32[NumpyArray, "p 2"]
    """(kx, ky), cycles/pixel."""
    shells: Int64[NumpyArray, " p"]
    """|k| box, rounded."""

    def __len__(self) -> int:
        return len(self.index)

    def within(self, cutoff_cycles: float) -> int:
        """How many coefficients have |k| below a frequency: those before this place.

        Parameters
        ----------
        cutoff_cycles
            Cycles/pixel.

        Returns
        -------
        int
            0 … p.
        """
        radius = np.hypot(*self.frequencies.T.astype(np.float64))
        return int(np.searchsorted(radius, cutoff_cycles * (1 - _ROUNDING)))

    def gather(self, spectra: Inexact[NumpyArray, "*batch ky kx_half"]) -> Inexact[NumpyArray, "*batch p"]:
        """The coefficients of half spectra.

        Parameters
        ----------
        spectra
            Shape (…, box, box // 2 + 1), rows centred.

        Returns
        -------
        NumPy array (…, p)
            A copy.
        """
        flat = spectra.reshape(*spectra.shape[:-2], -1)
        found: NumpyArray = np.take(flat, self.index, axis=-1)
        return found

    def scatter(self, values: Inexact[NumpyArray, "*batch p"]) -> Inexact[NumpyArray, "*batch ky kx_half"]:
        """Half spectra with the coefficients in their places and zero elsewhere; those at kx = 0 with their conjugates.

        Parameters
        ----------
        values
            Shape (…, p), or the first of these coefficients.

        Returns
        -------
        NumPy array (…, box, box // 2 + 1)
            Half spectra of real images.
        """
        columns = self.box // 2 + 1
        spectra = np.zeros((*values.shape[:-1], self.box * columns), values.dtype)
        index = self.index[: values.shape[-1]]
        spectra[..., index] = values
        edge = np.flatnonzero(index % columns == 0)
        opposite = 2 * (self.box // 2) - index[edge] // columns
        spectra[..., opposite * columns] = np.conj(values[..., edge])
        return spectra.reshape(*values.shape[:-1], self.box, columns)


def resolution_disc(box: int, cutoff_cycles: float = NYQUIST) -> Disc:
    """The disc 0 < |k| < cut-off of the half plane kx > 0, or kx = 0 and ky > 0.

    Parameters
    ----------
    box
        Edge of the images in pixels.
    cutoff_cycles
        Cycles/pixel, at most ½.

    Returns
    -------
    Disc
        Its coefficients, ordered by |k|.

    Raises
    ------
    ValueError
        If nothing lies within.
    """
    frequencies = frequency_grid((box, box), half=True).reshape(-1, 2)
    radius = np.hypot(*frequencies.T)
    kx, ky = frequencies.T
    kept = (radius < min(cutoff_cycles, NYQUIST) * (1 - _ROUNDING)) & ((kx > 0) | (ky > 0))
    index = np.flatnonzero(kept)
    if not len(index):
        raise ValueError(f"no coefficient of a box of {box} lies below {cutoff_cycles} cycles/pixel")
    index = index[np.argsort(radius[index], kind="stable")]
    shells = np.asarray(frequency_shells((box, box), half=True)).ravel()[index].astype(np.int64)
    return Disc(box, index, frequencies[index].astype(np.float32), shells)
