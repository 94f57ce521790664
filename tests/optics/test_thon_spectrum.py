import numpy as np
import pytest

from vitreous.fourier import rft
from vitreous.optics.thon_spectrum import micrograph_spectrum


def test_white_noise_is_flat_and_of_its_variance(rng):
    found = micrograph_spectrum(3 * rng.standard_normal((900, 1100)) + 50, 2.0)
    assert found.power.shape == (512, 257)
    assert found.pixel_size_angstrom == 2.0
    away = np.hypot(*np.moveaxis(found.frequency_xy(), -1, 0)) > 0.02
    assert found.power[away].mean() == pytest.approx(9, rel=0.02)


def test_a_wave_stands_at_its_frequency(rng):
    """Of 1 Å pixels the spectrum is cropped to 1.4 Å: a tile of 716 pixels, a box of 512."""
    y, x = np.mgrid[:1024, :1024]
    wave = np.cos(2 * np.pi * (0.11 * x - 0.06 * y)) + 0.1 * rng.standard_normal(x.shape)
    found = micrograph_spectrum(wave, 1.0)
    assert found.shape == (512, 512)
    assert found.pixel_size_angstrom == pytest.approx(1.4, abs=0.01)
    peak = found.frequency_xy().reshape(-1, 2)[np.argmax(found.power)]
    np.testing.assert_allclose(peak, [0.11, -0.06], atol=1 / 716)


def test_a_gradient_of_brightness_makes_no_cross(rng):
    ramp = rng.standard_normal((1024, 1024)) + 20 * np.linspace(-1, 1, 1024)[:, None]
    found = micrograph_spectrum(ramp, 1.5).power
    assert found[300:500, 0].mean() < 1.5 * found[300:500, 20:40].mean()
    untapered = np.abs(rft(ramp[:512, :512], 2)) ** 2
    assert untapered[300:500, 0].mean() > 5 * untapered[300:500, 20:40].mean()


def test_a_small_micrograph_takes_a_small_box(rng):
    found = micrograph_spectrum(rng.standard_normal((301, 200)), 3.0)
    assert found.shape == (200, 200)


@pytest.mark.parametrize(
    ("image", "message"),
    [(np.ones((40, 400)), "too small"), (np.ones((128, 128)), "one value"), (np.full((128, 128), np.nan), "NaN")],
)
def test_bad_micrographs_are_refused(image, message):
    with pytest.raises(ValueError, match=message):
        micrograph_spectrum(image, 1.0)


def test_a_bad_pixel_size_is_refused(rng):
    with pytest.raises(ValueError, match="pixel_size_angstrom=0"):
        micrograph_spectrum(rng.standard_normal((128, 128)), 0.0)
