"""What is drawn, as bytes that a canvas takes: images as 16-bit steps between their limits, curves as float32."""

from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vitreous.study.figures.panels import (
    Arrow,
    Curve,
    Dots,
    Image,
    Mark,
    Panel,
    Path,
    Pixels,
    Plot,
    Scene,
    Sound,
    Table,
    Volume,
)

__all__ = ["encode"]

_LARGEST_VOLUME = 96


def encode(panel: Panel, data: Any) -> dict[str, Any]:
    """Return the message of one panel: plain numbers and words, arrays as little-endian bytes.

    Parameters
    ----------
    panel : Panel
        Where it is drawn.
    data : Any
        An array (y, x) or `Pixels` for an `Image`; `Curve` and `Mark` for a `Plot`; `Arrow`, `Path` and `Dots` for a
        `Scene`; an array (z, y, x) for a `Volume`; rows for a `Table`; (samples, rate in hertz) for a `Sound`.

    Returns
    -------
    dict
        The message; every array is the raw bytes of uint16 (image), uint8 (volume) or float32 (curves), little-endian.

    Raises
    ------
    ValueError
        If the data do not fit the panel, or pixels, voxels or samples are not finite.
    """
    return _ENCODERS[type(panel)](panel, data)


def _image(panel: Panel, data: Any) -> dict[str, Any]:
    picture = data if isinstance(data, Pixels) else Pixels(data)
    values = _finite(picture.values, axes=2, what="an image has two axes (y, x)")
    low, high = (values.min(), values.max()) if picture.limits is None else picture.limits
    return {
        "shape": list(values.shape),
        "low": float(low),
        "high": float(high),
        "pixel_size": picture.pixel_size,
        "pixel_unit": picture.pixel_unit,
        "steps": _steps(values, float(low), float(high), "<u2"),
    }


def _volume(panel: Panel, data: Any) -> dict[str, Any]:
    values = _finite(data, axes=3, what="a volume has three axes (z, y, x)")
    if max(values.shape) > _LARGEST_VOLUME:
        raise ValueError(f"a volume has at most {_LARGEST_VOLUME} voxels a side, this array has shape {values.shape}")
    low, high = float(values.min()), float(values.max())
    return {"shape": list(values.shape), "low": low, "high": high, "steps": _steps(values, low, high, "u1")}


def _table(panel: Panel, data: Any) -> dict[str, Any]:
    rows = [[_cell(cell) for cell in row] for row in data]
    columns = panel.columns if isinstance(panel, Table) else ()
    wrong = next((row for row in rows if len(row) != len(columns)), None)
    if wrong is not None:
        raise ValueError(f"the table has {len(columns)} columns, a row has {len(wrong)} cells: {wrong}")
    return {"rows": rows}


def _sound(panel: Panel, data: Any) -> dict[str, Any]:
    samples, rate = data
    return {
        "rate": float(rate),
        "samples": _finite(samples, axes=1, what="a sound has one axis").astype("<f4").tobytes(),
    }


def _items(panel: Panel, data: Any) -> dict[str, Any]:
    drawn = (Curve, Mark) if isinstance(panel, Plot) else (Arrow, Path, Dots)
    return {"items": [_item(item, drawn) for item in _listed(data)]}


def _item(item: Any, drawn: tuple[type, ...]) -> dict[str, Any]:
    if not isinstance(item, drawn) or not is_dataclass(item):
        names = ", ".join(kind.__name__ for kind in drawn)
        raise ValueError(f"this panel draws {names}, not {type(item).__name__}")
    message = {field.name: _plain(getattr(item, field.name)) for field in fields(item)}
    _check_lengths(item)
    return {"kind": type(item).__name__.lower(), **message}


def _check_lengths(item: Any) -> None:
    if isinstance(item, Curve) and np.shape(item.x) != np.shape(item.y):
        raise ValueError(f"curve {item.label!r}: x has shape {np.shape(item.x)}, y {np.shape(item.y)}")
    if isinstance(item, (Path, Dots)) and (np.ndim(item.points) != 2 or np.shape(item.points)[1] != 3):
        raise ValueError(f"{type(item).__name__} {item.label!r}: points have shape (n, 3), not {np.shape(item.points)}")
    if isinstance(item, Arrow) and (np.shape(item.start) != (3,) or np.shape(item.end) != (3,)):
        raise ValueError(f"Arrow {item.label!r}: start and end are (x, y, z), not {item.start} and {item.end}")


def _listed(data: Any) -> list[Any]:
    if isinstance(data, Iterable) and not hasattr(data, "__array__"):
        return list(data)
    raise ValueError(f"this panel draws a list of items, not {type(data).__name__}")


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (str, bool)):
        return value
    values = _real(value)
    return float(values) if values.ndim == 0 else np.ascontiguousarray(values, "<f4").tobytes()


def _steps(values: NDArray[Any], low: float, high: float, kind: str) -> bytes:
    """Values as whole steps, 0 at ``low`` and the type's largest at ``high``."""
    top = np.iinfo(kind).max
    scaled = (values.astype(np.float64) - low) / ((high - low) or 1.0) * top
    return np.rint(np.clip(scaled, 0, top)).astype(kind).tobytes()


def _finite(data: Any, *, axes: int, what: str) -> NDArray[Any]:
    values = np.asarray(_real(data), np.float32)
    if values.ndim != axes or values.size == 0:
        raise ValueError(f"{what}, this array has shape {values.shape}")
    bad = int(values.size - np.count_nonzero(np.isfinite(values)))
    if bad:
        raise ValueError(f"{bad} of {values.size} values are not finite")
    return values


def _real(data: Any) -> NDArray[Any]:
    values = np.asarray(data)
    if values.dtype.kind not in "fiub":
        raise ValueError(f"only real numbers can be drawn, these are of type {values.dtype}: take .real, abs or angle")
    return values


def _cell(cell: Any) -> str | float:
    return cell if isinstance(cell, str) else float(cell)


_ENCODERS: dict[type, Callable[[Panel, Any], dict[str, Any]]] = {
    Image: _image,
    Plot: _items,
    Scene: _items,
    Volume: _volume,
    Table: _table,
    Sound: _sound,
}
