"""Shifts by any distance, by phases in Fourier space.

A shift by s moves the image towards +s: g(x) = f(x − s), G(k) = F(k) exp(−2πi k·s). Content that leaves the box on one
side comes back on the other. A whole number of pixels gives `roll` to rounding.

The Nyquist frequency of an even size stands for −½ and +½ cycle/pixel at once, whose phases exp(±πi s) differ. Their
mean, cos πs, is real, and keeps real images real. (So a shift by half a pixel removes that frequency, which samples
cannot hold there: it is the one frequency that does not come back when the image is shifted back.)
"""

from jaxtyping import Complex, Inexact

from vitreous._array import as_arrays, complex_dtype, device_of, namespace, real_dtype
from vitreous._typing import Array, ArrayLike, Real
from vitreous.fourier.grids import frequencies
from vitreous.fourier.transform import ft, ift, irft, rft

__all__ = ["shift_image", "shift_image_angstrom", "shift_phases"]


def shift_phases(
    shape: tuple[int, ...], shift_pixels: ArrayLike, *, half: bool = False, like: Array = None
) -> Complex[Array, "*batch_grid"]:
    """The factors that shift an image when they multiply its spectrum, exp(−2πi k·s), real at Nyquist.

    Parameters
    ----------
    shape
        The trailing shape of the image, ([[nz,] ny,] nx).
    shift_pixels
        Shape (…, dim), ordered (x, y, z): the way the image goes, in pixels.
    half
        Whether the spectrum is a half spectrum (`rft`).
    like
        An array whose library, device and precision the result takes, where ``shift_pixels`` is not an array.

    Returns
    -------
    Complex array
        Shape (…, *shape), with ``half`` (…, [[nz,] ny,] nx // 2 + 1).

    Raises
    ------
    ValueError
        If the shifts are not vectors of as many numbers as the image has axes.

    References
    ----------
    Bracewell, The Fourier Transform and Its Applications (2000), chapter 6, the shift theorem.
    """
    shift = as_arrays(shift_pixels)[0] if like is None else as_arrays(shift_pixels, like)[0]
    dim, xp = len(shape), namespace(shift)
    if shift.ndim == 0 or shift.shape[-1] != dim:
        raise ValueError(f"shift_pixels has shape {tuple(shift.shape)}; its last axis should hold {dim} numbers")
    phases = xp.ones((1,) * dim, dtype=complex_dtype(shift), device=device_of(shift))
    for axis, n in enumerate(shape):
        k = frequencies(n, half=half and axis == dim - 1, like=shift)
        cycles = k * shift[..., dim - 1 - axis, None]
        cosine = xp.cos(2 * xp.pi * cycles)
        sine = xp.where(xp.abs(k) == 0.5, xp.zeros_like(cycles), xp.sin(2 * xp.pi * cycles))
        factor = xp.astype(cosine, phases.dtype) - 1j * xp.astype(sine, phases.dtype)
        ones_before, ones_after = (1,) * axis, (1,) * (dim - 1 - axis)
        phases = phases * xp.reshape(factor, (*factor.shape[:-1], *ones_before, factor.shape[-1], *ones_after))
    return phases


def shift_image(image: Inexact[Array, "*image"], shift_pixels: ArrayLike) -> Inexact[Array, "*shifted"]:
    """The image moved by a shift in pixels, g(x) = f(x − s), with wrap-around.

    Parameters
    ----------
    image
        Real or complex, shape (…, [[z,] y,] x).
    shift_pixels
        Shape (…, dim), ordered (x, y, z). Its last axis says how many axes the image has; the batches broadcast.

    Returns
    -------
    Array
        The image, moved; real for a real image.

    Raises
    ------
    ValueError
        If the shift is not of 1, 2 or 3 numbers, or the image has fewer axes.
    """
    xp, shift = namespace(image), as_arrays(shift_pixels, image)[0]
    if shift.ndim == 0:
        raise ValueError("shift_pixels is a single number; it should hold one for each axis: (x,), (x, y) or (x, y, z)")
    shift, dim = xp.astype(shift, real_dtype(image), copy=False), shift.shape[-1]
    shape = tuple(image.shape[-dim:])
    if xp.isdtype(image.dtype, "complex floating"):
        return ift(ft(image, dim) * shift_phases(shape, shift), dim)
    return irft(rft(image, dim) * shift_phases(shape, shift, half=True), shape)


def shift_image_angstrom(
    image: Inexact[Array, "*image"], shift_angstrom: ArrayLike, pixel_size_angstrom: Real
) -> Inexact[Array, "*shifted"]:
    """The image moved by a shift in Å, g(x) = f(x − s), with wrap-around; `shift_image` with s in Å.

    Parameters
    ----------
    image
        Real or complex, shape (…, [[z,] y,] x).
    shift_angstrom
        Shape (…, dim), ordered (x, y, z), in Å.
    pixel_size_angstrom
        Å/pixel.

    Returns
    -------
    Array
        The image, moved; real for a real image.

    Raises
    ------
    ValueError
        If the shift is not of 1, 2 or 3 numbers, or the image has fewer axes.
    """
    return shift_image(image, as_arrays(shift_angstrom, image)[0] / pixel_size_angstrom)
