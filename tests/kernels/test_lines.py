"""Vectors of the compiler: lines are read, scaled and added where they lie, whatever their length."""

import numba
import numpy as np
import pytest

from vitreous.kernels.numba._lines import add_to_line, axpy, load_line, outer
from vitreous.kernels.numba._samples import zeros


@numba.njit
def scaled_neighbours(array, at, like):
    line = load_line(array, np.uint64(at), like)
    add_to_line(array, np.uint64(at), np.float32(2), line)
    return axpy(np.float32(3), line, load_line(array, np.uint64(at), like))


@numba.njit
def products(x, y):
    return outer(x, y)


@pytest.mark.parametrize("count", [1, 2, 3, 6, 8, 12])
def test_a_line_is_read_and_added_to_where_it_lies(count):
    array = np.arange(40, dtype=np.float32).reshape(5, 8)
    expected = array.ravel().copy()
    expected[11 : 11 + count] *= 3
    assert scaled_neighbours(array, 11, zeros(count)) == tuple(6 * (11 + i) for i in range(count))
    np.testing.assert_array_equal(array.ravel(), expected)


def test_products_of_two_lines():
    one, other = (np.float32(2), np.float32(-3)), (np.float32(1), np.float32(0.5), np.float32(4))
    assert products(one, other) == (2, 1, 8, -3, -1.5, -12)
