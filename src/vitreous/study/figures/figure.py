"""A figure to play with: panels, controls at the figure, a caption; Python computes, the browser draws."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import anywidget
import marimo as mo
import traitlets

from vitreous.study.figures.controls import Control, Setting
from vitreous.study.figures.encode import encode
from vitreous.study.figures.link import linked_settings
from vitreous.study.figures.panels import Image, Panel, Plot, Scene

__all__ = ["Figure", "figure"]

BUNDLE = Path(__file__).parents[1] / "static" / "vitreous" / "figure.js"


class Figure(anywidget.AnyWidget):  # type: ignore[misc]  # anywidget is untyped
    """The widget: ``spec`` is what stands still, ``values`` what a learner set, ``drawn`` what was computed from it."""

    _esm = BUNDLE
    spec = traitlets.Dict().tag(sync=True)
    values = traitlets.Dict().tag(sync=True)
    drawn = traitlets.Dict().tag(sync=True)

    def __init__(self, name: str, panels: Sequence[Panel], controls: Sequence[Control], caption: str) -> None:
        self._controls, self._panels = {item.name: item for item in controls}, {item.name: item for item in panels}
        given = linked_settings(name)
        super().__init__(
            spec={
                "name": name,
                "caption": caption,
                "panels": [{"kind": type(item).__name__.lower(), **asdict(item)} for item in panels],
                "controls": [{"kind": type(item).__name__.lower(), **asdict(item)} for item in controls],
            },
            values=self._clamped(given),
            drawn={"serial": 0, "panels": {}},
        )

    @property
    def settings(self) -> SimpleNamespace:
        """Everything that can be set, by name, each held within its limits."""
        return SimpleNamespace(**self._clamped(self.values))

    def draw(self, **panels: object) -> None:
        """Draw the panels named: arrays or `Pixels`, lists of `Curve` and `Mark`, of `Arrow`, `Path` and `Dots`, rows."""
        shown = {name: encode(self._panels[name], data) for name, data in panels.items()}
        self.drawn = {"serial": self.drawn["serial"] + 1, "panels": {**self.drawn["panels"], **shown}}

    def _clamped(self, given: dict[str, object]) -> dict[str, Setting]:
        values: dict[str, Setting] = {
            name: control.clamp(given.get(name, control.value)) for name, control in self._controls.items()
        }
        for name, panel in self._panels.items():
            rest = _at_rest(panel)
            if rest is not None:
                values[name] = _numbers(given.get(name, rest), rest)
        return values


def figure(name: str, panels: Sequence[Panel], controls: Sequence[Control] = (), *, caption: str = "") -> Any:
    """Make a figure for a marimo cell; another cell reads its ``settings`` and calls its ``draw``.

    Parameters
    ----------
    name : str
        Unique in the practical; links to the figure and to its settings use it.
    panels : sequence of Panel
        Left to right, in the order given; they wrap on narrow screens.
    controls : sequence of Control
        Below the panels.
    caption : str
        One or two sentences: what to do and what to see.
    """
    return mo.ui.anywidget(Figure(name, panels, controls, caption))


def _at_rest(panel: Panel) -> list[float] | None:
    """The setting of a panel that can be dragged, clicked or painted before anyone touched it; None for the others."""
    if isinstance(panel, Image) and panel.interaction != "none":
        return []
    if isinstance(panel, Plot) and panel.handle is not None:
        return list(panel.handle)
    if isinstance(panel, Scene) and panel.turns == "body":
        return [1.0, 0.0, 0.0, 0.0]
    return None


def _numbers(given: object, rest: list[float]) -> Any:
    """What a browser sent for a panel where it is a list of numbers of the right shape, else the setting at rest."""
    return given if isinstance(given, list) else rest
