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

__all__ = ["MOST_VOXELS", "volume_html", "volume_script"]

MOST_VOXELS = 96
"""Along each side; finer maps are cropped in Fourier space, so that a report stays small."""
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
    mean, sigma = float(volume.mean()), float(volume.std())
    level = mean + _CONTOUR_SIGMA * sigma if contour is None else contour
    small = _small(_middle(volume.astype(np.float32), level))
    # no surface of interest lies below the mean, and so all steps serve what lies above it
    low, high = mean, max(float(small.max()), mean + 1e-12)
    part = float(np.clip((level - low) / (high - low), 0.02, _HIGHEST_CONTOUR))
    steps = np.round(255 * np.clip((small - low) / (high - low), 0, 1)).astype(np.uint8)
    facts = {
        "low": low,
        "high": high,
        "mean": mean,
        "sigma": sigma or 1.0,
        "shape": list(small.shape),
        "contour": part,
        "azimuth": _AZIMUTH_DEG,
        "elevation": _ELEVATION_DEG,
        "label": label,
    }
    angles = {"azimuth_deg": _AZIMUTH_DEG, "elevation_deg": _ELEVATION_DEG}
    still = png_url(still_surface(small, low + part * (high - low), **angles))
    told = escape(f"{label}, from azimuth {_AZIMUTH_DEG}° and elevation {_ELEVATION_DEG}°", quote=True)
    described = json.dumps(facts).replace("<", "\\u003c")
    return (
        f'<figure class="volume"><img class="still" src="{still}" alt="{told}" width="320" height="320">'
        '<canvas tabindex="0" role="img"></canvas>'
        '<div class="contour"><label>Contour <input type="range" min="0" max="1" step="0.002"></label><output></output>'
        '<button type="button">Reset</button></div>'
        f'<script type="application/json" class="facts-of-volume">{described}</script>'
        f'<script type="text/plain" class="voxels">{base64.b64encode(steps.tobytes()).decode("ascii")}</script>'
        f"<figcaption>{escape(label)}."
        '<span class="turning"> Drag it or use the arrow keys to turn it (with Shift: faster).</span>'
        '<span class="standing"> A still picture: this page turns it where the browser has WebGL 2.</span>'
        "</figcaption></figure>"
    )


def _middle(volume: NumpyArray, level: float) -> NumpyArray:
    """The middle of the box, as far as it holds nearly all that lies above a level."""
    centre = np.array(volume.shape) // 2
    places = np.argwhere(volume > level) - centre
    if len(places) == 0:
        return volume
    radius = _MARGIN * float(np.percentile(np.linalg.norm(places, axis=1), _HELD)) + 2
    return volume[tuple(slice(max(0, math.floor(c - radius)), math.ceil(c + radius)) for c in centre)]


def _small(volume: NumpyArray) -> NumpyArray:
    scale = MOST_VOXELS / max(volume.shape)
    if scale >= 1:
        return volume
    resampled: NumpyArray = resample(volume, tuple(max(1, round(scale * n)) for n in volume.shape))
    return resampled


def volume_script() -> str:
    """The one module that the page needs in order to turn its volumes: JavaScript without imports."""
    folder = files("vitreous.show")
    view, page = ((folder / name).read_text(encoding="utf-8") for name in ("volume_view.js", "volume_page.js"))
    return view + page.removeprefix(_IMPORT)
