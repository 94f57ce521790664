"""What a mask alone makes two maps agree on, measured by maps whose fine detail is chance.

Both half maps are multiplied by the same mask, and what they have in common then includes the mask. The test: replace
the phases beyond a shell by random ones, mask, and correlate. What correlation is left was made by the mask, and the
masked curve is freed of it.
"""

import numpy as np
from jaxtyping import Float

from vitreous._array import device_of, namespace
from vitreous._typing import Array
from vitreous.fourier import frequency_shells

__all__ = ["corrected_fsc", "randomise_phases"]


def randomise_phases(
    volume: Float[Array, "z y x"], first_shell: int, rng: np.random.Generator
) -> Float[Array, "z y x"]:
    """A map with the same amplitudes, and random phases from a shell on: F′(k) = |F(k)| N(k)/|N(k)|.

    N is the transform of white noise, so that F′ is that of a real map.

    Parameters
    ----------
    volume
        Real, shape (z, y, x).
    first_shell
        The first shell of random phases, in steps of the frequency grid; those before it are kept.
    rng
        Where the noise comes from.

    Returns
    -------
    Real array
        Same shape.

    References
    ----------
    Chen et al., Ultramicroscopy 135, 24 (2013), section 2.2.
    """
    xp, shape = namespace(volume), tuple(volume.shape)
    noise = xp.asarray(rng.standard_normal(shape, np.float32), dtype=volume.dtype, device=device_of(volume))
    # amplitudes know of no origin: neither is centred
    half, chance = xp.fft.rfftn(volume), xp.fft.rfftn(noise)
    size = xp.abs(chance)
    factor = xp.abs(half) / xp.where(size > 0, size, xp.ones_like(size))
    shells = xp.roll(frequency_shells(shape, half=True, like=volume), tuple(-(n // 2) for n in shape[:-1]), axis=(0, 1))
    return xp.fft.irfftn(xp.where(shells >= first_shell, chance * factor, half), s=shape, axes=(0, 1, 2))


def corrected_fsc(
    masked: Float[Array, " shell"], randomised: Float[Array, " shell"], first_shell: int
) -> Float[Array, " shell"]:
    """The FSC of masked maps, freed of what the mask put in: F = (F_t − F_n)/(1 − F_n).

    Parameters
    ----------
    masked
        F_t, of the masked half maps.
    randomised
        F_n, of the half maps with random phases from ``first_shell`` on, masked alike.
    first_shell
        As in `randomise_phases`; before it the masked curve stands as it is.

    Returns
    -------
    Real array
        Shape (shells,), −1 … 1; 0 where the mask explains everything (F_n = 1).

    References
    ----------
    Chen et al., Ultramicroscopy 135, 24 (2013), equation 4.
    """
    xp = namespace(masked, randomised)
    left = 1 - randomised
    explained = left <= 1e-6
    corrected = (masked - randomised) / xp.where(explained, xp.ones_like(left), left)
    corrected = xp.clip(xp.where(explained, xp.zeros_like(corrected), corrected), -1.0, 1.0)
    shells = xp.arange(masked.shape[0], device=device_of(masked))
    return xp.where(shells < first_shell, masked, corrected)
