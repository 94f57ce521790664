import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from gradients import gradients_agree
from vitreous._array import namespace, to_numpy
from vitreous.fourier import (
    ft,
    full_to_half,
    half_shape,
    half_to_full,
    hermitian_weights,
    mirror,
    rft,
)

SHAPES = [(1,), (2,), (7,), (8,), (5, 6), (6, 5), (4, 4), (1, 6), (3, 4, 5), (4, 5, 6), (4, 4, 1)]


@pytest.mark.parametrize("shape", SHAPES)
def test_the_two_layouts_hold_the_same(library, rng, shape):
    image = library(rng.standard_normal((2, *shape)))
    full, half = ft(image, len(shape)), rft(image, len(shape))
    np.testing.assert_allclose(to_numpy(full_to_half(full, len(shape))), to_numpy(half), atol=1e-13)
    np.testing.assert_allclose(to_numpy(half_to_full(half, shape)), to_numpy(full), atol=1e-13)


@pytest.mark.parametrize("shape", SHAPES)
def test_mirror_is_minus_k(library, rng, shape):
    # F(−k) of a real image is conj F(k)
    spectrum = ft(library(rng.standard_normal(shape)), len(shape))
    xp, axes = namespace(spectrum), tuple(range(-len(shape), 0))
    np.testing.assert_allclose(to_numpy(mirror(spectrum, axes)), to_numpy(xp.conj(spectrum)), atol=1e-13)
    np.testing.assert_array_equal(to_numpy(mirror(mirror(spectrum, axes), axes)), to_numpy(spectrum))


def test_mirror_of_no_axes_changes_nothing():
    assert mirror(np.arange(3.0), ()).tolist() == [0, 1, 2]


@pytest.mark.parametrize(("n", "expected"), [(1, [1]), (2, [1, 1]), (3, [1, 2]), (6, [1, 2, 2, 1]), (7, [1, 2, 2, 2])])
def test_weights_are_the_partners_that_are_left_out(library, n, expected):
    weights = hermitian_weights((4, n), like=library(np.zeros(1, np.float32)))
    assert to_numpy(weights).dtype == np.float32
    assert to_numpy(weights).tolist() == expected
    assert hermitian_weights((n,)).dtype == np.float64


@given(shape=st.lists(st.integers(1, 7), min_size=1, max_size=3), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=60, deadline=None)
def test_parseval_on_the_half(shape, seed):
    image = np.random.default_rng(seed).standard_normal(shape)
    half = rft(image, len(shape))
    power = np.sum(hermitian_weights(tuple(shape)) * np.abs(half) ** 2) / image.size
    assert power == pytest.approx(np.sum(image**2))


@pytest.mark.parametrize("shape", SHAPES)
def test_weights_count_every_coefficient_once(shape):
    assert np.sum(np.broadcast_to(hermitian_weights(shape), half_shape(shape))) == np.prod(shape)


def test_gradients(rng):
    half = torch.tensor(rng.standard_normal((4, 3, 2)), requires_grad=True)
    assert gradients_agree(lambda x: torch.view_as_real(half_to_full(torch.view_as_complex(x), (4, 5))), half)


def test_another_shape_is_refused():
    with pytest.raises(ValueError, match=r"\(4, 3\)"):
        half_to_full(np.zeros((4, 3), complex), (4, 6))
