"""Free flight of the electron wave between planes across the beam.

The beam travels to +z. A wave that is known at one plane is carried to another, z further on, by a factor on its
transform; a negative z carries it back. Underfocus is a step back: an image at an underfocus Δf shows the wave
carried by −Δf.
"""

from math import pi, tan

from jaxtyping import Complex

from vitreous._array import namespace
from vitreous._typing import Array, Real
from vitreous.fourier import frequencies, frequency_radius, ft, ift
from vitreous.optics.unit_phase import unit_phase
from vitreous.optics.wavelength import wavelength_angstrom

__all__ = ["exact_propagator", "propagate", "propagator", "propagator_along"]


def propagator(
    shape: tuple[int, int],
    pixel_size_angstrom: Real,
    distance_angstrom: Real,
    voltage_kv: float,
    *,
    beam_tilt_mrad: tuple[float, float] = (0.0, 0.0),
    like: Array = None,
) -> Complex[Array, "y x"]:
    """What free flight over a distance does to the spectrum, P(k) = exp(−iπλz k² − 2πi z k·tan θ), paraxial.

    Parameters
    ----------
    shape
        (ny, nx) of the wave.
    pixel_size_angstrom
        Å.
    distance_angstrom
        z, Å; negative goes back.
    voltage_kv
        kV.
    beam_tilt_mrad
        θ = (x, y), the direction of the incident beam against z, mrad: after a distance z the wave stands displaced
        by z tan θ. Slices that are tilted by a small θ right-handed about y act as a beam tilt of (−θ, 0).
    like
        An array whose library, device and precision the result takes; NumPy float64 where absent.

    Returns
    -------
    Complex array
        Centred, shape (ny, nx).

    References
    ----------
    Kirkland, Advanced Computing in Electron Microscopy (2010), eqs. 6.65 and 6.97.
    """
    along_y, along_x = (
        propagator_along(n, pixel_size_angstrom, distance_angstrom, voltage_kv, tilt_mrad, like=like)
        for n, tilt_mrad in zip(shape, reversed(beam_tilt_mrad), strict=True)
    )
    return along_y[:, None] * along_x[None, :]


def propagator_along(
    n: int,
    pixel_size_angstrom: Real,
    distance_angstrom: Real,
    voltage_kv: float,
    tilt_mrad: float = 0.0,
    *,
    like: Array = None,
) -> Complex[Array, " k"]:
    """The factor of `propagator` along one axis, exp(−iπλz k² − 2πi z k tan θ): P(k) is the product of two.

    Parameters
    ----------
    n
        Pixels along the axis.
    pixel_size_angstrom
        Å.
    distance_angstrom
        z, Å; negative goes back.
    voltage_kv
        kV.
    tilt_mrad
        θ, the beam's tilt along the axis, mrad.
    like
        An array whose library, device and precision the result takes; NumPy float64 where absent.

    Returns
    -------
    Complex array
        Centred, shape (n,).
    """
    k = frequencies(n, pixel_size_angstrom, like=like)
    path = pi * wavelength_angstrom(voltage_kv) * k**2 + 2 * pi * tan(1e-3 * tilt_mrad) * k
    return unit_phase(-path * distance_angstrom)


def exact_propagator(
    shape: tuple[int, int],
    pixel_size_angstrom: Real,
    distance_angstrom: Real,
    voltage_kv: float,
    *,
    like: Array = None,
) -> Complex[Array, "y x"]:
    """What free flight does to the spectrum without the paraxial approximation, exp(2πiz (√(1/λ² − k²) − 1/λ)).

    The phase is −πλz k² − (π/4) λ³z k⁴ − …; its first term is `propagator`'s.

    Parameters
    ----------
    shape
        (ny, nx) of the wave.
    pixel_size_angstrom
        Å, larger than λ/√2, so that no frequency lies beyond 1/λ.
    distance_angstrom
        z, Å; negative goes back.
    voltage_kv
        kV.
    like
        An array whose library, device and precision the result takes; NumPy float64 where absent.

    Returns
    -------
    Complex array
        Centred, shape (ny, nx).

    References
    ----------
    Born & Wolf, Principles of Optics (1999), section 11.4.
    """
    xp, wavelength = namespace(like), wavelength_angstrom(voltage_kv)
    squared = (wavelength * frequency_radius(shape, pixel_size_angstrom, like=like)) ** 2
    # √(1 − q) − 1 written without the difference of two numbers near 1
    return unit_phase(-2 * pi * distance_angstrom / wavelength * squared / (1 + xp.sqrt(1 - squared)))


def propagate(
    wave: Complex[Array, "*batch y x"], pixel_size_angstrom: Real, distance_angstrom: Real, voltage_kv: float
) -> Complex[Array, "*batch y x"]:
    """The wave a distance further on, F⁻¹[exp(−iπλz k²) F[ψ]].

    Parameters
    ----------
    wave
        ψ, shape (…, y, x).
    pixel_size_angstrom
        Å.
    distance_angstrom
        z, Å; negative goes back.
    voltage_kv
        kV.

    Returns
    -------
    Complex array
        Shape (…, y, x).

    References
    ----------
    Kirkland, Advanced Computing in Electron Microscopy (2010), eq. 6.65.
    """
    shape: tuple[int, int] = (wave.shape[-2], wave.shape[-1])
    like = namespace(wave).real(wave)
    factor = propagator(shape, pixel_size_angstrom, distance_angstrom, voltage_kv, like=like)
    return ift(ft(wave, 2) * factor, 2)
