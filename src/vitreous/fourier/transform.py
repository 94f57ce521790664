"""The centred Fourier transform pair, for full spectra and for the half spectra of real images.

Convention, here and everywhere in Vitreous: the origin is pixel n // 2 in every axis, odd or even, in real space and in
Fourier space alike; the kernel is exp(−2πi k·x); the forward transform is a plain sum, the inverse divides by the
number of pixels N:

    F(k) = Σ_x f(x) exp(−2πi k·x),        f(x) = (1/N) Σ_k F(k) exp(+2πi k·x),

with x in pixels from the origin and k in cycles/pixel, k = (i − n // 2)/n for index i. So F(0) is the sum of the image,
and the spectrum of a real image that is even about its origin is real. Multiplying F by (pixel size)^dim approximates
the continuous transform ∫ f(x) exp(−2πi k·x) dx at those k.
"""

from jaxtyping import Complex, Float, Inexact

from vitreous._array import complex_dtype, namespace
from vitreous._typing import Array

__all__ = ["ft", "half_shape", "ift", "irft", "require_half", "rft"]


def _trailing_axes(array: Array, dim: int) -> tuple[int, ...]:
    if dim not in (1, 2, 3):
        raise ValueError(f"dim={dim}: transforms run over the last 1, 2 or 3 axes")
    if array.ndim < dim:
        raise ValueError(f"dim={dim} axes were asked for, but the array has shape {tuple(array.shape)}")
    return tuple(range(-dim, 0))


def ft(image: Inexact[Array, "*shape"], dim: int) -> Complex[Array, "*shape"]:
    """The centred Fourier transform over the last ``dim`` axes.

    F(k) = Σ_x f(x) exp(−2πi k·x), unnormalised, origin at n // 2 in both spaces.

    Parameters
    ----------
    image
        Real or complex, shape (…, [[z,] y,] x).
    dim
        How many trailing axes are transformed: 1, 2 or 3.

    Returns
    -------
    Complex array
        The spectrum, same shape; frequency zero at n // 2, axes ordered as those of the image.

    Raises
    ------
    ValueError
        If ``dim`` is not 1, 2 or 3, or the array has fewer axes.

    References
    ----------
    Bracewell, The Fourier Transform and Its Applications (2000), chapter 11.
    """
    xp, axes = namespace(image), _trailing_axes(image, dim)
    origin_first = xp.fft.ifftshift(xp.astype(image, complex_dtype(image), copy=False), axes=axes)
    return xp.fft.fftshift(xp.fft.fftn(origin_first, axes=axes), axes=axes)


def ift(spectrum: Inexact[Array, "*shape"], dim: int) -> Complex[Array, "*shape"]:
    """The inverse of `ft` over the last ``dim`` axes.

    f(x) = (1/N) Σ_k F(k) exp(+2πi k·x), N the number of pixels of the transformed axes.

    Parameters
    ----------
    spectrum
        Centred spectrum, shape (…, [[kz,] ky,] kx).
    dim
        How many trailing axes are transformed: 1, 2 or 3.

    Returns
    -------
    Complex array
        The image, same shape, origin at n // 2; of the spectrum of a real image its imaginary part is rounding.

    Raises
    ------
    ValueError
        If ``dim`` is not 1, 2 or 3, or the array has fewer axes.

    References
    ----------
    Bracewell, The Fourier Transform and Its Applications (2000), chapter 11.
    """
    xp, axes = namespace(spectrum), _trailing_axes(spectrum, dim)
    origin_first = xp.fft.ifftshift(xp.astype(spectrum, complex_dtype(spectrum), copy=False), axes=axes)
    return xp.fft.fftshift(xp.fft.ifftn(origin_first, axes=axes), axes=axes)


def half_shape(shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape of the half spectrum of a real image of this shape: (…, ny, nx) → (…, ny, nx // 2 + 1)."""
    return (*shape[:-1], shape[-1] // 2 + 1)


def require_half(half: Array, shape: tuple[int, ...]) -> None:
    """Refuse what is not the half spectrum of an image of this trailing shape, with a ValueError."""
    if tuple(half.shape[-len(shape) :]) != half_shape(shape):
        raise ValueError(
            f"a half spectrum of shape {tuple(half.shape)} is not that of an image of shape {tuple(shape)}: "
            f"its last axes should be {half_shape(shape)}"
        )


def rft(image: Float[Array, "*shape"], dim: int) -> Complex[Array, "*half"]:
    """The half spectrum of a real image over the last ``dim`` axes.

    A real image has F(−k) = conj F(k), so that the half with kx ≥ 0 says everything. F(k) = Σ_x f(x) exp(−2πi k·x),
    unnormalised, origin of the image at n // 2.

    Parameters
    ----------
    image
        Real, shape (…, [[z,] y,] x).
    dim
        How many trailing axes are transformed: 1, 2 or 3.

    Returns
    -------
    Complex array
        Shape (…, [[kz,] ky,] kx): kz and ky centred, zero at n // 2; kx not centred, 0 … n // 2. The last column
        of an even size is the Nyquist frequency, +½ cycle/pixel.

    Raises
    ------
    ValueError
        If ``dim`` is not 1, 2 or 3, or the array has fewer axes.

    References
    ----------
    Bracewell, The Fourier Transform and Its Applications (2000), chapter 11.
    """
    xp, axes = namespace(image), _trailing_axes(image, dim)
    half = xp.fft.rfftn(xp.fft.ifftshift(image, axes=axes), axes=axes)
    return xp.fft.fftshift(half, axes=axes[:-1]) if dim > 1 else half


def irft(half: Complex[Array, "*half"], shape: tuple[int, ...]) -> Float[Array, "*image"]:
    """The real image of a half spectrum; the inverse of `rft`.

    Parameters
    ----------
    half
        Half spectrum as `rft` makes it, shape (…, [[kz,] ky,] kx). In the columns kx = 0 and kx = Nyquist both
        members of a conjugate pair are stored; where they are not conjugate, the result is unspecified.
    shape
        The trailing shape of the image, ([[nz,] ny,] nx): the half spectrum does not say whether nx was odd or even.

    Returns
    -------
    Real array
        Shape (…, *shape), origin at n // 2.

    Raises
    ------
    ValueError
        If the half spectrum is not that of an image of this shape.

    References
    ----------
    Bracewell, The Fourier Transform and Its Applications (2000), chapter 11.
    """
    xp, axes = namespace(half), _trailing_axes(half, len(shape))
    require_half(half, shape)
    if len(shape) > 1:
        half = xp.fft.ifftshift(half, axes=axes[:-1])
    return xp.fft.fftshift(xp.fft.irfftn(half, s=tuple(shape), axes=axes), axes=axes)
