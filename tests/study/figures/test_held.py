"""What was dragged, picked or painted is held to what the panel can be set to."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitreous.study.figures.held import at_rest, held
from vitreous.study.figures.panels import Image, Plot, Scene, Table

PICK = Image("picture", "picture", interaction="pick")
PAINT = Image("mask", "mask", interaction="paint")
PLANE = Plot("plane", "plane", "real", "imaginary", x_range=(-2, 2), handle=(1.0, 0.5))
BODY = Scene("body", "body", turns="body")
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=12,
)


@given(ANYTHING)
def test_nonsense_never_reaches_a_practical(sent):
    picked = held(PICK, sent, (48, 64))
    assert picked == [] or (0 <= picked[0] < 64 and 0 <= picked[1] < 48)
    assert all(len(dab) == 3 and all(0 <= value <= 4095 for value in dab) for dab in held(PAINT, sent))
    x, y = held(PLANE, sent)
    assert -2 <= x <= 2
    assert math.isfinite(y)
    assert math.hypot(*held(BODY, sent)) == pytest.approx(1)


def test_only_panels_that_answer_the_hand_have_a_setting():
    assert at_rest(PICK) == []
    assert at_rest(PLANE) == [1.0, 0.5]
    assert at_rest(BODY) == [1.0, 0.0, 0.0, 0.0]
    for panel in (Image("a", "a"), Plot("a", "a", "x", "y"), Scene("a", "a"), Table("a", "a", ("x",))):
        assert at_rest(panel) is None


def test_a_link_writes_commas_and_semicolons():
    assert held(PICK, "12,30") == [12.0, 30.0]
    assert held(PAINT, "1,2,3;4,5,6") == [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
    assert held(PLANE, "0.25,-1.5") == [0.25, -1.5]
    assert held(BODY, "0,0,0,2") == [0.0, 0.0, 0.0, 1.0]


def test_a_pixel_lies_in_the_picture_last_drawn():
    assert held(PICK, [500, 500], (48, 64)) == [63.0, 47.0]
    assert held(PICK, [1.6, 2.2], (48, 64)) == [2.0, 2.0]


def test_a_painting_has_at_most_four_hundred_dabs():
    assert len(held(PAINT, [[1.0, 2.0, 3.0]] * 5000)) == 400
    assert held(PAINT, [[1.0, 2.0]]) == []


def test_a_quaternion_of_no_length_is_at_rest():
    assert held(BODY, [0, 0, 0, 0]) == [1.0, 0.0, 0.0, 0.0]
