"""What a reconstruction adds up: the numerator and the denominator of a map, filled block by block."""

import numpy as np
from jaxtyping import Complex64, Float, Float32

from vitreous._typing import NumpyArray, Real
from vitreous.interpolation import LINEAR, Kernel
from vitreous.projection.insert import insert_slices
from vitreous.projection.slice import NYQUIST

__all__ = ["Accumulator"]


class Accumulator:
    """Sums of inserted images and of their weights, Σ Pᵀ(C S⁻¹ d) and Σ Pᵀ C², in single precision.

    Parameters
    ----------
    box
        Edge of the images in pixels.
    kernel
        Of the insertion; the map is to be divided by its `vitreous.interpolation.fourier_correction`.
    padding
        The size of the transform over the box.
    threads
        None takes as many as the kernels were told to use (`vitreous.jobs.use_threads`).
    cutoff_cycles
        Frequencies |k| ≥ this are left out; cycles/pixel.
    """

    def __init__(
        self,
        box: int,
        *,
        kernel: Kernel = LINEAR,
        padding: int = 2,
        threads: int | None = None,
        cutoff_cycles: Real = NYQUIST,
    ):
        self.box, self.kernel, self.padding = box, kernel, padding
        self._threads, self._cutoff = threads, cutoff_cycles
        size = padding * box
        self._numerator = np.zeros((size, size, size // 2 + 1), np.complex64)
        self._denominator = np.zeros((size, size, size // 2 + 1), np.float32)

    def add(
        self,
        data: Complex64[NumpyArray, "m ky kx"],
        weights: Float32[NumpyArray, "m ky kx"],
        rotations: Float[NumpyArray, "m 3 3"],
    ) -> None:
        """Insert a block of images.

        Parameters
        ----------
        data
            Half spectra, moved onto the reference and multiplied by their CTF, shape (m, box, box // 2 + 1).
        weights
            CTF² (over the noise power, if data is), same shape.
        rotations
            Shape (m, 3, 3).
        """
        for total, spectra in ((self._numerator, data), (self._denominator, weights)):
            total += insert_slices(spectra, rotations, self.kernel, self.padding, cutoff_cycles=self._cutoff)

    def merge(self, other: "Accumulator") -> None:
        """Add what another accumulator of the same box, kernel and padding holds.

        Raises
        ------
        ValueError
            If the two differ in any of them.
        """
        if (self.box, self.kernel, self.padding) != (other.box, other.kernel, other.padding):
            raise ValueError(
                f"accumulators of box {self.box} and {other.box}, kernels {self.kernel.name} and {other.kernel.name}, "
                f"paddings {self.padding} and {other.padding} do not add up: make them alike"
            )
        self._numerator += other._numerator
        self._denominator += other._denominator

    @property
    def numerator(self) -> Complex64[NumpyArray, "z y x"]:
        """Σ Pᵀ(C S⁻¹ d): the half transform, shape (P, P, P // 2 + 1), P = padding · box."""
        return self._numerator

    @property
    def denominator(self) -> Float32[NumpyArray, "z y x"]:
        """Σ Pᵀ C², same shape."""
        return self._denominator
