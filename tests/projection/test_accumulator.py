"""What accumulates: the adjoint's sums, alike in any blocks, merged, and refused where they do not fit."""

import numpy as np
import pytest

from vitreous.interpolation import CATMULL_ROM, LINEAR, kaiser_bessel
from vitreous.projection import Accumulator, insert_slices
from vitreous.rotations import random_rotations


def particles(rng, m=6, box=10):
    data = rng.standard_normal((m, box, box // 2 + 1)) + 1j * rng.standard_normal((m, box, box // 2 + 1))
    weights = rng.uniform(0, 1, data.shape)
    return data.astype(np.complex64), weights.astype(np.float32), random_rotations(m, 1)


@pytest.mark.parametrize("kernel", [LINEAR, kaiser_bessel(4)], ids=lambda kernel: kernel.name)
@pytest.mark.parametrize("box", [10, 11])
def test_sums_are_those_of_the_readable_adjoint(kernel, box, rng):
    data, weights, rotations = particles(rng, box=box)
    total = Accumulator(box, kernel=kernel)
    total.add(data[:2], weights[:2], rotations[:2])
    total.add(data[2:], weights[2:], rotations[2:])
    np.testing.assert_allclose(total.numerator, insert_slices(data, rotations, kernel), atol=2e-5)
    np.testing.assert_allclose(total.denominator, insert_slices(weights, rotations, kernel), atol=2e-5)
    assert total.numerator.dtype == np.complex64
    assert total.denominator.dtype == np.float32


def test_merged_ranks_are_one(rng):
    data, weights, rotations = particles(rng)
    whole, one, two = (Accumulator(10) for _ in range(3))
    whole.add(data, weights, rotations)
    one.add(data[:3], weights[:3], rotations[:3])
    two.add(data[3:], weights[3:], rotations[3:])
    one.merge(two)
    np.testing.assert_allclose(one.numerator, whole.numerator, atol=1e-5)
    np.testing.assert_allclose(one.denominator, whole.denominator, atol=1e-5)


def test_what_does_not_fit_is_refused():
    for other in (Accumulator(12), Accumulator(10, kernel=CATMULL_ROM), Accumulator(10, padding=1)):
        with pytest.raises(ValueError, match="make them alike"):
            Accumulator(10).merge(other)
