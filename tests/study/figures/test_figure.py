"""A figure in Python: what it sends, what it takes, and what it says of mistakes."""

import numpy as np
import pytest

from vitreous.study.figures.controls import Slider, Switch
from vitreous.study.figures.figure import Figure, figure
from vitreous.study.figures.link import linked
from vitreous.study.figures.panels import Curve, Image, Plot

PANELS = [Image("picture", "picture", interaction="pick"), Plot("profile", "profile", "x", "y")]
CONTROLS = [Slider("defocus_um", "defocus", 0.2, 4.0, 1.0, 0.01), Switch("on", "on")]


@pytest.fixture
def made():
    return Figure("ctf", PANELS, CONTROLS, "Drag.")


def sent_by(made, act):
    """The states that an act sends to the browser, message by message."""
    messages = []
    made.send_state = lambda key=None: messages.append({key} if isinstance(key, str) else set(key or made.keys))
    act()
    return messages


def test_settings_at_rest_are_those_of_the_controls(made):
    assert vars(made.settings) == {"defocus_um": 1.0, "on": False, "picture": []}
    assert made.spec["rest"] == vars(made.settings)


def test_a_link_opens_the_figure_with_its_settings():
    with linked({"ctf.defocus_um": "2.5", "ctf.on": "1", "ctf.picture": "3,4", "other.defocus_um": "9"}):
        settings = Figure("ctf", PANELS, CONTROLS, "").settings
    assert vars(settings) == {"defocus_um": 2.5, "on": True, "picture": [3.0, 4.0]}


def test_what_the_browser_sends_is_held_and_nothing_else_is_taken(made):
    made.set_state(
        {"values": {"defocus_um": 99, "on": "x", "more": 1}, "spec": {}, "serial": 7, "panel_picture": {"a": 1}}
    )
    assert vars(made.settings) == {"defocus_um": 4.0, "on": False, "picture": []}
    assert set(made.values) == {"defocus_um", "on", "picture"}
    assert made.spec["name"] == "ctf"
    assert made.serial == 0
    assert made.panel_picture == {}
    made.set_state({"values": "nonsense"})
    assert made.settings.defocus_um == 4.0


def test_one_message_carries_every_panel_that_changed(made):
    line = [Curve([0, 1], [0, 1], "line")]
    first = sent_by(made, lambda: made.draw(picture=np.eye(4), profile=line))
    assert first == [{"panel_picture", "panel_profile", "serial"}]
    again = sent_by(made, lambda: made.draw(picture=np.eye(4) * 2, profile=line))
    assert again == [{"panel_picture", "serial"}]
    assert sent_by(made, lambda: made.draw(profile=line)) == [{"serial"}]
    assert made.panel_profile["items"][0]["label"] == "line"


def test_a_pixel_picked_lies_in_the_picture_drawn(made):
    made.draw(picture=np.zeros((8, 6)))
    made.set_state({"values": {"picture": [100, 100]}})
    assert made.settings.picture == [5.0, 7.0]


def test_mistakes_name_the_figure_and_the_panel(made):
    with pytest.raises(ValueError, match="figure 'ctf' has no panel pictrue: its panels are picture, profile"):
        made.draw(pictrue=np.eye(4))
    with pytest.raises(ValueError, match="figure 'ctf', panel 'picture': 1 of 4 values are not finite"):
        made.draw(picture=[[0.0, np.nan], [1.0, 2.0]])
    assert made.serial == 0
    with pytest.raises(ValueError, match="names picture more than once"):
        Figure("ctf", [*PANELS, PANELS[0]], CONTROLS, "")


def test_a_cell_reads_settings_and_draws_through_marimos_element():
    element = figure("ctf", PANELS, CONTROLS, caption="Drag.")
    element.draw(picture=np.eye(3))
    assert element.settings.defocus_um == 1.0
    assert element.widget.serial == 1
