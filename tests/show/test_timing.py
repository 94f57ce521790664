from drawn import spoken, words
from vitreous.show.timing import Timing, timing_figure


def test_every_part_and_its_seconds_stand_in_the_figure():
    svg = timing_figure(Timing({"read": 0.5, "insert": 1.25}))
    assert {"read", "insert", "0.50", "1.25", "time (s)"} <= set(words(svg))
    assert spoken(svg) == "Time of each part: read 0.50 s, insert 1.25 s"


def test_parts_that_took_no_time_are_drawn():
    assert "0.00" in words(timing_figure(Timing({"read": 0.0})))


def test_what_is_small_is_not_rounded_to_nothing():
    assert Timing({}, 0.0402).rate == "0.04"
    assert Timing({}, 3337.4).rate == "3,337"
    assert Timing().rate is None
    assert Timing({}, 3.0, 8000.0).share == "0.037 %"
    assert Timing({}, 2000.0, 8000.0).share == "25 %"
    assert Timing({}, 2000.0).share is None
