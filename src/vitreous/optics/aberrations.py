"""Aberrations of an optics group beyond defocus and Cs: beam tilt, and Zernike polynomials in RELION's numbering.

Symmetric (even) aberrations add to the phase of the contrast transfer function, antisymmetric (odd) ones turn the phase
of the image: spectrum of the image = CTF · exp(iφ) · spectrum of the specimen, φ(−k) = −φ(k). All are functions of the
specimen's frequency (`specimen_frequency`), with |k| in 1/Å as the radius of the polynomials.
"""

from math import factorial, isqrt, pi

from jaxtyping import Complex, Float

from vitreous._array import namespace
from vitreous._typing import Array, Real
from vitreous.fourier import frequency_grid
from vitreous.optics.lens import Lens
from vitreous.optics.magnification import specimen_frequency
from vitreous.optics.unit_phase import unit_phase
from vitreous.optics.wavelength import wavelength_angstrom

__all__ = [
    "antisymmetric_factor",
    "antisymmetric_phase",
    "even_zernike_order",
    "odd_zernike_order",
    "symmetric_phase",
    "zernike",
    "zernike_gradient",
]


def even_zernike_order(index: int) -> tuple[int, int]:
    """The order (n, m) of an entry of RELION's list of symmetric aberrations, n = 2⌊√i⌋.

    Parameters
    ----------
    index
        From 0: (0, 0), (2, −2), (2, 0), (2, 2), (4, −4) …

    Returns
    -------
    (n, m)
        The degree, and the angular order: cos mφ where m ≥ 0, sin |m|φ where m < 0.
    """
    half = isqrt(index)
    return 2 * half, 2 * (index - half * half - half)


def odd_zernike_order(index: int) -> tuple[int, int]:
    """The order (n, m) of an entry of RELION's list of antisymmetric aberrations, n = 2⌊(√(4i + 1) − 1)/2⌋ + 1.

    Parameters
    ----------
    index
        From 0: (1, −1), (1, 1), (3, −3), (3, −1), (3, 1), (3, 3), (5, −5) … — 2 and 5 are trefoil, 3 and 4 coma.

    Returns
    -------
    (n, m)
        The degree, and the angular order: cos mφ where m ≥ 0, sin |m|φ where m < 0.
    """
    half = (isqrt(4 * index + 1) - 1) // 2
    return 2 * half + 1, 2 * (index - half * half - half) - (2 * half + 1)


def zernike(degree: int, order: int, position_xy: Float[Array, "*batch 2"]) -> Float[Array, "*batch"]:
    """The Zernike polynomial Z(ρ, φ) = R(ρ) cos mφ, or R(ρ) sin |m|φ where m < 0, as a polynomial in x and y.

    R(ρ) = Σ_k (−1)ᵏ (n − k)! / (k! ((n + |m|)/2 − k)! ((n − |m|)/2 − k)!) ρⁿ⁻²ᵏ, without normalisation: R(1) = 1.

    Parameters
    ----------
    degree, order
        n and m, with n − |m| even and not negative.
    position_xy
        (x, y), shape (…, 2).

    Returns
    -------
    Real array
        Shape (…).

    Raises
    ------
    ValueError
        If there is no such polynomial.

    References
    ----------
    Born and Wolf, Principles of Optics (1999), section 9.2.1.
    """
    radial, _, cosine, sine = _zernike_parts(degree, order, position_xy)
    return radial * (cosine if order >= 0 else sine)


def zernike_gradient(degree: int, order: int, position_xy: Float[Array, "*batch 2"]) -> Float[Array, "*batch 2"]:
    """The gradient of `zernike` with respect to (x, y), by the same recurrences.

    Parameters
    ----------
    degree, order
        n and m, with n − |m| even and not negative.
    position_xy
        (x, y), shape (…, 2).

    Returns
    -------
    Real array
        (∂Z/∂x, ∂Z/∂y), shape (…, 2).

    Raises
    ------
    ValueError
        If there is no such polynomial.
    """
    radial, slope, cosine, sine = _zernike_parts(degree, order, position_xy)
    turns, xp = abs(order), namespace(position_xy)
    angular = cosine if order >= 0 else sine
    along_radius = 2 * (slope * angular)[..., None] * position_xy
    if turns == 0:
        return along_radius
    # (x + iy)^|m| has the derivatives |m| (x + iy)^(|m|−1) by x, and i times that by y
    _, _, cosine, sine = _zernike_parts(turns - 1, turns - 1, position_xy)
    partial = [cosine, -sine] if order >= 0 else [sine, cosine]
    return along_radius + turns * radial[..., None] * xp.stack(partial, axis=-1)


def _zernike_parts(degree: int, order: int, position_xy: Array) -> tuple[Array, Array, Array, Array]:
    """R(ρ)/ρ^|m| and its derivative by ρ², and the real and the imaginary part of (x + iy)^|m|."""
    turns = abs(order)
    if degree < turns or (degree - turns) % 2:
        raise ValueError(
            f"no Zernike polynomial has degree {degree} and order {order}: n − |m| is even and not negative"
        )
    xp = namespace(position_xy)
    x, y = position_xy[..., 0], position_xy[..., 1]
    cosine, sine = xp.ones_like(x), xp.zeros_like(x)
    for _ in range(turns):
        cosine, sine = cosine * x - sine * y, sine * x + cosine * y
    squared, count = x**2 + y**2, (degree - turns) // 2
    radial, slope = xp.zeros_like(x), xp.zeros_like(x)
    for k in range(count + 1):  # Horner's rule, by falling powers of ρ²
        divisor = factorial(k) * factorial((degree + turns) // 2 - k) * factorial(count - k)
        slope = slope * squared + radial
        radial = radial * squared + (-1) ** k * factorial(degree - k) / divisor
    return radial, slope, cosine, sine


def symmetric_phase(frequency_xy: Float[Array, "*grid 2"], lens: Lens) -> Float[Array, "*grid"]:
    """The phase of the symmetric aberrations, Σᵢ cᵢ Zᵢ(M k), with RELION's sign: it is subtracted from χ.

    Parameters
    ----------
    frequency_xy
        (kx, ky) of the image, shape (…, 2), 1/Å.
    lens
        Its ``even_zernike`` and ``magnification_matrix`` are used.

    Returns
    -------
    Real array
        Shape (…), rad.

    References
    ----------
    Zivanov, Nakane and Scheres, IUCrJ 7, 253 (2020), eq. 4.
    """
    frequency = specimen_frequency(frequency_xy, lens.magnification_matrix)
    total = namespace(frequency).zeros_like(frequency[..., 0])
    for index, coefficient in enumerate(lens.even_zernike):
        total = total + coefficient * zernike(*even_zernike_order(index), frequency)
    return total


def antisymmetric_phase(frequency_xy: Float[Array, "*grid 2"], lens: Lens) -> Float[Array, "*grid"]:
    """The phase φ of beam tilt and the odd Zernike terms, φ = −2π Cs λ² |k|² (k·β) + Σᵢ cᵢ Zᵢ(k) at M k.

    Parameters
    ----------
    frequency_xy
        (kx, ky) of the image, shape (…, 2), 1/Å.
    lens
        Its voltage, Cs, beam tilt, ``odd_zernike`` and ``magnification_matrix`` are used.

    Returns
    -------
    Real array
        Shape (…), rad; the image's spectrum is multiplied by exp(iφ).

    References
    ----------
    Zivanov, Nakane and Scheres, IUCrJ 7, 253 (2020), eq. 3; beam tilt with the sign of RELION 3.1 and later.
    """
    frequency = specimen_frequency(frequency_xy, lens.magnification_matrix)
    kx, ky = frequency[..., 0], frequency[..., 1]
    tilt_x, tilt_y = lens.beam_tilt_mrad
    # mm · mrad = 1e7 Å · 1e-3 rad
    coma = 1e4 * 2 * pi * lens.spherical_aberration_mm * wavelength_angstrom(lens.voltage_kv) ** 2
    phase = -coma * (kx**2 + ky**2) * (kx * tilt_x + ky * tilt_y)
    for index, coefficient in enumerate(lens.odd_zernike):
        phase = phase + coefficient * zernike(*odd_zernike_order(index), frequency)
    return phase


def antisymmetric_factor(
    shape: tuple[int, int], pixel_size_angstrom: Real, lens: Lens, *, half: bool = True, like: Array = None
) -> Complex[Array, "ky kx"]:
    """What beam tilt and the odd Zernike terms multiply the spectrum of an image by, exp(iφ).

    Parameters
    ----------
    shape
        (ny, nx) of the image.
    pixel_size_angstrom
        Å/pixel.
    lens
        Its voltage, Cs, beam tilt, ``odd_zernike`` and ``magnification_matrix`` are used.
    half
        Whether for the half spectrum (`vitreous.fourier.rft`) or the full one.
    like
        An array whose library, device and precision the result takes; without it NumPy complex128.

    Returns
    -------
    Complex array
        Shape (ny, nx // 2 + 1), or (ny, nx); of modulus 1.
    """
    return unit_phase(antisymmetric_phase(frequency_grid(shape, pixel_size_angstrom, half=half, like=like), lens))
