"""Envelopes: what incoherence takes from each frequency, as factors of the contrast transfer function.

Every width is the standard deviation of a Gaussian, and its name says so. A published width is turned into one first:
by `sigma_from_one_over_e` where it is the half-width at 1/e, by `sigma_from_fwhm` where it is the full width at half
maximum. The B factor, and a sideways vibration of standard deviation σ in each direction, are
`vitreous.fourier.b_factor_decay` and `vitreous.fourier.gaussian_blur`.
"""

from math import log, pi, sqrt

from jaxtyping import Float

from vitreous._array import as_arrays, namespace
from vitreous._typing import Array, ArrayLike, Real
from vitreous.optics.lens import Defocus, Lens
from vitreous.optics.phase_gradient import phase_gradient
from vitreous.optics.sinc import sinc
from vitreous.optics.wavelength import wavelength_angstrom

__all__ = [
    "drift_envelope",
    "focal_spread_sigma_angstrom",
    "fwhm_from_sigma",
    "height_vibration_envelope",
    "one_over_e_from_sigma",
    "sigma_from_fwhm",
    "sigma_from_one_over_e",
    "spatial_envelope",
    "temporal_envelope",
]


def sigma_from_fwhm(fwhm: Real) -> Real:
    """The standard deviation of a Gaussian from its full width at half maximum, σ = FWHM/(2√(2 ln 2))."""
    return fwhm / (2 * sqrt(2 * log(2)))


def fwhm_from_sigma(sigma: Real) -> Real:
    """The full width at half maximum of a Gaussian from its standard deviation, FWHM = 2√(2 ln 2) σ."""
    return 2 * sqrt(2 * log(2)) * sigma


def sigma_from_one_over_e(half_width: Real) -> Real:
    """The standard deviation of a Gaussian from its half-width at 1/e of the maximum, σ = w/√2."""
    return half_width / sqrt(2)


def one_over_e_from_sigma(sigma: Real) -> Real:
    """The half-width of a Gaussian at 1/e of its maximum from its standard deviation, w = √2 σ."""
    return sqrt(2) * sigma


def focal_spread_sigma_angstrom(
    voltage_kv: Real,
    chromatic_aberration_mm: Real,
    energy_sigma_ev: Real,
    *,
    voltage_relative_sigma: Real = 0.0,
    current_relative_sigma: Real = 0.0,
) -> Real:
    """The spread of the defocus by a beam that is not monochromatic and a lens whose current is not steady.

    σ_f = Cc √[(σ_E/eV)² + (σ_V/V)² + (2 σ_I/I)²].

    Parameters
    ----------
    voltage_kv
        Acceleration voltage, kV.
    chromatic_aberration_mm
        Cc, mm.
    energy_sigma_ev
        Standard deviation of the electrons' energy, eV: 0.3 for a field-emission gun of 0.7 eV full width.
    voltage_relative_sigma, current_relative_sigma
        Standard deviations of high voltage and lens current, as fractions.

    Returns
    -------
    Number or array
        σ_f, Å.

    References
    ----------
    Kirkland, Advanced Computing in Electron Microscopy (2010), eq. 3.41, there for half-widths at 1/e.
    """
    squares = (
        (energy_sigma_ev / (1e3 * voltage_kv)) ** 2 + voltage_relative_sigma**2 + (2 * current_relative_sigma) ** 2
    )
    return 1e7 * chromatic_aberration_mm * squares**0.5


def temporal_envelope(
    frequency_per_angstrom: ArrayLike, focal_spread_sigma_angstrom: ArrayLike, voltage_kv: float
) -> Float[Array, "*grid"]:
    """The envelope of a spread of the defocus, E = exp(−½ (πλ σ_f k²)²).

    Parameters
    ----------
    frequency_per_angstrom
        |k|, any shape, 1/Å.
    focal_spread_sigma_angstrom
        σ_f, the standard deviation of the defocus (`focal_spread_sigma_angstrom`), Å.
    voltage_kv
        Acceleration voltage, kV.

    Returns
    -------
    Real array
        The shape of the frequencies, 0 … 1.

    References
    ----------
    Hanszen and Trepte, Optik 32, 519 (1971), there for a half-width at 1/e.
    """
    frequency, sigma = as_arrays(frequency_per_angstrom, focal_spread_sigma_angstrom)
    return namespace(frequency).exp(-0.5 * (pi * wavelength_angstrom(voltage_kv) * sigma * frequency**2) ** 2)


def spatial_envelope(
    frequency_xy: ArrayLike, defocus: Defocus, lens: Lens, divergence_sigma_mrad: Real
) -> Float[Array, "*batch_and_grid"]:
    """The envelope of a beam that is not parallel, E = exp(−½ (σ_θ |∇χ|/λ)²).

    For a round lens |∇χ|/λ = 2π k |Δf − Cs λ² k²|, Δf > 0 for underfocus: Cs and underfocus work against each other.

    Parameters
    ----------
    frequency_xy
        (kx, ky), shape (*grid, 2), 1/Å.
    defocus
        Numbers or arrays of one batch shape (…).
    lens
        What the images share; see `phase_gradient`.
    divergence_sigma_mrad
        σ_θ, the standard deviation of the angle of illumination along one direction, mrad.

    Returns
    -------
    Real array
        Shape (…, *grid), 0 … 1.

    References
    ----------
    Frank, Optik 38, 519 (1973), there for a half-width at 1/e.
    """
    gradient = phase_gradient(frequency_xy, defocus, lens)
    xp = namespace(gradient)
    scale = 1e-3 * divergence_sigma_mrad / wavelength_angstrom(lens.voltage_kv)
    return xp.exp(-0.5 * scale**2 * xp.sum(gradient**2, axis=-1))


def drift_envelope(frequency_xy: ArrayLike, drift_xy_angstrom: ArrayLike) -> Float[Array, "*grid"]:
    """The envelope of an even motion during the exposure, E = sin(π k·d)/(π k·d).

    Parameters
    ----------
    frequency_xy
        (kx, ky), shape (…, 2), 1/Å.
    drift_xy_angstrom
        d, the whole way (x, y) of the motion, Å.

    Returns
    -------
    Real array
        Shape (…), −0.22 … 1; the image stays centred on the middle of the way.

    References
    ----------
    Frank, Optik 30, 171 (1969).
    """
    frequency, drift = as_arrays(frequency_xy, drift_xy_angstrom)
    return sinc(pi * namespace(frequency).sum(frequency * drift, axis=-1))


def height_vibration_envelope(
    frequency_per_angstrom: ArrayLike, amplitude_angstrom: ArrayLike, voltage_kv: float
) -> Float[Array, "*grid"]:
    """The envelope of a harmonic vibration along the beam, E = J₀(πλ ΔZ k²).

    The Bessel function is computed as what it is here, the average of cos(x sin t) over a quarter period: 32 phases
    give it to double precision for x < 60.

    Parameters
    ----------
    frequency_per_angstrom
        |k|, any shape, 1/Å.
    amplitude_angstrom
        ΔZ: the height swings between −ΔZ and ΔZ, Å.
    voltage_kv
        Acceleration voltage, kV.

    Returns
    -------
    Real array
        The shape of the frequencies, −0.41 … 1.

    References
    ----------
    Jiang and Chiu, Microsc. Microanal. 7, 329 (2001).
    """
    frequency, amplitude = as_arrays(frequency_per_angstrom, amplitude_angstrom)
    xp = namespace(frequency)
    argument = pi * wavelength_angstrom(voltage_kv) * amplitude * frequency**2
    phases = (xp.arange(32, dtype=frequency.dtype, device=frequency.device) + 0.5) * (pi / 64)
    return xp.mean(xp.cos(argument[..., None] * xp.sin(phases)), axis=-1)
