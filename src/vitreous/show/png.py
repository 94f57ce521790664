"""Pictures of bytes as PNG, inside a page."""

import base64
import struct
import zlib

import numpy as np
from jaxtyping import UInt8

from vitreous._typing import NumpyArray

__all__ = ["png_url"]

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_COLOUR_TYPES = {1: 0, 3: 2, 4: 6}
"""Grey, colours, colours with opacity."""


def png_url(picture: UInt8[NumpyArray, "rows columns *channels"]) -> str:
    """A picture as the address of an image that needs no file.

    Parameters
    ----------
    picture
        Grey (rows, columns), or with three or four channels (rows, columns, 3 or 4): red, green, blue, opacity.

    Returns
    -------
    str
        ``data:image/png;base64,…``

    Raises
    ------
    ValueError
        If there are other numbers of channels.

    References
    ----------
    ISO/IEC 15948:2004, Portable Network Graphics.
    """
    channels = 1 if picture.ndim == 2 else picture.shape[2]
    if channels not in _COLOUR_TYPES:
        raise ValueError(f"{channels} channels: give none, 3 or 4")
    rows, columns = picture.shape[:2]
    header = struct.pack(">2I5B", columns, rows, 8, _COLOUR_TYPES[channels], 0, 0, 0)
    flat = np.ascontiguousarray(picture).reshape(rows, columns * channels)
    # each row begins with the number of its filter, here none
    lines = np.concatenate([np.zeros((rows, 1), np.uint8), flat], axis=1).tobytes()
    parts = [_chunk(b"IHDR", header), _chunk(b"IDAT", zlib.compress(lines, 9)), _chunk(b"IEND", b"")]
    return "data:image/png;base64," + base64.b64encode(_SIGNATURE + b"".join(parts)).decode("ascii")


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
