"""Thon rings: where the contrast transfer function is zero, how many rings there are, and Scherzer's focus."""

from math import asin, pi

from jaxtyping import Float, Int

from vitreous._array import as_arrays, namespace
from vitreous._typing import Array, ArrayLike
from vitreous.optics.lens import Lens
from vitreous.optics.wavelength import wavelength_angstrom

__all__ = ["count_extrema", "ctf_zeros", "scherzer_defocus_angstrom", "scherzer_resolution_angstrom"]


def ctf_zeros(
    count: int, defocus_angstrom: ArrayLike, lens: Lens, *, phase_shift_deg: ArrayLike = 0.0
) -> Float[Array, "*batch count"]:
    """The first zeros of the CTF of a round lens in underfocus, on the rising side of χ.

    k² = 2c/(λ (Δf + √(Δf² − 2 c λ Cs))) solves χ(k) = mπ, with c = m − (φ + asin a)/π from the least m with c > 0 on.

    Parameters
    ----------
    count
        How many.
    defocus_angstrom
        Δf, Å, a number or an array (…).
    lens
        Its voltage, Cs and amplitude contrast are used.
    phase_shift_deg
        φ of a phase plate, degrees, of the same shape.

    Returns
    -------
    Real array
        Frequencies, shape (…, count), 1/Å, rising; NaN where χ turns back before (Cs) or the defocus is not positive.

    References
    ----------
    Rohou and Grigorieff, J. Struct. Biol. 192, 216 (2015), eq. 3.
    """
    defocus, shift = as_arrays(defocus_angstrom, phase_shift_deg)
    xp, wavelength = namespace(defocus), wavelength_angstrom(lens.voltage_kv)
    start = (shift * (pi / 180) + asin(lens.amplitude_contrast)) / pi
    first = xp.floor(start) + 1
    orders = xp.arange(count, dtype=defocus.dtype, device=defocus.device)
    c = (first - start)[..., None] + orders
    defocus = defocus[..., None]
    under_root = defocus**2 - 2 * c * wavelength * 1e7 * lens.spherical_aberration_mm
    there = (under_root >= 0) & (defocus > 0)
    one = xp.ones_like(c * defocus)
    root = xp.sqrt(xp.where(there, under_root * one, one))
    squared = 2 * c / (wavelength * (xp.where(there, defocus * one, one) + root))
    return xp.where(there, xp.sqrt(xp.where(there, squared, one)), xp.nan * one)


def count_extrema(
    frequency_per_angstrom: ArrayLike, defocus_angstrom: float, lens: Lens, *, phase_shift_deg: float = 0.0
) -> Int[Array, "*grid"]:
    """How many extrema the CTF of a round lens in underfocus has between 0 and each frequency.

    n = ⌊χ/π + ½⌋ − ⌊χ(0)/π + ½⌋ while χ rises. It turns back at k² = Δf/(λ² Cs), which is an extremum of its own,
    and the count goes on.

    Parameters
    ----------
    frequency_per_angstrom
        |k|, any shape, 1/Å.
    defocus_angstrom
        Δf > 0, Å.
    lens
        Its voltage, Cs and amplitude contrast are used.
    phase_shift_deg
        φ of a phase plate, degrees.

    Returns
    -------
    int64 array
        The shape of the frequencies.

    Raises
    ------
    ValueError
        If the defocus is not positive.

    References
    ----------
    Rohou and Grigorieff, J. Struct. Biol. 192, 216 (2015), eq. 11.
    """
    if not defocus_angstrom > 0:
        raise ValueError(
            f"defocus_angstrom={defocus_angstrom}: extrema are counted in underfocus, where it is positive"
        )
    (frequency,) = as_arrays(frequency_per_angstrom)
    xp, wavelength = namespace(frequency), wavelength_angstrom(lens.voltage_kv)
    start = phase_shift_deg * (pi / 180) + asin(lens.amplitude_contrast)
    spherical = 1e7 * lens.spherical_aberration_mm * wavelength**2
    chi = pi * wavelength * frequency**2 * (defocus_angstrom - 0.5 * spherical * frequency**2) + start

    def passed(phase: Array) -> Array:
        return xp.floor(phase / pi + 0.5)

    rising = passed(chi) - passed(xp.asarray(start, dtype=frequency.dtype, device=frequency.device))
    if spherical <= 0:
        return xp.astype(rising, xp.int64)
    turn = 0.5 * pi * wavelength * defocus_angstrom**2 / spherical + start
    top = passed(xp.asarray(turn, dtype=frequency.dtype, device=frequency.device))
    falling = rising + 1 + 2 * (top - passed(chi))
    return xp.astype(xp.where(frequency**2 < defocus_angstrom / spherical, rising, falling), xp.int64)


def scherzer_defocus_angstrom(lens: Lens) -> float:
    """The underfocus whose band of one sign reaches farthest for phase contrast, Δf = √(1.5 Cs λ).

    Scherzer's own choice, 1.2 √(Cs λ), differs by 2 %.

    Parameters
    ----------
    lens
        Its voltage and Cs are used.

    Returns
    -------
    float
        Å.

    References
    ----------
    Kirkland, Advanced Computing in Electron Microscopy (2010), eq. 3.17 with n_D = 1.
    """
    wavelength = float(wavelength_angstrom(lens.voltage_kv))
    return float((1.5e7 * lens.spherical_aberration_mm * wavelength) ** 0.5)


def scherzer_resolution_angstrom(lens: Lens) -> float:
    """The resolution at the first zero in Scherzer's focus without amplitude contrast, d = (Cs λ³/6)^¼.

    Parameters
    ----------
    lens
        Its voltage and Cs are used.

    Returns
    -------
    float
        Å.

    References
    ----------
    Kirkland, Advanced Computing in Electron Microscopy (2010), section 3.1.
    """
    wavelength = float(wavelength_angstrom(lens.voltage_kv))
    return float((1e7 * lens.spherical_aberration_mm * wavelength**3 / 6) ** 0.25)
