"""How much of Fourier space the views of a set saw, shell by shell."""

from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

from vitreous.reconstruction.coverage import FourierCoverage
from vitreous.show.style import FIRST, SECOND, STYLE, resolution_axis, to_svg

__all__ = ["coverage_figure"]


def coverage_figure(coverage: FourierCoverage) -> str:
    """The share of each shell that was seen, and how many views its noise is worth.

    Parameters
    ----------
    coverage
        Of all images together (`vitreous.reconstruction.coverage.fourier_coverage`).

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
            lower.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
            lower.yaxis.set_major_formatter(StrMethodFormatter("{x:,g}"))
            lower.yaxis.set_minor_formatter(NullFormatter())
        resolution_axis(upper)
        least = 100 * float(coverage.fraction_seen[1:].min())
        return to_svg(figure, f"Fourier coverage: at least {least:.0f} % of every shell was seen")
