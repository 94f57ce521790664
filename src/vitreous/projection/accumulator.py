"""What a reconstruction adds up: the numerator and the denominator of a map, filled block by block."""

import numpy as np
from jaxtyping import Complex64, Float, Float32

from vitreous._typing import NumpyArray, Real
from vitreous.interpolation import LINEAR, Kernel
from vitreous.projection.slice import NYQUIST

__all__ = ["Accumulator"]


class Accumulator:
    """Sums of inserted images and of their weights, Σ Pᵀ(C S⁻¹ d) and Σ Pᵀ C², in single precision.

    The same blocks in the same order give the same bytes, whatever the number of threads; other blocks, or ranks that
    are merged, give the same sums to rounding (1e-6 of the largest).

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
        self._total = np.zeros((size, size, size // 2 + 1, 3), np.float32)

    def add(
        self,
        data: Complex64[NumpyArray, "m ky kx"],
        weights: Float32[NumpyArray, "m ky kx"],
        rotations: Float[NumpyArray, "m 3 3"],
        *,
        curvature_pixels: Real = 0.0,
    ) -> None:
        """Insert a block of images; another thread may fill another accumulator meanwhile.

        Parameters
        ----------
        data
            Half spectra, moved onto the reference and multiplied by their CTF, shape (m, box, box // 2 + 1).
        weights
            CTF² (over the noise power, if data is), same shape.
        rotations
            Shape (m, 3, 3).
        curvature_pixels
            κ of `vitreous.projection.slice_points`, for a half of the Ewald sphere: each image is then added twice,
            as d P* with −λ/2 and as d Q* with λ/2, with weights |P|² and |Q|².
        """
        import numba  # slow to import

        from vitreous.kernels.numba.insert import add_slices

        before = numba.get_num_threads()
        # numba refuses more threads than its pool was started with
        numba.set_num_threads(min(self._threads or before, numba.config.NUMBA_NUM_THREADS))  # type: ignore[attr-defined]
        try:
            options = {"cutoff_cycles": self._cutoff, "curvature_pixels": curvature_pixels}
            add_slices(self._total, data, weights, rotations, self.kernel, **options)
        finally:
            numba.set_num_threads(before)

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
        self._total += other._total

    @property
    def sums(self) -> Float32[NumpyArray, "z y x 3"]:
        """The sums themselves, not a copy: numerator (real, imaginary) and denominator side by side."""
        return self._total

    @property
    def numerator(self) -> Complex64[NumpyArray, "z y x"]:
        """Σ Pᵀ(C S⁻¹ d), a strided view: the half transform, shape (P, P, P // 2 + 1), P = padding · box."""
        return self._total[..., :2].view(np.complex64)[..., 0]

    @property
    def denominator(self) -> Float32[NumpyArray, "z y x"]:
        """Σ Pᵀ C², a strided view of the same shape."""
        return self._total[..., 2]
