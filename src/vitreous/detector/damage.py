"""Radiation damage: how much of each frequency of the structure is left after an exposure.

The amplitude at frequency k decays as exp(−D/(2 N_e(k))) with the exposure D: N_e, the critical exposure, is where the
power has fallen to 1/e.
"""

from jaxtyping import Float

from vitreous._array import as_arrays, namespace
from vitreous._typing import Array, ArrayLike

__all__ = ["critical_exposure", "exposure_decay", "mean_exposure_decay"]

_TABLE = ((100.0, 0.64), (200.0, 0.8), (300.0, 1.0))
"""Voltage in kV, and the critical exposure relative to 300 kV."""


def critical_exposure(frequency_per_angstrom: ArrayLike, voltage_kv: float = 300.0) -> Float[Array, "*shape"]:
    """The critical exposure, N_e(k) = s (0.24499 k^−1.6649 + 2.8141) e/Å².

    Parameters
    ----------
    frequency_per_angstrom
        |k|, 1/Å; infinite exposure is tolerated at k = 0.
    voltage_kv
        s is 1 at 300 kV, 0.8 at 200 kV, 0.64 at 100 kV (RELION's; cisTEM has 0.532), and linear between.

    Returns
    -------
    Real array
        e/Å²: 14.139 at 0.1/Å and 300 kV.

    Raises
    ------
    ValueError
        If the voltage is outside 100 … 300 kV.

    References
    ----------
    Grant and Grigorieff, eLife 4, e06980 (2015), eq. 3; the digits as in its program unblur.
    """
    if not 100 <= voltage_kv <= 300:
        raise ValueError(f"voltage_kv={voltage_kv}: critical exposures are known from 100 to 300 kV")
    (low, at_low), (high, at_high) = _TABLE[:2] if voltage_kv < 200 else _TABLE[1:]
    scale = at_low + (at_high - at_low) * (voltage_kv - low) / (high - low)
    (frequency,) = as_arrays(frequency_per_angstrom)
    xp = namespace(frequency)
    tiny = xp.where(frequency > 0, frequency, xp.ones_like(frequency))
    exposure = scale * (0.24499 * tiny**-1.6649 + 2.8141)
    return xp.where(frequency > 0, exposure, xp.ones_like(exposure) * float("inf"))


def exposure_decay(
    frequency_per_angstrom: ArrayLike, dose_per_angstrom2: ArrayLike, voltage_kv: float = 300.0
) -> Float[Array, "*shape"]:
    """The amplitude that is left at the end of an exposure, exp(−D/(2 N_e(k))).

    Parameters
    ----------
    frequency_per_angstrom
        |k|, 1/Å.
    dose_per_angstrom2
        D, e/Å², broadcasts with the frequency.
    voltage_kv
        kV.

    Returns
    -------
    Real array
        0 … 1.

    References
    ----------
    Grant and Grigorieff, eLife 4, e06980 (2015), eq. 1.
    """
    frequency, dose = as_arrays(frequency_per_angstrom, dose_per_angstrom2)
    return namespace(frequency).exp(-0.5 * dose / critical_exposure(frequency, voltage_kv))


def mean_exposure_decay(
    frequency_per_angstrom: ArrayLike, start_per_angstrom2: float, end_per_angstrom2: float, voltage_kv: float = 300.0
) -> Float[Array, "*shape"]:
    """The mean amplitude over an exposure, 2N_e [exp(−D₁/(2N_e)) − exp(−D₂/(2N_e))]/(D₂ − D₁).

    Parameters
    ----------
    frequency_per_angstrom
        |k|, 1/Å.
    start_per_angstrom2, end_per_angstrom2
        D₁ and D₂, e/Å²: what the specimen had seen when the frame began, and when it ended.
    voltage_kv
        kV.

    Returns
    -------
    Real array
        0 … 1; the decay at D₁ where D₂ comes near it.

    Raises
    ------
    ValueError
        If the exposure does not end after it starts.
    """
    if not end_per_angstrom2 > start_per_angstrom2:
        raise ValueError(
            f"an exposure from {start_per_angstrom2} to {end_per_angstrom2} e/Å²: expected an end after it"
        )
    (frequency,) = as_arrays(frequency_per_angstrom)
    xp, dose = namespace(frequency), end_per_angstrom2 - start_per_angstrom2
    halves = 0.5 * dose / critical_exposure(frequency, voltage_kv)
    some = xp.where(halves > 0, halves, xp.ones_like(halves))
    mean = xp.where(halves > 0, -xp.expm1(-some) / some, xp.ones_like(some))
    return exposure_decay(frequency, start_per_angstrom2, voltage_kv) * mean
