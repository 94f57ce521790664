"""The picture of the pipeline holds every topic once, on a wide screen and on a narrow one."""

from itertools import pairwise

import pytest

from vitreous.study.engine import engine_names
from vitreous.study.meetings import read_curriculum
from vitreous.study.site.pipeline import lessons_of_packages, pipeline_map, read_stages, rings


@pytest.mark.parametrize("upright", [False, True])
def test_every_topic_is_a_station(upright):
    drawn = pipeline_map(upright=upright, states={"04_phase_contrast": "done"})
    assert sorted(station.topic.folder for station in drawn.stations) == [t.folder for t in read_curriculum().topics]
    assert [mark.stage.key for mark in drawn.landmarks] == ["specimen", "image", "classes", "map", "motion"]
    assert [station.topic.number for station in drawn.stations if station.state == "done"] == [4]


@pytest.mark.parametrize("upright", [False, True])
def test_nothing_is_drawn_over_something_else(upright):
    """Labels of neighbours have room: about 7.4 units a letter beside one another, 18 below one another."""
    drawn = pipeline_map(upright=upright, states={})
    boxes = []
    for station in drawn.stations:
        for label in station.labels:
            wide = 7.4 * len(label.text)
            left = station.x + label.x - (0 if upright else wide / 2)
            boxes.append((left, station.y + label.y - 13, left + wide, station.y + label.y + 3))
    for place, first in enumerate(boxes):
        assert first[0] > 0
        assert first[2] < drawn.width
        assert first[3] < drawn.height
        for other in boxes[place + 1 :]:
            apart = first[2] <= other[0] or other[2] <= first[0] or first[3] <= other[1] or other[3] <= first[1]
            assert apart, (first, other)


def test_a_topic_that_stands_on_another_is_joined_to_it():
    drawn = pipeline_map(upright=False, states={})
    below = {station.topic.folder for station in drawn.stations if station.y > 300}
    pairs = [(t, n) for t in read_curriculum().topics for n in t.stands_on if n in below and t.folder not in below]
    assert len(drawn.edges) == len(pairs) > 3


def test_stages_name_topics_that_exist():
    folders = {topic.folder for topic in read_curriculum().topics}
    assert {name for stage in read_stages() for name in stage.topics} <= folders


def test_every_package_of_the_engine_has_a_lesson():
    assert {item.package for item in engine_names().values()} <= set(lessons_of_packages())


def test_rings_stand_closer_outwards_and_fade():
    radii = [float(ring["radius"]) for ring in rings()]
    gaps = [after - before for before, after in pairwise(radii)]
    assert all(after < before + 0.11 for before, after in pairwise(gaps)), "radii are rounded to a tenth"
    assert gaps[0] > 3 * gaps[-1]
    assert all(float(ring["opacity"]) <= 1 for ring in rings())
    assert max(radii) < 200
