"""What all figures share: letters, lines, colours, and how a figure becomes SVG text that stands in a page.

Lines and letters take the colour of the text around them (``currentColor``), so that one figure serves a light page, a
dark one and paper. Letters stay letters: they can be searched, and read aloud.
"""

import io
import re
from html import escape
from typing import Any

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

__all__ = ["FIRST", "INK", "SECOND", "STYLE", "THIRD", "resolution_axis", "to_svg"]

INK = "#010203"
"""Stands for the colour of the text until the figure is written."""
FIRST = "#3b8bc4"
"""Blue."""
SECOND = "#d9772b"
"""Orange, told apart from the blue by all kinds of colour vision; both are legible on white and on black."""
THIRD = "#8a8f98"
"""Grey, for what stands behind."""
STYLE: Any = {
    "font.family": "sans-serif",
    "font.size": 9.0,
    "svg.fonttype": "none",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.7,
    "lines.linewidth": 1.2,
    "legend.frameon": False,
    "figure.constrained_layout.use": True,
    **{
        f"{name}color": INK
        for name in ("text.", "axes.edge", "axes.label", "xtick.", "ytick.", "xtick.label", "ytick.label")
    },
}
"""Matplotlib's settings, for ``rc_context``."""
_RESOLUTIONS_ANGSTROM = (100.0, 60, 40, 30, 20, 15, 12, 10, 8, 7, 6, 5, 4.5, 4, 3.5, 3, 2.7, 2.5, 2.2, 2, 1.8, 1.6, 1.4)
_LARGEST = 1.22
"""How far a figure grows beyond the size that it is drawn in: two of them fill the page."""
_CLOSEST_TICKS = 0.085
"""Of the width of an axis."""


def to_svg(figure: Figure, title: str) -> str:
    """A figure as SVG text for the body of a page, in the colour of its text.

    Parameters
    ----------
    figure
        Drawn in any colours; those of the text are the page's.
    title
        What the figure shows, in words, for those who hear the page.

    Returns
    -------
    str
        An ``svg`` element that fits the width it is given; the same figure gives the same text.
    """
    written = io.StringIO()
    with rc_context({"svg.hashsalt": title, "svg.fonttype": "none"}):
        figure.savefig(written, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    svg = written.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = svg.replace(INK, "currentColor")
    name = escape(title, quote=True)
    width, height = (round(72 * inches) for inches in figure.get_size_inches())
    # pictures grow alike, side by side or alone, so that their letters are of one size
    head = (
        f'<svg viewBox="0 0 {width} {height}" style="flex: {width} 1 {width}px; max-width: {_LARGEST * width:.0f}px" '
    )
    head += f'role="img" aria-label="{name}" '
    head += 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
    return head + svg[svg.index(">") + 1 :]


def resolution_axis(axes: Axes, power: int = 1) -> None:
    """Resolutions d in Å along the upper edge of axes whose abscissa is a power of the frequency 1/d."""
    limit = axes.get_xlim()[1]
    kept: list[float] = []
    for value in reversed(_RESOLUTIONS_ANGSTROM):
        place = value**-power
        if place <= limit and (not kept or kept[-1] ** -power - place > _CLOSEST_TICKS * limit):
            kept.append(value)
    top = axes.secondary_xaxis("top")
    top.set_xticks([value**-power for value in kept], [f"{value:g}" for value in kept])
    top.set_xlabel("resolution (Å)")
