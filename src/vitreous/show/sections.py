"""Sections through a map and its projections, along the three axes, with a scale bar."""

from collections.abc import Sequence
from html import escape

import numpy as np
from jaxtyping import Float, UInt8

from vitreous._typing import NumpyArray
from vitreous.fourier import resample
from vitreous.show.png import png_url

__all__ = ["scale_bar_angstrom", "sections_html"]

_MOST_PIXELS = 192
_CLIPPED = 0.1
"""Per cent of the pixels at either end that are shown black or white."""
_AXES = ((0, "x", "y", "z"), (1, "x", "z", "y"), (2, "y", "z", "x"))
"""Axis of the array along which is looked; to the right, up, and along, as letters."""


def sections_html(volume: Float[NumpyArray, "z y x"], pixel_size_angstrom: float) -> str:
    """The three sections through the origin of a map and its three projections, all with one scale.

    Parameters
    ----------
    volume
        Shape (z, y, x).
    pixel_size_angstrom
        Å/voxel.

    Returns
    -------
    str
        A figure of six pictures. Sections share one grey scale, projections another; the caption gives both.
    """
    volume = volume.astype(np.float32)
    sections = [np.take(volume, volume.shape[axis] // 2, axis=axis) for axis, *_ in _AXES]
    # a line integral: the sum of the values times the length of a voxel
    projections = [volume.sum(axis=axis) * np.float32(pixel_size_angstrom) for axis, *_ in _AXES]
    ranges = [_range(sections), _range(projections)]
    tiles = []
    for (_, right, up, along), section, projection in zip(_AXES, sections, projections, strict=True):
        tiles += [
            _tile(section, ranges[0], pixel_size_angstrom, f"Section {right}{up}", (right, up)),
            _tile(projection, ranges[1], pixel_size_angstrom, f"Projection along {along}", (right, up)),
        ]
    bar = scale_bar_angstrom(volume.shape[-1] * pixel_size_angstrom)
    said = (
        f"Sections through the origin, black to white: {_interval(ranges[0])} map units; projections: "
        f"{_interval(ranges[1])} map units · Å. The bars are {bar} Å."
    )
    return f'<figure><div class="tiles">{"".join(tiles)}</div><figcaption>{escape(said)}</figcaption></figure>'


def scale_bar_angstrom(width_angstrom: float) -> int:
    """The length of a scale bar: the largest of 1, 2, 5, 10, 20 … Å within a third of a picture's width, at least 1."""
    steps = [digit * 10**power for power in range(5) for digit in (1, 2, 5)]
    return max((step for step in steps if step <= width_angstrom / 3), default=1)


def _range(pictures: Sequence[NumpyArray]) -> tuple[float, float]:
    low, high = np.percentile(np.concatenate([picture.ravel() for picture in pictures]), [_CLIPPED, 100 - _CLIPPED])
    return float(low), float(high)


def _interval(limits: tuple[float, float]) -> str:
    said = [f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}" for value in limits]
    return " to ".join(said).replace("-", "−")


def _tile(
    picture: NumpyArray, limits: tuple[float, float], pixel_size_angstrom: float, title: str, axes: tuple[str, str]
) -> str:
    """A picture with its title, a scale bar, and the letters of its axes; rows run upwards."""
    rows, columns = picture.shape
    width = columns * pixel_size_angstrom
    shown = _grey(picture, limits)
    bar = scale_bar_angstrom(width)
    part, height = 100 * bar / width, 100 * rows / columns
    name = f"{title}: {axes[0]} to the right, {axes[1]} up; {width:.0f} Å wide"
    return (
        f'<figure><svg viewBox="0 0 100 {height:.4g}" role="img" aria-label="{escape(name, quote=True)}">'
        f'<image href="{png_url(shown)}" width="100" height="{height:.4g}" preserveAspectRatio="none"/>'
        f'<g class="over"><rect x="5" y="{height - 6.5:.4g}" width="{part:.4g}" height="1.5"/>'
        f'<text x="{5 + part / 2:.4g}" y="{height - 8.5:.4g}" text-anchor="middle">{bar} Å</text>'
        f'<text x="95" y="{height - 4.5:.4g}" text-anchor="end">{axes[0]} →</text>'
        f'<text x="4.5" y="9">↑ {axes[1]}</text></g></svg><figcaption>{escape(title)}</figcaption></figure>'
    )


def _grey(picture: NumpyArray, limits: tuple[float, float]) -> UInt8[NumpyArray, "rows columns"]:
    """Levels from black to white, top row last in memory first; large pictures in fewer pixels."""
    scale = min(1.0, _MOST_PIXELS / max(picture.shape))
    if scale < 1:
        picture = resample(picture, tuple(round(scale * n) for n in picture.shape))
    low, high = limits
    level = (picture - low) / (high - low if high > low else 1.0)
    levels: UInt8[NumpyArray, "rows columns"] = np.round(255 * np.clip(level, 0, 1)).astype(np.uint8)[::-1]
    return levels
