"""What an epoch of `vitreous.heterogeneity.basis_training` does with a block of images, and what it adds up."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float32, Float64

from vitreous._typing import Array, NumpyArray
from vitreous.heterogeneity.ball import PADDING
from vitreous.heterogeneity.channels import lower_triangle
from vitreous.heterogeneity.coefficients import Coefficients
from vitreous.heterogeneity.elbo import kl_from_standard, kl_per_dimension
from vitreous.heterogeneity.latent_posterior import Compared, compare
from vitreous.heterogeneity.latent_search import (
    Evidence,
    cubature,
    expected_log_likelihood,
    find_posterior,
    moments_of,
)
from vitreous.heterogeneity.moments import empty_total
from vitreous.heterogeneity.networks import Posterior
from vitreous.heterogeneity.observations import Block

__all__ = ["Explained", "Sums", "View", "evidence_of", "explain", "learn"]

_STEPS = 4
"""Of the search from nothing; one where the last epoch's answer is known."""
_NETWORK_STEPS = 4


@dataclass(frozen=True, eq=False)
class View:
    """What images are compared with."""

    ball: Float32[NumpyArray, "z y x two_c"]
    """The mean and q maps (`vitreous.heterogeneity.channels`)."""
    frequencies: Float32[NumpyArray, "p 2"]
    """Of the coefficients looked at, cycles per box."""
    errors: Float32[NumpyArray, "q p"]
    """The variance of the maps' coefficients there."""


@dataclass(frozen=True, eq=False)
class Explained:
    """A block of m images and what the model makes of them."""

    compared: Compared
    evidence: Evidence
    posterior: Posterior
    terms: Float64[Array, "m two_d"]
    """E_q ln p(y|z) above that of the mean map, the divergence, and that of each dimension."""


@dataclass(eq=False)
class Sums:
    """What an epoch adds up; changed in place."""

    total: Float32[NumpyArray, "z y x channels"]
    """The moments of the mean and q maps."""
    first: Float64[NumpyArray, " d"]
    second: Float64[NumpyArray, "d d"]
    stretch: Float64[NumpyArray, "d d"]
    """Jᵀ G J: how far the images move with the latent."""
    terms: Float64[NumpyArray, " two_d"]

    @classmethod
    def empty(cls, radius: int, latent: int, count: int) -> "Sums":
        """The sums of nothing, for d = ``latent`` dimensions and q = ``count`` maps."""
        square = (latent, latent)
        total = empty_total(radius, count + 1)
        return cls(total, np.zeros(latent), np.zeros(square), np.zeros(square), np.zeros(latent + 2))

    def add(self, seen: Explained, view: View, network: Coefficients) -> None:
        """Add a block; its images enter the total with the moments of c̃ = (1, c(z)) as the network now is."""
        from vitreous.kernels.numba.channels import insert_channels  # numba is slow to import

        mean, scale = seen.posterior.mean.double(), seen.posterior.scale.double()
        with torch.no_grad():
            slopes = network.with_jacobian(seen.posterior.mean)[1]
            stretch = (slopes.mT @ seen.evidence.gram @ slopes).double().sum(0)
        self.terms += seen.terms.sum(0).numpy()
        self.first += mean.sum(0).numpy()
        self.second += (mean.mT @ mean + (scale @ scale.mT).sum(0)).numpy()
        self.stretch += stretch.numpy()
        first, second = (moment.numpy() for moment in moments_of(network, cubature(seen.posterior)))
        block, transfer = seen.compared.block, seen.compared.transfer
        count = len(view.frequencies)
        data = block.data[:, :count] * (transfer / np.sqrt(block.noise_power[:, :count]))
        points = view.frequencies * np.float32(PADDING)
        insert_channels(self.total, block.rotations, points, data, transfer**2, first, lower_triangle(second))

    def averages(
        self, count: int
    ) -> tuple[Float64[NumpyArray, " d"], Float64[NumpyArray, "d d"], Float64[NumpyArray, "d d"]]:
        """The mean of the latents of so many images, their covariance, and the mean of the stretch."""
        mean = self.first / count
        return mean, self.second / count - np.outer(mean, mean), self.stretch / count


def evidence_of(compared: Compared, errors: Float32[NumpyArray, "q p"]) -> Evidence:
    """What images say of the coefficients where the maps are not sure: G + diag Σ_k C²/σ² ε(k).

    Parameters
    ----------
    compared
        m images beside q maps.
    errors
        ε, of each map at each coefficient.

    Returns
    -------
    Evidence
        The expectation of the log likelihood over what the maps may be.
    """
    gram = torch.from_numpy(compared.gram.copy())
    gram.diagonal(dim1=-2, dim2=-1).add_(torch.from_numpy(compared.transfer**2 @ errors.T))
    return Evidence(gram, torch.from_numpy(compared.projection))


def explain(
    block: Block, view: View, network: Coefficients, start: Float32[NumpyArray, "m d"] | None, *, beta: float = 1.0
) -> Explained:
    """Find the latents of a block of images.

    Parameters
    ----------
    block
        m images.
    view
        What they are compared with.
    network
        c(z).
    start
        Where the latents were, for one step from there; None: searched from 0, with nothing but the image.
    beta
        The price of a nat of divergence.

    Returns
    -------
    Explained
        With the terms of the bound.
    """
    compared = compare(block, view.ball, view.frequencies)
    evidence = evidence_of(compared, view.errors)
    at = torch.zeros(len(block.rows), network.latent) if start is None else torch.from_numpy(start)
    posterior = find_posterior(evidence, network, at, steps=_STEPS if start is None else 1, beta=beta)
    with torch.no_grad():
        likelihood = expected_log_likelihood(evidence, network, cubature(posterior))
    each = kl_per_dimension(posterior.mean, posterior.scale)
    divergence = kl_from_standard(posterior.mean, posterior.scale)
    terms = torch.cat([likelihood[:, None], divergence[:, None], each], dim=1).double()
    return Explained(compared, evidence, posterior, terms)


def learn(seen: Explained, network: Coefficients, optimiser: torch.optim.Optimizer) -> None:
    """Some steps up the bound for the weights of the coefficients, from one block of images."""
    points = cubature(seen.posterior)
    for _ in range(_NETWORK_STEPS):
        optimiser.zero_grad()
        loss = -expected_log_likelihood(seen.evidence, network, points).mean()
        loss.backward()
        optimiser.step()
