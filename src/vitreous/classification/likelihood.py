"""The likelihood and the objective, with every term that depends on the model.

    ln L = Σ_i ln Σ_kψt′ π_k p(t′)/angles · exp Σ_r (n_r/σ²_r) [2⟨C y, R S A⟩ − ⟨C², |A|²⟩]
           − Σ_i Σ_r n_r [⟨|y|²⟩/σ²_r + f ln πσ²_r]
    objective = ln L − Σ_k Σ_r n_r ⟨A_k²⟩/τ²_k(r)

The sums run over all rings of the grid: where the references have none yet, the images are noise. A mask leaves the
share f = ⟨mask²⟩ of the noise's power in each ring and as many of its n_r coefficients independent; σ² stays the power
of the noise of whole images. With f = 1 this is the likelihood of the image.
"""

import torch
from jaxtyping import Float

from vitreous._typing import Array

__all__ = ["image_terms", "log_prior_of_references"]


def image_terms(
    power: Float[Array, "rings n"], noise_power: Float[Array, " rings"], counts: Float[Array, " rings"], area: float
) -> Float[Array, " n"]:
    """Σ_r n_r [⟨|y|²⟩/σ² + f ln πσ²]: the part of −ln p that depends on the image and the noise alone.

    Parameters
    ----------
    power
        ⟨|y|²⟩ of each ring and image.
    noise_power
        σ² of the images' group.
    counts
        n_r.
    area
        f, the share of the box that the mask leaves.

    Returns
    -------
    Tensor (n,) float64
    """
    constant = area * (counts * torch.log(torch.pi * noise_power)).sum()
    return (counts / noise_power) @ power + constant


def log_prior_of_references(
    references: Float[Array, "k rings angles"], prior: Float[Array, "k rings"], counts: Float[Array, " rings"]
) -> float:
    """−Σ_k Σ_r n_r ⟨A²⟩/τ²: the log-prior without its normalisation.

    Parameters
    ----------
    references
        Hartley transforms.
    prior
        τ².
    counts
        n_r.

    Returns
    -------
    float
        In nats, at most 0.
    """
    rings = references.shape[-2]
    power = (references.double() ** 2).mean(dim=-1)
    return -float((counts[:rings] * power / prior[:, :rings]).sum())
