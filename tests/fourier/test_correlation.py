import numpy as np
import pytest
import torch

from gradients import gradients_agree
from vitreous._array import to_numpy
from vitreous.fourier import (
    correlation_noise,
    filter_image,
    frc,
    frequency_radius,
    fsc,
    low_pass,
    resolution_angstrom,
    shell_frequencies,
    shell_sizes,
)


def test_identical_maps_correlate_to_one(library, rng):
    volume, image = rng.standard_normal((8, 8, 9)), rng.standard_normal((3, 8, 9))
    np.testing.assert_allclose(to_numpy(fsc(library(volume), library(3 * volume))), 1)
    np.testing.assert_allclose(to_numpy(frc(library(image), library(-image))), -1)


@pytest.mark.parametrize("n", [24, 25])
def test_independent_noise_stays_within_its_level(rng, n):
    curve = fsc(*rng.standard_normal((2, n, n, n)))
    assert np.all(np.abs(curve[1:]) < 4.5 * correlation_noise((n, n, n))[1:])


@pytest.mark.parametrize("shape", [(16, 16), (15, 15)])
def test_the_noise_level_is_the_standard_deviation(rng, shape):
    curves = frc(*rng.standard_normal((2, 4000, *shape)))
    level = correlation_noise(shape)
    np.testing.assert_allclose(level, shell_sizes(shape) ** -0.5)
    np.testing.assert_allclose(np.std(curves[:, 2:], axis=0), level[2:], rtol=0.08)
    np.testing.assert_allclose(np.mean(curves[:, 2:], axis=0), 0, atol=0.03)


def test_signal_and_noise_correlate_as_their_powers_say(rng):
    # two halves with the same signal of variance s² and noise of variance 1: FSC = s²/(s² + 1)
    signal, noise = rng.standard_normal((24, 24, 24)), rng.standard_normal((2, 24, 24, 24))
    curve = fsc(*(1.5 * signal + noise))
    np.testing.assert_allclose(curve[4:], 2.25 / 3.25, atol=0.12)
    assert np.mean(curve[4:]) == pytest.approx(2.25 / 3.25, abs=0.02)


def test_batches_broadcast(rng):
    images, truth = rng.standard_normal((3, 6, 6)), rng.standard_normal((6, 6))
    curves = frc(images, truth)
    assert curves.shape == (3, 4)
    np.testing.assert_allclose(curves[1], frc(images[1], truth))


def test_powers_beyond_single_precision_do_not_overflow(library, rng):
    volume = library((1e8 * rng.standard_normal((16, 16, 16))).astype(np.float32))
    curve = fsc(volume, volume)
    assert curve.dtype == volume.dtype
    np.testing.assert_allclose(to_numpy(curve), 1, rtol=1e-5)


def test_an_empty_shell_correlates_to_zero():
    assert fsc(np.ones((4, 4, 4)), np.ones((4, 4, 4))).tolist() == [1, 0, 0]


def test_gradients(rng):
    a, b = (torch.tensor(rng.standard_normal((5, 4)), requires_grad=True) for _ in range(2))
    assert gradients_agree(frc, (a, b))


def test_the_resolution_is_where_the_filter_was(rng):
    n, pixel = 48, 1.5
    k = frequency_radius((n, n, n), pixel, half=True)
    signal = filter_image(rng.standard_normal((n, n, n)), low_pass(k, 1 / 6, 0.02), 3)
    curve = fsc(*(signal + 0.02 * rng.standard_normal((2, n, n, n))))
    found = resolution_angstrom(curve, shell_frequencies((n, n, n), pixel), 0.5)
    assert 1 / found == pytest.approx(1 / 6, abs=0.012)


def test_the_crossing_is_interpolated():
    k = np.array([0, 0.1, 0.2, 0.3, 0.4])
    assert resolution_angstrom(np.array([1, 1, 0.9, 0.1, 0.0]), k, 0.5) == pytest.approx(1 / 0.25)
    # the first fall counts, and a low first shell does not end the curve
    assert resolution_angstrom(np.array([0, 0.2, 0.9, 0.1, 0.9]), k, 0.5) == pytest.approx(1 / 0.25)
    assert resolution_angstrom(torch.tensor([1, 1, 0.5, 0.4, 0.0]), torch.tensor(k), 0.5) == pytest.approx(1 / 0.2)


def test_no_crossing():
    """Resolved to Nyquist is not the same as not resolved at all."""
    k = np.array([0, 0.1, 0.2])
    assert resolution_angstrom(np.array([1, 0.9, 0.8]), k) == pytest.approx(5)
    assert resolution_angstrom(np.array([1, 0.1, 0.05]), k) is None


def test_wrong_shapes_are_named():
    with pytest.raises(ValueError, match=r"\(4, 4, 4\)"):
        fsc(np.zeros((4, 4, 4)), np.zeros((4, 4, 5)))
    with pytest.raises(ValueError, match="3 correlations"):
        resolution_angstrom(np.zeros(3), np.zeros(4))
