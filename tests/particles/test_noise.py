"""The spectrum of noise, estimated around particles and put into white noise."""

from dataclasses import replace

import numpy as np
import pytest

from vitreous._errors import InputError
from vitreous.fourier import coordinate_radius, power_spectrum
from vitreous.particles import OpticsGroup, ParticleSet, write_stack
from vitreous.particles.noise import coloured_noise, noise_spectrum, resample_spectrum, spread_rows

BOX = 48


def coloured(rng: np.random.Generator, n: int = 300) -> tuple[np.ndarray, np.ndarray]:
    spectrum = 0.3 + 2 * np.exp(-np.arange(BOX // 2 + 1) / 6)
    return coloured_noise(rng.standard_normal((n, BOX, BOX), np.float32), spectrum), spectrum


def test_coloured_noise_has_the_spectrum(rng):
    noise, spectrum = coloured(rng)
    measured = power_spectrum(noise, 2).mean(axis=0) / BOX**2
    np.testing.assert_allclose(measured[2:], spectrum[2:], rtol=0.1)
    assert noise.dtype == np.float32


def test_the_estimate_sees_the_noise_and_not_the_particle(rng, tmp_path):
    noise, spectrum = coloured(rng)
    particle = 20 * (coordinate_radius((BOX, BOX)) < 10).astype(np.float32)
    write_stack(tmp_path / "stack.mrcs", [noise + particle + 5], 1.5)
    particles = ParticleSet(
        optics_groups=(OpticsGroup("a", 300.0, 2.7, 0.1, 1.5, BOX),),
        optics_index=np.zeros(len(noise), np.int64),
        stacks=(str(tmp_path / "stack.mrcs"),),
        stack_index=np.zeros(len(noise), np.int64),
        slice_index=np.arange(len(noise)),
    )
    np.testing.assert_allclose(noise_spectrum(particles, 18 * 1.5)[4:], spectrum[4:], rtol=0.12)
    np.testing.assert_allclose(noise_spectrum(particles)[4:], spectrum[4:], rtol=0.15)
    wrong = replace(particles, optics_groups=(replace(particles.optics_groups[0], box=40),))
    with pytest.raises(InputError, match="48 × 48 pixels, the set says 40"):
        noise_spectrum(wrong)
    with pytest.raises(InputError, match="no background"):
        noise_spectrum(particles, 60.0)


def test_a_spectrum_for_a_box_makes_noise_of_variance_1(rng):
    spectrum = resample_spectrum(np.array([0.0, 0.1, 0.3]), np.array([5.0, 1.0, 0.5]), BOX, 1.2)
    assert spectrum[0] / spectrum[-1] == pytest.approx(10, rel=0.2)
    noise = coloured_noise(rng.standard_normal((200, BOX, BOX), np.float32), spectrum)
    assert noise.var() == pytest.approx(1, rel=0.02)
    for bad in ([0.1, 0.0], [0.0, 0.1, 0.1]):
        with pytest.raises(InputError, match="rise"):
            resample_spectrum(np.array(bad), np.ones(len(bad)), BOX, 1.2)


def test_rows_are_spread_over_the_set():
    assert spread_rows(5, 10).tolist() == [0, 1, 2, 3, 4]
    assert spread_rows(101, 3).tolist() == [0, 50, 100]
