import numpy as np
import pytest

from vitreous._array import to_numpy
from vitreous.detector import (
    DIRECT,
    IDEAL,
    K2_300KV,
    Detector,
    electrons_per_pixel,
    expose,
    gaussian_curve,
    noise_transfer,
    quantum_filter,
    radial,
    rational_curve,
)
from vitreous.fourier import frequency_grid, power_spectrum, radial_average, shell_frequencies

LOSSY = Detector(
    mtf=radial(rational_curve(0.7, 0.2, 0.1, 10, 40)),
    dqe=radial(gaussian_curve([0.6], [0.0], [0.6])),
    conversion_adu_per_electron=3.0,
)
SHAPE, DOSE, PIXEL = (512, 512), 50.0, 1.2
FLAT = np.ones(SHAPE)


def noise_spectrum(images):
    """The power per pixel in each shell, without the mean of the images."""
    images = np.asarray(images, float)
    return power_spectrum(images - images.mean((-2, -1), keepdims=True), 2) / images[0].size


def shell_value(response):
    """A radial response at the shells."""
    k = shell_frequencies(SHAPE)
    return response(np.stack([k, 0 * k], axis=-1))


def test_an_ideal_camera_counts(rng):
    micrograph = expose(FLAT, PIXEL, DOSE, rng=rng)
    expected = electrons_per_pixel(DOSE, PIXEL)
    assert expected == DOSE * PIXEL**2
    assert micrograph.mean() == pytest.approx(expected, rel=2e-3)
    assert micrograph.var() == pytest.approx(expected, rel=0.01)
    assert np.all(micrograph == np.round(micrograph))


def test_shots_add_up_to_a_variance_that_is_the_mean(rng):
    frames = sum(expose(FLAT, 1.0, 2.0, rng=rng) for _ in range(10))
    assert frames.var() == pytest.approx(frames.mean(), rel=0.01)


@pytest.mark.parametrize(("kind", "mean_power"), [("vulovic", 0.5), ("exact", 1.0)])
def test_flat_field_noise_spectrum(rng, kind, mean_power):
    """NPS(k) = CF² Φ √DQE(0) NTF²(k) for √DQE, with DQE(0) for the exact filter; the mean has the same factor."""
    images = [expose(FLAT, PIXEL, DOSE, LOSSY, rng=rng, kind=kind) for _ in range(4)]
    level = electrons_per_pixel(DOSE, PIXEL) * 0.6**mean_power
    assert np.mean(images) == pytest.approx(3.0 * level, rel=1e-3)
    ntf = shell_value(lambda k: noise_transfer(LOSSY, k))
    ratio = np.mean(noise_spectrum(images), axis=0) / (9.0 * level * ntf**2)
    bands = ratio[57:].reshape(-1, 10).mean(axis=-1)
    assert np.abs(bands - 1).max() < 0.05
    assert bands.mean() == pytest.approx(1, abs=5e-3)


def test_pixels_are_independent_only_without_noise_transfer(rng):
    def neighbours(detector):
        image = expose(FLAT, 1.0, 30.0, detector, rng=rng)
        return np.corrcoef(image[:, 1:].ravel(), image[:, :-1].ravel())[0, 1]

    assert abs(neighbours(DIRECT)) < 0.01
    assert neighbours(LOSSY) > 0.1


@pytest.mark.parametrize("kind", ["exact", "vulovic"])
def test_output_snr_over_input_snr_is_the_dqe(rng, kind):
    """Signal: a known weak pattern. The noise and the transfer are measured by exposures with and without it."""
    pattern = 1 + 0.2 * rng.standard_normal(SHAPE).clip(-3, 3)
    phi, runs = electrons_per_pixel(DOSE, PIXEL), 6
    images = np.array([expose(pattern, PIXEL, DOSE, LOSSY, rng=rng, kind=kind) for _ in range(runs)])
    signal = np.fft.fftshift(np.fft.fft2(pattern - pattern.mean()))
    cross = [np.fft.fftshift(np.fft.fft2(image - image.mean())) * np.conj(signal) for image in images]
    power_in = radial_average(np.abs(signal) ** 2, 2)
    transfer = radial_average(np.real(np.mean(cross, axis=0)), 2) / power_in
    noise = noise_spectrum(images - images.mean(0)).mean(0) * runs / (runs - 1)
    ratio = (transfer**2 / noise) / (phi**2 / phi)
    dqe = shell_value(LOSSY.dqe)
    expected = dqe if kind == "exact" else dqe / np.sqrt(0.6)
    assert np.median(np.abs(ratio[20:250] / expected[20:250] - 1)) < 0.03
    assert np.mean(ratio[20:250] / expected[20:250]) == pytest.approx(1, abs=0.015)


def test_the_filters_agree_where_nothing_is_lost_at_zero():
    frequency = frequency_grid((8, 8), half=True)
    np.testing.assert_allclose(quantum_filter(DIRECT, frequency), quantum_filter(DIRECT, frequency, "vulovic"))
    zero = np.zeros((1, 2))
    assert quantum_filter(K2_300KV, zero)[0] == pytest.approx(K2_300KV.dqe(zero)[0])


def test_read_out_and_dark_add_their_mean_and_variance(rng):
    camera = Detector(IDEAL.mtf, IDEAL.dqe, readout_sigma_adu=4.0, dark_adu=7.0)
    image = expose(0 * FLAT, 1.0, 10.0, camera, rng=rng)
    assert image.mean() == pytest.approx(7, abs=0.03)
    assert image.var() == pytest.approx(16 + 7, rel=0.01)


def test_the_seed_decides_and_the_library_stays(library):
    image = library(np.linspace(0.5, 1.5, 64, dtype=np.float32).reshape(8, 8))
    first, second = (expose(image, 1.0, 20.0, K2_300KV, rng=np.random.default_rng(3)) for _ in range(2))
    assert type(first) is type(image)
    assert first.dtype == image.dtype
    np.testing.assert_array_equal(to_numpy(first), to_numpy(second))


def test_bad_exposures_are_refused(rng):
    with pytest.raises(ValueError, match="dose"):
        expose(FLAT, 1.0, -1.0, rng=rng)
    with pytest.raises(ValueError, match="NaN"):
        expose(np.full((4, 4), np.nan), 1.0, 1.0, rng=rng)
