"""How far the half-set averages of each class agree, ring by ring."""

from collections.abc import Sequence

from matplotlib import rc_context
from matplotlib.figure import Figure

from vitreous.classification.validation import THRESHOLD, RingCurves
from vitreous.show.style import FIRST, INK, SECOND, STYLE, THIRD, resolution_axis, to_svg

__all__ = ["rings_figure"]


def rings_figure(curves: RingCurves, largest: Sequence[int]) -> str:
    """The ring correlation of every class, the two largest by colour, the threshold of a claim, and what chance does.

    Parameters
    ----------
    curves
        As `vitreous.classification.validation.half_set_curves` gives them.
    largest
        At least one class, from 0, the largest first; those that are not listed are not drawn.

    Returns
    -------
    str
        SVG.
    """
    k = curves.frequencies_per_angstrom
    with rc_context(STYLE):
        figure = Figure(figsize=(4.8, 3.7))
        axes = figure.add_subplot()
        shared = float(k[curves.shared_shells])
        axes.axvspan(0, shared, color=THIRD, alpha=0.2, lw=0)
        for number in reversed(largest[2:]):
            axes.plot(k[1:], curves.smoothed[number, 1:], color=THIRD, lw=0.6, alpha=0.7)
        for number, colour, line in zip(largest[:2], (FIRST, SECOND), ("-", "--"), strict=False):
            axes.plot(k[1:], curves.smoothed[number, 1:], color=colour, ls=line, lw=1.5, label=f"class {number + 1}")
        axes.axhline(THRESHOLD, color=INK, lw=0.8, ls=":", label=f"{THRESHOLD:g}")
        for sign in (-1, 1):
            axes.plot(k[1:], sign * curves.smoothed_noise[largest[0], 1:], color=INK, lw=0.5, alpha=0.6)
        axes.set(xlabel="spatial frequency (1/Å)", ylabel="ring correlation", xlim=(0, float(k[-1])), ylim=(-0.3, 1.03))
        axes.legend(loc="lower left", fontsize=8)
        resolution_axis(axes)
        claims = [curves.resolution_angstrom[number] for number in largest]
        known = [claim for claim in claims if claim is not None]
        said = f"{min(known):.1f} to {max(known):.1f} Å in {len(known)}" if known else "in none"
        return to_svg(figure, f"Ring correlation of half-set averages: resolution {said} of {len(claims)} classes")
