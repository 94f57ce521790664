"""The exact slices of one map for block after block of rotations: the non-uniform transform planned once."""

import math

import numpy as np
from jaxtyping import Complex64, Float

from vitreous._typing import NumpyArray
from vitreous.fourier import frequency_grid
from vitreous.projection.slice import NYQUIST

__all__ = ["Slicer"]

_UPSAMPLING = 1.25
"""Of the transform that is interpolated in: slower to interpolate in than 2, but it stays near the cache."""
_ROUNDING = 1e-6


class Slicer:
    """Exact slices as `vitreous.projection.slice_map` makes them, in single precision, for many rotations of one map.

    Only the frequencies inside the cut-off are computed, and the plan of the transform is kept from block to block.

    Parameters
    ----------
    volume
        The map, shape (n, n, n).
    box
        Edge of the images in pixels.
    tolerance
        Of the transform, relative to the root mean square of its values.
    threads
        Of the transform; None takes all cores.

    References
    ----------
    Barnett, Magland and af Klinteberg, SIAM J. Sci. Comput. 41, C479 (2019).
    """

    def __init__(
        self, volume: Float[NumpyArray, "n n n"], box: int, *, tolerance: float = 1e-4, threads: int | None = None
    ):
        import finufft  # here, because it costs a tenth of a second

        self.box = box
        self._volume = np.ascontiguousarray(volume, dtype=np.complex64)
        self._plane = frequency_grid((box, box), half=True).reshape(-1, 2)
        self._plan = finufft.Plan(
            2,
            self._volume.shape,
            eps=tolerance,
            isign=-1,
            dtype="complex64",
            nthreads=threads or 0,
            upsampfac=_UPSAMPLING,
        )

    def __call__(
        self, rotations: Float[NumpyArray, "m 3 3"], cutoff_cycles: float = NYQUIST
    ) -> Complex64[NumpyArray, "m ky kx"]:
        """The slices of m rotations, or of any matrices (see `vitreous.projection.slice`).

        Parameters
        ----------
        rotations
            Shape (m, 3, 3).
        cutoff_cycles
            Frequencies |k| ≥ this are zero; cycles/pixel.

        Returns
        -------
        NumPy array (m, box, box // 2 + 1) complex64
            Half spectra.
        """
        inside = np.flatnonzero(np.hypot(*self._plane.T) < cutoff_cycles * (1 - _ROUNDING))
        plane = np.asarray(2 * math.pi * self._plane[inside].T, np.float32)
        slices = np.zeros((len(rotations), len(self._plane)), np.complex64)
        if len(rotations):
            axes = np.asarray(rotations, np.float32)[:, :2].transpose(2, 0, 1)
            x, y, z = (np.matmul(axis, plane).ravel() for axis in np.ascontiguousarray(axes))
            self._plan.setpts(z, y, x)
            slices[:, inside] = self._plan.execute(self._volume).reshape(len(rotations), -1)
        return slices.reshape(-1, self.box, self.box // 2 + 1)
