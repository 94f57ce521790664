"""Images in a grid, each with its words: class averages, and single particles beside them."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from jaxtyping import Float, UInt8

from vitreous._typing import NumpyArray
from vitreous.fourier import resample
from vitreous.show.png import png_url
from vitreous.show.sections import scale_bar_angstrom

__all__ = ["Tile", "gallery_html", "image_html"]

_MOST_PIXELS = 160
_CLIPPED = 0.2
"""Per cent of the pixels at either end that are shown black or white."""


@dataclass(frozen=True, eq=False)
class Tile:
    """One place of a gallery.

    Parameters
    ----------
    images
        What stands side by side: pairs of an image (y, x) and the words for those who hear the page.
    title
        Of the tile, plain text.
    lines
        Below the title, plain text.
    """

    images: Sequence[tuple[Float[NumpyArray, "y x"], str]]
    title: str
    lines: Sequence[str] = ()


def gallery_html(tiles: Sequence[Tile], pixel_size_angstrom: float, caption: str, *, kind: str = "gallery") -> str:
    """Tiles in rows, as many as fit the page.

    Parameters
    ----------
    tiles
        In the order in which they are read.
    pixel_size_angstrom
        Å/pixel of all images.
    caption
        Plain text; the length of the scale bars is added.
    kind
        Of the grid, a class of ``report.css``: ``"gallery"`` or, for tiles of several images, ``"examples"``.

    Returns
    -------
    str
        A figure. Each image is black to white in a grey scale of its own.
    """
    parts = []
    for tile in tiles:
        shown = "".join(image_html(image, pixel_size_angstrom, words) for image, words in tile.images)
        lines = "".join(f"<span>{escape(line)}</span>" for line in tile.lines)
        said = f"<figcaption><strong>{escape(tile.title)}</strong>{lines}</figcaption>"
        parts.append(f'<figure><div class="row">{shown}</div>{said}</figure>')
    widths = {round(image.shape[1] * pixel_size_angstrom, 3) for tile in tiles for image, _ in tile.images}
    bars = " and ".join(f"{scale_bar_angstrom(width)} Å" for width in sorted(widths))
    said = f"{caption} The bars are {bars}." if bars else caption
    return f'<figure><div class="{kind}">{"".join(parts)}</div><figcaption>{escape(said)}</figcaption></figure>'


def image_html(image: Float[NumpyArray, "y x"], pixel_size_angstrom: float, words: str) -> str:
    """One image with a scale bar, black to white; y runs upwards.

    Parameters
    ----------
    image
        (y, x).
    pixel_size_angstrom
        Å/pixel.
    words
        What it shows, plain text.

    Returns
    -------
    str
        An ``svg`` element as wide as its place.
    """
    rows, columns = image.shape
    width, height = columns * pixel_size_angstrom, 100 * rows / columns
    bar = 100 * scale_bar_angstrom(width) / width
    return (
        f'<svg viewBox="0 0 100 {height:.4g}" role="img" aria-label="{escape(words, quote=True)}">'
        f'<image href="{png_url(_grey(image))}" width="100" height="{height:.4g}" preserveAspectRatio="none"/>'
        f'<g class="over"><rect x="5" y="{height - 6.5:.4g}" width="{bar:.4g}" height="1.5"/></g></svg>'
    )


def _grey(image: NumpyArray) -> UInt8[NumpyArray, "rows columns"]:
    """Levels from black to white, top row last in memory first; large images in fewer pixels."""
    image = np.asarray(image, np.float32)
    scale = min(1.0, _MOST_PIXELS / max(image.shape))
    if scale < 1:
        image = resample(image, tuple(round(scale * n) for n in image.shape))
    low, high = np.percentile(image, [_CLIPPED, 100 - _CLIPPED])
    level = (image - low) / (high - low if high > low else 1.0)
    levels: UInt8[NumpyArray, "rows columns"] = np.round(255 * np.clip(level, 0, 1)).astype(np.uint8)[::-1]
    return levels
