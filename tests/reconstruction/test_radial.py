"""Functions of the radius on half transforms: shells, their means, and the division."""

import numpy as np
import pytest

from vitreous.fourier import ft, radial_average, rft, shell_sizes
from vitreous.reconstruction.radial import divide, plane_squares, shell_means, shell_table, squared_distances


@pytest.mark.parametrize("size", [12, 13])
def test_shell_means_are_radial_averages(size, rng):
    """Of a transform that is real and even, as the full one has them."""
    volume = rng.standard_normal((size,) * 3)
    even = np.real(ft(volume + np.roll(volume[::-1, ::-1, ::-1], 1 - size % 2, axis=(0, 1, 2)), 3))
    half = np.real(rft(volume + np.roll(volume[::-1, ::-1, ::-1], 1 - size % 2, axis=(0, 1, 2)), 3))
    np.testing.assert_allclose(
        shell_means(half.astype(np.float32), size), radial_average(even, 3), rtol=1e-4, atol=1e-3
    )


def test_planes_and_shells():
    """The table of shells, looked up at the squared distances, counts the coefficients of each shell."""
    planes = np.stack(list(plane_squares(8)))
    assert planes.shape == (8, 8, 5)
    assert planes[4, 4, 0] == 0
    counts = np.bincount(shell_table(8, 8)[planes].ravel(), np.tile([1, 2, 2, 2, 2], 64), 6)
    # the half transform has Nyquist once, as the full one, but counted as a pair
    np.testing.assert_array_equal(counts[:4], shell_sizes((8, 8, 8))[:4])


def test_every_voxel_has_its_distance():
    assert len(squared_distances(9)) == np.stack(list(plane_squares(9))).max() + 1


def test_a_quotient_knows_the_radius_and_its_floor(rng):
    """Where the term is infinite the quotient is zero; where the denominator is small it is divided by the least."""
    shape = (8, 8, 5)
    numerator = (rng.standard_normal(shape) + 1j * rng.standard_normal(shape)).astype(np.complex64)
    denominator = rng.uniform(0, 2, shape).astype(np.float32)
    squared = squared_distances(8)
    term = np.where(squared >= 16, np.inf, 0.5).astype(np.float32)
    quotient = divide(numerator, denominator, term, np.full(len(squared), 1.5, np.float32))
    distance = np.stack(list(plane_squares(8)))
    assert np.all(quotient[distance >= 16] == 0)
    inside = distance < 16
    expected = numerator[inside] / np.maximum(denominator[inside] + 0.5, 1.5)
    np.testing.assert_allclose(quotient[inside], expected, rtol=1e-6)
