"""Scattering factors against printed values and against the integral that ties f, V and V_z together."""

import numpy as np
import pytest
from scipy import constants, special

from vitreous.specimen.scattering_factors import (
    PARAMETRISATIONS,
    VOLT_ANGSTROM2,
    element_symbol,
    gaussian_sum,
    peak_potential,
    scattering_factor,
)

NUMBERS = {"H": 1, "C": 6, "N": 7, "O": 8, "P": 15, "S": 16, "K": 19, "Ca": 20, "Fe": 26, "Au": 79, "U": 92}
FORWARD = {  # f(0) in Å
    "peng": [0.5288, 2.5088, 2.2135, 1.9834, 5.4876, 5.1604, 8.9834, 9.9131, 7.1637, 10.571, 19.116],
    "kirkland": [0.5297, 2.5114, 2.2188, 1.9897, 5.4976, 5.1721, 8.9466, 9.9096, 7.1632, 10.553, 19.099],
    "lobato": [0.5292, 2.5097, 2.2488, 2.0291, 5.5675, 5.2539, 8.9862, 9.9138, 7.1635, 10.576, 19.388],
}
AT_07 = {  # f in Å at 0.7 Å⁻¹ of C, O, Au
    "kirkland": [0.748355, 0.882565, 4.526273],
    "lobato": [0.747945, 0.884608, 4.522076],
    "peng": [0.747772, 0.881536, 4.524618],
}
PROJECTED = {  # V_z in V·Å at 0.5 and 1 Å of C and O
    "kirkland": [[38.8883, 6.09193], [28.8894, 2.60561]],
    "lobato": [[38.9192, 6.11232], [29.5489, 2.82011]],
    "peng": [[38.9822, 6.16560], [28.9270, 2.62148]],
}


def gauss_legendre(low, high, n):
    nodes, weights = np.polynomial.legendre.leggauss(n)
    return (high - low) / 2 * nodes + (high + low) / 2, (high - low) / 2 * weights


every = pytest.mark.parametrize("name", PARAMETRISATIONS)


def test_the_constant_is_codata():
    value = constants.h**2 / (2 * np.pi * constants.m_e * constants.e) * 1e20
    assert pytest.approx(value, rel=1e-9) == VOLT_ANGSTROM2


@every
def test_forward_scattering(name):
    found = [float(scattering_factor(number, name).scattering_factor(0.0)) for number in NUMBERS.values()]
    np.testing.assert_allclose(found, FORWARD[name], rtol=5e-5, atol=5e-5)


@every
def test_scattering_at_seven_tenths(name):
    found = [float(scattering_factor(NUMBERS[symbol], name).scattering_factor(0.7)) for symbol in ("C", "O", "Au")]
    np.testing.assert_allclose(found, AT_07[name], atol=1e-6)


@every
def test_projected_potential(name):
    radii = np.array([0.5, 1.0])
    found = [scattering_factor(NUMBERS[symbol], name).projected_potential(radii) for symbol in ("C", "O")]
    np.testing.assert_allclose(found, PROJECTED[name], rtol=2e-5)


@every
@pytest.mark.parametrize("symbol", ["C", "O", "Au"])
@pytest.mark.parametrize("q", [0.0, 0.3, 0.7])
def test_the_hankel_transform_of_the_projection_is_the_scattering_factor(name, symbol, q):
    """2π ∫ V_z(r) J₀(2πqr) r dr = κ⁻¹ f(q), to 1e-8."""
    factor = scattering_factor(NUMBERS[symbol], name)
    s, weights = gauss_legendre(0.0, 5.0, 400)
    r = s * s  # V_z is logarithmic at the nucleus, and s² smooths that
    integral = 4 * np.pi * np.sum(weights * factor.projected_potential(r) * special.j0(2 * np.pi * q * r) * r * s)
    assert integral == pytest.approx(VOLT_ANGSTROM2 * float(factor.scattering_factor(q)), rel=1e-8)


@every
@pytest.mark.parametrize("symbol", ["C", "Fe"])
def test_the_projection_is_the_potential_integrated_along_the_beam(name, symbol):
    factor = scattering_factor(NUMBERS[symbol], name)
    s, weights = gauss_legendre(0.0, 5.0, 400)
    for r in (0.2, 1.0):
        along = 2 * np.sum(weights * factor.potential(np.hypot(r, s * s)) * 2 * s)
        assert along == pytest.approx(float(factor.projected_potential(r)), rel=1e-7)


@every
def test_bethe_mott_every_element_falls_as_its_charge(name):
    """f(q) → 2 Z/(4π² a₀ q²) where the electrons no longer shield the nucleus; Peng's table ends before."""
    q = {"lobato": 40.0, "kirkland": 12.0, "peng": 4.0}[name]
    tolerance = {"lobato": 0.02, "kirkland": 0.35, "peng": 0.4}[name]
    for number in NUMBERS.values():
        coulomb = number / (2 * np.pi**2 * 0.529177 * q**2)
        assert float(scattering_factor(number, name).scattering_factor(q)) == pytest.approx(coulomb, rel=tolerance)


def test_the_three_agree_where_all_hold():
    q = np.linspace(0.3, 3.0, 28)
    for number in range(1, 93):
        curves = np.stack([scattering_factor(number, name).scattering_factor(q) for name in PARAMETRISATIONS])
        assert np.ptp(curves / curves[0], axis=0).max() < 0.1, element_symbol(number)
        assert np.median(np.ptp(curves / curves[0], axis=0)) < 0.04, element_symbol(number)


@every
def test_gaussians_stand_for_the_closed_form(name):
    q = np.linspace(0.0, 8.0, 161)
    for number in [*range(1, 40), 55, 79, 92]:
        strengths, widths = gaussian_sum(number, name)
        expected = scattering_factor(number, name).scattering_factor(q)
        error = np.abs(np.exp(-np.outer(q**2, widths) / 4) @ strengths - expected).max() / expected[0]
        assert error < {"peng": 1e-14, "kirkland": 2e-4, "lobato": 3e-5}[name], element_symbol(number)
        assert strengths.sum() == pytest.approx(expected[0], rel=2e-6)


@every
def test_every_library(library, name):
    factor = scattering_factor(8, name)
    values = np.linspace(0.1, 2.0, 12).reshape(3, 4)
    for method in (factor.scattering_factor, factor.potential, factor.projected_potential):
        found = method(library(values.astype(np.float32)))
        assert str(found.dtype).endswith("float32")
        np.testing.assert_allclose(np.asarray(found), method(values), rtol=2e-5)


def test_what_is_not_tabulated_is_refused():
    with pytest.raises(ValueError, match="no parametrisation 'doyle'"):
        scattering_factor(6, "doyle")
    with pytest.raises(ValueError, match="peng has no element of atomic number 99: it has 1 to 98"):
        scattering_factor(99, "peng")
    with pytest.raises(ValueError, match="atomic number 0"):
        gaussian_sum(0, "lobato")


def test_symbols():
    assert [element_symbol(number) for number in NUMBERS.values()] == list(NUMBERS)


@every
def test_contrast_of_the_elements(name):
    """C, N, O, P, S, Fe, U: coarse images rank them by forward scattering, fine ones by the charge of the nucleus."""
    symbols = ["C", "N", "O", "P", "S", "Fe", "U"]
    coarse, fine = ([peak_potential(NUMBERS[s], b, parametrisation=name) for s in symbols] for b in (1e4, 2.0))
    forward = dict(zip(NUMBERS, FORWARD[name], strict=True))
    expected = [VOLT_ANGSTROM2 * forward[s] * 4 * np.pi / 1e4 for s in symbols]
    np.testing.assert_allclose(coarse, expected, rtol=5e-3)
    assert sorted(symbols, key=lambda s: coarse[symbols.index(s)]) == ["O", "N", "C", "S", "P", "Fe", "U"]
    assert sorted(symbols, key=lambda s: fine[symbols.index(s)]) == symbols
