"""The self-test covers every unit, and suggests by the rule that it states."""

import pytest

from vitreous.study.problems.self_test import RULE, asked, suggestion, units


def test_every_prerequisite_is_asked_for():
    named = [placed.problem.unit for placed in asked()]
    assert len(named) >= 14
    assert set(named) == {unit.key for unit in units()}
    assert all(url.startswith("https://") for unit in units() for _, url in unit.links)
    assert all(unit.links for unit in units())


@pytest.fixture
def all_right():
    return {
        unit.key: [placed.problem.unit == unit.key for placed in asked() if placed.problem.unit == unit.key]
        for unit in units()
    }


def test_all_right_is_sharpen(all_right):
    found = suggestion(all_right, units())
    assert (found.stream, found.brush_up) == ("sharpen", ())


def test_nothing_answered_is_blur_with_every_unit_to_brush_up(all_right):
    found = suggestion({key: [False] * len(right) for key, right in all_right.items()}, units())
    assert (found.stream, found.brush_up) == ("blur", units())


@pytest.mark.parametrize("needed", ["linear-algebra", "complex-numbers"])
def test_what_sharpen_uses_everywhere_must_be_whole(all_right, needed):
    found = suggestion({**all_right, needed: [False, *all_right[needed][1:]]}, units())
    assert found.stream == "blur"
    assert [unit.key for unit in found.brush_up] == [needed]
    assert needed.replace("-", " ") in found.reason


def test_three_quarters_are_enough(all_right):
    found = suggestion({**all_right, "physics": [False, False], "counting": [False]}, units())
    assert found.stream == "sharpen"
    assert {unit.key for unit in found.brush_up} == {"physics", "counting"}
    lacking = {
        key: [False] * len(right)
        for key, right in all_right.items()
        if key in ("physics", "counting", "series", "integrals")
    }
    assert suggestion({**all_right, **lacking}, units()).stream == "blur"
    assert "three quarters" in RULE
