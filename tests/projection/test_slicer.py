"""The planned exact slices against the plain ones."""

import numpy as np
import pytest

from vitreous.projection import Slicer, slice_map
from vitreous.rotations import random_rotations


@pytest.mark.parametrize(("n", "box"), [(16, 16), (15, 15), (16, 21)])
def test_the_same_slices_block_after_block(n, box, rng):
    volume = rng.standard_normal((n, n, n))
    slicer = Slicer(volume, box)
    for count, cutoff in ((5, 0.5), (1, 0.3), (0, 0.5), (3, 0.5)):
        rotations = random_rotations(count, count)
        slices = slicer(rotations, cutoff)
        assert slices.dtype == np.complex64
        assert slices.shape == (count, box, box // 2 + 1)
        if not count:
            continue
        expected = slice_map(volume, rotations, box, cutoff_cycles=cutoff)
        assert np.linalg.norm(slices - expected) <= 5e-4 * np.linalg.norm(expected)


def test_the_bytes_do_not_depend_on_the_block(rng):
    slicer, rotations = Slicer(rng.standard_normal((16, 16, 16)), 16, threads=1), random_rotations(6, 1)
    whole = slicer(rotations)
    parts = np.concatenate([slicer(rotations[:4]), slicer(rotations[4:])])
    np.testing.assert_array_equal(whole, parts)


def test_the_plan_is_quiet(capfd, rng):
    Slicer(rng.standard_normal((16, 16, 16)), 16)(random_rotations(2, 1))
    assert capfd.readouterr() == ("", "")
