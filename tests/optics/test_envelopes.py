"""Envelopes against the averages that they stand for: over defocus, over angles of illumination, over motion."""

import numpy as np
import pytest
import torch
from scipy.special import j0

from vitreous._array import to_numpy
from vitreous.fourier import b_factor_decay
from vitreous.optics import (
    Defocus,
    Lens,
    ctf_1d,
    ctf_phase_at,
    drift_envelope,
    focal_spread_sigma_angstrom,
    fwhm_from_sigma,
    height_vibration_envelope,
    one_over_e_from_sigma,
    sigma_from_fwhm,
    sigma_from_one_over_e,
    spatial_envelope,
    temporal_envelope,
    wavelength_angstrom,
)


def gauss_hermite(count):
    """Nodes in standard deviations, and weights that sum to 1."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(count)
    return nodes, weights / weights.sum()


def test_widths_of_a_gaussian():
    """Read off a sampled Gaussian of standard deviation 2."""
    x = np.linspace(0.0, 10.0, 200_001)
    gaussian = np.exp(-(x**2) / (2 * 2.0**2))
    half, one_over_e = (np.interp(-level, -gaussian, x) for level in (0.5, np.exp(-1)))
    assert sigma_from_fwhm(2 * half) == pytest.approx(2.0, rel=1e-8)
    assert sigma_from_one_over_e(one_over_e) == pytest.approx(2.0, rel=1e-8)
    assert fwhm_from_sigma(sigma_from_fwhm(3.0)) == pytest.approx(3.0)
    assert one_over_e_from_sigma(sigma_from_one_over_e(3.0)) == pytest.approx(3.0)


def test_temporal_envelope_is_the_average_over_defocus(library):
    """⟨CTF(Δf + δ)⟩ over a Gaussian δ is CTF · E, exactly."""
    lens, k, sigma = Lens(300.0, 2.7, 0.1), np.linspace(0.0, 0.4, 60), 60.0
    nodes, weights = gauss_hermite(60)
    curves = ctf_1d(k, Defocus.round(1e4 + sigma * nodes), lens)
    envelope = to_numpy(temporal_envelope(library(k), sigma, 300.0))
    np.testing.assert_allclose(weights @ curves, ctf_1d(k, Defocus.round(1e4), lens) * envelope, atol=1e-10)
    # the same in the units of those who give a half-width at 1/e
    delta = one_over_e_from_sigma(sigma)
    np.testing.assert_allclose(envelope, np.exp(-((0.5 * np.pi * wavelength_angstrom(300.0) * delta * k**2) ** 2)))


def test_focal_spread():
    """0.7 eV full width at 300 kV with Cc = 2.7 mm: 26.8 Å; twice the fraction of a lens current's ripple."""
    assert focal_spread_sigma_angstrom(300.0, 2.7, sigma_from_fwhm(0.7)) == pytest.approx(26.75, abs=0.01)
    assert focal_spread_sigma_angstrom(300.0, 2.7, 0.0, current_relative_sigma=1e-6) == pytest.approx(54.0)
    both = focal_spread_sigma_angstrom(200.0, 2.0, 0.3, voltage_relative_sigma=0.3 / 200e3)
    assert both == pytest.approx(np.sqrt(2) * focal_spread_sigma_angstrom(200.0, 2.0, 0.3))


def tilted_transfer(k, tilts_rad, defocus, lens):
    """The wave's transfer of Fourier component k relative to the straight beam, for beams along the tilts."""
    wavelength = wavelength_angstrom(lens.voltage_kv)

    def even(at):
        return ctf_phase_at(at, defocus, Lens(lens.voltage_kv, lens.spherical_aberration_mm))

    beams = tilts_rad / wavelength
    return np.exp(1j * (even(k + beams) - even(beams)))


def test_spatial_envelope_against_monte_carlo():
    """The modulus of the average transfer over directions of illumination; the sum Csλ²k³ + Δf k would be far off."""
    lens, defocus, sigma = Lens(300.0, 2.7), Defocus.round(1.5e4), 2e-5
    k = np.array([0.30, 0.0])
    tilts = np.random.default_rng(5).normal(0.0, sigma, (60_000, 2))
    measured = np.abs(np.mean(tilted_transfer(k, tilts, defocus, lens)))
    found = float(spatial_envelope(k, defocus, lens, 1e3 * sigma))
    assert found == pytest.approx(measured, abs=3e-3)
    wavelength = wavelength_angstrom(300.0)
    wrong_sign = np.exp(-2 * np.pi**2 * sigma**2 * (2.7e7 * wavelength**2 * k[0] ** 3 + 1.5e4 * k[0]) ** 2)
    assert abs(wrong_sign - measured) > 0.02


def test_spatial_envelope_with_astigmatism_and_overfocus():
    """Off axis, by quadrature over both directions."""
    lens, sigma = Lens(200.0, 2.0), 3e-5
    nodes, weights = gauss_hermite(24)
    tilts = sigma * np.stack(np.meshgrid(nodes, nodes), -1)
    for defocus in (Defocus(1.4e4, 9e3, 30.0), Defocus(-8e3, -9e3, 70.0)):
        k = np.array([0.12, -0.2])
        measured = np.abs(np.einsum("i,j,ij->", weights, weights, tilted_transfer(k, tilts, defocus, lens)))
        assert float(spatial_envelope(k, defocus, lens, 1e3 * sigma)) == pytest.approx(measured, abs=1e-3)
        assert measured < 0.95


def test_drift_is_the_average_over_the_way(library):
    k = np.stack(np.meshgrid(np.linspace(-0.4, 0.4, 9), np.linspace(-0.4, 0.4, 9)), -1)
    drift = np.array([3.0, -1.5])
    steps = (np.arange(4000) + 0.5) / 4000 - 0.5
    average = np.mean(np.cos(2 * np.pi * (k @ drift)[..., None] * steps), -1)
    np.testing.assert_allclose(to_numpy(drift_envelope(library(k), library(drift))), average, atol=1e-6)


def test_vibration_is_a_bessel_function(library):
    k = np.linspace(0.0, 0.5, 50)
    found = to_numpy(height_vibration_envelope(library(k), 800.0, 300.0))
    np.testing.assert_allclose(found, j0(np.pi * wavelength_angstrom(300.0) * 800.0 * k**2), atol=1e-12)
    # the average of CTFs over the swing
    lens, swing = Lens(300.0, 2.7, 0.1), 800.0 * np.sin(2 * np.pi * np.arange(400) / 400)
    average = np.mean(ctf_1d(k, Defocus.round(1e4 + swing), lens), 0)
    np.testing.assert_allclose(average, ctf_1d(k, Defocus.round(1e4), lens) * found, atol=1e-9)


def test_a_b_factor_of_100_at_5_angstrom():
    """exp(−1) on the amplitude, with B k²/4; not exp(−B k²)."""
    assert float(b_factor_decay(np.array(0.2), 100.0)) == pytest.approx(np.exp(-1), rel=1e-12)


def test_gradients():
    k = torch.tensor([[0.0, 0.0], [0.1, -0.2]], dtype=torch.float64)
    values = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in (1.2e4, 40.0, 2.0, 300.0)]
    lens = Lens(300.0, 2.7, 0.1)

    def damped(defocus, spread, drift, vibration):
        radius = torch.tensor([0.0, 0.22], dtype=torch.float64)
        return (
            spatial_envelope(k, Defocus.round(defocus), lens, 0.02)
            * temporal_envelope(radius, spread, 300.0)
            * drift_envelope(k, torch.stack([drift, drift]))
            * height_vibration_envelope(radius, vibration, 300.0)
        )

    assert torch.autograd.gradcheck(damped, tuple(values), eps=1e-5, atol=1e-7)
