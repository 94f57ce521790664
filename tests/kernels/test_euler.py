"""The compiled Euler angles against the readable ones in double precision."""

import itertools

import numpy as np
import pytest

from vitreous.kernels.numba import euler as kernel
from vitreous.rotations import EULER_CONVENTIONS
from vitreous.rotations import euler as reference

ALL = [*EULER_CONVENTIONS, *(name.lower() for name in EULER_CONVENTIONS)]


def assert_parity(angles_deg, name):
    expected = reference.euler_to_matrix(angles_deg.astype(np.float64), name)
    found = kernel.euler_to_matrix(angles_deg, name)
    assert found.dtype == np.float32
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol=0.0, atol=1e-6)


@pytest.mark.parametrize("name", ALL)
def test_every_convention(rng, name):
    assert_parity(rng.uniform(-400.0, 400.0, (1000, 3)).astype(np.float32), name)


@pytest.mark.parametrize("count", [0, 1, 2, 255, 256, 257, 1023])
def test_awkward_sizes(rng, count):
    assert_parity(rng.uniform(-180.0, 180.0, (count, 3)).astype(np.float32), "ZYZ")


@pytest.mark.parametrize("name", ["ZYZ", "xyz"])
def test_huge_angles(rng, name):
    assert_parity(rng.uniform(-1e4, 1e4, (1000, 3)).astype(np.float32), name)
    assert_parity(rng.uniform(-1e6, 1e6, (1000, 3)).astype(np.float32), name)
    assert_parity(np.array([[720.5, -1e4, 1e4], [1e-30, -1e-30, 359.9999]], np.float32), name)


def test_right_angles_are_exact():
    quarters = np.array(list(itertools.product(range(-9, 10), repeat=3)), np.float32)
    matrices = kernel.euler_to_matrix(90.0 * quarters, "ZYZ")
    assert set(np.unique(matrices)) <= {-1.0, 0.0, 1.0}
    assert_parity(90.0 * quarters, "ZYZ")


def test_memory_of_any_layout(rng):
    wide = rng.uniform(-180.0, 180.0, (6, 40, 7)).astype(np.float32)
    wide.flags.writeable = False
    assert_parity(wide[::2, ::-1, 1:7:2], "ZYZ")
    assert_parity(np.asfortranarray(wide[..., :3]), "ZXZ")


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_not_a_number_stays_so_and_spoils_no_other(bad):
    angles_deg = np.full((3, 3), 30.0, np.float32)
    angles_deg[1, 0] = bad
    matrices = kernel.euler_to_matrix(angles_deg, "ZYZ")
    assert np.isnan(matrices[1]).any()
    assert np.isfinite(matrices[[0, 2]]).all()


def test_an_unknown_convention_is_refused():
    with pytest.raises(ValueError, match="no Euler convention 'ZZZ'"):
        kernel.euler_to_matrix(np.zeros((1, 3), np.float32), "ZZZ")
