"""The B factor put in is got out; sharpening undoes blurring; weights and limits do what the formula says."""

import numpy as np
import pytest

from known_maps import blobs, noise, truncated
from vitreous._array import to_numpy
from vitreous.fourier import frequency_radius, frequency_shells, rft
from vitreous.reconstruction.sharpening import blur, fsc_weight, guinier_fit, sharpen
from vitreous.specimen import point

BOX, PIXEL = 48, 1.5


@pytest.mark.parametrize("b_factor", [0.0, 80.0, 300.0])
def test_the_b_factor_put_in_is_got_out(library, b_factor):
    """Of a point, all of whose amplitudes are 1: up to the width of a shell, within which k² is not one number."""
    sharp = point((BOX,) * 3, [0.0, 0.0, 0.0], PIXEL)
    fit = guinier_fit(
        blur(library(sharp), b_factor, pixel_size_angstrom=PIXEL), pixel_size_angstrom=PIXEL, high_angstrom=3.2
    )
    assert fit.b_factor_angstrom2 == pytest.approx(b_factor, rel=5e-3, abs=1e-6)
    assert fit.intercept == pytest.approx(0, abs=0.02)


@pytest.mark.parametrize("b_factor", [60.0, 150.0])
def test_the_b_factor_of_noise_is_got_out_within_its_error(b_factor):
    """White noise, blurred: twenty maps, whose errors are those that the fits state."""
    rng, found = np.random.default_rng(2), []
    for _ in range(20):
        fit = guinier_fit(
            blur(noise(32, rng), b_factor, pixel_size_angstrom=PIXEL), pixel_size_angstrom=PIXEL, high_angstrom=3.2
        )
        found.append((fit.b_factor_angstrom2, fit.standard_error_angstrom2))
    values, errors = np.transpose(found)
    assert np.mean(values) == pytest.approx(b_factor, abs=4 * np.mean(errors) / 20**0.5 + 0.01 * b_factor)
    assert 0.4 < np.std(values) / np.mean(errors) < 2.5


def test_a_particle_loses_what_was_put_in():
    """Whatever B a particle has of its own, blurring adds to it and sharpening takes it away."""
    particle = blobs(BOX, np.random.default_rng(1))
    options = {"pixel_size_angstrom": PIXEL, "high_angstrom": 4.0}
    own = guinier_fit(particle, **options).b_factor_angstrom2
    blurred = blur(particle, 100.0, pixel_size_angstrom=PIXEL)
    assert guinier_fit(blurred, **options).b_factor_angstrom2 == pytest.approx(own + 100, rel=0.02)
    back = sharpen(blurred, 100.0, pixel_size_angstrom=PIXEL)
    np.testing.assert_allclose(back, particle, atol=1e-9)


def test_noise_flattens_the_plot_and_the_weight_takes_it_out():
    """White noise makes the amplitudes fall less; weighted by the FSC of the halves, they fall as the signal's."""
    rng = np.random.default_rng(6)
    signal = blur(noise(64, rng), 200.0, pixel_size_angstrom=PIXEL)
    power = np.exp(-200.0 / 2 * (frequency_radius((64,) * 3, PIXEL, half=True)) ** 2)
    shells = frequency_shells((64,) * 3, half=True)
    level = 0.05
    snr = np.array([power[shells == r].mean() for r in range(33)]) / level
    noisy = signal + (level / 2) ** 0.5 * noise(64, rng)
    options = {"pixel_size_angstrom": PIXEL, "high_angstrom": 4.0}
    plain = guinier_fit(noisy, **options).b_factor_angstrom2
    weighted = guinier_fit(noisy, correlation=snr / (1 + snr), **options).b_factor_angstrom2
    assert plain < 160
    assert weighted == pytest.approx(200, rel=0.05)


def test_sharpening_multiplies_by_what_the_formula_says(library):
    volume = noise(BOX, np.random.default_rng(8))
    curve = np.clip(np.linspace(1.2, -0.2, BOX // 2 + 1), -1, 1)
    made = sharpen(library(volume), 50.0, pixel_size_angstrom=PIXEL, correlation=library(curve), low_pass_angstrom=4.0)
    ratio = np.abs(rft(to_numpy(made), 3)) / np.abs(rft(volume, 3))
    k = frequency_radius((BOX,) * 3, PIXEL, half=True)
    step = 1 / (BOX * PIXEL)
    weight = np.interp(k / step, np.arange(len(curve)), np.sqrt(2 * np.clip(curve, 0, 1) / (1 + np.clip(curve, 0, 1))))
    weight = np.where(k / step > BOX // 2 + 1e-3, 0, weight)
    edge = np.clip((k - 0.25) / (2 * step) + 0.5, 0, 1)
    expected = np.exp(50 * k**2 / 4) * weight * 0.5 * (1 + np.cos(np.pi * edge))
    # the real image's own Nyquist coefficients are as good as any; they are left to the parity of the transform
    np.testing.assert_allclose(ratio, expected, atol=1e-9 + 1e-9 * expected.max())


def test_the_weight_of_known_correlations(library):
    weight = to_numpy(fsc_weight(library(np.array([1.0, 1 / 7, 0.0, -0.3]))))
    np.testing.assert_allclose(weight, [1, 0.5, 0, 0])


def test_gradients_and_precision(rng):
    import torch

    volume = torch.from_numpy(noise(8, rng).astype(np.float32))
    b_factor = torch.tensor(10.0, requires_grad=True)
    blur(volume, b_factor, pixel_size_angstrom=1.0).square().sum().backward()
    assert b_factor.grad < 0
    assert sharpen(volume, 10.0, pixel_size_angstrom=1.0).dtype == torch.float32


def test_what_cannot_be_fitted_is_refused():
    volume = truncated(noise(16, np.random.default_rng(0)), 8)
    with pytest.raises(ValueError, match="too few for a line"):
        guinier_fit(volume, pixel_size_angstrom=1.0, high_angstrom=9.0)
    with pytest.raises(ValueError, match="4 correlations for a map with 9 shells"):
        sharpen(volume, 1.0, pixel_size_angstrom=1.0, correlation=np.ones(4))
