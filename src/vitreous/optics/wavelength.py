"""The electron: its relativistic wavelength, and how strongly a potential turns its phase."""

from math import pi

from vitreous._typing import Real

__all__ = [
    "ELECTRON_REST_ENERGY_EV",
    "PLANCK_TIMES_LIGHT_EV_ANGSTROM",
    "interaction_constant",
    "wavelength_angstrom",
]

ELECTRON_REST_ENERGY_EV = 510_998.95069
"""m₀c² of the electron, eV (CODATA 2022)."""
PLANCK_TIMES_LIGHT_EV_ANGSTROM = 12_398.419843320026
"""hc, eV Å (CODATA 2022, exact)."""


def wavelength_angstrom(voltage_kv: Real) -> Real:
    """The relativistic wavelength of electrons, λ = hc / √(eV (eV + 2 m₀c²)).

    Parameters
    ----------
    voltage_kv
        Acceleration voltage, kV.

    Returns
    -------
    Number or array like the voltage
        λ, Å: 0.0196875 at 300 kV.

    References
    ----------
    Kirkland, Advanced Computing in Electron Microscopy (2010), eq. 2.5.
    """
    energy_ev = 1000.0 * voltage_kv
    return PLANCK_TIMES_LIGHT_EV_ANGSTROM / (energy_ev * (energy_ev + 2 * ELECTRON_REST_ENERGY_EV)) ** 0.5


def interaction_constant(voltage_kv: Real) -> Real:
    """The phase that a potential of 1 V over 1 Å gives to the wave, σ = 2π/(λV) · (m₀c² + eV)/(2 m₀c² + eV).

    Parameters
    ----------
    voltage_kv
        Acceleration voltage, kV.

    Returns
    -------
    Number or array like the voltage
        σ, rad/(V Å): 6.526161e-4 at 300 kV.

    References
    ----------
    Kirkland, Advanced Computing in Electron Microscopy (2010), eq. 5.6.
    """
    energy_ev = 1000.0 * voltage_kv
    relativistic = (ELECTRON_REST_ENERGY_EV + energy_ev) / (2 * ELECTRON_REST_ENERGY_EV + energy_ev)
    return 2 * pi * relativistic / (wavelength_angstrom(voltage_kv) * energy_ev)
