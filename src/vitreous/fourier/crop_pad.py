"""Fourier cropping and padding, and the Nyquist line of even sizes.

On a grid of even size n the coefficient at index 0 belongs to −½ and to +½ cycle/pixel at once: cos(πx) is all that the
pixels can hold of that frequency. On a finer grid the two are different frequencies. Hence

* padding an even size splits the Nyquist line: half its value goes to −n/2, half to +n/2. A real image stays real, and
  the finer image passes through the old pixels;
* cropping to an even size adds −m/2 and +m/2 up. This is what sampling does: it folds the two onto one.

Cropping then undoes padding exactly, and the crop of the spectrum of a band-limited function is the spectrum of its
coarser samples (times the ratio of the pixel counts). Odd sizes have no Nyquist line, and there cropping and padding
are each other's adjoint. The price: white noise, cropped to an even size, has twice the power on the Nyquist line.

Coefficients are moved and never scaled, but for that one half: `ft` is a plain sum, so that an image made from a
cropped spectrum has its values multiplied by N/M, the ratio of the old and new numbers of pixels. `resample` divides by
it.
"""

import math

from jaxtyping import Complex, Inexact

from vitreous._array import device_of, namespace
from vitreous._typing import Array
from vitreous.fourier.box import crop_box, pad_box, slice_axis
from vitreous.fourier.half_spectrum import mirror
from vitreous.fourier.transform import ft, ift, irft, require_half, rft

__all__ = ["crop_half_spectrum", "crop_spectrum", "pad_half_spectrum", "pad_spectrum", "resample"]


def _split_nyquist(spectrum: Array, axis: int) -> Array:
    """Even size n → odd size n + 1: half of the Nyquist line at either end."""
    end = 0.5 * slice_axis(spectrum, axis, 0, 1)
    return namespace(spectrum).concat([end, slice_axis(spectrum, axis, 1, None), end], axis=axis)


def _fold_nyquist(spectrum: Array, axis: int) -> Array:
    """Odd size n + 1 → even size n: both ends add up to the Nyquist line."""
    n = spectrum.shape[axis] - 1
    line = slice_axis(spectrum, axis, 0, 1) + slice_axis(spectrum, axis, n, n + 1)
    return namespace(spectrum).concat([line, slice_axis(spectrum, axis, 1, n)], axis=axis)


def _trailing(spectrum: Array, axis: int, size: int) -> tuple[int, ...]:
    return (size, *spectrum.shape[spectrum.ndim + axis + 1 :])


def crop_spectrum(spectrum: Complex[Array, "*old"], shape: tuple[int, ...]) -> Complex[Array, "*new"]:
    """The low frequencies of a full centred spectrum: the spectrum of a coarser image.

    G(k) = F(k) for |k| < m/2, and on the Nyquist line of an even size m, G(−m/2) = F(−m/2) + F(+m/2); k counts steps of
    the frequency grid, which is the same before and after.

    Parameters
    ----------
    spectrum
        Full centred spectrum, shape (…, [[kz,] ky,] kx).
    shape
        The trailing shape of the result, no axis longer than it was; an axis that keeps its length is left alone.

    Returns
    -------
    Complex array
        Shape (…, *shape).

    Raises
    ------
    ValueError
        If an axis would grow.
    """
    for axis, size in zip(range(-len(shape), 0), shape, strict=True):
        if size == spectrum.shape[axis]:
            continue
        folds = size % 2 == 0
        spectrum = crop_box(spectrum, _trailing(spectrum, axis, size + folds))
        spectrum = _fold_nyquist(spectrum, axis) if folds else spectrum
    return spectrum


def pad_spectrum(spectrum: Complex[Array, "*old"], shape: tuple[int, ...]) -> Complex[Array, "*new"]:
    """Zeros at the high frequencies of a full centred spectrum: the spectrum of a finer image.

    G(k) = F(k) for |k| < n/2, G(±n/2) = ½ F(−n/2) where n is even, and 0 beyond; the inverse of `crop_spectrum`.

    Parameters
    ----------
    spectrum
        Full centred spectrum, shape (…, [[kz,] ky,] kx).
    shape
        The trailing shape of the result, no axis shorter than it was; an axis that keeps its length is left alone.

    Returns
    -------
    Complex array
        Shape (…, *shape).

    Raises
    ------
    ValueError
        If an axis would shrink.
    """
    for axis, size in zip(range(-len(shape), 0), shape, strict=True):
        n = spectrum.shape[axis]
        spectrum = _split_nyquist(spectrum, axis) if n % 2 == 0 and size > n else spectrum
        spectrum = pad_box(spectrum, _trailing(spectrum, axis, size))
    return spectrum


def crop_half_spectrum(
    half: Complex[Array, "*old"], shape: tuple[int, ...], new_shape: tuple[int, ...]
) -> Complex[Array, "*new"]:
    """The low frequencies of the half spectrum of a real image; `crop_spectrum` in the half layout.

    Parameters
    ----------
    half
        Half spectrum, shape (…, [[kz,] ky,] kx ≥ 0).
    shape
        The trailing shape of the image it came from.
    new_shape
        The trailing shape of the image it is to be the half spectrum of, no axis longer.

    Returns
    -------
    Complex array
        Shape (…, *half_shape(new_shape)).

    Raises
    ------
    ValueError
        If the half spectrum is not that of an image of ``shape``, or an axis would grow.
    """
    require_half(half, shape)
    n, size = shape[-1], new_shape[-1]
    if size > n:
        raise ValueError(f"cannot crop an image of shape {tuple(shape)} to {tuple(new_shape)}; pad it instead")
    kept = half[..., : size // 2 + 1]
    kept = crop_spectrum(kept, (*new_shape[:-1], kept.shape[-1]))
    if size == n or size % 2:
        return kept
    # F(kz, ky, −m/2) is not stored; it is conj F(−kz, −ky, +m/2)
    line = kept[..., -1:]
    line = line + namespace(half).conj(mirror(line, tuple(range(-len(shape), -1))))
    return namespace(half).concat([kept[..., :-1], line], axis=-1)


def pad_half_spectrum(
    half: Complex[Array, "*old"], shape: tuple[int, ...], new_shape: tuple[int, ...]
) -> Complex[Array, "*new"]:
    """Zeros at the high frequencies of the half spectrum of a real image; `pad_spectrum` in the half layout.

    Parameters
    ----------
    half
        Half spectrum, shape (…, [[kz,] ky,] kx ≥ 0).
    shape
        The trailing shape of the image it came from.
    new_shape
        The trailing shape of the image it is to be the half spectrum of, no axis shorter.

    Returns
    -------
    Complex array
        Shape (…, *half_shape(new_shape)).

    Raises
    ------
    ValueError
        If the half spectrum is not that of an image of ``shape``, or an axis would shrink.
    """
    require_half(half, shape)
    xp, n, size = namespace(half), shape[-1], new_shape[-1]
    if size < n:
        raise ValueError(f"cannot pad an image of shape {tuple(shape)} to {tuple(new_shape)}; crop it instead")
    if n % 2 == 0 and size > n:
        half = xp.concat([half[..., :-1], 0.5 * half[..., -1:]], axis=-1)
    beyond = (*half.shape[:-1], size // 2 + 1 - half.shape[-1])
    half = xp.concat([half, xp.zeros(beyond, dtype=half.dtype, device=device_of(half))], axis=-1)
    return pad_spectrum(half, (*new_shape[:-1], half.shape[-1]))


def resample(image: Inexact[Array, "*old"], shape: tuple[int, ...]) -> Inexact[Array, "*new"]:
    """The same field of view in another number of pixels, by Fourier cropping and padding; values are kept.

    The trigonometric polynomial through the pixels, freed of the frequencies that the new grid cannot hold, is taken at
    x = (i − m // 2) · n/m, in old pixels: the pixel size becomes n/m times the old one and the origin stays the origin.

    Parameters
    ----------
    image
        Real or complex, shape (…, *old).
    shape
        The trailing shape of the result; each axis may grow or shrink.

    Returns
    -------
    Array
        Shape (…, *shape); real for a real image.
    """
    dim = len(shape)
    old = tuple(image.shape[-dim:])
    common = tuple(min(sizes) for sizes in zip(old, shape, strict=True))
    scale = math.prod(shape) / math.prod(old)
    if namespace(image).isdtype(image.dtype, "complex floating"):
        return ift(pad_spectrum(crop_spectrum(ft(image, dim), common), shape), dim) * scale
    half = crop_half_spectrum(rft(image, dim), old, common)
    return irft(pad_half_spectrum(half, common, shape), shape) * scale
