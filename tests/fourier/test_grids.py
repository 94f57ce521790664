import array_api_strict
import numpy as np
import pytest
import torch

from vitreous._array import namespace, to_numpy
from vitreous.fourier import (
    coordinate_radius,
    coordinates,
    frequencies,
    frequency_grid,
    frequency_radius,
    frequency_shells,
    full_to_half,
    pixel_shells,
    positions,
)


@pytest.mark.parametrize("n", [1, 2, 5, 6])
def test_the_origin_is_at_half(n):
    assert positions(n)[n // 2] == 0
    assert frequencies(n)[n // 2] == 0
    assert frequencies(n, half=True)[0] == 0


def test_units():
    np.testing.assert_allclose(positions(4, 1.5), [-3, -1.5, 0, 1.5])
    np.testing.assert_allclose(frequencies(4), [-0.5, -0.25, 0, 0.25])
    np.testing.assert_allclose(frequencies(4, 2.0), [-0.25, -0.125, 0, 0.125])
    np.testing.assert_allclose(frequencies(4, half=True), [0, 0.25, 0.5])
    np.testing.assert_allclose(frequencies(5, 0.5, half=True), [0, 0.4, 0.8])


@pytest.mark.parametrize("n", [6, 7])
def test_frequencies_are_those_of_numpy(n):
    np.testing.assert_allclose(frequencies(n, 1.3), np.fft.fftshift(np.fft.fftfreq(n, 1.3)), atol=1e-15)
    np.testing.assert_allclose(frequencies(n, 1.3, half=True), np.fft.rfftfreq(n, 1.3), atol=1e-15)


def test_vectors_are_x_y_z():
    grid = coordinates((3, 4, 5), 2.0)
    assert grid.shape == (3, 4, 5, 3)
    assert grid[2, 2, 4].tolist() == [4, 0, 2]
    k = frequency_grid((3, 4, 5))
    assert k[2, 3, 0].tolist() == pytest.approx([-2 / 5, 1 / 4, 1 / 3])
    assert frequency_grid((3, 4), half=True)[2, 2].tolist() == pytest.approx([1 / 2, 1 / 3])


@pytest.mark.parametrize("shape", [(6,), (5, 6), (4, 5, 6)])
@pytest.mark.parametrize("half", [False, True])
def test_radius_is_the_length_of_the_vector(shape, half):
    np.testing.assert_allclose(
        frequency_radius(shape, 1.7, half=half), np.linalg.norm(frequency_grid(shape, 1.7, half=half), axis=-1)
    )
    np.testing.assert_allclose(coordinate_radius(shape, 1.7), np.linalg.norm(coordinates(shape, 1.7), axis=-1))


def test_like_decides_library_and_precision(library):
    like = library(np.zeros(1, np.float32))
    xp = namespace(like)
    for grid in (
        positions(4, like=like),
        frequencies(4, like=like),
        coordinates((3, 4), 2.0, like=like),
        coordinate_radius((3, 4), like=like),
        frequency_grid((3, 4), half=True, like=like),
        frequency_radius((3, 4), 1.5, like=like),
    ):
        assert type(grid) is type(like) or isinstance(grid, torch.Tensor)
        assert grid.dtype == xp.float32
    assert frequency_shells((3, 4), like=like).dtype == pixel_shells((3, 4), like=like).dtype == xp.int64
    np.testing.assert_array_equal(to_numpy(frequency_shells((5, 6), like=like)), frequency_shells((5, 6)))


def test_like_decides_the_device():
    device = array_api_strict.Device("device1")
    like = array_api_strict.zeros(1, device=device)
    assert frequency_radius((4, 4), like=like).device == device
    assert frequency_shells((4, 4), like=like).device == device
    assert coordinates((4, 4), like=torch.zeros(1, device="meta")).device.type == "meta"


def test_shells_of_a_small_grid():
    assert frequency_shells((3, 4)).tolist() == [[2, 2, 1, 2], [2, 1, 0, 1], [2, 2, 1, 2]]
    assert pixel_shells((3, 4)).tolist() == [[2, 1, 1, 1], [2, 1, 0, 1], [2, 1, 1, 1]]


@pytest.mark.parametrize("n", [16, 17])
def test_shells_round_the_exact_distance(n):
    i = np.arange(n) - n // 2
    squared = i[:, None, None] ** 2 + i[:, None] ** 2 + i**2
    # round(√s) = r exactly where r² − r < s ≤ r² + r in whole numbers
    shells = frequency_shells((n, n, n))
    assert np.all((shells**2 - shells < squared) | (squared == 0))
    assert np.all(squared <= shells**2 + shells)
    np.testing.assert_array_equal(shells, pixel_shells((n, n, n)))


@pytest.mark.parametrize("shape", [(6,), (5, 8), (8, 5), (4, 6, 6)])
def test_half_shells_are_those_of_the_full_grid(shape):
    full = frequency_shells(shape).astype(complex)
    np.testing.assert_array_equal(full_to_half(full, len(shape)).real, frequency_shells(shape, half=True))
