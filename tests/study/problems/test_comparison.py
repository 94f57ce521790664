"""Differences are told in words: nothing, kind, shape, the first wrong element, the size of the error."""

import numpy as np
import pytest

from vitreous.study.problems.comparison import difference, shown


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (1.0, 1.0),
        (np.float32(2.0), 2),
        ([1, 2], np.array([1.0, 2.0])),
        (np.array([1.0 + 0j]), np.array([1.0])),
        ((np.eye(2), 3.0), [np.eye(2), 3.0]),
        ("a", "a"),
        (None, None),
        (np.array([np.nan]), np.array([np.nan])),
        (np.zeros((0, 3)), np.zeros((0, 3))),
    ],
)
def test_no_difference(result, expected):
    assert difference(result, expected, 1e-9) is None


@pytest.mark.parametrize(
    ("result", "expected", "told"),
    [
        (None, 1.0, "returned nothing"),
        (1.0, np.ones(3), "returned one number; an array of shape (3,) was expected"),
        (np.ones(3), 1.0, "an array of shape (3,); one number was expected"),
        (np.ones((2, 3)), np.ones((3, 2)), "shape (2, 3)"),
        (np.array([1.0, 2.5]), np.array([1.0, 2.0]), "Element 1 is 2.5; 2 was expected. 1 of 2 elements"),
        (np.array([[1.0, 2.5]]), np.array([[1.0, 2.0]]), "Element [0, 1]"),
        (np.array([1.0]), np.array([1j]), "imaginary part lost"),
        (np.array([np.nan, 1.0]), np.array([1.0, 1.0]), "1 of 2 are NaN"),
        (np.array([1 + 1j]), np.array([1.0]), "Element 0 is 1 +1i"),
        (1.5, 1.0, "off by 0.5"),
        ({"a": 1}, 1.0, "a dict; numbers were expected"),
        ("1", 1.0, "numbers were expected"),
        ([[1, 2], [3]], np.ones((2, 2)), "differ in length"),
        (["a"], np.ones(1), "more than numbers"),
        ((1, 2), (np.eye(2), np.eye(2), 1.0), "2 things; 3 were expected"),
        (5.0, (np.eye(2), np.eye(2)), "2 things were expected"),
        ((np.eye(2), 2.0), (np.eye(2), "b"), "number 2 of 2"),
    ],
)
def test_differences(result, expected, told):
    assert told in difference(result, expected, 1e-9)


def test_values_in_a_few_words():
    assert shown(np.zeros((40, 2))) == "an array of shape (40, 2) and type float64, beginning 0, 0, 0"
    assert shown((1, 2.5, "a")) == "(1, 2.5, 'a')"
    assert shown([1] * 9) == "[1, 1, 1, 1, …]"
    assert shown(object()) == "a object"
