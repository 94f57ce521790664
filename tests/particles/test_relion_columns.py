"""Columns as numbers and texts: what can be taken is taken, the rest names row and value."""

import numpy as np
import pytest

from vitreous._errors import InputError
from vitreous.particles import StarTable
from vitreous.particles.relion_columns import read_integers, read_numbers, read_texts, read_vectors, to_column

TEXT = np.dtypes.StringDType()


def table(values) -> StarTable:
    column = np.array(values, dtype=TEXT if isinstance(values[0], str) else None)
    return StarTable("particles", {"rlnX": column})


def test_numbers_of_any_kind_become_float64():
    assert read_numbers(table([1, 2]), "rlnX", "p.star").dtype == np.float64
    np.testing.assert_array_equal(read_numbers(table(["007", "1e3", "nan"]), "rlnX", "p.star"), [7, 1000, np.nan])


def test_integers_may_be_written_as_decimals():
    assert read_integers(table([1.0, -2.0]), "rlnX", "p.star").tolist() == [1, -2]


@pytest.mark.parametrize("value", [0.5, np.nan, np.inf, 1e300])
def test_what_is_no_whole_number_is_refused(value):
    with pytest.raises(InputError, match=r"p\.star: data_particles, row 2, column rlnX: .* is not a whole number"):
        read_integers(table([1.0, value]), "rlnX", "p.star")


def test_text_among_numbers_is_refused():
    with pytest.raises(InputError, match="row 3, column rlnX: 'x' is not a number"):
        read_numbers(table(["1", "2", "x"]), "rlnX", "p.star")


def test_texts_are_taken_from_numbers_too():
    assert read_texts(table([1, 2]), "rlnX", "p.star").tolist() == ["1", "2"]


def test_vectors():
    assert read_vectors(table(["[1,2.5]", "[]", "[-1e-3]"]), "rlnX", "p.star") == [(1, 2.5), (), (-1e-3,)]


@pytest.mark.parametrize("value", ["1,2", "[1,2", "[1;2]", "[a]", "", "["])
def test_what_is_no_vector_is_refused(value):
    with pytest.raises(InputError, match=r"row 2, column rlnX: .* is not a vector \[a,b"):
        read_vectors(table(["[1]", value]), "rlnX", "p.star")


def test_a_column_that_is_not_there_is_named():
    with pytest.raises(InputError, match=r"p\.star: data_particles: there is no column rlnY"):
        read_numbers(table([1]), "rlnY", "p.star")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (np.array([True, False]), [1, 0]),
        (np.array([1, 2**62], np.uint64), [1, 2**62]),
        (np.array([2**63], np.uint64), [str(2**63)]),
        (np.array([0.1], np.float32), [float(np.float32(0.1))]),
        (np.array([b"a", b"\xff"]), ["a", "\ufffd"]),
        (np.array(["a"]), ["a"]),
        (np.array(["a"], TEXT), ["a"]),
        (np.zeros((2, 2)), None),
        (np.array([1j]), None),
    ],
)
def test_arrays_as_star_columns(values, expected):
    column = to_column(values)
    assert (column is None) == (expected is None)
    if column is not None:
        assert column.tolist() == expected
        assert column.dtype in (np.dtype(np.int64), np.dtype(np.float64), TEXT)
