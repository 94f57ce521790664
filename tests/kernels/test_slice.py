"""The compiled slice against the readable one in double precision: awkward boxes, kernels, matrices and threads."""

import numba
import numpy as np
import pytest

from vitreous.interpolation import B_SPLINE, CATMULL_ROM, LINEAR, NEAREST, kaiser_bessel, prolate
from vitreous.kernels.numba import _samples
from vitreous.kernels.numba import slice as kernel_module
from vitreous.projection import padded_transform, slice_transform
from vitreous.rotations import random_rotations

KERNELS = [NEAREST, LINEAR, CATMULL_ROM, B_SPLINE, kaiser_bessel(4), kaiser_bessel(3), prolate(4)]
TURN = np.array([[[0.28, -0.96], [0.96, 0.28]], [[0.64, 0.77], [-0.77, 0.64]]]) @ np.array([[0.8, -0.6], [0.6, 0.8]])


def assert_parity(volume, rotations, box, kernel, padding, cutoff, curvature=0.0):
    transform, options = padded_transform(volume, kernel, padding), {"cutoff_cycles": cutoff}
    options["curvature_pixels"] = curvature
    expected = slice_transform(transform, rotations, box, kernel, padding, **options)
    single = transform.astype(np.complex64)
    single.flags.writeable = False
    found = kernel_module.slice_transform(single, rotations, box, kernel, padding, **options)
    assert found.dtype == np.complex64
    assert found.shape == expected.shape
    # the errors of the weights are relative to what they weigh
    np.testing.assert_allclose(found, expected, rtol=0, atol=3e-6 * np.abs(transform).max(initial=1e-9))


@pytest.mark.parametrize("n", [6, 7, 1, 2])
@pytest.mark.parametrize("kernel", KERNELS, ids=lambda kernel: kernel.name)
def test_parity(kernel, n, rng):
    for padding in (1, 2):
        for cutoff in (0.5, 1.0):
            assert_parity(rng.standard_normal((n, n, n)), random_rotations(4, 1), n, kernel, padding, cutoff)
            assert_parity(rng.standard_normal((n, n)), TURN, n, kernel, padding, cutoff)


def test_other_boxes_matrices_and_batches(rng):
    volume = rng.standard_normal((9, 9, 9))
    assert_parity(volume, 2.3 * random_rotations(3, 2), 14, LINEAR, 2, 0.5)
    assert_parity(volume, random_rotations(4, 2).reshape(2, 2, 3, 3), 5, kaiser_bessel(4), 2, 0.3)
    assert_parity(volume, np.zeros((0, 3, 3)), 9, LINEAR, 2, 0.5)
    assert_parity(volume, np.eye(3), 9, LINEAR, 2, 0.5)


@pytest.mark.parametrize("curvature", [-0.3, 0.3, 4.0])
def test_the_ewald_sphere(curvature, rng):
    """Where it is almost flat, and so curved that it leaves the period."""
    for kernel in (LINEAR, kaiser_bessel(4)):
        assert_parity(rng.standard_normal((9, 9, 9)), random_rotations(4, 2), 9, kernel, 2, 0.5, curvature)


def test_single_precision_is_met_where_shells_and_threads_are_many(rng, monkeypatch):
    monkeypatch.setattr(kernel_module, "_SHELL_VOXELS", 2)
    monkeypatch.setattr(_samples, "_WORTH_A_THREAD", 1)
    assert_parity(rng.standard_normal((20, 20, 20)), random_rotations(40, 2), 20, kaiser_bessel(4), 2, 0.5)


def test_threads_do_not_change_a_bit(rng, monkeypatch):
    transform = padded_transform(rng.standard_normal((16, 16, 16)).astype(np.float32), LINEAR)
    monkeypatch.setattr(_samples, "_WORTH_A_THREAD", 1)
    before, found = numba.get_num_threads(), []
    try:
        for threads in {1, before}:
            numba.set_num_threads(threads)
            found.append(kernel_module.slice_transform(transform, random_rotations(30, 3), 16, LINEAR).tobytes())
    finally:
        numba.set_num_threads(before)
    assert len(set(found)) == 1


def test_what_is_not_a_number_stays_so():
    transform = np.full((8, 8, 5), np.nan, np.complex64)
    assert np.isnan(kernel_module.slice_transform(transform, np.eye(3)[None], 4, LINEAR)[0, 2, 0])
    with pytest.raises(ValueError, match="not padded 3 times"):
        kernel_module.slice_transform(transform, np.eye(3)[None], 4, LINEAR, 3)
