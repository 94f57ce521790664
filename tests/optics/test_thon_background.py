import numpy as np
import pytest

from optics import spectra
from vitreous.optics.thon_background import remove_background, smooth_basis


def test_a_smooth_spectrum_leaves_only_noise(rng):
    k = np.hypot(*np.moveaxis(spectra.spectrum(9000, 9000, 0).frequency_xy(), -1, 0))
    smooth = 5 * np.exp(-12 * k) + 0.3
    rings = remove_background(spectra.ThonSpectrum(smooth * rng.gamma(25, 1 / 25, k.shape), 1.4), 30, 4)
    per_shell = np.bincount(rings.shells, rings.values) / np.bincount(rings.shells)
    expected = 1 / np.sqrt(len(rings.values) * np.bincount(rings.shells))
    assert np.abs(per_shell / expected).max() < 4.5


def test_rings_survive_at_their_strength():
    rings = remove_background(spectra.spectrum(20000, 20000, 0), 20, 5)
    k = rings.shell_frequency
    chi = np.pi * spectra.WAVELENGTH * k**2 * 20000 - np.pi / 2 * 2.7e7 * spectra.WAVELENGTH**3 * k**4 + 0.07
    per_shell = np.bincount(rings.shells, rings.values) / np.bincount(rings.shells)
    assert np.corrcoef(per_shell, -np.cos(2 * chi))[0, 1] > 0.93


def test_values_and_models_are_orthogonal_to_what_is_smooth(rng):
    rings = remove_background(spectra.spectrum(15000, 15000, 0, rng), 30, 4)
    assert np.linalg.norm(rings.values) == pytest.approx(1)
    smooth = smooth_basis(len(rings.shell_frequency))
    for function in smooth.T:
        assert abs(rings.values @ function[rings.shells]) < 1e-9
        assert np.abs(rings.project(function[rings.shells])).max() < 1e-9
    model = rng.standard_normal(len(rings.values))
    once = rings.project(model)
    np.testing.assert_allclose(rings.project(once), once, atol=1e-12)


def test_a_bright_spot_counts_little(rng):
    power = spectra.thon_power(15000, 15000, 0, rng)
    power[300, 60] *= 1e4
    rings = remove_background(spectra.ThonSpectrum(power, 1.4), 30, 4)
    assert np.abs(rings.values).max() < 0.2


def test_the_functions_add_up_to_one():
    np.testing.assert_allclose(smooth_basis(150).sum(axis=-1), 1)


def test_too_narrow_a_band_is_refused():
    with pytest.raises(ValueError, match="expected 16 or more"):
        remove_background(spectra.spectrum(9000, 9000, 0), 30, 20)
