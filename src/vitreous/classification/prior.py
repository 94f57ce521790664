"""The spectral prior of the references: τ², from how much stands above the noise."""

import torch
from jaxtyping import Float

from vitreous._typing import Array

__all__ = ["prior_power", "signal_to_noise"]

_LEAST_SHARE = 1e-4
"""Of the power of its strongest ring: no ring of a class is held to less, lest it can never come back."""


def prior_power(
    numerator: Float[Array, "k rings angles"], denominator: Float[Array, "k rings angles"]
) -> Float[Array, "k rings"]:
    """τ² of every class and ring, the mean power of the average less what noise alone would leave.

    With a = N/D the average, weighted by the noise, E|N|² = τ² D² + D, hence τ² = ⟨N² − D⟩/⟨D²⟩.

    Parameters
    ----------
    numerator, denominator
        N = Σ γ C y/σ² and D = Σ γ C²/σ².

    Returns
    -------
    Tensor (k, rings) float64
        Positive.

    References
    ----------
    Scheres, J. Mol. Biol. 415, 406 (2012), eqs. 4-5, where τ² is the power of the average itself.
    """
    n, d = numerator.double(), denominator.double()
    power = ((n**2 - d).mean(dim=-1) / (d**2).mean(dim=-1).clamp_min(1e-300)).clamp_min(0)
    floor = _LEAST_SHARE * power.amax(dim=-1, keepdim=True)
    return torch.maximum(power, floor).clamp_min(1e-30)


def signal_to_noise(
    prior: Float[Array, "k rings"], denominator: Float[Array, "k rings angles"]
) -> Float[Array, "k rings"]:
    """The spectral signal-to-noise ratio of every class and ring, SSNR = τ² ⟨D⟩.

    Parameters
    ----------
    prior
        τ².
    denominator
        D = Σ γ C²/σ².

    Returns
    -------
    Tensor (k, rings) float64
    """
    return prior * denominator.double().mean(dim=-1)
