"""Taking the contrast transfer out of images: phase flip, multiplication, Wiener filter.

All take the CTF on the half grid of the image (`vitreous.optics.ctf`) with the contrast that the images have, and give
images in which the specimen's detail has one sign. Antisymmetric aberrations are taken out first: `remove_aberrations`.
"""

from jaxtyping import Complex, Float

from vitreous._array import as_arrays, namespace
from vitreous._typing import Array, ArrayLike
from vitreous.fourier import filter_image, irft, rft
from vitreous.fourier import wiener as wiener_filter

__all__ = ["ctf_multiply", "phase_flip", "remove_aberrations", "wiener_correct"]


def phase_flip(image: Float[Array, "*batch y x"], transfer: Float[Array, "*batch2 ky kx"]) -> Float[Array, "*out y x"]:
    """The image with the sign of every frequency where the CTF is negative turned, F⁻¹[sign(CTF) F].

    The detail then has the sign of the specimen, its strength still that of |CTF|.

    Parameters
    ----------
    image
        Shape (…, ny, nx).
    transfer
        The CTF, shape (…, ny, nx // 2 + 1).

    Returns
    -------
    Real array
        Shape (…, ny, nx).
    """
    image, transfer = as_arrays(image, transfer)
    xp = namespace(image)
    return filter_image(image, xp.where(transfer < 0, -xp.ones_like(transfer), xp.ones_like(transfer)), 2)


def ctf_multiply(
    image: Float[Array, "*batch y x"], transfer: Float[Array, "*batch2 ky kx"]
) -> Float[Array, "*out y x"]:
    """The image through the CTF once more, F⁻¹[CTF F]: the adjoint of the transfer, so detail has the strength CTF².

    Parameters
    ----------
    image
        Shape (…, ny, nx).
    transfer
        The CTF, shape (…, ny, nx // 2 + 1).

    Returns
    -------
    Real array
        Shape (…, ny, nx).
    """
    image, transfer = as_arrays(image, transfer)
    return filter_image(image, transfer, 2)


def wiener_correct(
    image: Float[Array, "*batch y x"], transfer: Float[Array, "*batch2 ky kx"], noise_to_signal: ArrayLike
) -> Float[Array, "*out y x"]:
    """The linear estimate of the image before the transfer, F⁻¹[CTF F/(CTF² + N/S)].

    Parameters
    ----------
    image
        Shape (…, ny, nx).
    transfer
        The CTF, shape (…, ny, nx // 2 + 1).
    noise_to_signal
        Power of the noise over that of the signal before the transfer: one number, or one for each frequency (half
        grid), > 0.

    Returns
    -------
    Real array
        Shape (…, ny, nx).

    References
    ----------
    Frank and Al-Ali, Nature 256, 376 (1975).
    """
    image, transfer = as_arrays(image, transfer)
    return irft(wiener_filter(rft(image, 2), transfer, 1.0, noise_to_signal), tuple(image.shape[-2:]))


def remove_aberrations(
    image: Float[Array, "*batch y x"], factor: Complex[Array, "ky kx"]
) -> Float[Array, "*batch y x"]:
    """The image without the phases of beam tilt and antisymmetric aberrations, F⁻¹[conj(exp iφ) F].

    Parameters
    ----------
    image
        Shape (…, ny, nx).
    factor
        exp(iφ) on the half grid (`vitreous.optics.antisymmetric_factor`), shape (ny, nx // 2 + 1).

    Returns
    -------
    Real array
        Shape (…, ny, nx).
    """
    image, factor = as_arrays(image, factor)
    return filter_image(image, namespace(factor).conj(factor), 2)
