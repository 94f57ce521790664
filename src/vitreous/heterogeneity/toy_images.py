"""Toy images with a known answer: figures that change shape, turned and moved at random, drawn without interpolation.

A figure is a function of the plane, so that an image of it at any angle and shift is exact. Lengths in a figure are in
units of half the box; an image is 0 outside the figure and 1 inside, with an edge about a pixel wide.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float32, Float64

from vitreous._typing import NumpyArray
from vitreous.heterogeneity.in_plane import reference_points

__all__ = ["ELLIPSE", "HINGE", "LETTERS", "Figure", "ToyImages", "pixel_points", "toy_images"]

_EDGE = 0.03
_LETTER_STROKES = {
    "E": "-.3 -.5 -.3 .5, -.3 .5 .3 .5, -.3 0 .2 0, -.3 -.5 .3 -.5",
    "F": "-.3 -.5 -.3 .5, -.3 .5 .3 .5, -.3 0 .2 0",
    "J": ".2 .5 .2 -.3, .2 -.3 0 -.5, 0 -.5 -.25 -.3",
    "L": "-.25 .5 -.25 -.5, -.25 -.5 .3 -.5",
    "R": "-.3 -.5 -.3 .5, -.3 .5 .2 .4, .2 .4 .2 .1, .2 .1 -.3 0, -.1 0 .3 -.5",
}
"""Strokes x₀ y₀ x₁ y₁; none of these letters looks the same after a turn."""


@dataclass(frozen=True)
class Figure:
    """A shape of the plane that depends on a few numbers."""

    name: str
    parameters: tuple[str, ...]
    """What the numbers are, with their units."""
    ranges: tuple[tuple[float, float], ...]
    """From where to where each is drawn, uniformly."""
    intensity: Callable[[NumpyArray, NumpyArray], NumpyArray]
    """Points (n, pixels, 2) and parameters (n, p) → (n, pixels) in 0 … 1."""


@dataclass(frozen=True, eq=False)
class ToyImages:
    """Images and the truth about them."""

    images: Float32[NumpyArray, "n y x"]
    content: Float64[NumpyArray, "n p"]
    """The figure's parameters."""
    angle_deg: Float64[NumpyArray, " n"]
    """ψ, −180 … 180, as `vitreous.heterogeneity.in_plane` has it."""
    shift_pixels: Float64[NumpyArray, "n 2"]
    """s = (x, y), which moves the image onto the unmoved figure."""


def pixel_points(box: int) -> Float64[NumpyArray, "pixels 2"]:
    """The places (x, y) of an image's pixels in units of half the box, rows one after another, 0 at pixel n // 2."""
    axis = (np.arange(box) - box // 2) / (box / 2)
    y, x = np.meshgrid(axis, axis, indexing="ij")
    return np.stack([x, y], axis=-1).reshape(-1, 2)


def toy_images(
    figure: Figure,
    count: int,
    box: int = 32,
    *,
    rotate: bool = False,
    shift_sigma_pixels: float = 0.0,
    noise_sigma: float = 0.0,
    seed: int = 0,
) -> ToyImages:
    """Images of a figure with parameters drawn uniformly, turned and moved on request, in Gaussian noise.

    Parameters
    ----------
    figure
        `ELLIPSE`, `HINGE`, `LETTERS`, or one's own.
    count
        How many.
    box
        Edge in pixels.
    rotate
        Whether each is turned by an angle of the whole circle.
    shift_sigma_pixels
        Standard deviation of the shift along x and along y; shifts beyond twice as much are drawn at twice as much.
    noise_sigma
        Standard deviation of the noise in each pixel; the figure has intensity 1.
    seed
        The same seed gives the same images.

    Returns
    -------
    ToyImages
        Images (count, box, box) float32 and the truth.
    """
    rng = np.random.default_rng(seed)
    low, high = np.array(figure.ranges).T
    content = rng.uniform(low, high, (count, len(low)))
    angle_deg = rng.uniform(-180, 180, count) * rotate
    shift = np.clip(rng.standard_normal((count, 2)), -2, 2) * shift_sigma_pixels
    points = reference_points(pixel_points(box)[None], angle_deg, shift / (box / 2))
    images = figure.intensity(points, content).reshape(count, box, box)
    images = images + noise_sigma * rng.standard_normal(images.shape)
    return ToyImages(images.astype(np.float32), content, angle_deg, shift)


def _filled(distance: NumpyArray) -> NumpyArray:
    """The intensity at a signed distance from the rim, negative inside."""
    return 0.5 - 0.5 * np.tanh(distance / (2 * _EDGE))


def _to_stroke(points: NumpyArray, start: NumpyArray, end: NumpyArray) -> NumpyArray:
    """The distance of points (n, p, 2) from the strokes between two points (n or 1, 2)."""
    along = (end - start)[:, None, :]
    offset = points - start[:, None, :]
    share = np.clip(np.sum(offset * along, axis=-1) / np.sum(along**2, axis=-1), 0, 1)
    rest = offset - share[..., None] * along
    distance: NumpyArray = np.sqrt(np.sum(rest**2, axis=-1))
    return distance


def _ellipse(points: Float[NumpyArray, "n p 2"], content: Float[NumpyArray, "n 2"]) -> NumpyArray:
    scaled = points / content[:, None, :]
    radius = np.hypot(*np.moveaxis(scaled, -1, 0))
    slope = np.hypot(*np.moveaxis(scaled / content[:, None, :], -1, 0))
    # the distance from the rim to first order: what is left of ρ = 1, over how fast ρ rises there
    return _filled((radius - 1) * radius / np.maximum(slope, 1e-9))


def _hinge(points: Float[NumpyArray, "n p 2"], content: Float[NumpyArray, "n 1"]) -> NumpyArray:
    opening = np.radians(content[:, :1])
    joint = np.array([[0.2, 0.0]])
    tip = joint + 0.4 * np.concatenate([np.cos(opening), np.sin(opening)], axis=1)
    left, knob = np.array([[-0.5, 0.0]]), np.array([[-0.45, -0.35]])
    body = _to_stroke(points, left, joint) - 0.18
    head = _to_stroke(points, left, knob) - 0.12
    arm = _to_stroke(points, joint, tip) - 0.08
    return _filled(np.minimum(np.minimum(body, head), arm))


def _letter(points: Float[NumpyArray, "n p 2"], content: Float[NumpyArray, "n 1"]) -> NumpyArray:
    which = np.minimum(content[:, 0].astype(int), len(_LETTER_STROKES) - 1)
    out = np.zeros(points.shape[:2])
    for index, text in enumerate(_LETTER_STROKES.values()):
        ends = np.array([stroke.split() for stroke in text.split(",")], float)[:, None, :]
        drawn = points[which == index]
        if len(drawn):
            out[which == index] = _filled(np.min([_to_stroke(drawn, e[:, :2], e[:, 2:]) for e in ends], axis=0) - 0.09)
    return out


ELLIPSE = Figure("ellipse", ("half width (half boxes)", "half height (half boxes)"), ((0.2, 0.7), (0.2, 0.7)), _ellipse)
"""A filled ellipse; it looks the same after half a turn."""
HINGE = Figure("hinge", ("opening (degrees)",), ((0.0, 60.0),), _hinge)
"""A body with a head, and an arm that opens: the plane's version of a molecule of two domains."""
LETTERS = Figure("letters", ("letter (its number)",), ((0.0, float(len(_LETTER_STROKES))),), _letter)
"""E, F, J, L and R; the integer part of the parameter says which."""
