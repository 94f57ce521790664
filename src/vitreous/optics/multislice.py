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
from jaxtyping import Bool, Complex, Inexact

from vitreous._array import complex_dtype, device_of, namespace
from vitreous._typing import Array, Real
from vitreous.fourier import frequency_radius, ft, full_to_half, ift, irft, rft
from vitreous.optics.exit_wave import ExitWave, is_absorbing
from vitreous.optics.propagation import propagator_along
from vitreous.optics.wavelength import interaction_constant

__all__ = ["limit_band", "multislice", "path_factor", "step_through_slices"]


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
    xp, shape = namespace(slices), (slices.shape[-2], slices.shape[-1])
    kept = _within(shape, pixel_size_angstrom, band_limit, xp.zeros(0, dtype=xp.float64, device=device_of(slices)))
    kept = xp.astype(kept, complex_dtype(slices))
    if is_absorbing(slices):
        return ift(ft(slices, 2) * kept, 2)
    return irft(rft(slices, 2) * full_to_half(kept, 2), shape)


def step_through_slices(
    slices: Inexact[Array, "*batch slice y x"],
    phase_per_volt_angstrom: float,
    onward: tuple[Complex[Array, " ky"], Complex[Array, " kx"]],
    home: tuple[Complex[Array, " ky"], Complex[Array, " kx"]],
    within: Bool[Array, "ky kx"],
) -> Complex[Array, "*batch y x"]:
    """A plane wave taken through slices: ψ ← F⁻¹[P F[exp(iσ v_n) ψ]], n = 0 … S − 1, from ψ = 1.

    The readable twin of `vitreous.kernels.numba.multislice.step_through_slices`.

    Parameters
    ----------
    slices
        v_n in V Å, shape (…, slice, y, x), in beam order; complex where they absorb. Gradients pass.
    phase_per_volt_angstrom
        σ, rad/(V Å).
    onward
        The propagator from a slice to the next, its factors along y and x, centred, shapes (ny,) and (nx,).
    home
        The same from the last slice to the plane in which the wave is wanted.
    within
        The frequencies that are kept, a disc about 0, centred, shape (ny, nx).

    Returns
    -------
    Complex array
        ψ, shape (…, y, x).
    """
    xp, count = namespace(slices), slices.shape[-3]
    wave = xp.ones_like(slices[..., 0, :, :], dtype=complex_dtype(slices))
    kept = xp.astype(within, wave.dtype)
    for n in range(count):
        passed = wave * xp.exp(1j * phase_per_volt_angstrom * xp.astype(slices[..., n, :, :], wave.dtype))
        along_y, along_x = onward if n < count - 1 else home
        wave = ift(ft(passed, 2) * (along_y[:, None] * along_x[None, :] * kept), 2)
    return wave


def multislice(
    slices: Inexact[Array, "*batch slice y x"],
    pixel_size_angstrom: Real,
    slice_thickness_angstrom: Real,
    voltage_kv: float,
    beam_tilt_mrad: tuple[float, float] = (0.0, 0.0),
    band_limit: float | None = 2 / 3,
) -> ExitWave:
    """The exit wave by multislice: ψ ← F⁻¹[P F[exp(iσ v_n) ψ]] slice by slice, then back to the mid-plane.

    Parameters
    ----------
    slices
        v_n in V Å, shape (…, slice, y, x), in beam order; complex where they absorb. NumPy arrays of single precision
        go through a compiled kernel; through all others gradients pass.
    pixel_size_angstrom, slice_thickness_angstrom
        Å.
    voltage_kv
        kV.
    beam_tilt_mrad
        (x, y), the direction in which the beam crosses the slices, mrad (`propagator`). The path through a slice is
        longer by 1/cos θ, and σ with it.
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
    Kirkland, Advanced Computing in Electron Microscopy (2010), section 6.8; Ishizuka, Acta Cryst. A 38, 773 (1982).
    """
    xp, count, shape = namespace(slices), slices.shape[-3], (slices.shape[-2], slices.shape[-1])
    if count == 0:
        raise ValueError(f"slices of shape {tuple(slices.shape)} hold no slice: the axes are (…, slice, y, x)")
    like = xp.zeros(0, dtype=xp.float64, device=device_of(slices))

    def flight(distance_angstrom: Real) -> tuple[Array, Array]:
        along_y, along_x = (
            propagator_along(n, pixel_size_angstrom, distance_angstrom, voltage_kv, tilt_mrad, like=like)
            for n, tilt_mrad in zip(shape, reversed(beam_tilt_mrad), strict=True)
        )
        return xp.astype(along_y, complex_dtype(slices)), xp.astype(along_x, complex_dtype(slices))

    step = step_through_slices
    if isinstance(slices, np.ndarray) and slices.dtype in (np.float32, np.complex64):
        from vitreous.kernels.numba import multislice as kernel  # numba is slow to import

        step = kernel.step_through_slices
    wave = step(
        slices,
        interaction_constant(voltage_kv) * path_factor(beam_tilt_mrad),
        flight(slice_thickness_angstrom),
        flight(-(count - 1 - count // 2) * slice_thickness_angstrom),
        _within(shape, pixel_size_angstrom, band_limit, like),
    )
    return ExitWave(wave, pixel_size_angstrom, voltage_kv, is_absorbing(slices))


def path_factor(beam_tilt_mrad: tuple[float, float]) -> float:
    """How much longer than a slice is thick the path of a tilted beam through it is, 1/cos θ."""
    return sqrt(1 + sum(tan(1e-3 * tilt) ** 2 for tilt in beam_tilt_mrad))


def _within(shape: tuple[int, ...], pixel_size_angstrom: Real, band_limit: float | None, like: Array) -> Array:
    """Whether a frequency is kept; one that lies on the limit is, whatever the rounding."""
    limit = inf if band_limit is None else 0.5 * band_limit / pixel_size_angstrom
    return frequency_radius(shape, pixel_size_angstrom, like=like) <= limit * (1 + 1e-6)
