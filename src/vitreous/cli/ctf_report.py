"""The report of ``vitreous ctf``: a table of the fits, their histogram, and the rings of each beside its spectrum."""

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from statistics import median

from vitreous.cli.micrographs import Micrograph
from vitreous.jobs import RunRecord
from vitreous.optics import CtfFit, Lens, ThonSpectrum, ring_picture, ring_profile
from vitreous.show import (
    Section,
    facts_html,
    figures_html,
    histogram_figure,
    page_html,
    profile_figure,
    ring_figure,
    table_html,
)

__all__ = ["ctf_report", "draw_fit"]

_CAPTION = (
    "Left: the spectrum (kx < 0) and the fit (kx > 0); the dashed circle is the resolution to which they agree. Right: "
    "both averaged along lines of equal phase, and their correlation."
)


def draw_fit(spectrum: ThonSpectrum, fit: CtfFit, lens: Lens, low_angstrom: float) -> list[str]:
    """The two pictures of a fit.

    Parameters
    ----------
    spectrum
        Of a micrograph.
    fit, lens
        Of the same.
    low_angstrom
        The coarsest resolution that was used, Å.

    Returns
    -------
    list of str
        SVG: rings in the plane, rings as a curve.
    """
    thickness = fit.thickness_angstrom or 0.0
    profile = ring_profile(spectrum, fit.defocus, lens, thickness, low_angstrom)
    picture = ring_picture(spectrum, fit.defocus, lens, thickness, low_angstrom)
    curves = (profile.frequency, profile.observed, profile.fitted, profile.correlation)
    return [
        ring_figure(picture, spectrum.pixel_size_angstrom, fit.resolution_angstrom),
        profile_figure(*curves, fit.resolution_angstrom),
    ]


def ctf_report(
    fitted: Sequence[tuple[Micrograph, CtfFit]], drawings: Mapping[str, Sequence[str]], record: RunRecord
) -> str:
    """The report of a run.

    Parameters
    ----------
    fitted
        Micrographs and their fits.
    drawings
        By the name of the micrograph, as `draw_fit` makes them; a large run draws only some.
    record
        Of the run.

    Returns
    -------
    str
        An HTML document.
    """
    ordered = sorted(fitted, key=lambda item: -item[1].score)
    anchors = {micrograph.name: f"m{i + 1}" for i, (micrograph, _) in enumerate(ordered)}
    defoci = [_mean(fit) for _, fit in ordered]
    one = len(fitted) == 1
    lead = (
        f"Defocus and astigmatism of {len(fitted):,} micrograph{'' if one else 's'}, from the Thon rings of "
        f"{'its' if one else 'their'} power spectr{'um' if one else 'a'}."
    )
    if record.warnings:
        lead += f" {len(record.warnings)} warning{'s' * (len(record.warnings) > 1)}: see below."
    sections = [Section("Overview", _overview(ordered, defoci), "overview")]
    if record.warnings:
        items = "".join(f"<li>{escape(text)}</li>" for text in record.warnings)
        sections.append(Section("Warnings", f"<ul>{items}</ul>", "warnings"))
    sections.append(Section("Fits, best first", _table(ordered, anchors, drawings), "fits"))
    sections.append(Section("Rings", _rings(ordered, anchors, drawings), "rings"))
    footer = f"vitreous {record.version} {record.command}, {record.started}; parameters and inputs are in run.json."
    return page_html("Contrast transfer of micrographs", lead, sections, footer)


def _overview(ordered: Sequence[tuple[Micrograph, CtfFit]], defoci: Sequence[float]) -> str:
    resolutions = [fit.resolution_angstrom for _, fit in ordered]
    astigmatism = median(fit.defocus.u_angstrom - fit.defocus.v_angstrom for _, fit in ordered)
    optics = ordered[0][0].optics
    facts = facts_html(
        {
            "Micrographs": f"{len(ordered):,}",
            "Median defocus": f"{median(defoci):,.0f} Å",
            "Median astigmatism": f"{astigmatism:,.0f} Å",
            "Median resolution of fit": f"{median(resolutions):.2f} Å",
            "Microscope": f"{optics.voltage_kv:g} kV, Cs {optics.cs_mm:g} mm",
            "Pixel size": f"{optics.pixel_size_angstrom:.4g} Å",
        }
    )
    if len(ordered) < 3:
        return facts
    pictures = [
        histogram_figure([value / 1e4 for value in defoci], "mean defocus", "µm", "micrographs"),
        histogram_figure(resolutions, "resolution of fit", "Å", "micrographs"),
    ]
    return facts + figures_html(pictures, "How defocus and the resolution of the fits are spread.")


def _table(
    ordered: Sequence[tuple[Micrograph, CtfFit]], anchors: Mapping[str, str], drawings: Mapping[str, Sequence[str]]
) -> str:
    fits = [fit for _, fit in ordered]
    shifted = any(fit.defocus.phase_shift_deg for fit in fits)
    thick = any(fit.thickness_angstrom is not None for fit in fits)
    columns = ["Micrograph", "Score", "Resolution (Å)", "Defocus U (Å)", "Defocus V (Å)", "Angle (°)"]
    columns += ["Phase shift (°)"] * shifted + ["Thickness (Å)"] * thick
    rows = []
    for micrograph, fit in ordered:
        row = [Path(micrograph.name).name, f"{fit.score:.3f}", f"{fit.resolution_angstrom:.2f}"]
        row += [f"{fit.defocus.u_angstrom:,.0f}", f"{fit.defocus.v_angstrom:,.0f}", f"{fit.defocus.angle_deg:.1f}"]
        row += [f"{fit.defocus.phase_shift_deg:.1f}"] * shifted + [f"{fit.thickness_angstrom or 0:,.0f}"] * thick
        rows.append([value.replace("-", "−") if i else value for i, value in enumerate(row)])
    links = [anchors[micrograph.name] if micrograph.name in drawings else "" for micrograph, _ in ordered]
    caption = "Score: correlation of the rings with the fit, −1 to 1. The angle is that of defocus U, from +x to +y."
    return table_html(caption, columns, rows, links)


def _rings(
    ordered: Sequence[tuple[Micrograph, CtfFit]], anchors: Mapping[str, str], drawings: Mapping[str, Sequence[str]]
) -> str:
    drawn = [(micrograph, fit) for micrograph, fit in ordered if micrograph.name in drawings]
    said = "" if len(drawn) == len(ordered) else f"<p>{len(drawn):,} of {len(ordered):,} micrographs are drawn.</p>"
    parts = []
    for micrograph, fit in drawn:
        half = (fit.defocus.u_angstrom - fit.defocus.v_angstrom) / 2
        line = f"Defocus {_mean(fit):,.0f} ± {half:,.0f} Å, to {fit.resolution_angstrom:.2f} Å, score {fit.score:.3f}."
        parts.append(
            f'<h3 id="{anchors[micrograph.name]}">{escape(Path(micrograph.name).name)}</h3><p>{line}</p>'
            + figures_html(drawings[micrograph.name], _CAPTION)
        )
    return said + "".join(parts)


def _mean(fit: CtfFit) -> float:
    return float(fit.defocus.u_angstrom + fit.defocus.v_angstrom) / 2
