"""The complex transfer, and when it reduces to the sine."""

import numpy as np
import pytest
import torch

from vitreous._array import to_numpy
from vitreous.fourier import filter_image, frequency_radius, ft, gaussian_blur, ift
from vitreous.optics import (
    Defocus,
    Lens,
    antisymmetric_factor,
    ctf,
    image_of_wave,
    wave_transfer,
)
from vitreous.optics.propagation import propagator

SHAPE, PIXEL = (45, 45), 1.2
DEFOCUS = Defocus(9e3, 8e3, 25.0, 20.0)
LENS = Lens(300.0, 2.7, 0.1, beam_tilt_mrad=(2.0, -1.0), even_zernike=(0.1, 3.0, -2.0))


def phase_object(rng, rms):
    """Random and smooth, with mean 0: the average phase is no scattering."""
    radius = frequency_radius(SHAPE, PIXEL, half=True)
    phase = filter_image(rng.normal(size=SHAPE), gaussian_blur(radius, 2.0), 2)
    phase -= phase.mean()
    return rms * phase / phase.std()


@pytest.mark.parametrize("amplitude", [0.0, 0.1, 0.4])
def test_weak_waves_reduce_to_the_sine(amplitude):
    """(I − 1)/2 · √(1 − a²) comes from the object through the CTF; half the object leaves a quarter of the error."""
    lens = Lens(300.0, 2.7, amplitude, beam_tilt_mrad=(2.0, -1.0), even_zernike=(0.1, 3.0, -2.0))
    transfer = wave_transfer(SHAPE, PIXEL, DEFOCUS, lens)
    linear_transfer = ctf(SHAPE, PIXEL, DEFOCUS, lens, half=False) * antisymmetric_factor(
        SHAPE, PIXEL, lens, half=False
    )
    errors = []
    for rms in (2e-3, 1e-3):
        phase = phase_object(np.random.default_rng(1), rms)
        wave = np.exp((1j - np.tan(np.arcsin(amplitude))) * phase)
        image = (image_of_wave(wave, transfer) - 1) * np.sqrt(1 - amplitude**2) / 2
        linear = ift(ft(phase + 0j, 2) * linear_transfer, 2).real
        errors.append(np.linalg.norm(image - linear) / np.linalg.norm(linear))
    assert errors[0] < 0.01
    assert errors[0] / errors[1] == pytest.approx(2.0, abs=0.05)


def test_strong_waves_do_not(rng):
    """At a phase of 0.5 rad rms the sine misses a quarter and more of the image."""
    phase = phase_object(rng, 0.5)
    image = image_of_wave(np.exp(1j * phase), wave_transfer(SHAPE, PIXEL, DEFOCUS, Lens(300.0, 2.7)))
    linear = 1 + 2 * ift(ft(phase + 0j, 2) * ctf(SHAPE, PIXEL, DEFOCUS, Lens(300.0, 2.7), half=False), 2).real
    assert np.linalg.norm(image - linear) > 0.25 * np.linalg.norm(linear - 1)


def test_underfocus_is_flight_backwards(library):
    """Without Cs, T of an underfocus Δf is free flight over −Δf."""
    found = wave_transfer(SHAPE, PIXEL, Defocus.round(library(np.array([5e3]))), Lens(300.0))
    np.testing.assert_allclose(to_numpy(found)[0], propagator(SHAPE, PIXEL, -5e3, 300.0), atol=1e-10)


def test_a_phase_plate_spares_the_unscattered_beam():
    plate = wave_transfer((8, 8), 1.0, Defocus.round(0.0, 90.0), Lens(300.0, 0.0, 0.1))
    assert plate[4, 4] == 1.0
    np.testing.assert_allclose(np.delete(plate.ravel(), 36), 1j, atol=1e-15)
    # in focus, a quarter turn shows a phase object as 1 − 2φ
    phase = phase_object(np.random.default_rng(4), 1e-4)
    image = image_of_wave(np.exp(1j * phase), wave_transfer(SHAPE, PIXEL, Defocus.round(0.0, 90.0), Lens(300.0)))
    np.testing.assert_allclose(image - 1, -2 * phase, atol=1e-6)


def test_gradients():
    values = [torch.tensor([x], dtype=torch.float64, requires_grad=True) for x in (5e3, 4e3, 30.0)]
    wave = torch.exp(1j * torch.tensor(np.random.default_rng(0).normal(size=(3, 4))))
    assert torch.autograd.gradcheck(
        lambda u, v, angle: image_of_wave(wave, wave_transfer((3, 4), 2.0, Defocus(u, v, angle), LENS)),
        tuple(values),
        eps=1e-4,
        atol=1e-6,
    )
