"""The report of ``vitreous tour``: from a molecule that moves to its motion, and what was recovered at each stage."""

from dataclasses import dataclass
from html import escape
from pathlib import Path

import numpy as np
from jaxtyping import Float, Float32
from matplotlib import rc_context
from matplotlib.figure import Figure

from vitreous._typing import NumpyArray
from vitreous.jobs import RunRecord
from vitreous.show.gallery import Tile, gallery_html
from vitreous.show.report import Section, facts_html, figures_html, page_html, table_html
from vitreous.show.style import FIRST, STYLE, to_svg
from vitreous.show.timing import Timing, timing_figure
from vitreous.show.volume import trajectory_html, volume_html, volume_script

__all__ = ["TourShown", "tour_report"]


@dataclass(frozen=True, eq=False)
class TourShown:
    """What the stages made, and the truth."""

    truth: Float32[NumpyArray, "m n n n"]
    """The molecule along its motion."""
    images: Float32[NumpyArray, "i n n"]
    """Some of the particles."""
    averages: Float[NumpyArray, "k n n"]
    """Of the classes."""
    volume: Float32[NumpyArray, "n n n"]
    """The one map of all particles."""
    coordinate: Float[NumpyArray, " p"]
    """What was found of each particle's place in the motion."""
    angle: Float[NumpyArray, " p"]
    """Its true place, 0 … 1."""
    maps: Float32[NumpyArray, "m n n n"]
    """What was found where the truth has its maps."""
    pixel_size_angstrom: float


def tour_report(shown: TourShown, record: RunRecord, analysis: Path) -> str:
    """The report of a tour.

    Parameters
    ----------
    shown
        What the stages made.
    record
        Of the run, with its figures.
    analysis
        Where the report of the analysis stands, from the folder of this one.

    Returns
    -------
    str
        An HTML document, which needs no network.
    """
    figures, pixel = record.figures, shown.pixel_size_angstrom
    lead = (
        f"{figures['particles']:,} simulated images of a molecule of two domains that opens and closes about a hinge; "
        "then nothing but the images: classes, a map, and the motion, each beside the truth."
    )
    particles = gallery_html(
        [Tile([(image, f"Particle {i}")], f"{i}") for i, image in enumerate(shown.images, 1)],
        pixel,
        "The first particles: each is another view of another state, with the contrast transfer of its defocus.",
    )
    averages = gallery_html(
        [Tile([(image, f"Average of class {i}")], f"{i}") for i, image in enumerate(shown.averages, 1)],
        pixel,
        "Class averages, found without knowing any view.",
    )
    sections = [
        Section("Overview", _overview(record), "overview"),
        Section("Specimen", trajectory_html(shown.truth, "The molecule as it opens, the truth"), "specimen"),
        Section("Particles", particles, "particles"),
        Section("Classes", averages, "classes"),
        Section("Map", volume_html(shown.volume, "The one map of all images: what moves is smeared"), "map"),
        Section("Motion", _motion(shown, record, analysis), "motion"),
        Section("Time", figures_html([timing_figure(Timing(figures["seconds"]))], "Time of each stage."), "time"),
    ]
    footer = f"vitreous {record.version} {record.command}, {record.started}; every stage is a folder beside this page."
    return page_html("A tour: from a molecule to its motion", lead, sections, footer, volume_script())


def _overview(record: RunRecord) -> str:
    figures = record.figures
    facts = {
        "Particles": f"{figures['particles']:,}",
        "Correlation with the true angle": f"{figures['correlation_with_angle']:.2f}",
        "Time": f"{sum(figures['seconds'].values()):,.0f} s",
    }
    states, alone = (np.mean(figures[name]) for name in ("fsc_area_of_states", "fsc_area_of_states_by_one_map"))
    within, between = figures["view_spread_of_class_deg"], figures["view_spread_deg"]
    rows = [
        ["Classify", "median angle of the true views in one class", f"{within:.0f}°", f"{between:.0f}° of any two"],
        ["Reconstruct", "area under the FSC with the true mean map", f"{figures['fsc_area_of_map']:.3f}", "0.5"],
        ["Heterogeneity", "Spearman correlation with the true angle", f"{figures['correlation_with_angle']:.3f}", "1"],
        ["Heterogeneity", "mean area under the FSC with the true states", f"{states:.3f}", f"{alone:.3f} by one map"],
        ["Heterogeneity", "variation of the maps ÷ null set’s", f"{figures['variation_over_null']:.1f}", "1 by noise"],
    ]  # fmt: skip
    columns = ["Stage", "What is compared with the truth", "Found", "For comparison"]
    return facts_html(facts) + table_html("What each stage recovered of the truth", columns, rows)


def _motion(shown: TourShown, record: RunRecord, analysis: Path) -> str:
    found = trajectory_html(shown.maps, "What was found, from closed to open")
    picture = _against(shown)
    said = (
        "Each point is a particle: its place along the first coordinate that was found, against the true place in the "
        f"motion. The rank correlation is {record.figures['correlation_with_angle']:.2f}; how sure a place is depends "
        "on the view, since from some of them the motion is not seen."
    )
    link = f'<p><a href="{escape(analysis.as_posix(), quote=True)}">The report of the analysis</a> has more.</p>'
    return f'<div class="map">{found}{figures_html([picture], said)}</div>{link}'


def _against(shown: TourShown) -> str:
    sign = 1.0 if np.corrcoef(shown.coordinate, shown.angle)[0, 1] >= 0 else -1.0
    with rc_context(STYLE):
        figure = Figure(figsize=(4.8, 3.6), dpi=110)
        axes = figure.add_subplot()
        axes.scatter(shown.angle, sign * shown.coordinate, s=5, lw=0, color=FIRST, alpha=0.6, rasterized=True)
        axes.set(xlabel="true place in the motion (0 closed, 1 open)", ylabel="first latent coordinate")
        return to_svg(figure, "The first latent coordinate of each particle against its true place in the motion")
