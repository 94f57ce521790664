"""Signal and noise: the ratio asked for, structural noise under the CTF, counted electrons, scale of real images."""

from dataclasses import replace

import numpy as np
import pytest

from vitreous._errors import InputError
from vitreous.detector import K2_300KV
from vitreous.fourier import power_spectrum, radial_average
from vitreous.optics import Defocus, ctf, interaction_constant
from vitreous.particles import OpticsGroup, ParticleSet, write_stack
from vitreous.particles.imaging import (
    AdditiveNoise,
    Counting,
    NoNoise,
    Signal,
    fit_scale,
    scale_to_snr,
    signal_power,
    with_structure,
)
from vitreous.particles.laws import DefocusLaw
from vitreous.particles.optics import lens_of
from vitreous.particles.plan import Laws, drawn_particles
from vitreous.particles.sources import MapSource

BOX, PIXEL, N = 40, 2.0, 200


def signal(rng: np.random.Generator, **fields: object) -> Signal:
    grid = np.indices((BOX,) * 3) - BOX // 2
    volume = sum(
        np.exp(-np.sum((grid - centre.reshape(3, 1, 1, 1)) ** 2, axis=0) / 6) for centre in rng.uniform(-8, 8, (6, 3))
    )
    group = OpticsGroup("a", 300.0, 2.7, 0.1, PIXEL, BOX)
    particles = drawn_particles(N, group, Laws(defocus=DefocusLaw((8000.0, 12000.0))), rng)
    return Signal(MapSource([volume.astype(np.float32)], PIXEL, np.zeros(N, np.int64)), particles, **fields)


@pytest.mark.parametrize("structure", [False, True])
def test_the_ratio_asked_for_is_the_ratio_had(structure, rng):
    """Measured apart: the variance of the clean images over that of all noise, which is 1."""
    shown, noise = scale_to_snr(signal(rng), 0.05, structure=structure)
    rows = np.arange(N)
    clean = shown.images(rows)
    images = clean.copy()
    if structure:
        images += shown.structure(rows, rng)
    noisy = noise.apply(images, rng)
    rest = noisy - noise.scale * clean
    assert rest.var() == pytest.approx(1, rel=0.01)
    assert noise.scale**2 * clean.var(axis=(1, 2)).mean() / rest.var() == pytest.approx(0.05, rel=0.02)


def test_structural_noise_has_the_zeros_of_the_ctf(rng):
    """Its power follows CTF², here of one defocus for all."""
    shown = signal(rng)
    particles = replace(shown.particles, defocus_u_angstrom=np.full(N, 1e4), defocus_v_angstrom=np.full(N, 1e4))
    shown = with_structure(replace(shown, particles=particles))
    power = power_spectrum(shown.structure(np.arange(N), rng), 2).mean(axis=0) / BOX**2 / shown.structure_sigma**2
    transfer = ctf((BOX, BOX), PIXEL, Defocus.round(1e4), lens_of(particles.optics_groups[0]), half=False)
    expected = radial_average(transfer**2, 2)[: BOX // 2 + 1]
    assert expected.max() > 0.9 > 0.2 > expected.min()
    np.testing.assert_allclose(power[1:], expected[1:], atol=0.06)
    with pytest.raises(InputError, match="the ice alone"):
        scale_to_snr(signal(rng), 50.0, structure=True)


def test_the_b_factor_takes_the_fine_detail(rng):
    shown = signal(rng)
    power = [
        power_spectrum(replace(shown, b_factor_angstrom2=b).images(np.arange(4)), 2).mean(axis=0) for b in (0.0, 100.0)
    ]
    k = np.arange(BOX // 2 + 1) / BOX / PIXEL
    np.testing.assert_allclose(power[1][:12] / power[0][:12], np.exp(-50 * k[:12] ** 2), rtol=0.05)


@pytest.mark.parametrize("detector", [None, K2_300KV])
@pytest.mark.parametrize("contrast", ["inverted", "dark"])
def test_counted_electrons_have_background_0_and_noise_1(contrast, detector, rng):
    camera = {} if detector is None else {"detector": detector}
    counting = Counting(20.0, PIXEL, 300.0, contrast, BOX, **camera)
    flat = counting.apply(np.zeros((64, BOX, BOX), np.float32), rng)
    assert abs(flat.mean()) < 0.02
    assert flat.std() == pytest.approx(1, rel=0.02)
    assert flat.dtype == np.float32


def test_counted_electrons_see_twice_sigma_times_the_projected_potential(rng):
    """I = 1 + 2σ CTF ∗ ∫V dz, over √(dose · pixel²): in the contrast of the set."""
    spot = np.full((4000, 4, 4), 1.0, np.float32)
    for contrast in ("inverted", "dark"):
        seen = Counting(50.0, PIXEL, 300.0, contrast, 4).apply(spot, rng).mean()
        expected = 2 * interaction_constant(300.0) * np.sqrt(50.0 * PIXEL**2)
        assert seen == pytest.approx(expected, abs=0.03)


def test_the_scale_of_measured_images_is_found(rng, tmp_path):
    shown = signal(rng)
    images = AdditiveNoise(37.0, 2.0).apply(shown.images(np.arange(N)), rng)
    write_stack(tmp_path / "measured.mrcs", [images], PIXEL)
    measured = replace(
        shown.particles,
        stacks=(str(tmp_path / "measured.mrcs"),),
        stack_index=np.zeros(N, np.int64),
        slice_index=np.arange(N),
    )
    assert isinstance(measured, ParticleSet)
    assert fit_scale(shown, measured) == pytest.approx(37.0, rel=0.02)
    flipped = replace(shown, particles=replace(shown.particles, contrast="dark"))
    with pytest.raises(InputError, match="do not correlate"):
        fit_scale(flipped, measured)


def test_nothing_to_see_is_refused(rng):
    shown = signal(rng)
    empty = replace(shown, source=MapSource([np.zeros((BOX,) * 3, np.float32)], PIXEL, np.zeros(N, np.int64)))
    with pytest.raises(InputError, match="constant"):
        signal_power(empty)
    images = shown.images(np.arange(2))
    assert NoNoise().apply(images, rng) is images
