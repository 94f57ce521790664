"""Sampling and aliasing: taking every f-th pixel, averaging pixels, and the frequency that a fast wave is mistaken for.

Samples that lie Δ apart tell frequencies up to 1/(2Δ) from each other (Nyquist); one beyond is folded back. An image
may be made coarser in three ways. `decimate` takes every f-th pixel: everything beyond the new Nyquist frequency folds
into the image. `bin_pixels` averages f pixels a side: it damps what remains (`binning_transfer`) and still folds part
of the rest. `resample` crops in Fourier space: it keeps what the new grid can hold unchanged and folds nothing.
"""

from jaxtyping import Float, Inexact

from vitreous._array import namespace
from vitreous._typing import Array, Real

__all__ = ["bin_pixels", "binning_transfer", "decimate", "folded_frequency"]


def _check_divides(shape: tuple[int, ...], factor: int) -> None:
    if factor < 1 or any(n % factor for n in shape):
        raise ValueError(f"factor={factor} does not divide the shape {tuple(shape)}: crop the image first")


def folded_frequency(frequency: Float[Array, "*shape"], sampling_rate: Real = 1.0) -> Float[Array, "*shape"]:
    """The frequency at which a sampled wave appears, k − f_s ⌊k/f_s + ½⌋, in −f_s/2 … f_s/2.

    Parameters
    ----------
    frequency
        Of the wave, before sampling, in cycles/pixel or 1/Å.
    sampling_rate
        f_s, samples per unit of length: 1 a pixel, or 1/(pixel size) a Å.

    Returns
    -------
    Real array
        Same shape and unit; the wave of this frequency has the same samples. +f_s/2 comes out as −f_s/2, which is where
        the frequency grid of an even size has it.

    References
    ----------
    Bracewell, The Fourier Transform and Its Applications (2000), chapter 10.
    """
    xp = namespace(frequency)
    return frequency - sampling_rate * xp.floor(frequency / sampling_rate + 0.5)


def decimate(image: Inexact[Array, "*image"], factor: int, dim: int) -> Inexact[Array, "*coarse"]:
    """Every f-th pixel, the origin among them, g(x) = f(factor · x).

    Parameters
    ----------
    image
        Shape (…, [[z,] y,] x), its last ``dim`` sizes divisible by the factor.
    factor
        The new pixel size over the old.
    dim
        How many trailing axes are sampled.

    Returns
    -------
    Array
        The origin pixel n // 2 of the image is the origin pixel of the result.

    Raises
    ------
    ValueError
        If the factor does not divide a size.
    """
    _check_divides(image.shape[-dim:], factor)
    for axis in range(-dim, 0):
        start = image.shape[axis] // 2 % factor
        image = image[(..., slice(start, None, factor), *(slice(None) for _ in range(-axis - 1)))]
    return image


def bin_pixels(image: Inexact[Array, "*image"], factor: int, dim: int) -> Inexact[Array, "*coarse"]:
    """The mean of each block of ``factor`` pixels a side.

    The middle of the block at the new origin n′ // 2 is not the old origin n // 2 unless n is odd: it lies (factor −
    1)/2 old pixels after it where n′ is even, and ½ old pixel before it where n is even and n′ odd. `resample` and
    `decimate` keep the origin.

    Parameters
    ----------
    image
        Shape (…, [[z,] y,] x), its last ``dim`` sizes divisible by the factor.
    factor
        The new pixel size over the old.
    dim
        How many trailing axes are binned.

    Returns
    -------
    Array
        Each of the last ``dim`` sizes divided by the factor.

    Raises
    ------
    ValueError
        If the factor does not divide a size.
    """
    _check_divides(image.shape[-dim:], factor)
    xp = namespace(image)
    for axis in range(-dim, 0):
        n, after = image.shape[axis], image.shape[image.ndim + axis + 1 :]
        before = image.shape[: image.ndim + axis]
        image = xp.mean(xp.reshape(image, (*before, n // factor, factor, *after)), axis=len(before) + 1)
    return image


def binning_transfer(frequency: Float[Array, "*shape"], factor: int) -> Float[Array, "*shape"]:
    """What binning multiplies a wave by along one axis, H(k) = sin(π f k)/(f sin(π k)).

    Parameters
    ----------
    frequency
        k along that axis, in cycles per *old* pixel.
    factor
        f, how many pixels are averaged.

    Returns
    -------
    Real array
        Same shape; 1 at k = 0 and, at f = 2, cos 45° at the new Nyquist frequency ¼. The product of the axes' factors
        is the transfer of an image.
    """
    xp = namespace(frequency)
    sine = xp.sin(xp.pi * frequency)
    whole = xp.abs(sine) < 1e-7
    ratio = xp.sin(xp.pi * factor * frequency) / (factor * xp.where(whole, xp.ones_like(sine), sine))
    return xp.where(whole, xp.ones_like(ratio), ratio)
