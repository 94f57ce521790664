"""A figure to play with: panels, controls at the figure, a caption; Python computes, the browser draws."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import anywidget
import marimo as mo
import traitlets

from vitreous.study.figures.controls import Control, Setting
from vitreous.study.figures.encode import encode
from vitreous.study.figures.held import at_rest, held
from vitreous.study.figures.link import linked_settings
from vitreous.study.figures.panels import Image, Panel

__all__ = ["Figure", "figure"]

_BUNDLE = Path(__file__).parents[1] / "static" / "vitreous"


class Figure(anywidget.AnyWidget):
    """The widget: ``spec`` is what stands still, ``values`` what a learner set, one trait ``panel_NAME`` what is drawn.

    The browser may write ``values`` alone. ``serial`` counts the drawings: it travels with the panels that changed, in
    one message, and tells the browser that its last values are answered.
    """

    _esm = _BUNDLE / "figure.js"
    _css = _BUNDLE / "figure.css"
    spec = traitlets.Dict().tag(sync=True)
    values = traitlets.Dict().tag(sync=True)
    serial = traitlets.Int(0).tag(sync=True)

    def __init__(self, name: str, panels: Sequence[Panel], controls: Sequence[Control], caption: str) -> None:
        names = [item.name for item in (*panels, *controls)]
        twice = sorted({item for item in names if names.count(item) > 1})
        if twice:
            raise ValueError(
                f"figure {name!r} names {', '.join(twice)} more than once: every panel and control needs its own"
            )
        self._name = name
        self._controls = {item.name: item for item in controls}
        self._panels = {item.name: item for item in panels}
        self._shapes: dict[str, tuple[int, int]] = {}
        self.add_traits(**{f"panel_{item}": traitlets.Dict().tag(sync=True) for item in self._panels})
        super().__init__(
            spec={
                "name": name,
                "caption": caption,
                "panels": [{"kind": type(item).__name__.lower(), **asdict(item)} for item in panels],
                "controls": [{"kind": type(item).__name__.lower(), **asdict(item)} for item in controls],
                "rest": self._held({}),
            },
            values=self._held(linked_settings(name)),
        )

    @property
    def settings(self) -> SimpleNamespace:
        """Everything that can be set, by name, each held within its limits."""
        return SimpleNamespace(**self._held(self.values))

    def set_state(self, sync_data: Mapping[str, Any]) -> None:
        """Take what the browser set, and nothing else that it may have sent."""
        values = sync_data.get("values")
        if isinstance(values, dict):
            super().set_state({"values": self._held(values)})

    def draw(self, **panels: object) -> None:
        """Draw the panels named: arrays or `Pixels`, lists of `Curve` and `Mark`, of `Arrow`, `Path` and `Dots`, rows.

        Raises
        ------
        ValueError
            If a name is no panel of this figure, or the data do not fit the panel.
        """
        unknown = sorted(panels.keys() - self._panels.keys())
        if unknown:
            known = ", ".join(self._panels)
            raise ValueError(f"figure {self._name!r} has no panel {', '.join(unknown)}: its panels are {known}")
        shown = {name: self._encoded(name, data) for name, data in panels.items()}
        with self.hold_sync():
            for name, message in shown.items():
                setattr(self, f"panel_{name}", message)
            self.serial += 1

    def _encoded(self, name: str, data: object) -> dict[str, Any]:
        panel = self._panels[name]
        try:
            message = encode(panel, data)
        except ValueError as error:
            raise ValueError(f"figure {self._name!r}, panel {name!r}: {error}") from error
        if isinstance(panel, Image):
            self._shapes[name] = (message["shape"][0], message["shape"][1])
        return message

    def _held(self, given: Mapping[str, object]) -> dict[str, Setting]:
        values: dict[str, Setting] = {
            name: control.clamp(given.get(name, control.value)) for name, control in self._controls.items()
        }
        for name, panel in self._panels.items():
            rest = at_rest(panel)
            if rest is not None:
                values[name] = held(panel, given.get(name, rest), self._shapes.get(name))
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

    Returns
    -------
    Any
        marimo's element around the `Figure`, which passes ``settings`` and ``draw`` on.

    Raises
    ------
    ValueError
        If two panels or controls have one name.
    """
    return mo.ui.anywidget(Figure(name, panels, controls, caption))
