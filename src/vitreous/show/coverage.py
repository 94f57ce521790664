"""How much of Fourier space the views of a set saw, shell by shell."""

from dataclasses import dataclass

from jaxtyping import Float
from matplotlib import rc_context
from matplotlib.figure import Figure

from vitreous._typing import NumpyArray
from vitreous.show.style import FIRST, SECOND, STYLE, resolution_axis, to_svg

__all__ = ["Coverage", "coverage_figure"]


@dataclass(frozen=True, eq=False)
class Coverage:
    """What each shell of Fourier space saw.

    Parameters
    ----------
    frequencies_per_angstrom
        (shells,) 1/Å.
    fraction_seen
        (shells,) the share of the shell's coefficients that some image contributed to, 0 … 1.
    effective_views
        (shells,) the weight that a coefficient of the shell got, in whole views.
    """

    frequencies_per_angstrom: Float[NumpyArray, " shell"]
    fraction_seen: Float[NumpyArray, " shell"]
    effective_views: Float[NumpyArray, " shell"]


def coverage_figure(coverage: Coverage) -> str:
    """The share of each shell that was seen, and how many views a coefficient of it got.

    Parameters
    ----------
    coverage
        Of all images together.

    Returns
    -------
    str
        SVG.
    """
    k = coverage.frequencies_per_angstrom
    with rc_context(STYLE):
        figure = Figure(figsize=(4.8, 3.4))
        upper, lower = figure.subplots(2, 1, sharex=True)
        upper.plot(k[1:], 100 * coverage.fraction_seen[1:], color=FIRST)
        upper.set(ylabel="seen (% of shell)", ylim=(0, 105))
        lower.plot(k[1:], coverage.effective_views[1:], color=SECOND)
        lower.set(xlabel="spatial frequency (1/Å)", ylabel="effective views", xlim=(0, k[-1]))
        if coverage.effective_views[1:].max() > 0:
            lower.set_yscale("log", nonpositive="mask")
        resolution_axis(upper)
        least = 100 * float(coverage.fraction_seen[1:].min())
        return to_svg(figure, f"Fourier coverage: at least {least:.0f} % of every shell was seen")
