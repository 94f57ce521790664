"""The magnification matrix in both spaces: what lies at x appears at Mᵀ x when the spectrum is taken at M k."""

import numpy as np

from vitreous._array import to_numpy
from vitreous.fourier import coordinates, frequency_grid, ift
from vitreous.optics import image_position, specimen_frequency

MATRIX = ((1.06, 0.05), (-0.03, 0.95))


def test_a_blob_appears_where_the_matrix_says(library):
    """The spectrum of a Gaussian blob at (14, 6) Å, taken at M k, is an image whose centre of mass lies at Mᵀ x."""
    place, width = np.array([14.0, 6.0]), 2.5
    k = to_numpy(specimen_frequency(library(frequency_grid((64, 64))), MATRIX))
    spectrum = np.exp(-2 * np.pi**2 * width**2 * np.sum(k**2, -1) - 2j * np.pi * (k @ place))
    image = ift(spectrum, 2).real
    centre = np.einsum("yx,yxv->v", image, coordinates((64, 64))) / image.sum()
    np.testing.assert_allclose(to_numpy(image_position(library(place), MATRIX)), centre, atol=1e-6)
    np.testing.assert_allclose(centre, np.array(MATRIX).T @ place, atol=1e-6)


def test_one_percent_too_large():
    """M = 1.01 · identity: places are 1 % farther out, and a frequency of the image is a higher one of the specimen."""
    matrix = ((1.01, 0.0), (0.0, 1.01))
    np.testing.assert_allclose(image_position(np.array([100.0, -50.0]), matrix), [101.0, -50.5])
    np.testing.assert_allclose(specimen_frequency(np.array([0.1, 0.2]), matrix), [0.101, 0.202])
