"""Cross-sections, mean free paths and fractions against printed values and against Poisson's law."""

import numpy as np
import pytest
from scipy import constants, stats

from vitreous.specimen.mean_free_path import (
    CARBON,
    ICE,
    PROTEIN,
    Material,
    absorptive_potential,
    elastic_cross_section,
    elastic_mean_free_path_angstrom,
    inelastic_cross_section,
    inelastic_mean_free_path_angstrom,
    mean_inner_potential,
    scattered_fractions,
)

VOLTAGES = (100.0, 200.0, 300.0)
ELASTIC_NM2 = {  # Kirkland's scattering factors
    1: [3.636e-6, 2.261e-6, 1.813e-6],
    6: [8.122e-5, 5.049e-5, 4.049e-5],
    7: [8.712e-5, 5.416e-5, 4.343e-5],
    8: [9.165e-5, 5.698e-5, 4.569e-5],
    15: [3.279e-4, 2.038e-4, 1.634e-4],
    16: [3.512e-4, 2.183e-4, 1.750e-4],
    79: [2.951e-3, 1.835e-3, 1.471e-3],
}


@pytest.mark.parametrize("element", ELASTIC_NM2)
def test_elastic_cross_sections(element):
    found = [elastic_cross_section(element, voltage) for voltage in VOLTAGES]
    np.testing.assert_allclose(found, 100 * np.array(ELASTIC_NM2[element]), rtol=6e-4)


def test_elastic_cross_section_near_langmore_and_smith():
    """Another formula for carbon, 1.4e-6 Z^1.5/β² (1 − 0.26 Z/(137β)) nm², within a quarter."""
    for voltage, expected in zip(VOLTAGES, (6.70e-3, 4.19e-3, 3.36e-3), strict=True):
        assert elastic_cross_section(6, voltage) == pytest.approx(expected, rel=0.25)


@pytest.mark.parametrize(
    ("material", "expected"),
    [(ICE, [2058, 3111, 3754]), (PROTEIN, [1080, 1633, 1970]), (CARBON, [922, 1395, 1683])],
    ids=["ice", "protein", "carbon"],
)
def test_inelastic_mean_free_paths(material, expected):
    found = [inelastic_mean_free_path_angstrom(material, voltage) for voltage in VOLTAGES]
    np.testing.assert_allclose(found, expected, rtol=1.2e-3)


def test_ice_at_300_kv_is_near_what_is_measured():
    assert inelastic_mean_free_path_angstrom(ICE, 300.0) == pytest.approx(3150.0, rel=0.2)


def test_elastic_mean_free_path_of_ice():
    found = [elastic_mean_free_path_angstrom(ICE, voltage) for voltage in VOLTAGES]
    np.testing.assert_allclose(found, [3250, 5230, 6520], rtol=2e-3)
    ratio = np.array(found) / [inelastic_mean_free_path_angstrom(ICE, voltage) for voltage in VOLTAGES]
    np.testing.assert_allclose(ratio, [1.58, 1.68, 1.74], atol=0.006)


def test_mean_inner_potential_of_ice():
    assert mean_inner_potential(ICE) == pytest.approx(4.526, abs=1e-3)
    assert ICE.units_per_angstrom3 == pytest.approx(0.031087, rel=1e-4)


def test_absorptive_potential_of_ice():
    found = [absorptive_potential(ICE, voltage) for voltage in VOLTAGES]
    np.testing.assert_allclose(found, [0.263, 0.2205, 0.204], rtol=2e-3)


def test_absorption_takes_one_in_e_in_a_mean_free_path():
    """exp(−2σ V_im Λ) = 1/e, with σ written out in SI units."""
    energy = 300e3 * constants.e
    momentum = np.sqrt(energy * (energy + 2 * constants.m_e * constants.c**2)) / constants.c
    gamma = 1 + energy / (constants.m_e * constants.c**2)
    sigma = 2 * np.pi * gamma * constants.m_e * constants.e / (momentum * constants.h) * 1e-10  # rad/(V Å)
    for material in (ICE, PROTEIN, CARBON):
        length = inelastic_mean_free_path_angstrom(material, 300.0)
        assert 2 * sigma * absorptive_potential(material, 300.0) * length == pytest.approx(1.0, rel=1e-6)


def test_average_atom_of_protein():
    masses = {1: 1.008, 6: 12.011, 7: 14.007, 8: 15.999, 16: 32.06}
    assert sum(PROTEIN.atoms.values()) == pytest.approx(1.0)
    assert sum(count * masses[z] for z, count in PROTEIN.atoms.items()) == pytest.approx(PROTEIN.molar_mass_g, rel=0.01)


def test_hydrogen_loses_energy_more_than_it_deflects():
    assert inelastic_cross_section(1, 300.0) > 2 * elastic_cross_section(1, 300.0)
    assert inelastic_cross_section(79, 300.0) < elastic_cross_section(79, 300.0)


def test_fractions_add_up_to_one(library):
    t = library(np.linspace(0.0, 5000.0, 30).reshape(5, 6))
    found = scattered_fractions(t, 6520.0, 3754.0)
    parts = [np.asarray(part) for part in (found.unscattered, found.single, found.plural, found.inelastic)]
    np.testing.assert_allclose(sum(parts), 1.0, rtol=1e-12)
    assert all((part >= 0).all() for part in parts)
    assert parts[0][0, 0] == 1.0


def test_fractions_are_poisson():
    elastic, inelastic, t = 6520.0, 3754.0, 900.0
    found = scattered_fractions(t, elastic, inelastic)
    none_lost = stats.poisson.pmf(0, t / inelastic)
    assert float(found.unscattered) == pytest.approx(stats.poisson.pmf(0, t / elastic) * none_lost)
    assert float(found.single) == pytest.approx(stats.poisson.pmf(1, t / elastic) * none_lost)
    assert float(found.plural) == pytest.approx(stats.poisson.sf(1, t / elastic) * none_lost)
    assert float(found.inelastic) == pytest.approx(1 - none_lost)


def test_thin_specimens_scatter_once():
    """At first order a = t/Λ once, a²/2 twice, and no digits are lost."""
    found = scattered_fractions(1e-3, 1000.0, 1e9)
    assert float(found.plural) == pytest.approx(0.5e-12, rel=1e-3)


def test_bad_arguments():
    with pytest.raises(ValueError, match="voltage_kv=0"):
        elastic_cross_section(6, 0)
    with pytest.raises(ValueError, match="voltage_kv=-100"):
        inelastic_mean_free_path_angstrom(Material("soot", 2.0, 12.0, {6: 1.0}), -100)
