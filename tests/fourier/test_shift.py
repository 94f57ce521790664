import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from gradients import gradients_agree
from vitreous._array import namespace, to_numpy
from vitreous.fourier import (
    coordinates,
    frequency_grid,
    ft,
    full_to_half,
    rft,
    shift_image,
    shift_image_angstrom,
    shift_phases,
)


@pytest.mark.parametrize("shape", [(8,), (7,), (6, 8), (7, 5), (4, 5, 6)])
def test_whole_pixels_roll_the_image(library, rng, shape):
    image = rng.standard_normal((2, *shape)).astype(np.float32)
    shift = (1, -2, 3)[: len(shape)]
    expected = np.roll(image, shift[::-1], axis=tuple(range(-len(shape), 0)))
    moved = shift_image(library(image), shift)
    assert moved.dtype == library(image).dtype
    np.testing.assert_allclose(to_numpy(moved), expected, atol=1e-5)
    moved = shift_image(library(image.astype(np.complex128) * (1 + 2j)), library(np.array(shift, np.float64)))
    np.testing.assert_allclose(to_numpy(moved), expected * (1 + 2j), atol=1e-12)


@pytest.mark.parametrize("shape", [(30, 32), (31, 30)])
def test_a_gaussian_moves_to_where_it_is_sent(shape):
    def blob(centre):
        return np.exp(-np.sum((coordinates(shape) - centre) ** 2, axis=-1) / (2 * 2.0**2))

    np.testing.assert_allclose(shift_image(blob([0, 0]), [2.3, -1.6]), blob([2.3, -1.6]), atol=1e-7)
    np.testing.assert_allclose(shift_image_angstrom(blob([0, 0]), [3.0, -4.5], 1.5), blob([2, -3]), atol=1e-7)


def test_the_shift_theorem(rng):
    image, shift = rng.standard_normal((7, 9)), np.array([0.3, -1.7])
    expected = ft(image, 2) * np.exp(-2j * np.pi * frequency_grid((7, 9)) @ shift)
    np.testing.assert_allclose(ft(shift_image(image, shift), 2), expected, atol=1e-12)


@given(shape=st.lists(st.integers(1, 8), min_size=1, max_size=3), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_real_images_stay_real_and_layouts_agree(shape, seed):
    rng = np.random.default_rng(seed)
    image, shift = rng.standard_normal(shape), rng.uniform(-5, 5, len(shape))
    moved = shift_image(image, shift)
    assert np.isrealobj(moved)
    np.testing.assert_allclose(shift_image(image + 0j, shift), moved, atol=1e-12)
    phases = shift_phases(tuple(shape), shift)
    np.testing.assert_allclose(
        full_to_half(phases, len(shape)), shift_phases(tuple(shape), shift, half=True), atol=1e-14
    )


def test_nyquist_takes_the_mean_of_both_phases(rng):
    wave = np.cos(np.pi * np.arange(8))
    np.testing.assert_allclose(shift_image(wave, [0.3]), np.cos(0.3 * np.pi) * wave, atol=1e-14)
    np.testing.assert_allclose(shift_image(wave, [0.5]), 0, atol=1e-14)


def test_odd_sizes_come_back(rng):
    image = rng.standard_normal((7, 9))
    np.testing.assert_allclose(shift_image(shift_image(image, [1.3, 0.4]), [-1.3, -0.4]), image, atol=1e-13)


def test_a_shift_for_each_image(library, rng):
    images, shifts = rng.standard_normal((3, 6, 7)), rng.uniform(-3, 3, (3, 2))
    moved = to_numpy(shift_image(library(images), library(shifts)))
    for image, shift, result in zip(images, shifts, moved, strict=True):
        np.testing.assert_allclose(result, shift_image(image, shift), atol=1e-13)
    assert shift_image(library(images[0]), library(shifts)).shape == (3, 6, 7)


def test_phases_follow_like(library):
    like = library(np.zeros(1, np.float32))
    assert shift_phases((4, 4), [0.5, 1], half=True, like=like).dtype == namespace(like).complex64
    np.testing.assert_allclose(
        to_numpy(rft(shift_image(library(np.eye(4)), [0.5, 1]), 2)),
        rft(np.eye(4), 2) * shift_phases((4, 4), [0.5, 1], half=True),
        atol=1e-14,
    )


def test_gradients(rng):
    image = torch.tensor(rng.standard_normal((4, 5)), requires_grad=True)
    shift = torch.tensor([[0.3, -1.2], [2.1, 0.7]], dtype=torch.float64, requires_grad=True)
    assert gradients_agree(shift_image, (image, shift))


def test_wrong_shifts_are_named():
    with pytest.raises(ValueError, match=r"hold 2 numbers"):
        shift_phases((4, 4), [1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="dim=4"):
        shift_image(np.zeros((2, 2, 2, 2)), [0, 0, 0, 0])
    with pytest.raises(ValueError, match="single number"):
        shift_image(np.zeros(4), 1.0)
