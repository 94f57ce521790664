"""Where the time of a run went."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from matplotlib import rc_context
from matplotlib.figure import Figure

from vitreous.show.style import FIRST, STYLE, to_svg

__all__ = ["Timing", "timing_figure"]


@dataclass(frozen=True)
class Timing:
    """How long the parts of a run took, and how fast it went."""

    seconds: Mapping[str, float] = field(default_factory=dict)
    """By the name of the part, in order."""
    images_per_second: float | None = None
    """Of the whole run."""
    limit_images_per_second: float | None = None
    """What the bytes that must be moved and the operations that must be done allow this machine."""
    limit_words: str = ""
    """How the limit was found, plain text."""

    @property
    def rate(self) -> str | None:
        """The speed in images per second, in two figures where it is low; None where it is not known."""
        if self.images_per_second is None:
            return None
        return f"{self.images_per_second:,.0f}" if self.images_per_second >= 10 else f"{self.images_per_second:.2g}"

    @property
    def share(self) -> str | None:
        """The speed in per cent of the limit, in two figures; None where either is not known."""
        if self.images_per_second is None or not self.limit_images_per_second:
            return None
        return f"{float(f'{100 * self.images_per_second / self.limit_images_per_second:.2g}'):g} %"


def timing_figure(timing: Timing) -> str:
    """The parts of a run as bars.

    Parameters
    ----------
    timing
        With at least one part.

    Returns
    -------
    str
        SVG.
    """
    names, values = list(timing.seconds), list(timing.seconds.values())
    with rc_context(STYLE):
        figure = Figure(figsize=(4.8, 0.75 + 0.26 * len(names)))
        axes = figure.add_subplot()
        bars = axes.barh(names, values, color=FIRST, height=0.62)
        axes.bar_label(bars, [f"{value:.2f}" for value in values], padding=3, fontsize=8)
        axes.invert_yaxis()
        axes.tick_params(left=False)
        axes.spines["left"].set_visible(False)
        axes.set(xlabel="time (s)", xlim=(0, 1.15 * max(*values, 1e-9)))
        return to_svg(figure, "Time of each part: " + ", ".join(f"{n} {v:.2f} s" for n, v in timing.seconds.items()))
