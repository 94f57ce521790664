import numpy as np
import pytest

from vitreous._array import to_numpy
from vitreous.detector import (
    DIRECT,
    K2_300KV,
    Detector,
    gaussian_curve,
    noise_transfer,
    radial,
    rational_curve,
    square_pixel,
    tabulated_curve,
)
from vitreous.fourier import frequency_grid, rft


def test_a_square_pixel_is_the_transform_of_a_square(library):
    """A square of 16 fine pixels within 256, sampled: its transform is the product of two sincs."""
    fine = np.zeros((256, 256))
    fine[120:136, 120:136] = 1 / 256
    spectrum = np.abs(rft(fine, 2))[128:137, :9]
    found = to_numpy(square_pixel(library(frequency_grid((256, 256), half=True)[128:137, :9] * 16)))
    np.testing.assert_allclose(found, spectrum, atol=0.004)
    assert found[-1, -1] == pytest.approx((2 / np.pi) ** 2)
    assert found[0, -1] == pytest.approx(2 / np.pi)


def test_no_curve_of_the_radius_is_a_square_pixel():
    on_axis = tabulated_curve(np.linspace(0, 0.5, 101), np.sinc(np.linspace(0, 0.5, 101)))
    corner = np.array([[0.5 / np.sqrt(2), 0.5 / np.sqrt(2)]])
    assert radial(on_axis)(corner)[0] == pytest.approx(2 / np.pi, abs=1e-4)
    assert square_pixel(corner)[0] == pytest.approx(np.sinc(0.5 / np.sqrt(2)) ** 2)


def test_beyond_a_table_its_last_value_stands(library):
    curve = tabulated_curve([0, 0.25, 0.5], [1, 0.8, 0.2])
    frequency = library(np.array([[0.0, 0.0], [0.125, 0.0], [0.0, 0.5], [0.5, 0.5]], np.float32))
    response = radial(curve)(frequency)
    assert response.dtype == frequency.dtype
    np.testing.assert_allclose(to_numpy(response), [1, 0.9, 0.2, 0.2], rtol=1e-6)


def test_a_curve_fitted_up_to_nyquist_stands_beyond_it():
    k2 = K2_300KV.dqe(np.array([[0.5, 0.0], [0.5, 0.5], [0.0, 0.0]]))
    assert k2[0] == k2[1]
    np.testing.assert_allclose(k2, [0.354, 0.354, 0.796], atol=2e-3)


def test_published_forms(library):
    frequency = library(np.array([0.0, 0.5]))
    # TEM-simulator's example camera: the fractions add up to 1 at k = 0
    np.testing.assert_allclose(
        to_numpy(rational_curve(0.7, 0.2, 0.1, 10, 40)(frequency)), [1, 0.7 / 3.5 + 0.2 / 11 + 0.1]
    )
    np.testing.assert_allclose(to_numpy(gaussian_curve([2], [0.5], [0.25])(frequency)), [2 * np.exp(-4), 2])


def test_a_table_that_does_not_increase_is_refused():
    with pytest.raises(ValueError, match="increase"):
        tabulated_curve([0, 0.5, 0.25], [1, 0.5, 0.7])


def test_noise_transfer_is_the_root_of_the_normalised_noise_spectrum():
    frequency = frequency_grid((16, 16), half=True)
    np.testing.assert_allclose(noise_transfer(DIRECT, frequency), 1)
    camera = Detector(mtf=square_pixel, dqe=K2_300KV.dqe)
    zero = np.zeros((1, 2))
    expected = square_pixel(frequency) ** 2 / K2_300KV.dqe(frequency) * K2_300KV.dqe(zero)
    np.testing.assert_allclose(noise_transfer(camera, frequency) ** 2, expected)
