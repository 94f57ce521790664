"""The compiled sines of quadratic forms against the readable ones in double precision."""

import numpy as np
import pytest
import torch

from vitreous.kernels.numba import ctf as kernel
from vitreous.optics import Defocus, Lens, ctf
from vitreous.optics.ctf import sine_of_quadratic


def assert_parity(quadratic, offset, shared, first_column):
    expected = sine_of_quadratic(quadratic, offset, shared, first_column)
    found = kernel.sine_of_quadratic(quadratic, offset, shared, first_column)
    assert found.dtype == np.float32
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol=0.0, atol=2e-6)


@pytest.mark.parametrize("count", [0, 1, 3])
@pytest.mark.parametrize("shape", [(0, 0), (1, 1), (5, 1), (1, 7), (7, 72), (4, 73), (3, 145), (2, 400)])
def test_awkward_sizes(rng, count, shape):
    quadratic, offset = rng.normal(size=(count, 3)) * 0.02, rng.normal(size=count)
    assert_parity(quadratic, offset, rng.normal(size=shape), 0)
    assert_parity(quadratic, offset, rng.normal(size=shape), -(shape[1] // 2))


def test_phases_of_hundreds_of_thousands_of_radians(rng):
    assert_parity(rng.uniform(-4, 4, (5, 3)), rng.uniform(-1e6, 1e6, 5), rng.uniform(-1e4, 1e4, (64, 129)), 0)


def test_more_than_one_thread_fills_every_image(rng):
    quadratic, offset = rng.uniform(-0.02, 0.02, (2100, 3)), rng.uniform(-3, 3, 2100)
    assert_parity(quadratic, offset, rng.normal(size=(32, 33)), 0)


def test_half_turns_and_quarter_turns():
    """The ends of the polynomial: multiples of a quarter turn from −3 to 3 turns."""
    offset = np.arange(-12, 13) * (np.pi / 2)
    found = kernel.sine_of_quadratic(np.zeros((25, 3)), offset, np.zeros((2, 2)), 0)
    np.testing.assert_allclose(found[:, 1, 1], np.round(np.sin(offset)), atol=3e-7)


def test_memory_of_any_layout(rng):
    quadratic, shared = rng.normal(size=(3, 8)).T, np.asfortranarray(rng.normal(size=(6, 9)))
    quadratic.flags.writeable = shared.flags.writeable = False
    assert_parity(quadratic[::2], rng.normal(size=8)[::2], shared, -4)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_not_a_number_stays_so_and_spoils_no_other(rng, bad):
    quadratic, offset, shared = rng.normal(size=(4, 3)), rng.normal(size=4), rng.normal(size=(5, 6))
    expected = sine_of_quadratic(quadratic, offset, shared, 0)
    quadratic[1, 2], offset[2] = bad, bad
    found = kernel.sine_of_quadratic(quadratic, offset, shared, 0)
    assert np.isnan(found[1:3]).all()
    np.testing.assert_allclose(found[[0, 3]], expected[[0, 3]], atol=2e-6)


def test_a_box_of_512_at_high_defocus():
    """χ of 2,800 rad at the corner: errors stay below 1e-5 against double precision, from NumPy and from PyTorch."""
    u, v, angle = (np.array(pair, np.float32) for pair in ([45000.0, 30000.0], [42000.0, 31000.0], [30.0, -75.0]))
    lens = Lens(300.0, 2.7, 0.1)
    exact = ctf((512, 512), 1.07, Defocus(*(value.astype(np.float64) for value in (u, v, angle))), lens)
    single = ctf((512, 512), 1.07, Defocus(u, v, angle), lens)
    tensor = ctf((512, 512), 1.07, Defocus(*(torch.from_numpy(value) for value in (u, v, angle))), lens)
    assert single.dtype == np.float32
    assert tensor.dtype == torch.float32
    np.testing.assert_allclose(single, exact, rtol=0.0, atol=1e-5)
    np.testing.assert_array_equal(tensor.numpy(), single)
