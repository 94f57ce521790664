"""The sine grating in closed form, at its limits; `test_propagation.py` holds the free flight against it."""

import numpy as np
import pytest

from vitreous.optics.grating import grating_harmonic, grating_image
from vitreous.optics.wavelength import wavelength_angstrom


def test_values():
    """d = 20 Å, 300 kV, ε = 0.5, worked out independently from the sum over diffraction orders."""
    assert grating_harmonic(1, 0.5, 20.0, 500.0, 300.0) == pytest.approx(0.038589, abs=5e-7)
    assert grating_harmonic(1, 0.5, 20.0, 5000.0, 300.0) == pytest.approx(0.328328, abs=5e-7)


def test_a_weak_grating_follows_the_contrast_transfer():
    phase = np.pi * wavelength_angstrom(300.0) * 3000.0 / 20.0**2
    assert grating_harmonic(1, 1e-4, 20.0, 3000.0, 300.0) == pytest.approx(1e-4 * np.sin(phase), rel=1e-7)


def test_a_short_flight_follows_the_transport_of_intensity():
    slope = 0.3 * np.pi * wavelength_angstrom(300.0) / 20.0**2
    assert grating_harmonic(1, 0.3, 20.0, 1.0, 300.0) == pytest.approx(slope, rel=1e-6)


def test_underfocus_makes_the_crest_dark():
    """Where the potential is highest a protein is dark in an underfocused image, z = −Δf."""
    x = np.array([0.0, 10.0])
    crest, trough = grating_image(x, 0.1, 20.0, -2000.0, 300.0)
    assert crest < 1 < trough


def test_the_mean_is_one(rng):
    x = np.arange(64) * 20.0 / 64
    for strength, distance in ((0.5, 900.0), (6.0, -30_000.0)):
        image = grating_image(x, strength, 20.0, distance, 300.0)
        assert image.mean() == pytest.approx(1.0, abs=1e-12)
        assert image.min() > -1e-12
