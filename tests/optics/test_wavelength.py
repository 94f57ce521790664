"""Wavelength and interaction constant against a table from CODATA, and against the definition in SI units."""

import numpy as np
import pytest
from scipy import constants

from vitreous.optics.wavelength import interaction_constant, wavelength_angstrom

TABLE = [
    (10, 0.1220470, 2.599028e-3),
    (60, 0.0486606, 1.135691e-3),
    (80, 0.0417572, 1.008707e-3),
    (100, 0.0370144, 9.243958e-4),
    (120, 0.0334922, 8.638113e-4),
    (200, 0.0250793, 7.288401e-4),
    (300, 0.0196875, 6.526161e-4),
    (1000, 0.0087192, 5.385020e-4),
]


@pytest.mark.parametrize(("voltage_kv", "wavelength", "sigma"), TABLE)
def test_table(voltage_kv, wavelength, sigma):
    assert wavelength_angstrom(voltage_kv) == pytest.approx(wavelength, abs=6e-8)
    assert interaction_constant(voltage_kv) == pytest.approx(sigma, abs=6e-10)


def test_definition_in_si_units():
    """λ = h/p with p²c² = T² + 2 T m c², and σ = 2π γ m e λ/h²: constants and units by another road."""
    voltage = np.array([60e3, 200e3, 300e3])
    kinetic = constants.e * voltage
    rest = constants.m_e * constants.c**2
    momentum = np.sqrt(kinetic**2 + 2 * kinetic * rest) / constants.c
    sigma = 2 * np.pi * (1 + kinetic / rest) * constants.m_e * constants.e / momentum / constants.h
    np.testing.assert_allclose(wavelength_angstrom(voltage / 1e3), constants.h / momentum * 1e10, rtol=2e-9)
    np.testing.assert_allclose(interaction_constant(voltage / 1e3), sigma * 1e-10, rtol=2e-9)


def test_relion_digits_agree_to_five_parts_in_a_million():
    voltage = np.array([80e3, 200e3, 300e3])
    relion = 12.2643247 / np.sqrt(voltage * (1 + 0.978466e-6 * voltage))
    np.testing.assert_allclose(wavelength_angstrom(voltage / 1e3), relion, rtol=7e-6)


def test_arrays_keep_their_library(library):
    voltage = library(np.array([100.0, 300.0], np.float32))
    assert wavelength_angstrom(voltage).dtype == voltage.dtype
    assert float(interaction_constant(voltage)[1]) == pytest.approx(6.526161e-4, rel=1e-6)
