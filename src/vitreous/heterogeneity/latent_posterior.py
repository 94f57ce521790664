"""Where a particle lies in a linear model of the maps, and how sure that is: the exact posterior, view by view.

y = C P (μ + U z) + n, z ~ N(0, diag λ), E|n|² = σ² gives z | y ~ N(m, Σ), Σ⁻¹ = 2 Σ_k Re Aᴴ A + diag 1/λ and
m = Σ 2 Σ_k Re Aᴴ (y − C P μ)/σ, with A = C P U/σ. A view along which the motion cannot be seen says little of it, and
Σ tells.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Complex64, Float, Float32, Float64

from vitreous._typing import NumpyArray
from vitreous.heterogeneity.ball import PADDING
from vitreous.heterogeneity.observations import Block, Observations

__all__ = ["Compared", "Latents", "compare", "compared_blocks", "latent_posterior"]

_BLOCK = 256


@dataclass(frozen=True, eq=False)
class Compared:
    """A block of images beside what a linear model makes of them; all divided by the noise."""

    block: Block
    residual: Complex64[NumpyArray, "m p"]
    """(y − C P μ)/σ."""
    transfer: Float32[NumpyArray, "m p"]
    """C/σ."""
    gram: Float32[NumpyArray, "m q q"]
    """Σ_k Re Aᴴ A."""
    projection: Float32[NumpyArray, "m q"]
    """Σ_k Re Aᴴ (y − C P μ)/σ."""
    predicted: Float32[NumpyArray, "m two_p q"]
    """A, real and imaginary parts in turn."""


@dataclass(frozen=True, eq=False)
class Latents:
    """The posterior of the latent coordinates of m particles."""

    mean: Float32[NumpyArray, "m q"]
    covariance: Float32[NumpyArray, "m q q"]
    log_likelihood: Float64[NumpyArray, " m"]
    """ln p(y) over that of the mean map alone."""


def compare(
    block: Block, ball: Float32[NumpyArray, "z y x two_c"], frequencies: Float32[NumpyArray, "p 2"]
) -> Compared:
    """What a linear model says of a block of images.

    Parameters
    ----------
    block
        m images.
    ball
        The mean μ and the q components U (`vitreous.heterogeneity.ball.maps_to_ball`), c = q + 1 channels.
    frequencies
        Of the first p coefficients, in cycles per box.

    Returns
    -------
    Compared
        Of the first p coefficients.
    """
    from vitreous.kernels.numba.channels import slice_channels  # numba is slow to import

    count, channels = len(frequencies), ball.shape[-1] // 2
    deviation = np.sqrt(block.noise_power[:, :count])
    transfer = block.transfer[:, :count] / deviation
    slices = slice_channels(ball, block.rotations, frequencies * np.float32(PADDING))
    pairs = torch.from_numpy(slices).view(len(slices), count, 2, channels)
    pairs *= torch.from_numpy(transfer)[..., None, None]
    parts = pairs.view(len(slices), 2 * count, channels)
    residual = (block.data[:, :count] / deviation).astype(np.complex64)
    residual.view(np.float32)[...] -= parts[..., 0].numpy()
    predicted = parts[..., 1:]
    gram = torch.bmm(predicted.transpose(1, 2), predicted)
    projection = torch.bmm(predicted.transpose(1, 2), torch.from_numpy(residual.view(np.float32))[..., None])
    return Compared(block, residual, transfer, gram.numpy(), projection[..., 0].numpy(), predicted.numpy())


def latent_posterior(
    gram: Float[NumpyArray, "m q q"], projection: Float[NumpyArray, "m q"], variances: Float[NumpyArray, " q"]
) -> Latents:
    """The posterior of the latents, Σ = (2 G + diag 1/λ)⁻¹ and m = 2 Σ p.

    Parameters
    ----------
    gram, projection
        G and p, of `compare`.
    variances
        λ of the prior, positive.

    Returns
    -------
    Latents
        With ln p(y) − ln p(y | z = 0) = ½ mᵀ Σ⁻¹ m − ½ ln det(Σ⁻¹ diag λ).

    References
    ----------
    Tipping and Bishop, J. R. Stat. Soc. B 61, 611 (1999), eq. 6-7; through projections: Tagare et al., J. Struct. Biol.
    191, 245 (2015).
    """
    prior = torch.from_numpy(1 / np.asarray(variances, np.float64))
    precision = 2 * torch.from_numpy(gram).double() + torch.diag(prior)
    factor = torch.linalg.cholesky(precision)
    right = 2 * torch.from_numpy(projection).double()[..., None]
    mean = torch.cholesky_solve(right, factor)
    determinant = 2 * factor.diagonal(dim1=1, dim2=2).log().sum(1) - prior.log().sum()
    gain = 0.5 * (mean * right).sum((1, 2)) - 0.5 * determinant
    covariance = torch.cholesky_inverse(factor)
    return Latents(mean[..., 0].float().numpy(), covariance.float().numpy(), gain.numpy())


def compared_blocks(
    observations: Observations, ball: Float32[NumpyArray, "z y x two_c"], cutoff_cycles: float
) -> Iterator[Compared]:
    """All particles in file order beside what a linear model makes of them.

    Parameters
    ----------
    observations
        The particles.
    ball
        As in `compare`.
    cutoff_cycles
        Frequencies |k| ≥ this play no part; cycles/pixel.

    Yields
    ------
    Compared
        Block by block.
    """
    disc = observations.disc
    frequencies = disc.frequencies[: disc.within(cutoff_cycles)] * np.float32(disc.box)
    for block in observations.blocks(_BLOCK):
        yield compare(block, ball, frequencies)
