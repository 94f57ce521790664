"""Lists of numbers, and the rows that they keep."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulated import particles_of
from vitreous._errors import InputError
from vitreous.cli.selection import chosen_rows, number_list, particle_file

FILE = Path("p.star")


@given(st.lists(st.tuples(st.integers(1, 50), st.integers(0, 5)), min_size=1))
def test_a_list_says_which_numbers(spans):
    words = [f"{first}-{first + more}" if more else str(first) for first, more in spans]
    assert number_list(", ".join(words), "--rows") == [(first, first + more) for first, more in spans]


@pytest.mark.parametrize("text", ["", "0", "1,,2", "3-1", "1-", "a", "1.5", "-2", "1 2", "9" * 40])
def test_what_is_no_list_is_refused(text):
    with pytest.raises(InputError, match="--classes"):
        number_list(text, "--classes")


@pytest.fixture
def particles():
    return particles_of(8, 8, class_number=np.array([1, 2, 3, 5, 1, 2, 3, 5]))


def test_criteria_are_joined(particles):
    kept = chosen_rows(particles, FILE, classes="1,3", rows="2-6")
    np.testing.assert_array_equal(np.flatnonzero(kept), [2, 4])
    np.testing.assert_array_equal(np.flatnonzero(chosen_rows(particles, FILE, classes="2-3")), [1, 2, 5, 6])
    np.testing.assert_array_equal(np.flatnonzero(chosen_rows(particles, FILE, rows="8")), [7])


@pytest.mark.parametrize(
    ("criteria", "said"),
    [
        ({}, "--classes or --rows"),
        ({"classes": "4"}, "class 4 has no particles; the classes with particles are 1-3, 5"),
        ({"classes": "2-5"}, "class 4 has no particles"),
        ({"classes": "6-900000000000000"}, "class 6 has no particles"),
        ({"rows": "7-9"}, "there is no row 9; the file has 8"),
        ({"classes": "1", "rows": "2"}, "no particle is in these classes and in these rows"),
    ],
)
def test_what_keeps_nothing_is_refused(particles, criteria, said):
    with pytest.raises(InputError, match=said):
        chosen_rows(particles, FILE, **criteria)


def test_particles_without_classes_are_refused():
    with pytest.raises(InputError, match="no classes"):
        chosen_rows(particles_of(3, 8), FILE, classes="1")


def test_a_folder_that_is_no_job_is_refused(tmp_path):
    assert particle_file(tmp_path / "p.star") == tmp_path / "p.star"
    with pytest.raises(InputError, match="not a job folder"):
        particle_file(tmp_path)
