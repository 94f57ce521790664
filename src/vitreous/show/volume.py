"""A map that can be turned in the page that holds it: its voxels, a slider for the contour, and a still picture."""

import base64
import json
import math
from html import escape
from importlib.resources import files

import numpy as np
from jaxtyping import Float

from vitreous._typing import NumpyArray
from vitreous.fourier import resample
from vitreous.show.png import png_url
from vitreous.show.still import still_surface

__all__ = ["MOST_VOXELS", "MOST_VOXELS_OF_MANY", "trajectory_html", "volume_html", "volume_script"]

MOST_VOXELS = 96
"""Along each side; finer maps are cropped in Fourier space, so that a report stays small."""
MOST_VOXELS_OF_MANY = 40
"""The same where many maps stand in one page."""
_AZIMUTH_DEG, _ELEVATION_DEG = 35, 20
_CONTOUR_SIGMA = 3.0
_HIGHEST_CONTOUR = 0.75
"""Of the range; where the noise of a map is above that, its contour is there."""
_HELD, _MARGIN = 99.5, 1.15
"""Per cent of the voxels above the contour that the picture holds, and how much wider it is than they are."""
_IMPORT = 'import { volumeView } from "./volume_view.js";\n'


def volume_html(volume: Float[NumpyArray, "z y x"], label: str, contour: float | None = None) -> str:
    """A map as a surface that turns; `volume_script` brings it to life.

    Parameters
    ----------
    volume
        Shape (z, y, x).
    label
        What it is, plain text.
    contour
        Where the surface lies at first, in the map's units; three standard deviations above the mean where absent.

    Returns
    -------
    str
        A figure.
    """
    return _figure(volume.astype(np.float32)[None], label, contour, MOST_VOXELS)


def trajectory_html(volumes: Float[NumpyArray, "m z y x"], label: str, contour: float | None = None) -> str:
    """Maps of one way as a surface that turns, with a slider from the first map to the last.

    Parameters
    ----------
    volumes
        Shape (m, z, y, x), two or more.
    label
        What they are, plain text.
    contour
        As for `volume_html`; the same for all.

    Returns
    -------
    str
        A figure. The maps are coarser than that of `volume_html`: all stand in the page.
    """
    return _figure(volumes.astype(np.float32), label, contour, MOST_VOXELS_OF_MANY)


def _figure(volumes: NumpyArray, label: str, contour: float | None, most: int) -> str:
    mean, sigma = float(volumes.mean()), float(volumes.std())
    level = mean + _CONTOUR_SIGMA * sigma if contour is None else contour
    small = np.stack([_small(volume, most) for volume in _middle(volumes, level)])
    # no surface of interest lies below the mean, and so all steps serve what lies above it
    low, high = mean, max(float(small.max()), mean + 1e-12)
    part = float(np.clip((level - low) / (high - low), 0.02, _HIGHEST_CONTOUR))
    steps = np.round(255 * np.clip((small - low) / (high - low), 0, 1)).astype(np.uint8)
    facts = {
        "low": low,
        "high": high,
        "mean": mean,
        "sigma": sigma or 1.0,
        "shape": list(small.shape[1:]),
        "contour": part,
        "azimuth": _AZIMUTH_DEG,
        "elevation": _ELEVATION_DEG,
        "label": label,
    }
    angles = {"azimuth_deg": _AZIMUTH_DEG, "elevation_deg": _ELEVATION_DEG}
    still = png_url(still_surface(small[0], low + part * (high - low), **angles))
    told = escape(f"{label}, from azimuth {_AZIMUTH_DEG}° and elevation {_ELEVATION_DEG}°", quote=True)
    described = json.dumps(facts).replace("<", "\\u003c")
    return (
        f'<figure class="volume"><img class="still" src="{still}" alt="{told}" width="320" height="320">'
        f'<canvas tabindex="0" role="img"></canvas>{_slider(len(volumes))}'
        '<div class="contour"><label>Contour <input class="level" type="range" min="0" max="1" step="0.002"></label>'
        '<output class="level"></output><button type="button">Reset</button></div>'
        f'<script type="application/json" class="facts-of-volume">{described}</script>'
        f'<script type="text/plain" class="voxels">{base64.b64encode(steps.tobytes()).decode("ascii")}</script>'
        f"<figcaption>{escape(label)}."
        '<span class="turning"> Drag it or use the arrow keys to turn it (with Shift: faster).</span>'
        '<span class="standing"> A still picture: this page turns it where the browser has WebGL 2.</span>'
        "</figcaption></figure>"
    )


def _slider(count: int) -> str:
    """What chooses one of several maps; nothing where there is one."""
    if count == 1:
        return ""
    return (
        f'<div class="contour"><label>Place <input class="place" type="range" min="0" max="{count - 1}" step="1" '
        'value="0"></label><output class="place"></output></div>'
    )


def _middle(volumes: NumpyArray, level: float) -> NumpyArray:
    """The middle of the box, as far as it holds nearly all that lies above a level in any of the maps."""
    largest = volumes.max(axis=0)
    centre = np.array(largest.shape) // 2
    places = np.argwhere(largest > level) - centre
    if len(places) == 0:
        return volumes
    radius = _MARGIN * float(np.percentile(np.linalg.norm(places, axis=1), _HELD)) + 2
    return volumes[:, *(slice(max(0, math.floor(c - radius)), math.ceil(c + radius)) for c in centre)]


def _small(volume: NumpyArray, most: int) -> NumpyArray:
    scale = most / max(volume.shape)
    if scale >= 1:
        return volume
    resampled: NumpyArray = resample(volume, tuple(max(1, round(scale * n)) for n in volume.shape))
    return resampled


def volume_script() -> str:
    """The one module that the page needs in order to turn its volumes: JavaScript without imports."""
    folder = files("vitreous.show")
    view, page = ((folder / name).read_text(encoding="utf-8") for name in ("volume_view.js", "volume_page.js"))
    return view + page.removeprefix(_IMPORT)
