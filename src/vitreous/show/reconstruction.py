"""The report of ``vitreous reconstruct``: the map, what resolution it has and why, and how the run went."""

from dataclasses import dataclass, field
from html import escape

from jaxtyping import Float

from vitreous._typing import NumpyArray
from vitreous.jobs import RunRecord
from vitreous.reconstruction import GuinierFit, Resolution
from vitreous.reconstruction.coverage import FourierCoverage
from vitreous.reconstruction.diagnosis import Diagnosis
from vitreous.show.coverage import coverage_figure
from vitreous.show.figures import histogram_figure
from vitreous.show.fsc import angstrom_or_none, fsc_caption, fsc_figure
from vitreous.show.guinier import guinier_figure
from vitreous.show.local_resolution import local_resolution_figure
from vitreous.show.orientations import orientations_figure
from vitreous.show.report import Section, facts_html, figures_html, page_html
from vitreous.show.sections import sections_html
from vitreous.show.timing import Timing, timing_figure
from vitreous.show.volume import volume_html, volume_script

__all__ = ["ReconstructionShown", "reconstruction_report"]


@dataclass(frozen=True, eq=False)
class ReconstructionShown:
    """What a report shows of a reconstruction.

    Parameters
    ----------
    volume
        (z, y, x), the map of all images.
    pixel_size_angstrom
        Å/voxel.
    images
        How many the map was made from.
    resolution
        Of its half maps.
    rotations
        (n, 3, 3) of the images, reference → observed.
    defocus_angstrom
        (n,) the mean of U and V, Å; None where the images have no contrast transfer.
    coverage
        Of Fourier space; None where it was not measured.
    guinier
        The fit of the B factor; None where there are too few shells for one.
    diagnosis
        Resolution by direction and by place, and Crowther's limit, where they were measured.
    timing
        Of the run.
    contour
        Where the surface lies at first, in the map's units; chosen from the map where absent.
    """

    volume: Float[NumpyArray, "z y x"]
    pixel_size_angstrom: float
    images: int
    resolution: Resolution
    rotations: Float[NumpyArray, "n 3 3"]
    defocus_angstrom: Float[NumpyArray, " n"] | None = None
    coverage: FourierCoverage | None = None
    guinier: GuinierFit | None = None
    diagnosis: Diagnosis | None = None
    timing: Timing = field(default_factory=Timing)
    contour: float | None = None


def reconstruction_report(shown: ReconstructionShown, record: RunRecord) -> str:
    """The report of a run.

    Parameters
    ----------
    shown
        What came of it.
    record
        Of the run.

    Returns
    -------
    str
        An HTML document of less than 3 MB, which needs no network.
    """
    claimed = shown.resolution.resolution_angstrom
    agree = "claim no resolution" if claimed is None else f"agree to {claimed:.2f} Å"
    size = " × ".join(str(n) for n in shown.volume.shape[::-1])
    lead = (
        f"A map of {size} voxels of {shown.pixel_size_angstrom:.4g} Å from {shown.images:,} images. "
        f"Its half maps {agree} (FSC 0.143)."
    )
    if record.warnings:
        lead += f" {len(record.warnings)} warning{'s' * (len(record.warnings) > 1)}: see below."
    sections = [Section("Overview", _overview(shown, record), "overview")]
    if record.warnings:
        items = "".join(f"<li>{escape(text)}</li>" for text in record.warnings)
        sections.append(Section("Warnings", f"<ul>{items}</ul>", "warnings"))
    sections += [
        Section("Map", _map(shown), "map"),
        Section("Resolution", _resolution(shown), "resolution"),
        Section("Views", _views(shown), "views"),
    ]
    if shown.timing.seconds:
        sections.append(Section("Time", _time(shown.timing), "time"))
    footer = f"vitreous {record.version} {record.command}, {record.started}; parameters and inputs are in run.json."
    return page_html("Reconstruction", lead, sections, footer, volume_script())


def _overview(shown: ReconstructionShown, record: RunRecord) -> str:
    timing = shown.timing
    facts = {
        "Resolution (FSC 0.143)": angstrom_or_none(shown.resolution.resolution_angstrom),
        "Resolution (FSC 0.5)": angstrom_or_none(shown.resolution.resolution_half_angstrom),
    }
    if shown.guinier is not None:
        facts["B factor"] = f"{shown.guinier.b_factor_angstrom2:.0f} Å²".replace("-", "−")
    facts["Images"] = f"{shown.images:,}"
    seconds = sum(timing.seconds.values()) or record.wall_seconds
    facts["Time"] = f"{seconds:,.1f} s"
    if timing.rate is not None:
        facts["Images per second"] = timing.rate
    if timing.share is not None:
        facts["Share of the machine’s limit"] = timing.share
    if shown.coverage is not None:
        facts["Evenness of views"] = f"{shown.coverage.evenness:.2f}"
    if shown.diagnosis is not None:
        facts["Sphericity"] = f"{shown.diagnosis.anisotropy.sphericity:.2f}"
    return facts_html(facts)


def _map(shown: ReconstructionShown) -> str:
    tiles = sections_html(shown.volume, shown.pixel_size_angstrom)
    return f'<div class="map">{volume_html(shown.volume, "Surface of the map", shown.contour)}{tiles}</div>'


def _resolution(shown: ReconstructionShown) -> str:
    directions = None if shown.diagnosis is None else shown.diagnosis.anisotropy
    pictures, said = [fsc_figure(shown.resolution, directions)], fsc_caption(shown.resolution, directions)
    if shown.guinier is not None:
        pictures.append(guinier_figure(shown.guinier))
        said += " Guinier plot: the slope of the logarithm of the amplitudes is −B/4."
    if shown.diagnosis is not None and shown.diagnosis.local_angstrom is not None:
        pictures.append(local_resolution_figure(shown.diagnosis.local_angstrom, shown.pixel_size_angstrom))
        low, _, high = shown.diagnosis.local_range_angstrom or (0.0, 0.0, 0.0)
        said += (
            f" Local resolution, in sections through the origin: {low:.1f} to {high:.1f} Å for nine tenths of the mask "
            "(FSC 0.5 of the half maps within a window that moves over them)."
        )
    return figures_html(pictures, said)


def _views(shown: ReconstructionShown) -> str:
    pictures = [orientations_figure(shown.rotations)]
    said = (
        "Directions from which the particle was seen, as rot and tilt, on a sphere drawn so that equal areas stay equal"
        "; the white mark is the density of evenly spread views."
    )
    if shown.coverage is not None:
        pictures.append(coverage_figure(shown.coverage))
        said += (
            " Fourier coverage: how much of each shell was seen, and how many evenly spread views without contrast "
            "transfer would leave as much noise there. Evenness is 1 where all directions are seen alike."
        )
    if shown.diagnosis is not None:
        said += _crowther(shown.diagnosis, shown.images)
    if shown.defocus_angstrom is not None and len(shown.defocus_angstrom):
        microns = [float(value) / 1e4 for value in shown.defocus_angstrom]
        pictures.append(histogram_figure(microns, "mean defocus", "µm", "images"))
    return figures_html(pictures, said)


def _crowther(diagnosis: Diagnosis, images: int) -> str:
    """Crowther's limit, in words."""
    said = f" Of a particle {diagnosis.diameter_angstrom:.0f} Å across, Crowther’s criterion asks for "
    if diagnosis.views_needed is None:
        limit = diagnosis.crowther_angstrom
        return said + f"evenly spread views: {images:,} determine {limit:.2g} Å everywhere, were there no noise."
    return said + f"{diagnosis.views_needed:,} evenly spread views at this resolution; there are {images:,}."


def _time(timing: Timing) -> str:
    said = "Time of each part of the run; the start of the program and this report are not in it."
    if timing.share is not None:
        said += (
            f" {timing.rate} images per second are {timing.share} of the "
            f"{timing.limit_images_per_second:,.0f} that this machine allows. {timing.limit_words}"
        )
    return figures_html([timing_figure(timing)], said.strip())
