"""Maps of one way as a moving picture: the surface of each in turn, there and back, as an animated WebP or GIF."""

import io

import numpy as np
from jaxtyping import Float
from PIL import Image

from vitreous._typing import NumpyArray
from vitreous.show.still import still_surface

__all__ = ["movie_bytes"]

_PAPER = (253, 253, 251)
_FRAME_MS = 120


def movie_bytes(volumes: Float[NumpyArray, "m z y x"], contour: float, *, kind: str = "webp", rows: int = 256) -> bytes:
    """Surfaces of maps, from the first to the last and back, without end.

    Parameters
    ----------
    volumes
        Shape (m, z, y, x).
    contour
        Where the surfaces lie, in the maps' units.
    kind
        ``"webp"`` or ``"gif"``.
    rows
        Of the picture, and columns.

    Returns
    -------
    bytes
        A file.
    """
    frames = [_frame(still_surface(volume, contour, rows=rows)) for volume in volumes]
    frames += frames[-2:0:-1]
    written = io.BytesIO()
    how = {"save_all": True, "append_images": frames[1:], "duration": _FRAME_MS, "loop": 0}
    frames[0].save(written, format=kind, **how)
    return written.getvalue()


def _frame(picture: NumpyArray) -> Image.Image:
    """A picture on paper."""
    opacity = picture[..., 3:].astype(np.float32) / 255
    shown = opacity * picture[..., :3] + (1 - opacity) * np.array(_PAPER, np.float32)
    return Image.fromarray(np.round(shown).astype(np.uint8))
