"""Rotation matrices."""

import numpy as np
import pytest
import torch
from scipy.linalg import polar

from vitreous._array import to_numpy
from vitreous.rotations import compose, inverse, is_rotation, nearest_rotation, random_rotations, rotate

QUARTER_X = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])
QUARTER_Z = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])


def test_the_last_of_a_product_acts_first(library):
    x, z, along_x = library(QUARTER_X), library(QUARTER_Z), library(np.array([1.0, 0.0, 0.0]))
    # about z first: x → y, which the turn about x takes to z
    assert np.array_equal(to_numpy(rotate(compose(x, z), along_x)), [0.0, 0.0, 1.0])
    # about x first: x stays, and the turn about z takes it to y
    assert np.array_equal(to_numpy(rotate(compose(z, x), along_x)), [0.0, 1.0, 0.0])


def test_the_inverse_undoes(library):
    matrices = library(random_rotations(20, 1))
    product = to_numpy(compose(matrices, inverse(matrices), matrices))
    np.testing.assert_allclose(product, to_numpy(matrices), atol=1e-15)


def test_leading_dimensions_broadcast(rng):
    matrices, vectors = random_rotations(4, 2).reshape(4, 1, 3, 3), rng.standard_normal((5, 3))
    turned = rotate(matrices, vectors)
    assert turned.shape == (4, 5, 3)
    np.testing.assert_allclose(np.linalg.norm(turned, axis=-1), np.linalg.norm(vectors, axis=-1) * np.ones((4, 1)))
    np.testing.assert_allclose(turned[2, 3], matrices[2, 0] @ vectors[3])


def test_rotations_are_told_from_reflections_and_stretches(library):
    rotation = random_rotations(1, 3)[0]
    candidates = np.stack([rotation, -rotation, rotation[::-1], 1.01 * rotation, rotation + 1e-4, np.zeros((3, 3))])
    assert np.array_equal(to_numpy(is_rotation(library(candidates))), [True, False, False, False, False, False])
    assert bool(is_rotation(library((rotation + 1e-5).astype(np.float32)), 1e-4))


def test_the_nearest_rotation_of_a_stretched_one_is_its_polar_factor(library, rng):
    matrices = random_rotations(30, 4) + 0.2 * rng.standard_normal((30, 3, 3))
    found = to_numpy(nearest_rotation(library(matrices)))
    np.testing.assert_allclose(found, np.stack([polar(matrix)[0] for matrix in matrices]), atol=1e-13)


def test_no_rotation_is_nearer(rng):
    matrices = rng.standard_normal((20, 1, 3, 3))
    others = random_rotations(5000, 5)
    best = np.sum((nearest_rotation(matrices) - matrices) ** 2, axis=(-2, -1))
    assert np.all(is_rotation(nearest_rotation(matrices)))
    assert np.all(best <= np.sum((others - matrices) ** 2, axis=(-2, -1)))


def test_gradients_pass_through_the_nearest_rotation(rng):
    matrix = torch.from_numpy(rng.standard_normal((3, 3))).requires_grad_()
    assert torch.autograd.gradcheck(nearest_rotation, matrix)


@pytest.mark.parametrize("function", [inverse, nearest_rotation])
def test_single_precision_stays(library, function):
    result = to_numpy(function(library(random_rotations(3, 6).astype(np.float32))))
    assert result.dtype == np.float32
    assert np.all(is_rotation(result))
