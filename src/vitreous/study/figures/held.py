"""What a learner set by dragging, clicking or painting in a panel, held to the right shape and range."""

import math
from itertools import chain

from vitreous.study.figures.panels import Image, Panel, Plot, Scene

__all__ = ["at_rest", "held"]

_MOST_DABS = 400
_LARGEST_PIXEL = 4095.0


def at_rest(panel: Panel) -> list[float] | None:
    """Return the setting of a panel that answers the hand before anyone touched it; None for the other panels."""
    if isinstance(panel, Image) and panel.interaction != "none":
        return []
    if isinstance(panel, Plot) and panel.handle is not None:
        return list(panel.handle)
    if isinstance(panel, Scene) and panel.turns == "body":
        return [1.0, 0.0, 0.0, 0.0]
    return None


def held(panel: Panel, given: object, shape: tuple[int, int] | None = None) -> list[float] | list[list[float]]:
    """Return what a browser or a link sent, held to what the panel can be set to; the setting at rest where it is none.

    ``shape`` (ny, nx) is that of the picture last drawn: a pixel picked lies in it. A link writes ``12,30``, and
    ``;`` between the dabs of a painting.
    """
    rest = at_rest(panel) or []
    rows = _rows(given)
    if isinstance(panel, Image) and panel.interaction == "paint":
        dabs = [row for row in rows if len(row) == 3]
        return [[_between(value, 0.0, _LARGEST_PIXEL) for value in dab] for dab in dabs[:_MOST_DABS]]
    numbers = list(chain.from_iterable(rows))
    if isinstance(panel, Image):
        return _pixel(numbers, shape) if len(numbers) == 2 else rest
    if isinstance(panel, Scene):
        return _turned(numbers) if len(numbers) == 4 else rest
    if isinstance(panel, Plot) and len(numbers) == 2:
        ranges = (panel.x_range, panel.y_range)
        return [
            value if limits is None else _between(value, *limits) for value, limits in zip(numbers, ranges, strict=True)
        ]
    return rest


def _rows(given: object) -> list[list[float]]:
    """Rows of finite numbers in what was sent; no rows at all where any of it is something else."""
    if isinstance(given, str):
        given = [row.split(",") for row in given.split(";")]
    if not isinstance(given, list):
        return []
    rows = given if all(isinstance(row, list) for row in given) else [given]
    numbers = [[_number(value) for value in row] for row in rows[: _MOST_DABS + 1]]
    if any(value is None for row in numbers for value in row):
        return []
    return [[value for value in row if value is not None] for row in numbers]


def _number(given: object) -> float | None:
    if isinstance(given, bool) or not isinstance(given, (int, float, str)):
        return None
    try:
        value = float(given)
    except (ValueError, OverflowError):
        return None
    return value if abs(value) < 1e12 else None


def _between(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)


def _pixel(numbers: list[float], shape: tuple[int, int] | None) -> list[float]:
    ny, nx = shape or (_LARGEST_PIXEL + 1, _LARGEST_PIXEL + 1)
    return [float(round(_between(value, 0.0, n - 1.0))) for value, n in zip(numbers, (nx, ny), strict=True)]


def _turned(numbers: list[float]) -> list[float]:
    norm = math.hypot(*numbers)
    return [value / norm for value in numbers] if norm > 1e-6 else [1.0, 0.0, 0.0, 0.0]
