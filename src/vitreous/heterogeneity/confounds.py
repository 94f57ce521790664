"""Whether a latent space tells of the molecule or of how it was seen: its correlation with pose and defocus."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float64

from vitreous._typing import NumpyArray
from vitreous.particles import ParticleSet

__all__ = ["Confound", "explained_share", "latent_confounds"]


@dataclass(frozen=True, eq=False)
class Confound:
    """How much of each latent coordinate something that is not the molecule explains."""

    name: str
    share: Float64[NumpyArray, " d"]
    """R² of the least-squares fit, of each coordinate."""
    chance: float
    """What as many coordinates of noise would have on average: functions ÷ particles."""


def explained_share(
    latents: Float[NumpyArray, "n d"], functions: Float[NumpyArray, "n f"]
) -> Float64[NumpyArray, " d"]:
    """The share of each coordinate's variance that a linear fit of some functions explains, R².

    Parameters
    ----------
    latents
        Shape (n, d).
    functions
        Shape (n, f); a constant is fitted beside them.

    Returns
    -------
    NumPy array (d,) float64
        0 … 1; 0 for a coordinate that does not vary.
    """
    centred = latents.astype(np.float64) - latents.mean(axis=0, dtype=np.float64)
    others = functions.astype(np.float64) - functions.mean(axis=0, dtype=np.float64)
    fit, *_ = np.linalg.lstsq(others, centred, rcond=None)
    whole = np.sum(centred**2, axis=0)
    explained = np.sum((others @ fit) ** 2, axis=0)
    return np.where(whole > 0, explained / np.where(whole > 0, whole, 1), 0)


def latent_confounds(latents: Float[NumpyArray, "n d"], particles: ParticleSet) -> list[Confound]:
    """How much of the latents the view, the angle in the plane, the shift and the defocus explain.

    Parameters
    ----------
    latents
        Shape (n, d), in the order of the particles.
    particles
        n particles with poses.

    Returns
    -------
    list of Confound
        Of the direction of view up to second order (8 functions), the angle in the plane (its cosine and sine), and,
        where they are known, shift and defocus up to second order.
    """
    rotations = particles.rotations()
    x, y, z = rotations[:, 2].T
    psi = np.deg2rad(particles.euler_deg[:, 2]) if particles.euler_deg is not None else np.zeros(len(x))
    functions = {
        "view": np.stack([x, y, z, x * y, y * z, x * z, x**2 - y**2, z**2], axis=-1),
        "angle in the plane": np.stack([np.cos(psi), np.sin(psi)], axis=-1),
    }
    if particles.shift_angstrom is not None:
        s, t = particles.shift_angstrom.T
        functions["shift"] = np.stack([s, t, s**2, s * t, t**2], axis=-1)
    if particles.defocus_u_angstrom is not None and particles.defocus_v_angstrom is not None:
        defocus = 1e-4 * (particles.defocus_u_angstrom + particles.defocus_v_angstrom) / 2
        defocus = defocus - defocus.mean()
        functions["defocus"] = np.stack([defocus, defocus**2], axis=-1)
    count = len(latents)
    return [
        Confound(name, explained_share(latents, values), min(1.0, values.shape[1] / count))
        for name, values in functions.items()
    ]
