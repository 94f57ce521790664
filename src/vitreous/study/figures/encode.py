"""What is drawn, as bytes that a canvas takes: images as 16-bit steps between their limits, curves as float32."""

from dataclasses import is_dataclass
from typing import Any

import numpy as np

from vitreous.study.figures.panels import Panel, Pixels

__all__ = ["encode"]


def encode(panel: Panel, data: Any) -> dict[str, Any]:
    """Return the message of one panel: plain numbers and words, arrays as little-endian bytes."""
    kind = type(panel).__name__
    if kind == "Image":
        return _image(data if isinstance(data, Pixels) else Pixels(data))
    if kind == "Volume":
        return _volume(np.asarray(data, np.float32))
    if kind == "Table":
        return {"rows": [[_cell(cell) for cell in row] for row in data]}
    if kind == "Sound":
        samples, rate = data
        return {"rate": float(rate), "samples": np.asarray(samples, "<f4").tobytes()}
    return {"items": [{"kind": type(item).__name__.lower(), **_fields(item)} for item in data]}


def _image(picture: Pixels) -> dict[str, Any]:
    values = np.asarray(picture.values, np.float32)
    if values.ndim != 2:
        raise ValueError(f"an image has two axes (y, x), this array has shape {values.shape}")
    low, high = picture.limits or (float(values.min()), float(values.max()))
    steps = np.clip((values - low) * (65535 / ((high - low) or 1.0)), 0, 65535)
    return {
        "shape": list(values.shape),
        "low": low,
        "high": high,
        "pixel_size": picture.pixel_size,
        "pixel_unit": picture.pixel_unit,
        "steps": steps.astype("<u2").tobytes(),
    }


def _volume(values: np.ndarray[Any, np.dtype[np.float32]]) -> dict[str, Any]:
    if values.ndim != 3 or max(values.shape) > 96:
        raise ValueError(f"a volume has three axes (z, y, x) of at most 96 voxels, this array has shape {values.shape}")
    low, high = float(values.min()), float(values.max())
    steps = (values - low) * (255 / ((high - low) or 1.0))
    return {"shape": list(values.shape), "low": low, "high": high, "steps": steps.astype("u1").tobytes()}


def _fields(item: Any) -> dict[str, Any]:
    if not is_dataclass(item) or isinstance(item, type):
        raise ValueError(f"a plot draws Curve and Mark, a scene Arrow, Path and Dots, not {type(item).__name__}")
    return {name: _plain(value) for name, value in vars(item).items()}


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    return np.asarray(value, "<f4").tobytes()


def _cell(cell: Any) -> str | float:
    return cell if isinstance(cell, str) else float(cell)
