"""From where a particle was seen: the density of view directions, drawn on a sphere whose areas are kept."""

import math

import healpix
import matplotlib
import numpy as np
from jaxtyping import Float, Int
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from vitreous._typing import NumpyArray
from vitreous.rotations import projection_direction
from vitreous.show.style import INK, STYLE, to_svg

__all__ = ["directions_per_area", "mollweide_directions", "orientations_figure"]

_COLOURS = "viridis"
"""Perceptually uniform, and in order for all kinds of colour vision."""
_SIDES = (3, 14)
_MEAN_COUNT = 8
"""Images in a pixel, at least, where the views are spread evenly."""
_SPHERE_DEG2 = 4 * math.pi * (180 / math.pi) ** 2
_AREA_DEG2 = 100
_ROWS = 240


def directions_per_area(rotations: Float[NumpyArray, "n 3 3"], side: int) -> Int[NumpyArray, " pixel"]:
    """How many images were taken along each of the 12 side² equal parts of the sphere.

    Parameters
    ----------
    rotations
        Reference → observed.
    side
        HEALPix's parameter.

    Returns
    -------
    NumPy array (12 side²,)
        Counts, in HEALPix's ring order.

    References
    ----------
    Górski et al., Astrophys. J. 622 (2005) 759.
    """
    x, y, z = projection_direction(rotations).astype(np.float64).T
    counted: Int[NumpyArray, " pixel"] = np.bincount(healpix.vec2pix(side, x, y, z), minlength=12 * side**2)
    return counted


def mollweide_directions(rows: int) -> Float[NumpyArray, "rows columns 3"]:
    """The direction at each pixel of a map of the sphere in Mollweide's projection, which keeps areas.

    x = (2√2/π) λ cos θ, y = √2 sin θ, 2θ + sin 2θ = π sin φ, for the longitude λ and the latitude φ.

    Parameters
    ----------
    rows
        Of the picture, which is twice as wide.

    Returns
    -------
    NumPy array (rows, 2 rows, 3)
        Unit vectors, the north pole in the first row; NaN outside the ellipse.

    References
    ----------
    Snyder, Map Projections: A Working Manual, USGS Professional Paper 1395 (1987), p. 249.
    """
    y = 1 - (2 * np.arange(rows) + 1) / rows
    x = (2 * np.arange(2 * rows) + 1) / (2 * rows) - 1
    theta = np.arcsin(y)[:, None]
    latitude = np.arcsin(np.clip((2 * theta + np.sin(2 * theta)) / np.pi, -1, 1))
    longitude = np.pi * x / np.cos(theta)
    longitude = np.where(np.abs(longitude) <= np.pi, longitude, np.nan)
    across = np.cos(latitude)
    up = np.sin(latitude) + 0 * longitude
    return np.stack([across * np.cos(longitude), across * np.sin(longitude), up], axis=-1)


def orientations_figure(rotations: Float[NumpyArray, "n 3 3"]) -> str:
    """How many images were taken along each direction, per area.

    Parameters
    ----------
    rotations
        Of at least one image, reference → observed.

    Returns
    -------
    str
        SVG: Mollweide's projection of the sphere; rot runs along it and tilt down, as RELION's angles.
    """
    side = int(np.clip(math.isqrt(len(rotations) // (12 * _MEAN_COUNT)), *_SIDES))
    scale = _AREA_DEG2 / (_SPHERE_DEG2 / (12 * side**2))
    density = directions_per_area(rotations, side) * scale
    even = len(rotations) * _AREA_DEG2 / _SPHERE_DEG2
    directions = mollweide_directions(_ROWS)
    outside = np.isnan(directions[..., 0])
    pixels = healpix.vec2pix(side, *np.moveaxis(np.where(outside[..., None], 1.0, directions), -1, 0))
    picture = np.ma.masked_array(density[pixels], mask=outside)
    with rc_context(STYLE):
        figure = Figure(figsize=(4.8, 3.3))
        axes = figure.add_subplot()
        colours = matplotlib.colormaps[_COLOURS].with_extremes(bad=(0, 0, 0, 0))
        shown = axes.imshow(picture, cmap=colours, vmin=0, extent=(-2, 2, -1, 1), interpolation="none")
        _graticule(axes)
        label = f"images per {_AREA_DEG2} square degrees"
        bar = figure.colorbar(shown, ax=axes, orientation="horizontal", shrink=0.75, aspect=28, pad=0.08, label=label)
        bar.outline.set_visible(False)
        bar.ax.plot([even, even], [0, 1], color="white", lw=1.6, transform=bar.ax.get_xaxis_transform())
        most = float(density.max()) / even
        title = f"View directions of {len(rotations):,} images; the densest area has {most:.1f} times an even spread's"
        return to_svg(figure, title)


def _graticule(axes: Axes) -> None:
    """Meridians and parallels every 60° and 30°, with the angles that they stand for."""
    axes.set_axis_off()
    latitudes = np.radians(np.linspace(-90, 90, 91))
    theta = latitudes.copy()
    for _ in range(60):  # Newton's rule, slow at the poles only
        theta -= (2 * theta + np.sin(2 * theta) - np.pi * np.sin(latitudes)) / np.maximum(
            2 + 2 * np.cos(2 * theta), 1e-6
        )
    theta[[0, -1]] = -np.pi / 2, np.pi / 2
    for longitude in range(-180, 181, 60):
        edge = abs(longitude) == 180
        axes.plot(
            longitude / 90 * np.cos(theta), np.sin(theta), color=INK if edge else "white", lw=0.7 if edge else 0.4
        )
    for tilt in (30, 60, 90, 120, 150):
        angle = float(np.interp(math.radians(90 - tilt), latitudes, theta))
        axes.plot([-2 * math.cos(angle), 2 * math.cos(angle)], [math.sin(angle)] * 2, color="white", lw=0.4)
        left = -2 * math.cos(angle) - 0.05 - 0.12 * abs(math.sin(angle))  # the outline leans over the letters
        axes.text(left, math.sin(angle), f"{tilt}°", ha="right", va="center", fontsize=8)
    for longitude in (-120, -60, 0, 60, 120):
        name = f"{longitude}°".replace("-", "−")
        axes.text(longitude / 90, 0.03, name, ha="center", fontsize=7, color="white")
    axes.text(0, 1.04, "tilt 0°", ha="center", fontsize=8)
    axes.text(0, -1.04, "tilt 180°", ha="center", va="top", fontsize=8)
    axes.text(2.05, 0, "rot 180°", va="center", fontsize=8)
    axes.set(xlim=(-2.35, 2.7), ylim=(-1.16, 1.16), aspect="equal")
