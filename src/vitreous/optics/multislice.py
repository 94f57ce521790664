"""The wave behind a thick specimen of any strength: slice by slice, transmission and free flight.

Slices are in V Å, (slice, y, x) in beam order; slice n acts at z_n = (n − S // 2) · thickness, and the wave that comes
out is carried back to the mid-plane z = 0 (`vitreous.optics.exit_wave`).

Products of a wave and a transmission function hold frequencies up to the sum of theirs, and what exceeds Nyquist is
folded back. With both limited to 2/3 of Nyquist only frequencies beyond 2/3 are spoilt, and these the next limit
removes. The wave is limited after every slice; limit the slices by `limit_band`, once, where they are not
band-limited: a transmission function exp(iσv) is then limited to first order in σv and keeps its modulus 1.
The loss of norm, 1 − ⟨|ψ|²⟩, measures what scattered beyond the limit.
"""

from math import inf, sqrt, tan

import numpy as np
from jaxtyping import Complex, Inexact

from vitreous._array import complex_dtype, namespace
from vitreous._typing import Array, Real
from vitreous.fourier import frequency_radius, ft, ift
from vitreous.optics.exit_wave import ExitWave, is_absorbing
from vitreous.optics.propagation import propagator
from vitreous.optics.wavelength import interaction_constant

__all__ = ["BAND_EDGE", "limit_band", "multislice", "multislice_wave", "path_factor"]

BAND_EDGE = 1 + 1e-6
"""What lies on the band limit is within it, whatever the rounding."""


def limit_band(
    slices: Inexact[Array, "*batch y x"], pixel_size_angstrom: Real, band_limit: float = 2 / 3
) -> Inexact[Array, "*batch y x"]:
    """Slices without what lies beyond a fraction of Nyquist.

    Parameters
    ----------
    slices
        V Å, shape (…, y, x), real or complex.
    pixel_size_angstrom
        Å.
    band_limit
        The radius that is kept, as a fraction of Nyquist.

    Returns
    -------
    Array
        The same shape and dtype.

    References
    ----------
    Kirkland, Advanced Computing in Electron Microscopy (2010), section 6.8.
    """
    xp = namespace(slices)
    kept = _within(tuple(slices.shape[-2:]), pixel_size_angstrom, band_limit, slices)
    limited = ift(ft(slices, 2) * kept, 2)
    return limited if is_absorbing(slices) else xp.real(limited)


def multislice_wave(
    slices: Inexact[Array, "*batch slice y x"],
    pixel_size_angstrom: Real,
    slice_thickness_angstrom: Real,
    voltage_kv: float,
    beam_tilt_mrad: tuple[float, float] = (0.0, 0.0),
    band_limit: float | None = 2 / 3,
) -> Complex[Array, "*batch y x"]:
    """The wave behind the slices, at the mid-plane: ψ ← F⁻¹[P F[exp(iσ v_n) ψ]], n = 0 … S − 1, then back to z = 0.

    Parameters
    ----------
    slices
        v_n in V Å, shape (…, slice, y, x), in beam order; complex where they absorb. Gradients pass.
    pixel_size_angstrom, slice_thickness_angstrom
        Å.
    voltage_kv
        kV.
    beam_tilt_mrad
        (x, y), the direction in which the beam crosses the slices, mrad (`propagator`). The path through a slice is
        longer by 1/cos, and σ with it.
    band_limit
        The wave is limited to this fraction of Nyquist after every slice; None: not limited.

    Returns
    -------
    Complex array
        ψ, shape (…, y, x); the incident wave is 1.

    Raises
    ------
    ValueError
        If there is no slice.

    References
    ----------
    Kirkland, Advanced Computing in Electron Microscopy (2010), section 6.8; Ishizuka, Acta Cryst. A 38, 773 (1982).
    """
    xp, count, shape = namespace(slices), slices.shape[-3], (slices.shape[-2], slices.shape[-1])
    if count == 0:
        raise ValueError(f"slices of shape {tuple(slices.shape)} hold no slice: the axes are (…, slice, y, x)")
    like = slices if not is_absorbing(slices) else xp.real(slices)
    phase_of_slice = 1j * interaction_constant(voltage_kv) * path_factor(beam_tilt_mrad)

    def flight(distance_angstrom: Real) -> Array:
        factor = propagator(
            shape, pixel_size_angstrom, distance_angstrom, voltage_kv, beam_tilt_mrad=beam_tilt_mrad, like=like
        )
        return factor * _within(shape, pixel_size_angstrom, band_limit, like)

    onward, home = flight(slice_thickness_angstrom), flight(-(count - 1 - count // 2) * slice_thickness_angstrom)
    wave = xp.ones_like(slices[..., 0, :, :], dtype=complex_dtype(slices))
    for n in range(count):
        passed = wave * xp.exp(phase_of_slice * xp.astype(slices[..., n, :, :], wave.dtype))
        wave = ift(ft(passed, 2) * (onward if n < count - 1 else home), 2)
    return wave


def multislice(
    slices: Inexact[Array, "*batch slice y x"],
    pixel_size_angstrom: Real,
    slice_thickness_angstrom: Real,
    voltage_kv: float,
    beam_tilt_mrad: tuple[float, float] = (0.0, 0.0),
    band_limit: float | None = 2 / 3,
) -> ExitWave:
    """The exit wave by multislice, at the mid-plane; `multislice_wave` is the formula, and NumPy takes the kernel.

    Parameters
    ----------
    slices
        v_n in V Å, shape (…, slice, y, x), in beam order; complex where they absorb. Single precision NumPy arrays go
        through the compiled kernel, all others through `multislice_wave`.
    pixel_size_angstrom, slice_thickness_angstrom
        Å.
    voltage_kv
        kV.
    beam_tilt_mrad
        (x, y), the direction in which the beam crosses the slices, mrad (`propagator`).
    band_limit
        The wave is limited to this fraction of Nyquist after every slice; None: not limited.

    Returns
    -------
    ExitWave
        ψ, shape (…, y, x).

    Raises
    ------
    ValueError
        If there is no slice.

    References
    ----------
    Kirkland, Advanced Computing in Electron Microscopy (2010), section 6.8.
    """
    compute = multislice_wave
    if isinstance(slices, np.ndarray) and slices.dtype in (np.float32, np.complex64):
        from vitreous.kernels.numba import multislice as kernel  # numba is slow to import

        compute = kernel.multislice_wave
    wave = compute(slices, pixel_size_angstrom, slice_thickness_angstrom, voltage_kv, beam_tilt_mrad, band_limit)
    return ExitWave(wave, pixel_size_angstrom, voltage_kv, is_absorbing(slices))


def path_factor(beam_tilt_mrad: tuple[float, float]) -> float:
    """How much longer than a slice is thick the path of a tilted beam through it is, 1/cos θ."""
    return sqrt(1 + sum(tan(1e-3 * tilt) ** 2 for tilt in beam_tilt_mrad))


def _within(shape: tuple[int, ...], pixel_size_angstrom: Real, band_limit: float | None, like: Array) -> Array:
    """1 at the frequencies that are kept, 0 at the others."""
    xp, radius = namespace(like), frequency_radius(shape, pixel_size_angstrom, like=like)
    limit = inf if band_limit is None else 0.5 * band_limit / pixel_size_angstrom
    return xp.astype(radius <= BAND_EDGE * limit, complex_dtype(like))
