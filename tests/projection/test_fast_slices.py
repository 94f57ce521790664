"""Fast slices are the readable ones, and so are their gradients."""

import numpy as np
import pytest
import torch

from vitreous._array import to_numpy
from vitreous.fourier import irft
from vitreous.interpolation import CATMULL_ROM, LINEAR, kaiser_bessel
from vitreous.projection import fast_slices, padded_transform, slice_map, slice_transform
from vitreous.rotations import random_rotations

TURN = np.array([[[0.28, -0.96], [0.96, 0.28]]]) @ np.array([[0.8, -0.6], [0.6, 0.8]])


def test_libraries_and_precisions(library, rng):
    rotations = random_rotations(3, 1)
    for dtype, atol in ((np.float32, 1e-4), (np.float64, 1e-12)):
        volume = rng.standard_normal((8, 8, 8)).astype(dtype)
        transform = padded_transform(library(volume), LINEAR)
        slices = fast_slices(transform, library(rotations.astype(dtype)), 8, LINEAR)
        assert slices.dtype == transform.dtype
        expected = slice_transform(padded_transform(volume.astype(np.float64), LINEAR), rotations, 8, LINEAR)
        np.testing.assert_allclose(to_numpy(slices), expected, atol=atol)


@pytest.mark.parametrize("n", [8, 9])
@pytest.mark.parametrize("cutoff", [0.5, 1.0])
@pytest.mark.parametrize("turns", [random_rotations(3, 1), TURN], ids=["map", "image"])
def test_the_gradient_of_the_map_is_that_of_the_readable_formula(n, cutoff, turns, rng):
    shape = (n,) * turns.shape[-1]
    volume = torch.from_numpy(rng.standard_normal(shape))
    target = torch.from_numpy(rng.standard_normal((len(turns), n, n)))
    found = []
    for function, dtype in ((slice_transform, torch.float64), (fast_slices, torch.float32)):
        leaf = volume.to(dtype).clone().requires_grad_()
        transform = padded_transform(leaf, CATMULL_ROM)
        slices = function(transform, torch.from_numpy(turns).to(dtype), n, CATMULL_ROM, cutoff_cycles=cutoff)
        torch.sum((irft(slices, (n, n)) - target.to(dtype)) ** 2).backward()
        found.append(leaf.grad.double().numpy())
    np.testing.assert_allclose(found[1], found[0], rtol=0, atol=1e-5 * np.abs(found[0]).max())


@pytest.mark.parametrize("needed", [(True, True), (False, True)], ids=["map and rotations", "rotations"])
def test_the_gradient_of_rotations_is_that_of_the_readable_formula(needed, rng):
    """Of a smooth kernel, in single against double precision, through the angles and all."""
    values, weights = rng.standard_normal((8, 8, 8)), torch.from_numpy(rng.standard_normal((3, 8, 5)))
    found = []
    for slices, dtype in ((fast_slices, torch.float32), (slice_transform, torch.float64)):
        volume = torch.from_numpy(values).to(dtype).requires_grad_(needed[0])
        rotations = torch.from_numpy(random_rotations(3, 1)).to(dtype).requires_grad_()
        made = slices(padded_transform(volume, kaiser_bessel(4)), rotations, 8, kaiser_bessel(4))
        (weights * made.abs() ** 2).sum().backward()
        found.append(rotations.grad.double().numpy())
    np.testing.assert_allclose(found[0], found[1], rtol=0, atol=1e-4 * np.abs(found[1]).max())
    assert np.abs(found[1]).max() > 1


def test_a_point_at_the_origin_stays_there_under_a_thousand_rotations():
    """The centre of rotation is the origin n // 2, of odd and even boxes."""
    for n in (12, 13):
        point = np.zeros((n, n, n), np.float32)
        point[n // 2, n // 2, n // 2] = 1
        slices = fast_slices(padded_transform(point, LINEAR), random_rotations(1000, 2), n, LINEAR)
        images = irft(slices, (n, n))
        assert np.all(np.argmax(images.reshape(1000, -1), axis=1) == n // 2 * n + n // 2)
        seen = np.abs(slices) > 0
        np.testing.assert_allclose(slices[seen], 1, atol=2e-6)


def test_a_point_goes_where_the_rotation_takes_it():
    n, rotations, place = 16, random_rotations(50, 3), np.array([3, -2, 1])
    point = np.zeros((n, n, n), np.float32)
    point[tuple(place[::-1] + n // 2)] = 1
    slices = fast_slices(padded_transform(point, kaiser_bessel(4)), rotations, n, kaiser_bessel(4))
    np.testing.assert_allclose(slices, slice_map(point, rotations), atol=2e-3)


def test_an_image_turned_by_180_degrees_has_the_conjugate_slice(rng):
    transform = padded_transform(rng.standard_normal((12, 12, 12)).astype(np.float32), LINEAR)
    rotations = random_rotations(20, 4)
    slices = fast_slices(transform, rotations, 12, LINEAR)
    turned = fast_slices(transform, np.diag([-1.0, -1.0, 1.0]) @ rotations, 12, LINEAR)
    np.testing.assert_allclose(turned, slices.conj(), atol=1e-5 * np.abs(slices).max())


def test_a_constant_background_has_no_artefact():
    """What is the same everywhere is seen as the same everywhere, to the error of the kernel at the corners."""
    volume = np.ones((16, 16, 16), np.float32)
    slices = fast_slices(padded_transform(volume, kaiser_bessel(4)), np.eye(3)[None], 16, kaiser_bessel(4))
    np.testing.assert_allclose(irft(slices, (16, 16)), 16, rtol=5e-3)
