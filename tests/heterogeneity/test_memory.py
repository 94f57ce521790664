"""Blocks too large for the memory are divided, all of them is visited once, and it is said."""

import numpy as np
import pytest

from vitreous.heterogeneity.memory import visit_in_parts
from vitreous.heterogeneity.observations import Block


def block(n):
    return Block(
        np.arange(n),
        np.zeros((n, 5), np.complex64),
        np.zeros((n, 5), np.float32),
        np.zeros((n, 3, 3), np.float32),
        np.ones((n, 5), np.float32),
    )


@pytest.mark.parametrize("error", [MemoryError("no"), RuntimeError("DefaultCPUAllocator: can't allocate memory")])
def test_a_block_is_halved_until_it_fits(error, caplog):
    seen = []

    def visit(part):
        if len(part.rows) > 3:
            raise error
        seen.append(part.rows)

    assert visit_in_parts(visit, block(11), 11) == 3
    np.testing.assert_array_equal(np.concatenate(seen), np.arange(11))
    assert "11 particles at a time do not fit into memory: going on with 6" in caplog.text


def test_what_fits_stays_whole_and_other_errors_pass():
    assert visit_in_parts(lambda part: None, block(4), 8) == 8

    def fail(part):
        raise RuntimeError("shapes do not match")

    with pytest.raises(RuntimeError, match="shapes"):
        visit_in_parts(fail, block(4), 8)


def test_a_single_particle_that_does_not_fit_is_told():
    def visit(part):
        raise MemoryError

    with pytest.raises(MemoryError, match="single particle"):
        visit_in_parts(visit, block(3), 3)
