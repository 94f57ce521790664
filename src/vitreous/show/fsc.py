"""The correlation of two half maps over their resolution: as they are, masked, and freed of what the mask put in."""

from jaxtyping import Float
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from vitreous._typing import NumpyArray
from vitreous.reconstruction import Anisotropy, Resolution
from vitreous.show.report import Section, facts_html, figures_html, page_html
from vitreous.show.style import FIRST, INK, SECOND, STYLE, THIRD, resolution_axis, to_svg

__all__ = ["angstrom_or_none", "fsc_caption", "fsc_figure", "fsc_report"]

_HALF_MAPS, _HALF = 0.143, 0.5


def fsc_figure(resolution: Resolution, anisotropy: Anisotropy | None = None) -> str:
    """The FSC curves with the thresholds 0.143 and 0.5, and the resolution that is claimed at each.

    Parameters
    ----------
    resolution
        As `vitreous.reconstruction.half_map_fsc` gives it.
    anisotropy
        As `vitreous.reconstruction.cone_fsc` gives it; the range of its curves becomes a band.

    Returns
    -------
    str
        SVG.
    """
    k = resolution.frequencies_per_angstrom
    curves = [
        ("unmasked", resolution.fsc_unmasked, SECOND, "--"),
        ("masked", resolution.fsc_masked, FIRST, "-"),
        ("phases randomised", resolution.fsc_randomised, THIRD, "-."),
        ("corrected", resolution.fsc_corrected, INK, "-"),
    ]
    with rc_context(STYLE):
        figure = Figure(figsize=(4.8, 3.7))
        axes = figure.add_subplot()
        if anisotropy is not None:
            low, high = anisotropy.fsc.min(axis=0), anisotropy.fsc.max(axis=0)
            span = (anisotropy.frequencies_per_angstrom, low, high)
            axes.fill_between(*span, color=FIRST, alpha=0.18, lw=0, label="by direction")
        for name, curve, colour, line in curves:
            if curve is not None:
                axes.plot(k[1:], curve[1:], color=colour, ls=line, lw=1.7 if colour == INK else 1.2, label=name)
        axes.set(xlabel="spatial frequency (1/Å)", ylabel="Fourier shell correlation")
        axes.set(xlim=(0, k[-1]), ylim=(min(-0.1, 1.1 * _least(curves)), 1.05))
        _threshold(axes, _HALF_MAPS, resolution.resolution_angstrom)
        _threshold(axes, _HALF, resolution.resolution_half_angstrom)
        resolution_axis(axes)
        count = len(axes.get_legend_handles_labels()[0])
        figure.legend(loc="outside lower center", ncols=-(-count // 2), fontsize=8, handlelength=2.4)
        claimed = angstrom_or_none(resolution.resolution_angstrom)
        return to_svg(figure, f"Fourier shell correlation of the half maps; resolution at 0.143: {claimed}")


def fsc_caption(resolution: Resolution, anisotropy: Anisotropy | None = None) -> str:
    """What the curves of `fsc_figure` are, in words."""
    said = "Agreement of the two half maps, shell by shell, with the thresholds 0.143 and 0.5."
    if resolution.fsc_corrected is not None:
        said += (
            " The resolution is read from the corrected curve: that of the masked maps, freed of what the mask itself "
            f"put in, as phases made random beyond {resolution.randomised_from_angstrom:.1f} Å show it."
        )
    if anisotropy is not None:
        said += (
            f" The band spans the correlations within cones of {anisotropy.cone_half_angle_deg:g}° about each direction"
            f"; best direction {angstrom_or_none(anisotropy.best_angstrom)}, "
            f"worst {angstrom_or_none(anisotropy.worst_angstrom)}."
        )
    return said


def fsc_report(resolution: Resolution, title: str, lead: str, footer: str) -> str:
    """The curves of two maps as a page of their own.

    Parameters
    ----------
    resolution
        As `vitreous.reconstruction.half_map_fsc` gives it.
    title, lead, footer
        As `vitreous.show.page_html` takes them.

    Returns
    -------
    str
        An HTML document.
    """
    facts = {
        "Resolution (FSC 0.143)": angstrom_or_none(resolution.resolution_angstrom),
        "Resolution (FSC 0.5)": angstrom_or_none(resolution.resolution_half_angstrom),
        "Unmasked (FSC 0.143)": angstrom_or_none(resolution.unmasked_resolution_angstrom),
    }
    body = facts_html(facts) + figures_html([fsc_figure(resolution)], fsc_caption(resolution))
    return page_html(title, lead, [Section("Resolution", body, "resolution")], footer)


def angstrom_or_none(value: float | None) -> str:
    """A resolution with its unit; "none claimed" for None."""
    return "none claimed" if value is None else f"{value:.2f} Å"


def _least(curves: list[tuple[str, Float[NumpyArray, " shell"] | None, str, str]]) -> float:
    return min(float(curve[1:].min()) for _, curve, _, _ in curves if curve is not None)


def _threshold(axes: Axes, level: float, found_angstrom: float | None) -> None:
    """A dotted line at a threshold, named where the curve is not, and a dot where the curve crosses it."""
    right = axes.get_xlim()[1]
    early = found_angstrom is None or 1 / found_angstrom < 0.5 * right
    axes.axhline(level, color=THIRD, lw=0.8, ls=":")
    place = (right, "right") if early else (0.012 * right, "left")
    axes.text(place[0], level + 0.015, f"{level:g}", ha=place[1], fontsize=8)
    if found_angstrom is not None:
        axes.plot(1 / found_angstrom, level, "o", color=INK, ms=4)
        late = 1 / found_angstrom > 0.84 * right
        offset = (-6, -11) if late else (6, 5)
        side = "right" if late else "left"
        axes.annotate(
            f"{found_angstrom:.2f} Å", (1 / found_angstrom, level), offset, textcoords="offset points", ha=side
        )
