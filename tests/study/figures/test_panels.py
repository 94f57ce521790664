"""The gallery holds every panel, every control and every way to draw, and runs at every extreme."""

import importlib.util
import itertools
from pathlib import Path

import pytest

from vitreous.study import figures
from vitreous.study.figures.link import linked
from vitreous.study.figures.panels import Dots, Panel

GALLERY = Path(__file__).with_name("gallery.py")
SPEC = importlib.util.spec_from_file_location("gallery", GALLERY)
gallery = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(gallery)


def figures_of(settings):
    with linked(settings):
        _, defined = gallery.app.run()
    return {name: item.widget for name, item in defined.items() if hasattr(item, "widget")}


@pytest.fixture(scope="module")
def at_rest():
    return figures_of({})


def test_the_gallery_shows_every_panel_and_control(at_rest):
    shown = {item["kind"] for made in at_rest.values() for item in (*made.spec["panels"], *made.spec["controls"])}
    kinds = {*Panel.__args__, *figures.Control.__args__}
    assert shown == {kind.__name__.lower() for kind in kinds}


def test_the_gallery_draws_every_panel_and_kind_of_thing(at_rest):
    drawn = {(made._name, name): getattr(made, f"panel_{name}") for made in at_rest.values() for name in made._panels}
    assert all(drawn.values())
    items = list(itertools.chain.from_iterable(message.get("items", []) for message in drawn.values()))
    assert {item["kind"] for item in items} == {"curve", "mark", "arrow", "path", "dots"}
    styles = {item["style"] for item in items if item["kind"] == "curve"}
    assert styles == {"line", "dashed", "points", "bars", "area", "arrows"}


def test_the_gallery_runs_at_every_extreme(at_rest):
    for made in at_rest.values():
        for end in (0, -1):
            extremes = {f"{made._name}.{name}": control.extremes()[end] for name, control in made._controls.items()}
            if extremes:
                assert figures_of(extremes)[made._name].serial == 1


def test_dots_are_as_large_as_a_reader_sees_them():
    assert Dots([[0, 0, 1]]).size == 3.0
