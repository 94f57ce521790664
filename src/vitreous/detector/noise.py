"""Additive noise of a wanted signal-to-noise ratio."""

from jaxtyping import Float

from vitreous._array import namespace
from vitreous._typing import Array, Image

__all__ = ["noise_sigma", "signal_variance"]


def signal_variance(clean: Image) -> Float[Array, "*batch"]:
    """The variance of clean images over their whole boxes, ⟨(f − ⟨f⟩)²⟩.

    Parameters
    ----------
    clean
        Images with their CTF and without noise, shape (…, y, x).

    Returns
    -------
    Real array
        Shape (…).
    """
    xp = namespace(clean)
    return xp.var(clean, axis=(-2, -1))


def noise_sigma(clean: Image, snr: float) -> Float[Array, "*batch"]:
    """The standard deviation of the noise that gives a signal-to-noise ratio, σ = √(var f / SNR).

    Parameters
    ----------
    clean
        Images with their CTF and without noise, shape (…, y, x).
    snr
        Variance of the clean image over the whole box ÷ variance of the noise.

    Returns
    -------
    Real array
        σ, shape (…), in the unit of the images.

    Raises
    ------
    ValueError
        If the ratio is not positive.
    """
    if not snr > 0:
        raise ValueError(f"snr={snr}: the ratio is positive; for images without noise add none")
    return namespace(clean).sqrt(signal_variance(clean) / snr)
