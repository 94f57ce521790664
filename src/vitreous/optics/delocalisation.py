"""How far the lens spreads the detail of a particle, and the box that holds it."""

from math import ceil, pi

import numpy as np
from jaxtyping import Float

from vitreous._array import namespace
from vitreous._typing import Array, ArrayLike
from vitreous.optics.lens import Defocus, Lens
from vitreous.optics.phase_gradient import phase_gradient

__all__ = ["delocalisation_angstrom", "required_box"]


def delocalisation_angstrom(frequency_xy: ArrayLike, defocus: Defocus, lens: Lens) -> Float[Array, "*batch_and_grid"]:
    """How far the detail of a frequency lands from its place, r = |∇χ|/2π; for a round lens λ k |Δf − Cs λ² k²|.

    Parameters
    ----------
    frequency_xy
        (kx, ky), shape (*grid, 2), 1/Å.
    defocus
        Numbers or arrays of one batch shape (…).
    lens
        What the images share; see `phase_gradient`.

    Returns
    -------
    Real array
        r, shape (…, *grid), Å: detail lands on both sides, at −r and at +r.

    References
    ----------
    Downing and Glaeser, Ultramicroscopy 108, 921 (2008).
    """
    gradient = phase_gradient(frequency_xy, defocus, lens)
    xp = namespace(gradient)
    return xp.sqrt(xp.sum(gradient**2, axis=-1)) / (2 * pi)


def required_box(
    resolution_angstrom: float,
    pixel_size_angstrom: float,
    particle_diameter_angstrom: float,
    defocus: Defocus,
    lens: Lens,
) -> int:
    """The least box that holds a particle and all that the lens spreads of it, up to a resolution.

    n · pixel ≥ D + 2 max r(k) over |k| ≤ 1/d and every direction. A smaller box loses detail, and its samples of the
    CTF, 1/(n · pixel) apart, do not follow the oscillation.

    Parameters
    ----------
    resolution_angstrom
        d, Å.
    pixel_size_angstrom
        Å/pixel.
    particle_diameter_angstrom
        D, Å.
    defocus
        A number for each field, or arrays: the largest delocalisation counts.
    lens
        What the images share.

    Returns
    -------
    int
        Pixels, even.

    Raises
    ------
    ValueError
        If the resolution lies beyond the Nyquist frequency of the pixels.

    References
    ----------
    Rosenthal and Henderson, J. Mol. Biol. 333, 721 (2003).
    """
    if resolution_angstrom < 2 * pixel_size_angstrom:
        raise ValueError(
            f"resolution_angstrom={resolution_angstrom} lies beyond Nyquist, {2 * pixel_size_angstrom:g} Å here"
        )
    azimuth = np.linspace(0.0, pi, 37)[:, None]
    radius = np.linspace(0.0, 1 / resolution_angstrom, 400)
    frequency_xy = np.stack([radius * np.cos(azimuth), radius * np.sin(azimuth)], axis=-1)
    spread = float(np.max(delocalisation_angstrom(frequency_xy, defocus, lens)))
    return 2 * ceil((particle_diameter_angstrom + 2 * spread) / (2 * pixel_size_angstrom))
