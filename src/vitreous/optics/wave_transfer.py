"""The lens as it acts on the wave, and the image that it makes: the complex contrast transfer.

The lens multiplies the transform of the exit wave by T(k) = exp(iχ), χ without amplitude contrast, which belongs to the
specimen; the image is |F⁻¹[T F ψ]|². Only for a weakly scattering specimen ψ = 1 + iφ − μ, |φ| and μ ≪ 1, is that
linear: Î = δ − 2 sin χ φ̂ − 2 cos χ μ̂, and with μ = φ tan(asin a) it is the sine of `vitreous.optics.ctf`, times
2/√(1 − a²).
"""

from math import asin

from jaxtyping import Complex, Float

from vitreous._array import as_arrays, namespace
from vitreous._typing import Array, ArrayLike, Real
from vitreous.fourier import frequency_grid, ft, ift
from vitreous.optics.aberrations import antisymmetric_phase
from vitreous.optics.ctf import ctf_phase
from vitreous.optics.lens import Defocus, Lens
from vitreous.optics.unit_phase import unit_phase

__all__ = ["image_of_wave", "wave_transfer"]


def wave_transfer(
    shape: tuple[int, int], pixel_size_angstrom: Real, defocus: Defocus, lens: Lens
) -> Complex[Array, "*batch ky kx"]:
    """What the lens multiplies the transform of the exit wave by, T(k) = exp(iχ + iφ_odd).

    χ = πλ Δf k² − ½π Cs λ³ k⁴ + phase shift − symmetric aberrations; a phase plate spares the unscattered beam,
    T(0) = 1. φ_odd is the phase of beam tilt and antisymmetric aberrations. Envelopes and an aperture multiply T.

    Parameters
    ----------
    shape
        (ny, nx) of the wave.
    pixel_size_angstrom
        Å/pixel.
    defocus
        Numbers or arrays of one batch shape (…), of the plane to which the exit wave is referred.
    lens
        What the images share; its amplitude contrast plays no part.

    Returns
    -------
    Complex array
        Shape (…, ny, nx), centred, of modulus 1.

    References
    ----------
    Vulović et al., J. Struct. Biol. 183, 19 (2013), eq. 5, with T = exp(−iχ) for the opposite sign of χ.
    """
    phase = ctf_phase(shape, pixel_size_angstrom, defocus, lens, half=False) - asin(lens.amplitude_contrast)
    xp = namespace(phase)
    frequency = frequency_grid(shape, pixel_size_angstrom, like=phase)
    phase = phase + antisymmetric_phase(frequency, lens)
    unscattered = xp.all(frequency == 0, axis=-1)
    return unit_phase(xp.where(unscattered, xp.zeros_like(phase), phase))


def image_of_wave(wave: Complex[Array, "*batch y x"], transfer: ArrayLike) -> Float[Array, "*batch_out y x"]:
    """The intensity that an exit wave makes on the detector, I = |F⁻¹[T F ψ]|².

    Parameters
    ----------
    wave
        ψ behind the specimen, 1 where there is none, shape (…, ny, nx).
    transfer
        T(k) (`wave_transfer`, with envelopes and aperture as factors), shape (…, ny, nx).

    Returns
    -------
    Real array
        Shape (…, ny, nx), in units of the intensity without a specimen.

    References
    ----------
    Vulović et al., J. Struct. Biol. 183, 19 (2013), eq. 5.
    """
    wave, transfer = as_arrays(wave, transfer)
    image = ift(ft(wave, 2) * transfer, 2)
    xp = namespace(image)
    return xp.real(image) ** 2 + xp.imag(image) ** 2
