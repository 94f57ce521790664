"""The picture of the whole pipeline: stages, topics as stations, and what stands on what, laid out on two lines."""

import math
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from vitreous.study.fields import no_such, read_toml
from vitreous.study.meetings import CURRICULUM, Topic, read_curriculum

__all__ = [
    "Label",
    "Landmark",
    "Map",
    "Stage",
    "Station",
    "lessons_of_packages",
    "pipeline_map",
    "read_stages",
    "rings",
]

_WIDTH, _STAGE_Y, _TOPIC_Y, _GROUND_Y = 1120, 124, 236, 440
_NARROW, _SPINE, _SIDE, _LABELS, _STEP = 360, 56, 104, 132, 68
_LINE = 17


@dataclass(frozen=True)
class Stage:
    """A stage of the pipeline, drawn by its ``key``, and the folders of the topics that stand at it."""

    key: str
    title: str
    topics: tuple[str, ...]


@dataclass(frozen=True)
class Label:
    """A line of words at a place relative to its station."""

    x: int
    y: float
    text: str


@dataclass(frozen=True)
class Station:
    """A topic at a place of the drawing; ``state`` is ``done``, ``begun`` or nothing."""

    x: int
    y: int
    topic: Topic
    labels: tuple[Label, ...]
    state: str


@dataclass(frozen=True)
class Landmark:
    """A stage at a place of the drawing."""

    x: int
    y: int
    stage: Stage


@dataclass(frozen=True)
class Map:
    """A drawing ``width`` by ``height``: landmarks and stations, and the lines between them as SVG paths."""

    width: int
    height: int
    upright: bool
    landmarks: tuple[Landmark, ...]
    stations: tuple[Station, ...]
    pipe: str
    ground: str
    drops: tuple[str, ...]
    edges: tuple[str, ...]


@lru_cache
def read_stages() -> tuple[Stage, ...]:
    """Return the stages in their order."""
    stages = []
    for table in read_toml(CURRICULUM / "pipeline.toml").known("stages", "packages").tables("stages"):
        table.known("key", "title", "topics")
        stages.append(Stage(table.text("key"), table.text("title"), table.texts("topics")))
    return tuple(stages)


@lru_cache
def lessons_of_packages() -> dict[str, str]:
    """Return the address of the page that teaches each of the engine's packages, by the package's name.

    Raises
    ------
    InputError
        A page does not exist.
    """
    table = read_toml(CURRICULUM / "pipeline.toml").known("stages", "packages")
    lessons = table.values.get("packages", {})
    pages = read_curriculum().pages
    for package, page in lessons.items():
        if page not in pages:
            raise table.error(f"packages.{package}", no_such("page", page, pages))
    return {f"vitreous.{package}": page for package, page in lessons.items()}


def pipeline_map(*, upright: bool, states: Mapping[str, str]) -> Map:
    """Return the drawing for a wide screen, or ``upright`` for a narrow one.

    Parameters
    ----------
    upright : bool
        One column, the stages where their first topic stands.
    states : mapping
        ``done`` or ``begun`` by the folder of a topic.
    """
    return _upright(states) if upright else _wide(states)


def _wide(states: Mapping[str, str]) -> Map:
    stages, topics = read_stages(), {topic.folder: topic for topic in read_curriculum().topics}
    # a stage is as wide as it has topics, so that the stations are evenly spaced
    here = {stage.key: [topics[name] for name in stage.topics if name in topics] for stage in stages}
    step = _WIDTH / max(1, sum(max(1, len(found)) for found in here.values()))
    landmarks, stations, left = [], {}, 0.0
    for stage in stages:
        width = step * max(1, len(here[stage.key]))
        landmarks.append(Landmark(round(left + width / 2), _STAGE_Y, stage))
        for place, topic in enumerate(here[stage.key]):
            stations[topic.folder] = _hanging(topic, round(left + step * (place + 0.5)), _TOPIC_Y, states)
        left += width
    below = [topic for name, topic in topics.items() if name not in stations]
    for place, topic in enumerate(below):
        stations[topic.folder] = _hanging(topic, _WIDTH * (2 * place + 1) // (2 * len(below)), _GROUND_Y, states)
    drops = [_drop(mark, stations[name]) for mark in landmarks for name in mark.stage.topics if name in stations]
    return Map(
        width=_WIDTH,
        height=_GROUND_Y + 84,
        upright=False,
        landmarks=tuple(landmarks),
        stations=tuple(stations.values()),
        pipe=f"M{landmarks[0].x} {_STAGE_Y}H{landmarks[-1].x}" if landmarks else "",
        ground=f"M40 {_GROUND_Y}H{_WIDTH - 40}",
        drops=tuple(drops),
        edges=_curves(topics, stations),
    )


def _drop(mark: Landmark, station: Station) -> str:
    """A curve from a stage down to one of its topics."""
    low, high = mark.y + 48, station.y - 14
    return f"M{mark.x} {low}C{mark.x} {low + 32} {station.x} {high - 36} {station.x} {high}"


def _hanging(topic: Topic, x: int, y: int, states: Mapping[str, str]) -> Station:
    """A station with its label below."""
    lines = enumerate(textwrap.wrap(topic.title, 17))
    labels = tuple(Label(0, 36 + _LINE * place, line) for place, line in lines)
    return Station(x, y, topic, labels, states.get(topic.folder, ""))


def _curves(topics: Mapping[str, Topic], stations: Mapping[str, Station]) -> tuple[str, ...]:
    """Curves from the lower line up to the topics that stand on it."""
    curves = []
    for name, topic in topics.items():
        for needed in topic.stands_on:
            if needed in stations and stations[needed].y > stations[name].y:
                start, end = stations[needed], stations[name]
                low, high = start.y - 14, end.y + 30 + _LINE * len(end.labels)
                bend = (low + high) // 2
                curves.append(f"M{start.x} {low}C{start.x} {bend} {end.x} {bend} {end.x} {high}")
    return tuple(curves)


def _upright(states: Mapping[str, str]) -> Map:
    """One column in the topics' order: those at a stage along a spine, the others beside it."""
    at = {name: stage for stage in read_stages() for name in stage.topics}
    landmarks: list[Landmark] = []
    stations, y = [], 30
    for topic in read_curriculum().topics:
        stage = at.get(topic.folder)
        if stage is not None and stage not in [mark.stage for mark in landmarks]:
            landmarks.append(Landmark(_SPINE, y + 34, stage))
            y += 134
        x = _SPINE if stage else _SIDE
        lines = textwrap.wrap(topic.title, 24)
        labels = tuple(
            Label(_LABELS - x, 5 + (place - (len(lines) - 1) / 2) * 18, line) for place, line in enumerate(lines)
        )
        stations.append(Station(x, y, topic, labels, states.get(topic.folder, "")))
        y += _STEP
    side = [station.y for station in stations if station.x == _SIDE]
    spine = [mark.y for mark in landmarks] + [station.y for station in stations if station.x == _SPINE]
    return Map(
        width=_NARROW,
        height=y - _STEP + 34,
        upright=True,
        landmarks=tuple(landmarks),
        stations=tuple(stations),
        pipe=f"M{_SPINE} {min(spine)}V{max(spine)}" if spine else "",
        ground=f"M{_SIDE} {min(side)}V{max(side)}" if side else "",
        drops=(),
        edges=(),
    )


def rings(steps: int = 26) -> list[dict[str, str]]:
    """Return Thon rings to draw: equal steps in the square of the radius, fading outwards; the edge is at 200."""
    found = []
    for place in range(1, steps):
        radius = 200 * math.sqrt(place / steps)
        fade = math.exp(-2.6 * place / steps)
        found.append({"radius": f"{radius:.1f}", "width": f"{1600 / steps / radius:.2f}", "opacity": f"{fade:.2f}"})
    return found
