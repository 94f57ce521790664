"""Weights that make an uneven sampling even: Pipe and Menon's iteration on the weights of a reconstruction."""

import numpy as np
import scipy.fft
from jaxtyping import Float32

from vitreous._typing import NumpyArray
from vitreous.interpolation import LINEAR, Kernel

__all__ = ["even_weights"]

_LEAST = 1e-3
"""Of what the smoothed density should be: beside the sampled region it falls to zero."""


def even_weights(
    density: Float32[NumpyArray, "p p p_half"],
    box: int,
    iterations: int,
    *,
    kernel: Kernel = LINEAR,
    threads: int | None = None,
) -> Float32[NumpyArray, "p p p_half"]:
    """The factors d that make a density even where it is smoothed, (d ρ) ∗ φ = 1, from d = 1/ρ.

    d ← d / ((d ρ) ∗ φ). Single voxels may then be uneven, but not on the scale of one voxel of the map, which is all
    that shows within its box. φ is the kernel at the map's own sampling.

    Parameters
    ----------
    density
        ρ: denominator and Wiener term of a half transform of P voxels, 0 beyond the cut-off.
    box
        Edge of the map in voxels.
    iterations
        How many; 0 gives 1/ρ.
    kernel
        φ.
    threads
        Of the transforms; None takes all cores.

    Returns
    -------
    NumPy array (P, P, P // 2 + 1) float32
        d; 0 where ρ is.

    References
    ----------
    Pipe and Menon, Magn. Reson. Med. 41, 179 (1999), eq. 9; Scheres, J. Struct. Biol. 180, 519 (2012).
    """
    seen = density > 0
    factors: NumpyArray = seen / np.where(seen, density, np.float32(1))
    size = len(density)
    workers = threads or -1
    axes = [np.fft.ifftshift(np.arange(size) - size // 2)] * 3
    windows = [kernel.transform(steps / box).astype(np.float32) for steps in axes]
    for _ in range(iterations):
        field = scipy.fft.irfftn(np.fft.ifftshift(factors * density, axes=(0, 1)), (size,) * 3, workers=workers)
        for axis, window in enumerate(windows):
            field *= window.reshape([-1 if i == axis else 1 for i in range(3)])
        smoothed = np.fft.fftshift(scipy.fft.rfftn(field, workers=workers, overwrite_x=True).real, axes=(0, 1))
        factors /= np.maximum(smoothed, _LEAST)
    return factors
