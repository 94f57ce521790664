import numpy as np
import pytest
import torch

from gradients import gradients_agree
from vitreous._array import namespace, to_numpy
from vitreous.fourier import dft, dft_matrix, ft, idft

SHAPES = [(1,), (8,), (9,), (6, 7), (7, 6), (3, 4, 5)]


@pytest.mark.parametrize("shape", SHAPES)
def test_the_sum_is_the_transform(library, rng, shape):
    image = rng.standard_normal((2, *shape)) + 1j * rng.standard_normal((2, *shape))
    np.testing.assert_allclose(to_numpy(dft(library(image), len(shape))), ft(image, len(shape)), atol=1e-12)
    np.testing.assert_allclose(to_numpy(idft(dft(library(image), len(shape)), len(shape))), image, atol=1e-13)


def test_the_matrix_of_four_pixels():
    # k = −½, −¼, 0, ¼ down, x = −2 … 1 across
    expected = [[1, -1, 1, -1], [-1, -1j, 1, 1j], [1, 1, 1, 1], [-1, 1j, 1, -1j]]
    np.testing.assert_allclose(dft_matrix(4), expected, atol=1e-15)


@pytest.mark.parametrize("n", [7, 8])
def test_the_matrix_is_unitary_up_to_n(n):
    matrix = dft_matrix(n)
    np.testing.assert_allclose(matrix @ matrix.conj().T, n * np.eye(n), atol=1e-13)
    np.testing.assert_allclose(matrix, matrix.T, atol=1e-14)


def test_single_precision_stays(library):
    image = library(np.ones((3, 4), np.float32))
    assert dft(image, 2).dtype == dft_matrix(3, like=image).dtype == namespace(image).complex64


def test_gradients(rng):
    image = torch.tensor(rng.standard_normal((3, 4)), requires_grad=True)
    assert gradients_agree(lambda x: torch.view_as_real(dft(x, 2)), image)
