"""Two paths to one potential: sums over voxels by error functions, and structure factors by the non-uniform FFT."""

import numpy as np
import pytest

from vitreous.fourier import bin_pixels
from vitreous.specimen.atoms import Atoms
from vitreous.specimen.potential import potential, projected_potential
from vitreous.specimen.potential_fourier import potential_fourier


@pytest.fixture
def molecule(rng):
    """150 atoms of five elements whose thermal motion leaves nothing beyond 1/0.6 Å⁻¹."""
    n = 150
    b_factors = np.array([30.0, 45.0, 60.0])[rng.integers(3, size=n)]
    elements = rng.choice(np.array([1, 6, 7, 8, 16]), n, p=[0.5, 0.3, 0.1, 0.09, 0.01])
    return Atoms(rng.uniform(-7.0, 7.0, (n, 3)), elements, b_factors, rng.uniform(0.5, 1.0, n))


@pytest.mark.parametrize("name", ["peng", "kirkland", "lobato"])
def test_projection(molecule, name):
    """Band-limited samples at 0.2 Å, averaged in blocks of five, are the means over pixels of 1 Å."""
    fine = potential_fourier(molecule, (135, 145), 0.2, parametrisation=name, tolerance=1e-9)
    pixels = projected_potential(molecule, (27, 29), 1.0, parametrisation=name)
    # the mean of five samples is not yet the integral: the midpoint rule's factor is taken off in Fourier space
    exact = bin_pixels(_means_of_samples(fine), 5, 2)
    np.testing.assert_allclose(exact, pixels, atol=2e-5 * pixels.max())


def _means_of_samples(image):
    """The means over pixels of a band-limited image given by its samples: sinc along each axis of the spectrum."""
    for axis in range(image.ndim):
        shape = [-1 if i == axis else 1 for i in range(image.ndim)]
        response = np.sinc(np.fft.fftfreq(image.shape[axis])).reshape(shape)
        image = np.fft.ifft(np.fft.fft(image, axis=axis) * response, axis=axis).real
    return image


def test_volume(molecule):
    samples = potential_fourier(molecule, (45, 46, 48), 0.5, tolerance=1e-9)
    voxels = potential(molecule, (45, 46, 48), 0.5)
    np.testing.assert_allclose(_means_of_samples(samples), voxels, atol=1e-4 * voxels.max())


def test_the_projection_is_the_sum_of_the_volume_in_both_paths(molecule):
    by_sums = potential(molecule, (48, 30, 30), 0.8).sum(axis=0) * 0.8
    np.testing.assert_allclose(by_sums, projected_potential(molecule, (30, 30), 0.8), atol=1e-5 * by_sums.max())
    by_spectrum = potential_fourier(molecule, (48, 30, 30), 0.8, tolerance=1e-9).sum(axis=0) * 0.8
    plane = potential_fourier(molecule, (30, 30), 0.8, tolerance=1e-9)
    np.testing.assert_allclose(by_spectrum, plane, atol=1e-6 * plane.max())
