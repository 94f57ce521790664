"""The M-step: references, noise, class weights and shift prior out of the sums of the E-step.

On the polar grid a turn is a permutation of samples, so that the normal equations of a class are diagonal and

    A_k = [Σ_g N_kg/σ²_g] / [Σ_g D_kg/σ²_g + 1/τ²_k]    N = Σ γ R⁻¹ S⁻¹ C y,  D = Σ γ R⁻¹ C²

is their exact solution. The noise follows with the new references, σ²_g(r) = [Σ_i ⟨|y|²⟩ − Σ_k ⟨2 N A − D A²⟩]/(f n_g):
two conditional maximisations, each of which raises the objective (Meng and Rubin, Biometrika 80, 267, 1993).
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float

from vitreous._typing import Array

__all__ = ["Sums", "average", "noise_of", "shift_sigma", "weighted", "weights_of"]


@dataclass(frozen=True, eq=False)
class Sums:
    """What all images together say of the model.

    Parameters
    ----------
    numerator, denominator
        (groups, 2, K, rings, angles): N and D of every optics group and half set, not divided by the noise.
    power
        (groups, all_rings) float64: Σ ⟨|y|²⟩ over the images, also of rings that are not used yet.
    count
        (groups,) float64: how many images.
    mass
        (K, T) float64: Σ γ.
    """

    numerator: Float[Array, "groups 2 k rings angles"]
    denominator: Float[Array, "groups 2 k rings angles"]
    power: Float[Array, "groups all_rings"]
    count: Float[Array, " groups"]
    mass: Float[Array, "k t"]


def weighted(
    sums: Sums, noise_power: Float[Array, "groups all_rings"]
) -> tuple[Float[Array, "2 k rings angles"], Float[Array, "2 k rings angles"]]:
    """Σ_g N/σ² and Σ_g D/σ² of both half sets, in the precision of the sums.

    Parameters
    ----------
    sums
        Of the E-step.
    noise_power
        σ².

    Returns
    -------
    numerator, denominator
    """
    inverse = (1 / noise_power).to(sums.numerator)[:, : sums.numerator.shape[-2]]
    numerator = torch.einsum("ghkra,gr->hkra", sums.numerator, inverse)
    return numerator, torch.einsum("ghkra,gr->hkra", sums.denominator, inverse)


def average(
    numerator: Float[Array, "*batch rings angles"],
    denominator: Float[Array, "*batch rings angles"],
    prior: Float[Array, "*some rings"],
) -> Float[Array, "*batch rings angles"]:
    """A = N/(D + 1/τ²); 0 where nothing was seen and nothing is known.

    Parameters
    ----------
    numerator, denominator
        Divided by the noise.
    prior
        τ²; infinite: flat.

    Returns
    -------
    Tensor
        The references.
    """
    total = denominator + (1 / prior).to(denominator)[..., None]
    return torch.where(total > 0, numerator / total.clamp_min(torch.finfo(total.dtype).tiny), 0.0)


def noise_of(
    sums: Sums,
    references: Float[Array, "k rings angles"],
    counts: Float[Array, " all_rings"],
    area: float,
    *,
    white: bool,
) -> Float[Array, "groups all_rings"]:
    """σ² of every group and ring: the mean power of what the references leave.

    Parameters
    ----------
    sums
        Of the E-step.
    references
        The new ones; rings beyond theirs hold noise alone.
    counts
        n_r.
    area
        f, the share of the box that the mask leaves.
    white
        One power for all rings.

    Returns
    -------
    Tensor (groups, rings) float64
        Positive.
    """
    rings = references.shape[-2]
    explained = torch.stack(
        [
            (2 * n.sum(dim=0) * references - d.sum(dim=0) * references**2).mean(dim=-1, dtype=torch.float64).sum(dim=0)
            for n, d in zip(sums.numerator, sums.denominator, strict=True)
        ]
    )
    left = sums.power.clone()
    left[:, :rings] -= explained
    power = left / (area * sums.count.clamp_min(1))[:, None]
    if white:
        power = ((power * counts).sum(dim=-1, keepdim=True) / counts.sum()).expand_as(power).clone()
    # a group without images, or a band that noise-free images fill, must not divide by zero
    return power.clamp_min(1e-10 * power.amax().clamp_min(1e-30))


def weights_of(mass: Float[Array, "k t"]) -> Float[Array, " k"]:
    """π_k = Σ γ/n."""
    total = mass.sum(dim=-1)
    return total / total.sum()


def shift_sigma(mass: Float[Array, "k t"], shifts_px: Float[Array, "t 2"]) -> float:
    """The standard deviation of each coordinate of the shift, √(Σ γ |t|²/2n).

    Parameters
    ----------
    mass
        Σ γ of every class and shift.
    shifts_px
        t′ in pixels.

    Returns
    -------
    float
        In pixels.
    """
    squares = (shifts_px.double() ** 2).sum(dim=-1) / 2
    by_shift = mass.sum(dim=0)
    return float(torch.sqrt((by_shift * squares).sum() / by_shift.sum()))
