"""How much of a latent space is about something that it should not know: the angle at which an image was taken."""

import numpy as np
from jaxtyping import Float

from vitreous._typing import NumpyArray
from vitreous.rotations.degrees import sin_cos_deg

__all__ = ["variance_explained_by_angle"]


def variance_explained_by_angle(
    latents: Float[NumpyArray, "n d"], angle_deg: Float[NumpyArray, " n"], harmonics: int = 4
) -> float:
    """The share of the latents' variance that a smooth function of the angle explains.

    Each latent dimension is fitted by a₀ + Σₘ aₘ cos mθ + bₘ sin mθ, m = 1 … h. The share is 1 − Σ residual variance /
    Σ variance, sums over the dimensions and variances with their degrees of freedom taken off, so that it is 0 on
    average where the angle says nothing. It does not depend on the origin of the angle or on a rotation of the latents.

    Parameters
    ----------
    latents
        One in each row.
    angle_deg
        θ of each row, degrees.
    harmonics
        h. An autoencoder that wraps the circle of angles into its latents several times shows in the higher ones.

    Returns
    -------
    float
        0 to 1, or a little below 0 by chance.

    Raises
    ------
    ValueError
        If there are too few rows for that many harmonics, or the latents do not vary.
    """
    latents = np.asarray(latents, np.float64)
    count, terms = len(latents), 2 * harmonics + 1
    if count <= terms:
        raise ValueError(f"{count} latents cannot be fitted by {terms} terms: give more images or fewer harmonics")
    turned = np.asarray(angle_deg, np.float64)[:, None] * np.arange(1, harmonics + 1)
    design = np.concatenate([np.ones((count, 1)), *sin_cos_deg(turned)], axis=1)
    centred = latents - latents.mean(axis=0)
    total = np.sum(centred**2) / (count - 1)
    if total == 0:
        raise ValueError("the latents are all alike: there is no variance to explain")
    fit = design @ np.linalg.lstsq(design, centred, rcond=None)[0]
    return float(1 - np.sum((centred - fit) ** 2) / (count - terms) / total)
