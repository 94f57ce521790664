"""Panels of a figure (image, plot, scene, volume, table, sound) and what is drawn in them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "Arrow",
    "Curve",
    "Dots",
    "Image",
    "Mark",
    "Panel",
    "Path",
    "Pixels",
    "Plot",
    "Scene",
    "Sound",
    "Table",
    "Volume",
]


@dataclass(frozen=True)
class Image:
    """A picture with window and level, zoom and the value under the cursor.

    ``colours``: ``grey``, ``map`` (uniform from dark violet to yellow), ``phase`` (cyclic, for angles in degrees),
    ``signed`` (diverging about 0).
    ``interaction``: ``pick`` sets the setting ``name`` to the [x, y] pixel last clicked; ``paint`` to a list of
    [x, y, radius] brush dabs (at most 400), in pixels from the corner.
    """

    name: str
    label: str
    unit: str = ""
    colours: Literal["grey", "map", "phase", "signed"] = "grey"
    interaction: Literal["none", "pick", "paint"] = "none"


@dataclass(frozen=True)
class Plot:
    """Curves over labelled axes, with a crosshair that reads values.

    ``x`` and ``y`` are the labels with units; a range of None follows the data. ``equal`` keeps one scale on both axes
    (the complex plane). ``handle`` makes a draggable point whose [x, y] is the setting ``name``, at rest ``handle``.
    """

    name: str
    label: str
    x: str
    y: str
    x_range: tuple[float, float] | None = None
    y_range: tuple[float, float] | None = None
    logarithmic: Literal["", "x", "y", "xy"] = ""
    equal: bool = False
    handle: tuple[float, float] | None = None


@dataclass(frozen=True)
class Scene:
    """Arrows, paths and dots in three dimensions, seen in parallel projection.

    Dragging (or the arrow keys) turns the camera; with ``turns="body"`` it turns the body instead, and the setting
    ``name`` is the unit quaternion [w, x, y, z] that takes the body from rest to where it is.
    ``radius`` is the half-width of what is seen; ``sphere`` draws the unit sphere's outline and graticule.
    """

    name: str
    label: str
    turns: Literal["camera", "body"] = "camera"
    radius: float = 1.35
    sphere: bool = False
    camera_deg: tuple[float, float] = (35.0, 20.0)


@dataclass(frozen=True)
class Volume:
    """A map as a shaded surface with its contour slider (at most 96 voxels a side)."""

    name: str
    label: str
    unit: str = ""


@dataclass(frozen=True)
class Table:
    """Rows of numbers or words under headings; the first column names the row."""

    name: str
    label: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Sound:
    """A short sound with a play button and its wave form."""

    name: str
    label: str


Panel = Image | Plot | Scene | Volume | Table | Sound


@dataclass(frozen=True)
class Pixels:
    """What an `Image` draws: ``values`` (y, x); ``limits`` (low, high) held fixed, or None for the data's range."""

    values: ArrayLike
    limits: tuple[float, float] | None = None
    pixel_size: float | None = None
    pixel_unit: str = "Å"


@dataclass(frozen=True)
class Curve:
    """One curve of a `Plot`: ``x`` and ``y`` (n,), a label for the legend, and how it is drawn.

    NaN makes a gap. ``arrows`` draws an arrow from each point to the next: ``[0, a]`` is one phasor, ``[0, a, a + b]``
    a chain, and a NaN between two pairs starts afresh. ``points`` draws dots, ``bars`` and ``area`` stand on zero.
    """

    x: ArrayLike
    y: ArrayLike
    label: str
    style: Literal["line", "dashed", "points", "bars", "area", "arrows"] = "line"


@dataclass(frozen=True)
class Mark:
    """A vertical line of a `Plot` at ``x``, with a label."""

    x: float
    label: str


@dataclass(frozen=True)
class Arrow:
    """An arrow of a `Scene` from ``start`` to ``end`` (x, y, z); ``series`` 1 to 5 picks its colour."""

    end: Sequence[float] | NDArray[np.float64]
    label: str = ""
    start: Sequence[float] | NDArray[np.float64] = (0.0, 0.0, 0.0)
    series: int = 1
    body: bool = False


@dataclass(frozen=True)
class Path:
    """A polyline of a `Scene` through points (n, 3); ``body`` makes it turn with the body."""

    points: ArrayLike
    label: str = ""
    series: int = 1
    dashed: bool = False
    body: bool = False


@dataclass(frozen=True)
class Dots:
    """Points (n, 3) of a `Scene`, shaded by depth; ``values`` (n,) colour them by the perceptually uniform map."""

    points: ArrayLike
    label: str = ""
    series: int = 1
    values: ArrayLike | None = None
    body: bool = False
    size: float = field(default=3.0)
