"""Sums over images that maps are solved from, and how much their shells are damped.

The total of q maps holds, in each voxel of a ball (`vitreous.heterogeneity.channels`), N_k = Σ ⟨z_k⟩ Pᵀ C r/σ² and the
lower triangle of W_kl = Σ ⟨z_k z_l⟩ Pᵀ C²/σ². The map that all images share is the case q = 1, z = 1.
"""

import numpy as np
from jaxtyping import Complex64, Float, Float32, Float64

from vitreous._typing import NumpyArray
from vitreous.heterogeneity.ball import PADDING, ball_to_maps, squared_radii
from vitreous.heterogeneity.channels import lower_triangle
from vitreous.heterogeneity.latent_posterior import Compared

__all__ = ["add_moments", "empty_total", "shell_means", "shell_quotients", "solve_maps"]

_LEAST_SHARE = 1e-3
"""Of the shell's mean: the least damping, for voxels that no view has seen."""


def empty_total(radius: int, count: int) -> Float32[NumpyArray, "z y x channels"]:
    """The total of nothing.

    Parameters
    ----------
    radius
        Of the ball, in voxels of the padded transform.
    count
        q, how many maps.

    Returns
    -------
    NumPy array (2R + 1, 2R + 1, R + 1, 2q + q (q + 1) / 2) float32
        Zeros.
    """
    return np.zeros((2 * radius + 1, 2 * radius + 1, radius + 1, 2 * count + count * (count + 1) // 2), np.float32)


def add_moments(
    total: Float32[NumpyArray, "z y x channels"],
    compared: Compared,
    frequencies: Float32[NumpyArray, "p 2"],
    means: Float[NumpyArray, "m q"],
    seconds: Float[NumpyArray, "m q q"],
    chosen: NumpyArray,
) -> None:
    """Add some images of a block to a total, in place.

    Parameters
    ----------
    total
        Of q maps.
    compared
        The block; its residuals are what is added.
    frequencies
        Of its coefficients, cycles per box.
    means, seconds
        ⟨z⟩ and ⟨z zᵀ⟩ of each image.
    chosen
        Which images of the block, a mask.
    """
    from vitreous.kernels.numba.channels import insert_channels  # numba is slow to import

    transfer = compared.transfer[chosen]
    insert_channels(
        total,
        compared.block.rotations[chosen],
        frequencies * np.float32(PADDING),
        compared.residual[chosen] * transfer,
        transfer**2,
        means[chosen].astype(np.float32),
        lower_triangle(seconds[chosen]).astype(np.float32),
    )


def shell_means(total: Float32[NumpyArray, "z y x channels"], count: int) -> Float64[NumpyArray, "q shell"]:
    """The mean over each shell of W_kk.

    Parameters
    ----------
    total
        Of q maps.
    count
        q.

    Returns
    -------
    NumPy array (q, shells) float64
        Of the shells of the box: |m| = 2r in the padded ball, up to its radius.
    """
    radius = len(total) // 2
    shells = np.rint(np.sqrt(squared_radii(radius)) / PADDING).astype(np.int64).ravel()
    shown = radius // PADDING + 1
    sizes = np.bincount(shells, minlength=shown)[:shown]
    places = [2 * count + k * (k + 1) // 2 + k for k in range(count)]
    sums = [np.bincount(shells, total[..., place].ravel(), shown)[:shown] for place in places]
    return np.stack(sums) / sizes


def solve_maps(
    total: Float32[NumpyArray, "z y x channels"],
    noise_to_signal: Float[NumpyArray, "q shell"],
    box: int,
    scale: float = 1.0,
) -> Float32[NumpyArray, "q box box box"]:
    """The maps of a total, (W + diag λ(r)) U = N with λ_k = (noise to signal)_k · mean of W_kk over the shell.

    Parameters
    ----------
    total
        Of q maps; completed in the plane x = 0 (`vitreous.heterogeneity.ball.add_conjugates`).
    noise_to_signal
        Of each map and shell, as far as the ball reaches.
    box
        Edge of the maps in voxels.
    scale
        What the maps were multiplied by before they were sliced.

    Returns
    -------
    NumPy array (q, box, box, box) float32
        The maps.
    """
    from vitreous.kernels.numba.channels import solve_moments  # numba is slow to import

    radius, count = len(total) // 2, len(noise_to_signal)
    means = shell_means(total, count)
    ratio = np.maximum(noise_to_signal[:, : means.shape[1]], _LEAST_SHARE)
    # shells that no image reaches stay empty
    values = np.where(means > 0, ratio * means, np.inf)
    at = np.sqrt(np.arange(radius**2)) / PADDING
    damping = np.stack([np.interp(at, np.arange(values.shape[1]), value) for value in values], axis=-1)
    damping[np.isnan(damping)] = np.inf
    return ball_to_maps(solve_moments(total, damping.astype(np.float32)), box, scale)


def shell_quotients(total: Float32[NumpyArray, "z y x channels"], count: int) -> Complex64[NumpyArray, "z y x q"]:
    """The transforms of maps that do not mix: N_k/W_k, W_k at least a thousandth of its mean over the shell.

    Parameters
    ----------
    total
        Numerators, real parts and then imaginary parts, and q denominators.
    count
        q.

    Returns
    -------
    NumPy array (2R + 1, 2R + 1, R + 1, q) complex64
        Zero outside the ball, and in shells that nothing was put into.
    """
    radius = len(total) // 2
    squared = squared_radii(radius)
    shells = np.rint(np.sqrt(squared) / PADDING).astype(np.int64)
    sizes = np.bincount(shells.ravel())
    inside = squared < radius**2
    quotients = np.empty((*total.shape[:3], count), np.complex64)
    for k in range(count):
        density = total[..., 2 * count + k]
        means = np.bincount(shells.ravel(), density.ravel()) / sizes
        least = (_LEAST_SHARE * means).astype(np.float32)[shells]
        usable = inside & (least > 0)
        divisor = np.where(usable, np.maximum(density, least), 1)
        quotients[..., k] = np.where(usable, total[..., k] + 1j * total[..., count + k], 0) / divisor
    return quotients
