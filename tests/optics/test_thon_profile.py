import numpy as np
import pytest

from optics import spectra
from vitreous.optics.lens import Defocus, Lens
from vitreous.optics.thon_profile import equiphase_frequency, ring_profile, start_of

LENS = Lens(300, 2.7, 0.07)


def test_a_round_lens_keeps_its_frequencies(rng):
    k = rng.uniform(-0.3, 0.3, (50, 2))
    np.testing.assert_allclose(equiphase_frequency(k, Defocus.round(9000.0), LENS), np.hypot(*k.T))


@pytest.mark.parametrize("spherical_aberration_mm", [0.0, 2.7])
def test_the_phase_is_the_same_there(rng, spherical_aberration_mm):
    """By the phase written out, along an ellipse."""
    k, azimuth = 0.23, np.linspace(0, 2 * np.pi, 40)
    defocus, lens = Defocus(12000.0, 10000.0, 25.0), Lens(300, spherical_aberration_mm)
    points = k * np.stack([np.cos(azimuth), np.sin(azimuth)], axis=-1)
    q = equiphase_frequency(points, defocus, lens)

    def chi(f, local):
        cs = spherical_aberration_mm * 1e7
        return np.pi * spectra.WAVELENGTH * f**2 * local - np.pi / 2 * cs * spectra.WAVELENGTH**3 * f**4

    local = 11000 + 1000 * np.cos(2 * (azimuth - np.radians(25)))
    np.testing.assert_allclose(chi(q, 11000), chi(k, local), rtol=1e-5)
    assert np.ptp(q) > 0.02


def test_no_frequency_has_a_phase_beyond_the_turning_point():
    found = equiphase_frequency(np.array([[0.3, 0.0]]), Defocus(3000.0, 500.0, 0.0), LENS)
    assert np.isnan(found[0])


def test_astigmatic_rings_are_sharp_only_at_equal_phase(rng):
    spectrum = spectra.spectrum(21500, 19500, 60, rng)
    right = ring_profile(spectrum, Defocus(21500.0, 19500.0, 60.0), LENS)
    round_ = ring_profile(spectrum, Defocus.round(20500.0), LENS)
    assert right.resolution_angstrom < 3.6
    assert round_.resolution_angstrom > 4.5
    assert right.correlation[:100].min() > 0.8


def test_resolution_ends_where_the_rings_end(rng):
    """No rings beyond 6 Å: the fit reaches there and no further, by less than the window."""
    k = np.hypot(*np.moveaxis(spectra.spectrum(9000, 9000, 0).frequency_xy(), -1, 0))
    power = np.where(k < 1 / 6, spectra.thon_power(20000, 20000, 0), spectra.thon_power(0, 0, 0).mean() * np.exp(-k))
    power = power * rng.gamma(25, 1 / 25, power.shape)
    found = ring_profile(spectra.ThonSpectrum(power, 1.4), Defocus.round(20000.0), LENS)
    assert 5.2 < found.resolution_angstrom < 6.6


def test_wrong_rings_reach_nowhere(rng):
    found = ring_profile(spectra.spectrum(20000, 20000, 0, rng), Defocus.round(11000.0), LENS)
    assert found.resolution_angstrom > 10


def test_parameters_of_a_defocus():
    start = start_of(Defocus(10400.0, 10000.0, 45.0, 90.0), 300.0)
    np.testing.assert_allclose(start.vector(), [10200, 0, 200, np.pi / 2, 300], atol=1e-10)
