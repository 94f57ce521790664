"""From wave to image: the weak limit is the contrast transfer; Koeck and Karshikoff's terms have their orders."""

import numpy as np
import pytest

from optics.phantoms import gaussian_slices, random_atoms
from vitreous._array import to_numpy
from vitreous.fourier import frequency_radius, ft, ift
from vitreous.optics.aberrations import antisymmetric_factor
from vitreous.optics.ctf import ctf, ctf_phase
from vitreous.optics.exit_wave import ExitWave, absorptive_potential, phase_grating, weak_phase
from vitreous.optics.intensity import defocus_like, linear_term, quadratic_term, wave_image
from vitreous.optics.lens import Defocus, Lens
from vitreous.optics.wave_transfer import wave_transfer

SHAPE, PIXEL, KV = (51, 63), 1.4, 300.0
DEFOCUS = Defocus(9000.0, 7500.0, 25.0)


@pytest.fixture
def phase(rng):
    """A smooth random phase of unit variance and no mean."""
    field = np.real(ift(ft(rng.standard_normal(SHAPE), 2) * np.exp(-((20 * frequency_radius(SHAPE)) ** 2) / 20), 2))
    return (field - field.mean()) / field.std()


def wave_of(phase, absorption=0.0):
    return ExitWave(np.exp(1j * phase - absorption), PIXEL, KV, absorbing=bool(np.any(absorption)))


@pytest.mark.parametrize(
    ("defocus", "lens"),
    [
        (DEFOCUS, Lens(KV, 2.7)),
        (DEFOCUS, Lens(KV, 2.7, 0.1)),
        (Defocus(4000.0, 4000.0, 0.0, 90.0), Lens(KV, 0.01, 0.07)),
        (
            DEFOCUS,
            Lens(KV, 2.7, 0.1, beam_tilt_mrad=(1.0, -2.0), even_zernike=(0.0, 0.2, 1.0), odd_zernike=(0, 0, 30.0)),
        ),
    ],
)
def test_a_weak_phase_gives_twice_the_contrast_transfer(phase, defocus, lens):
    """I − 1 = 2 F⁻¹[CTF φ̂] to first order, with every aberration, phase plate and the lens's amplitude contrast."""
    image = wave_image(wave_of(1e-5 * phase), defocus, lens)
    transfer = ctf(SHAPE, PIXEL, defocus, lens, half=False) * antisymmetric_factor(SHAPE, PIXEL, lens, half=False)
    expected = np.real(ift(2 * transfer * ft(1e-5 * phase, 2), 2))
    assert np.linalg.norm(image - 1 - expected) < 1e-4 * np.linalg.norm(expected)


def test_phase_and_absorption_pass_by_the_sine_and_the_cosine(phase):
    """I = 1 + F⁻¹[2φ̂ sin χ_w − 2μ̂ cos χ_w], χ_w = −χ = 2π(¼Csλ³k⁴ − ½Δfλk²)."""
    lens, absorption = Lens(KV, 2.7), 2e-6 * np.roll(phase, 7, axis=0)
    chi_w = -ctf_phase(SHAPE, PIXEL, DEFOCUS, lens, half=False)
    expected = np.real(ift(2 * np.sin(chi_w) * ft(1e-5 * phase, 2) - 2 * np.cos(chi_w) * ft(absorption, 2), 2))
    image = wave_image(wave_of(1e-5 * phase, absorption), DEFOCUS, lens)
    assert np.linalg.norm(image - 1 - expected) < 1e-4 * np.linalg.norm(expected)
    linear = linear_term(1e-5 * phase, absorption, wave_transfer(SHAPE, PIXEL, DEFOCUS, lens))
    np.testing.assert_allclose(linear, expected, atol=1e-14)


def test_the_linear_and_the_quadratic_term_leave_errors_of_first_and_second_order(phase):
    """Halving the phase halves the relative error of 1 + I₁ and quarters that of 1 + I₁ + I₂."""
    transfer = wave_transfer(SHAPE, PIXEL, DEFOCUS, Lens(KV, 2.7))
    errors = []
    for strength in (0.1, 0.05, 0.025, 0.0125):
        phi, mu = strength * phase, 0.1 * strength * np.roll(phase, 5, axis=1)
        contrast = wave_image(wave_of(phi, mu), DEFOCUS, Lens(KV, 2.7)) - 1
        linear, quadratic = linear_term(phi, mu, transfer), quadratic_term(phi, mu, transfer)
        errors.append(
            [np.linalg.norm(contrast - part) / np.linalg.norm(contrast) for part in (linear, linear + quadratic)]
        )
    first, second = np.log2(np.array(errors)[:-1] / np.array(errors)[1:]).T
    np.testing.assert_allclose(first, 1.0, atol=0.05)
    np.testing.assert_allclose(second, 2.0, atol=0.1)
    assert errors[0][0] > 0.03 > errors[0][1]


def test_at_focus_only_absorption_is_quadratic(phase):
    """W = 0: |exp(iφ − μ)|² = exp(−2μ), so that I₂ = 2μ²."""
    absorption = 0.1 * np.roll(phase, 3, axis=0)
    ones = np.ones(SHAPE, complex)
    np.testing.assert_allclose(quadratic_term(phase, absorption, ones), 2 * absorption**2, atol=1e-12)


def test_amplitude_contrast_of_the_potential_is_that_of_the_lens(rng):
    """Absorption and the lens make the same image of a weak object, up to 1/√(1 − a²), away from k = 0."""
    projected = gaussian_slices(random_atoms(rng, 30, (50.0, 50.0, 0.0), 1e-3), (1, 60, 60), PIXEL, 1.0)[0]
    projected = projected - projected.mean()
    absorbed = wave_image(weak_phase(absorptive_potential(projected, 0.1), PIXEL, KV), DEFOCUS, Lens(KV, 2.7))
    by_lens = wave_image(weak_phase(projected, PIXEL, KV), DEFOCUS, Lens(KV, 2.7, 0.1))
    assert np.linalg.norm((absorbed - 1) * np.sqrt(1 - 0.01) - (by_lens - 1)) < 1e-4 * np.linalg.norm(by_lens - 1)
    neither = wave_image(weak_phase(projected, PIXEL, KV), DEFOCUS, Lens(KV, 2.7))
    assert np.linalg.norm(neither - by_lens) > 0.05 * np.linalg.norm(by_lens - 1)


def test_amplitude_contrast_cannot_be_counted_twice():
    wave = phase_grating(absorptive_potential(np.ones((4, 4)), 0.07), PIXEL, KV)
    with pytest.raises(ValueError, match=r"counted twice.*set the lens's to 0, or make the wave of the real potential"):
        wave_image(wave, DEFOCUS, Lens(KV, 2.7, 0.07))
    assert wave_image(wave, DEFOCUS, Lens(KV, 2.7)).shape == (4, 4)


def test_a_wave_of_another_voltage_is_refused():
    with pytest.raises(ValueError, match=r"made at 300\.0 kV, but the lens is at 200\.0 kV"):
        wave_image(phase_grating(np.ones((4, 4)), PIXEL, KV), DEFOCUS, Lens(200.0))


def test_the_lens_loses_no_electron_and_an_aperture_does(phase):
    wave = wave_of(phase)
    assert np.mean(wave_image(wave, DEFOCUS, Lens(KV, 2.7, 0.1))) == pytest.approx(1.0, abs=1e-13)
    aperture = frequency_radius(SHAPE, PIXEL) < 0.1
    assert np.mean(wave_image(wave, DEFOCUS, Lens(KV, 2.7), envelope=aperture.astype(float))) < 0.999


def test_envelopes_leave_the_unscattered_beam(phase):
    """Without a specimen the image is 1 whatever the envelope, and a weak image is damped by it."""
    envelope = np.exp(-((5 * frequency_radius(SHAPE, PIXEL)) ** 2))
    assert np.allclose(wave_image(wave_of(0 * phase), DEFOCUS, Lens(KV, 2.7), envelope=envelope), 1.0)
    full, damped = (
        ft(wave_image(wave_of(1e-6 * phase), DEFOCUS, Lens(KV, 2.7), envelope=given) - 1, 2)
        for given in (None, envelope)
    )
    assert np.linalg.norm(damped - envelope * full) < 1e-4 * np.linalg.norm(full)


def test_batches_of_defocus_in_every_library(library, phase):
    lens, u = Lens(KV, 2.7, 0.1), np.array([5000.0, 8000.0])
    wave = ExitWave(library(np.exp(1j * 0.1 * phase)), PIXEL, KV, absorbing=False)
    found = to_numpy(wave_image(wave, Defocus.round(library(u)), lens))
    for image, defocus in zip(found, u, strict=True):
        np.testing.assert_allclose(image, wave_image(wave_of(0.1 * phase), Defocus.round(defocus), lens), atol=1e-10)
    single = ExitWave(library(np.exp(1j * 0.1 * phase).astype(np.complex64)), PIXEL, KV, absorbing=False)
    image = to_numpy(wave_image(single, Defocus.round(5000.0), lens))
    assert image.dtype == np.float32
    np.testing.assert_allclose(image, found[0], atol=1e-5)


def test_a_defocus_of_numbers_takes_the_library_of_the_wave(library):
    taken = defocus_like(Defocus(1.0, 2, 3.0), library(np.zeros(2, np.float32)))
    assert isinstance(taken.u_angstrom, type(library(np.zeros(2))))
    assert [float(value) for value in (taken.u_angstrom, taken.v_angstrom, taken.angle_deg)] == [1.0, 2.0, 3.0]
