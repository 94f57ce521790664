"""From the wave behind the specimen to the image: the lens, the modulus squared, and its parts in a weak object.

I = |F⁻¹[T F[ψ]]|². For a weak object ψ = exp(iφ − μ) the image is 1 + I₁ + I₂ + …, where I₁ is linear in φ and μ, the
contrast transfer of every reconstruction program, and I₂ is quadratic.
"""

from dataclasses import fields, replace

from jaxtyping import Complex, Float

from vitreous._array import as_arrays, complex_dtype, namespace
from vitreous._typing import Array, Image, Real, Spectrum
from vitreous.fourier import frequency_radius, ft, ift
from vitreous.optics.aberrations import antisymmetric_factor
from vitreous.optics.ctf import ctf_phase
from vitreous.optics.exit_wave import ExitWave
from vitreous.optics.lens import Defocus, Lens
from vitreous.optics.unit_phase import unit_phase

__all__ = ["defocus_like", "linear_term", "quadratic_term", "wave_image", "wave_transfer"]


def wave_image(
    exit_wave: ExitWave, defocus: Defocus, lens: Lens, *, envelope: Array = None
) -> Float[Array, "*batch y x"]:
    """The image that the lens forms of an exit wave, in electrons for each that came in, I = |F⁻¹[T F[ψ]]|².

    Parameters
    ----------
    exit_wave
        ψ at the mid-plane, shape (…, y, x); gradients pass.
    defocus
        Of the mid-plane; arrays of a batch shape (…) broadcast with the batch of the wave.
    lens
        The voltage is that of the wave. The amplitude contrast is 0 where the potential absorbed.
    envelope
        Real, centred, shape (ny, nx): the aperture and the coherence envelopes, which act on the wave; 1 where absent.

    Returns
    -------
    Real array
        Shape (…, y, x); 1 where there is no specimen.

    Raises
    ------
    ValueError
        If amplitude contrast is counted twice, or the lens has another voltage than the wave.

    References
    ----------
    Vulović et al., J. Struct. Biol. 183, 19 (2013), eq. 5.
    """
    if exit_wave.absorbing and lens.amplitude_contrast != 0:
        raise ValueError(
            f"amplitude contrast would be counted twice: the potential absorbed, and amplitude_contrast="
            f"{lens.amplitude_contrast} in the lens; set the lens's to 0, or make the wave of the real potential"
        )
    if exit_wave.voltage_kv != lens.voltage_kv:
        raise ValueError(f"the wave was made at {exit_wave.voltage_kv} kV, but the lens is at {lens.voltage_kv} kV")
    xp, shape = namespace(exit_wave.wave), (exit_wave.wave.shape[-2], exit_wave.wave.shape[-1])
    transfer = wave_transfer(shape, exit_wave.pixel_size_angstrom, defocus, lens, like=exit_wave.wave)
    if envelope is not None:
        transfer = transfer * xp.astype(envelope, transfer.dtype)
    return _squared_modulus(ift(ft(exit_wave.wave, 2) * transfer, 2))


def wave_transfer(
    shape: tuple[int, int], pixel_size_angstrom: Real, defocus: Defocus, lens: Lens, *, like: Array = None
) -> Complex[Array, "*batch ky kx"]:
    """What the lens does to the spectrum of the wave, T(k) = exp(iχ(k) + iφ(k)), T(0) = 1.

    χ is the phase of the contrast transfer function (`ctf_phase`), φ the antisymmetric aberrations. The phase plate and
    the lens's amplitude contrast are part of χ: both turn the scattered wave against the beam that passed, k = 0.

    Parameters
    ----------
    shape
        (ny, nx) of the wave.
    pixel_size_angstrom
        Å.
    defocus
        Numbers or arrays of one batch shape (…); gradients pass.
    lens
        Its aberrations, amplitude contrast included.
    like
        An array whose library, device and precision the result takes; NumPy complex128 where absent.

    Returns
    -------
    Complex array
        Centred, shape (…, ny, nx). Aberrations other than the antisymmetric ones are even in k.

    References
    ----------
    Vulović et al., J. Struct. Biol. 183, 19 (2013), eq. 5.
    """
    xp, defocus = namespace(like), defocus_like(defocus, like)
    dtype = xp.complex128 if like is None else complex_dtype(like)
    phase = ctf_phase(shape, pixel_size_angstrom, defocus, lens, half=False)
    scattered = frequency_radius(shape, pixel_size_angstrom, like=phase) > 0
    transfer = unit_phase(xp.where(scattered, phase, 0 * phase))
    return xp.astype(transfer * antisymmetric_factor(shape, pixel_size_angstrom, lens, half=False, like=phase), dtype)


def defocus_like(defocus: Defocus, like: Array) -> Defocus:
    """A defocus in double precision in the library and on the device of an array, where its own are numbers.

    Parameters
    ----------
    defocus
        Numbers or arrays.
    like
        An array, or None for NumPy.

    Returns
    -------
    Defocus
        Arrays of float64; gradients pass.
    """
    xp = namespace(like)
    values = {field.name: getattr(defocus, field.name) for field in fields(defocus)}
    arrays = {name: value if like is None else as_arrays(value, like)[0] for name, value in values.items()}
    arrays = {name: xp.astype(as_arrays(value)[0], xp.float64) for name, value in arrays.items()}
    return replace(defocus, **arrays)


def linear_term(phase: Image, absorption: Image, transfer: Spectrum) -> Float[Array, "*batch y x"]:
    """The part of the image that is linear in the object ψ = exp(iφ − μ), I₁ = 2 Re F⁻¹[T F[iφ − μ]].

    With T = exp(−iW), W even, that is F⁻¹[2φ̂ sin W − 2μ̂ cos W].

    Parameters
    ----------
    phase, absorption
        φ and μ, real, shape (…, y, x).
    transfer
        T, centred, shape (…, y, x) (`wave_transfer`).

    Returns
    -------
    Real array
        Shape (…, y, x).

    References
    ----------
    Koeck & Karshikoff, J. Microsc. 260, 124 (2015).
    """
    xp, exponent = namespace(phase), _exponent(phase, absorption)
    return 2 * xp.real(ift(transfer * ft(exponent, 2), 2))


def quadratic_term(phase: Image, absorption: Image, transfer: Spectrum) -> Float[Array, "*batch y x"]:
    """The part of the image that is quadratic in ψ = exp(A), A = iφ − μ: I₂ = |F⁻¹[T F[A]]|² + Re F⁻¹[T F[A²]].

    Parameters
    ----------
    phase, absorption
        φ and μ, real, shape (…, y, x).
    transfer
        T, centred, shape (…, y, x) (`wave_transfer`).

    Returns
    -------
    Real array
        Shape (…, y, x).

    References
    ----------
    Koeck & Karshikoff, J. Microsc. 260, 124 (2015).
    """
    xp, exponent = namespace(phase), _exponent(phase, absorption)
    return _squared_modulus(ift(transfer * ft(exponent, 2), 2)) + xp.real(ift(transfer * ft(exponent**2, 2), 2))


def _exponent(phase: Array, absorption: Array) -> Array:
    xp, dtype = namespace(phase), complex_dtype(phase)
    return 1j * xp.astype(phase, dtype) - xp.astype(absorption, dtype)


def _squared_modulus(wave: Array) -> Array:
    # not abs(ψ)²: its gradient has no value at 0
    xp = namespace(wave)
    return xp.real(wave) ** 2 + xp.imag(wave) ** 2
