"""What stands in the figures of a report: their words, their names, and the pictures inside them."""

import base64
import re
import xml.etree.ElementTree as ET
from io import BytesIO

import numpy as np
from matplotlib.image import imread


def words(svg: str) -> list[str]:
    """Return the text that stands in a figure; that it is XML at all is checked on the way."""
    return [element.text for element in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]  # noqa: S314


def spoken(svg: str) -> str:
    """Return the name of a figure for those who hear the page."""
    return ET.fromstring(svg).get("aria-label")  # noqa: S314


def pictures(html: str) -> list[np.ndarray]:
    """Return the pictures of a page, rows from the top, values from 0 to 1."""
    found = re.findall(r"data:image/png;base64,([A-Za-z0-9+/=]+)", html)
    return [imread(BytesIO(base64.b64decode(code))) for code in found]
