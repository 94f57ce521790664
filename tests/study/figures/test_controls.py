"""Whatever a browser or a link sends, a control's setting is one that the control can have."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitreous.study.figures.controls import Button, Choice, Slider, Switch

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
DEFOCUS = Slider("defocus_um", "defocus", 0.2, 4.0, 1.0, 0.01, unit="µm")


@given(ANYTHING)
def test_every_setting_is_one_that_the_control_can_have(sent):
    assert 0.2 <= DEFOCUS.clamp(sent) <= 4.0
    assert Switch("on", "on").clamp(sent) in (True, False)
    assert Choice("kind", "kind", ("a", "b"), "b").clamp(sent) in ("a", "b")
    assert 0 <= Button("seed", "again", most=50).clamp(sent) <= 50


@given(st.floats(0.2, 4.0))
def test_a_good_number_passes_unchanged_also_from_a_link(value):
    assert DEFOCUS.clamp(value) == value
    assert DEFOCUS.clamp(repr(value)) == value


@pytest.mark.parametrize(
    ("sent", "held"), [(9, 4.0), (-3, 0.2), ("1e9", 4.0), (math.nan, 1.0), ("inf", 1.0), (True, 1.0), ("x", 1.0)]
)
def test_numbers_beyond_the_ends_are_held_and_nonsense_is_at_rest(sent, held):
    assert DEFOCUS.clamp(sent) == held


def test_links_write_switches_as_one_and_zero_and_presses_as_digits():
    assert Switch("on", "on").clamp("1") is True
    assert Switch("on", "on", value=True).clamp("0") is False
    assert Button("seed", "again").clamp("12") == 12
    assert Button("seed", "again").clamp("−1") == 0


def test_extremes_are_settings_that_pass_unchanged():
    for control in (DEFOCUS, Switch("on", "on"), Choice("kind", "kind", ("a", "b", "c"), "a"), Button("seed", "again")):
        extremes = control.extremes()
        assert len(extremes) >= 2
        assert [control.clamp(value) for value in extremes] == extremes
