"""Free flight: a group, without loss, to +z, and paraxial to the order that it says."""

import numpy as np
import pytest

from vitreous._array import to_numpy
from vitreous.fourier import coordinates, frequency_radius, ft, ift, positions
from vitreous.optics.grating import grating_image
from vitreous.optics.propagation import exact_propagator, propagate, propagator
from vitreous.optics.wavelength import wavelength_angstrom

SHAPE, PIXEL = (24, 31), 1.3


@pytest.mark.parametrize("tilt", [(0.0, 0.0), (4.0, -7.0)])
def test_flights_add_up(tilt):
    def step(distance):
        return propagator(SHAPE, PIXEL, distance, 300.0, beam_tilt_mrad=tilt)

    np.testing.assert_allclose(step(170.0) * step(-420.0), step(-250.0), atol=1e-13)
    np.testing.assert_allclose(
        exact_propagator(SHAPE, PIXEL, 100.0, 300.0) ** 2, exact_propagator(SHAPE, PIXEL, 200.0, 300.0)
    )


def test_there_and_back_again_in_every_library(library, rng):
    wave = rng.standard_normal(SHAPE) + 1j * rng.standard_normal(SHAPE)
    there = propagate(library(wave), PIXEL, 800.0, 200.0)
    assert np.sum(np.abs(to_numpy(there)) ** 2) == pytest.approx(np.sum(np.abs(wave) ** 2), rel=1e-13)
    np.testing.assert_allclose(to_numpy(propagate(there, PIXEL, -800.0, 200.0)), wave, atol=1e-12)


def test_the_exact_phase_differs_by_the_next_term_of_its_series():
    z, wavelength = 4000.0, wavelength_angstrom(100.0)
    k = frequency_radius((64, 64), 0.8)
    beyond = np.angle(exact_propagator((64, 64), 0.8, z, 100.0) / propagator((64, 64), 0.8, z, 100.0))
    next_term = -0.25 * np.pi * wavelength**3 * z * k**4
    assert np.max(np.abs(next_term)) > 0.05
    # what follows is smaller again by λ²k²/2
    np.testing.assert_allclose(beyond, next_term, rtol=(wavelength * k.max()) ** 2, atol=1e-11)


def test_a_converging_wave_comes_to_its_focus_downstream():
    """A lens of focal length f, exp(−iπ r²/(λf)), focuses at z = +f: phases that grow inward lead on the axis."""
    wavelength, focus = wavelength_angstrom(300.0), 20_000.0
    r = np.sum(coordinates((128, 128), 2.0) ** 2, axis=-1)
    wave = np.exp(-1j * np.pi * r / (wavelength * focus) - r / (2 * 40.0**2))
    peaks = [np.abs(propagate(wave, 2.0, z, 300.0)[64, 64]) for z in (-focus, 0.0, focus)]
    assert peaks[2] > 4 * peaks[1] > 8 * peaks[0]


def test_a_tilted_beam_lands_aside_by_its_tangent():
    """A flight with the beam tilted by (θx, θy) moves the wave by z (tan θx, tan θy)."""
    z, tilt = 500.0, (12.0, -6.0)
    x = coordinates((64, 64), 1.0)
    blob = np.exp(-np.sum(x**2, axis=-1) / (2 * 4.0**2)) + 0j
    moved = np.abs(ift(ft(blob, 2) * propagator((64, 64), 1.0, z, 300.0, beam_tilt_mrad=tilt), 2)) ** 2
    centre = np.tensordot(moved, x, axes=([0, 1], [0, 1])) / moved.sum()
    np.testing.assert_allclose(centre, z * np.tan(1e-3 * np.array(tilt)), atol=1e-6)


@pytest.mark.parametrize("distance", [-7000.0, 500.0, 5000.0, 20_000.0])
def test_a_sine_grating_images_itself_as_bessel_functions_say(distance):
    period, strength, n = 20.0, 1.7, 64
    x = positions(n, period / n)
    wave = np.broadcast_to(np.exp(1j * strength * np.cos(2 * np.pi * x / period)), (2, n))
    image = np.abs(propagate(wave, period / n, distance, 300.0)) ** 2
    np.testing.assert_allclose(image[0], grating_image(x, strength, period, distance, 300.0), atol=1e-12)
