"""From the wave behind the specimen to the image: the lens, the modulus squared, and its parts in a weak object.

I = |F⁻¹[T F[ψ]]|². For a weak object ψ = exp(iφ − μ) the image is 1 + I₁ + I₂ + …, where I₁ is linear in φ and μ, the
contrast transfer of every reconstruction program, and I₂ is quadratic.
"""

from dataclasses import fields, replace
from math import asin, degrees

from jaxtyping import Float

from vitreous._array import as_arrays, complex_dtype, namespace
from vitreous._typing import Array, Image, Spectrum
from vitreous.fourier import ft, ift
from vitreous.optics.exit_wave import ExitWave
from vitreous.optics.lens import Defocus, Lens
from vitreous.optics.wave_transfer import image_of_wave, wave_transfer

__all__ = ["defocus_like", "linear_term", "quadratic_term", "wave_image"]


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
        The voltage is that of the wave. Its amplitude contrast turns the scattered wave against the unscattered beam,
        k = 0; it is 0 where the potential absorbed.
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
    wave, defocus = exit_wave.wave, defocus_like(defocus, exit_wave.wave)
    # of a real potential, amplitude contrast is a phase plate of arcsin a
    plate_deg = defocus.phase_shift_deg + degrees(asin(lens.amplitude_contrast))
    transfer = wave_transfer(
        (wave.shape[-2], wave.shape[-1]),
        exit_wave.pixel_size_angstrom,
        replace(defocus, phase_shift_deg=plate_deg),
        lens,
    )
    transfer = transfer if envelope is None else transfer * envelope
    return image_of_wave(wave, namespace(wave).astype(transfer, wave.dtype))


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
    Koeck & Karshikoff, J. Microsc. 259, 197 (2015).
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
    Koeck & Karshikoff, J. Microsc. 259, 197 (2015).
    """
    xp, exponent = namespace(phase), _exponent(phase, absorption)
    return image_of_wave(exponent, transfer) + xp.real(ift(transfer * ft(exponent**2, 2), 2))


def _exponent(phase: Array, absorption: Array) -> Array:
    xp, dtype = namespace(phase), complex_dtype(phase)
    return 1j * xp.astype(phase, dtype) - xp.astype(absorption, dtype)
