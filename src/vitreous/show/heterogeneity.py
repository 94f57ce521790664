"""The reports of ``vitreous heterogeneity``: the latent space, its maps, how it was trained, and whether it is real."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

import numpy as np
from jaxtyping import Float, Float32

from vitreous._typing import NumpyArray
from vitreous.heterogeneity.clusters import Clusters
from vitreous.heterogeneity.free_energy import FreeEnergy, free_energy
from vitreous.jobs import RunRecord
from vitreous.particles import ParticleSet
from vitreous.rotations import projection_direction
from vitreous.show.latent import Colouring, confounds_figure, energy_figure, scatter_figure, uncertainty_figure
from vitreous.show.png import png_url
from vitreous.show.report import Section, facts_html, figures_html, page_html, table_html
from vitreous.show.sections import sections_html
from vitreous.show.still import still_surface
from vitreous.show.timing import Timing, timing_figure
from vitreous.show.training import dimensions_figure, epochs_figure, held_out_figure, null_figure, state_figure
from vitreous.show.volume import trajectory_html, volume_html, volume_script

__all__ = ["AnalysisShown", "LatentShown", "Way", "analysis_report", "training_report"]

_STILL_ROWS = 160
_MOST_STILLS = 10


@dataclass(frozen=True, eq=False)
class LatentShown:
    """What a report shows of a training."""

    latents: Float32[NumpyArray, "n d"]
    covariance: Float32[NumpyArray, "n d d"] | None
    particles: ParticleSet
    pixel_size_angstrom: float
    """Of the maps."""
    epochs: Sequence[Mapping[str, Any]] = ()
    """Rows of ``epochs.csv``, with ``per_dimension``."""
    checks: Mapping[str, Any] = field(default_factory=dict)
    """What ``train --checks`` found, by name."""
    confounds: Mapping[str, Any] = field(default_factory=dict)
    """R² of each latent and that of chance, by name."""
    timing: Timing = field(default_factory=Timing)


@dataclass(frozen=True, eq=False)
class Way:
    """Maps in order along a way through latent space."""

    name: str
    """Plain text."""
    places: Float[NumpyArray, "m d"]
    """Along the principal axes."""
    maps: Float32[NumpyArray, "m b b b"]


@dataclass(frozen=True, eq=False)
class AnalysisShown:
    """What the report of an analysis shows beside the training's."""

    latent: LatentShown
    coordinates: Float[NumpyArray, "n d"]
    """Along the principal axes."""
    covariance: Float[NumpyArray, "n d d"] | None
    """Of these."""
    shares: Float[NumpyArray, " d"]
    """Of the variance along each."""
    energy: FreeEnergy | None
    """Of the first two; None where there is but one."""
    clusters: Clusters
    centres: Float[NumpyArray, "k d"]
    """Of the clusters, along the principal axes."""
    centre_maps: Float32[NumpyArray, "k b b b"]
    ways: Sequence[Way]
    contour: float
    """Of all surfaces, in the unit of the maps."""
    umap: Float32[NumpyArray, "n 2"] | None = None


def training_report(shown: LatentShown, volume: Float32[NumpyArray, "n n n"], record: RunRecord) -> str:
    """The report of a training.

    Parameters
    ----------
    shown
        What came of it.
    volume
        The map at the middle of the latent space.
    record
        Of the run.

    Returns
    -------
    str
        An HTML document, which needs no network.
    """
    count, dimensions = shown.latents.shape
    method, telling = record.parameters["method"], record.figures["telling_dimensions"]
    lead = (
        f"A latent space of {dimensions} dimensions for {count:,} particles by the method {method}; {telling} of the "
        "dimensions tell of the particles."
    )
    names = ("latent 1", "latent 2")
    ellipses, said = _sure(shown.covariance, shown.latents, names)
    latent = _scatters(shown, shown.latents, names) + (figures_html(ellipses, said) if ellipses else "")
    surface = volume_html(volume, "The map at the middle of the latent space")
    middle = f'<div class="map">{surface}{sections_html(volume, shown.pixel_size_angstrom)}</div>'
    parts = [
        Section("Latent space", latent, "latent"),
        Section("Middle", middle, "middle"),
        Section("Is it real?", _honesty(shown), "honesty"),
        Section("Training", _training(shown), "training"),
    ]
    return _page("Heterogeneity: training", lead, _facts(shown, record), parts, record)


def analysis_report(shown: AnalysisShown, record: RunRecord, trained: RunRecord) -> str:
    """The report of an analysis.

    Parameters
    ----------
    shown
        What came of it.
    record
        Of the run.
    trained
        Of the training that was analysed.

    Returns
    -------
    str
        An HTML document, which needs no network.
    """
    count, dimensions = shown.latent.latents.shape
    method = trained.parameters["method"]
    lead = (
        f"The latent space of {count:,} particles, {dimensions} dimensions by the method {method}: "
        f"{len(shown.clusters.members)} clusters and {len(shown.ways)} ways through it."
    )
    parts = [
        Section("Latent space", _latent_space(shown), "latent"),
        Section("Clusters", _clusters(shown), "clusters"),
        Section("Ways", _ways(shown), "ways"),
        Section("Is it real?", _honesty(shown.latent), "honesty"),
    ]
    if shown.latent.epochs:
        parts.append(Section("Training", _training(shown.latent), "training"))
    return _page("Heterogeneity: analysis", lead, _facts(shown.latent, trained), parts, record)


def _page(title: str, lead: str, facts: Mapping[str, str], parts: list[Section], record: RunRecord) -> str:
    sections = [Section("Overview", facts_html(facts), "overview")]
    if record.warnings:
        lead += f" {len(record.warnings)} warning{'s' * (len(record.warnings) > 1)}: see below."
        items = "".join(f"<li>{escape(text)}</li>" for text in record.warnings)
        sections.append(Section("Warnings", f'<ul class="warnings">{items}</ul>', "warnings"))
    footer = f"vitreous {record.version} {record.command}, {record.started}; parameters and inputs are in run.json."
    return page_html(title, lead, [*sections, *parts], footer, volume_script())


def _facts(shown: LatentShown, trained: RunRecord) -> dict[str, str]:
    figures = trained.figures
    facts = {
        "Particles": f"{len(shown.latents):,}",
        "Method": str(trained.parameters["method"]),
        "Dimensions that tell": f"{figures['telling_dimensions']} of {shown.latents.shape[1]}",
        "Bound (ELBO)": f"{figures['elbo']:.4g} nats per image".replace("-", "−"),
        "Epochs": f"{figures['epochs']}",
        "Images per second": f"{figures['images_per_second']:,.0f}",
    }
    if trained.peak_memory_bytes:
        facts["Peak memory"] = f"{trained.peak_memory_bytes / 1e9:.2g} GB"
    null = shown.checks.get("null")
    if null is not None:
        facts["Variation of the maps ÷ null set’s"] = f"{null['share'] / max(null['null_share'], 1e-12):.3g}"
    return facts


def _pair(values: NumpyArray) -> NumpyArray:
    """The first two columns; a second of zeros where there is but one."""
    return values[:, :2] if values.shape[1] > 1 else np.column_stack([values[:, 0], np.zeros(len(values))])


def _scatters(shown: LatentShown, coordinates: NumpyArray, names: tuple[str, str]) -> str:
    plane = _pair(coordinates)
    pictures = [scatter_figure(plane, each, names) for each in _colourings(shown.particles, plane)]
    said = (
        "Each point is a particle, coloured by the density of particles, and by what should play no part: the "
        "direction of view, the defocus, the micrograph. Colours that form a gradient or lie apart are a warning."
    )
    return figures_html(pictures, said)


def _colourings(particles: ParticleSet, plane: NumpyArray) -> list[Colouring]:
    found = []
    if np.ptp(plane[:, 1]) > 0:
        found.append(Colouring("density (largest 1)", free_energy(plane).at_particles))
    towards = projection_direction(particles.rotations())
    found.append(Colouring("tilt of the view (°)", np.rad2deg(np.arccos(np.clip(towards[:, 2], -1, 1)))))
    longitude = np.rad2deg(np.arctan2(towards[:, 1], towards[:, 0]))
    found.append(Colouring("rot of the view (°)", longitude, cyclic=True))
    if particles.defocus_u_angstrom is not None and particles.defocus_v_angstrom is not None:
        mean = (particles.defocus_u_angstrom + particles.defocus_v_angstrom) / 2
        found.append(Colouring("mean defocus (µm)", mean * 1e-4))
    if particles.micrograph is not None:
        _, number = np.unique(particles.micrograph, return_inverse=True)
        found.append(Colouring("micrograph (number)", number.astype(np.float64) + 1))
    return found


def _sure(covariance: NumpyArray | None, coordinates: NumpyArray, names: tuple[str, str]) -> tuple[list[str], str]:
    """The picture of how sure places are, where that is known, and its words."""
    if covariance is None or coordinates.shape[1] < 2:
        return [], ""
    picture = uncertainty_figure(coordinates[:, :2], covariance[:, :2, :2], names)
    said = (
        "Ellipses: two standard deviations of the places of 40 particles drawn at random; where they are as large as "
        "the cloud, its shape is that of the noise."
    )
    return [picture], said


def _latent_space(shown: AnalysisShown) -> str:
    names = tuple(f"axis {i + 1} ({100 * share:.0f} %)" for i, share in enumerate(shown.shares[:2]))
    pair = (names[0], names[1] if len(names) > 1 else "")
    pictures, said = [], []
    if shown.energy is not None:
        ways = {way.name: _pair(way.places) for way in shown.ways[:3]}
        pictures.append(energy_figure(shown.energy, _pair(shown.centres), ways, pair))
        said.append(
            "The energy −ln ρ of the density of particles, with the centres of the clusters and the ways: that of the "
            "molecule only as far as no state was lost before, and as latents are sharper than its valleys."
        )
    ellipses, words = _sure(shown.covariance, shown.coordinates, pair)
    pictures += ellipses
    said.append(words)
    if shown.umap is not None:
        labels = shown.clusters.labels.astype(np.float64)
        pictures.append(scatter_figure(shown.umap, Colouring("cluster (number)", labels), ("UMAP 1", "UMAP 2")))
        said.append("UMAP keeps neighbours together; distances, sizes and densities in its plane mean little.")
    drawn = figures_html(pictures, " ".join(said)) if pictures else ""
    return drawn + _scatters(shown.latent, shown.coordinates, pair)


def _still(volume: NumpyArray, contour: float, words: str) -> str:
    picture = png_url(still_surface(volume, contour, rows=_STILL_ROWS))
    size = f'width="{_STILL_ROWS}" height="{_STILL_ROWS}"'
    return f'<img class="still" src="{picture}" alt="{escape(words, quote=True)}" {size}>'


def _strip(stills: Sequence[tuple[str, str]], caption: str) -> str:
    """Stills with their words in a row that breaks where the page is narrow."""
    tiles = "".join(f"<figure>{still}<figcaption>{escape(words)}</figcaption></figure>" for still, words in stills)
    return f'<figure><div class="gallery">{tiles}</div><figcaption>{escape(caption)}</figcaption></figure>'


def _clusters(shown: AnalysisShown) -> str:
    clusters, count = shown.clusters, len(shown.coordinates)
    stills, rows = [], []
    for number, (members, middle, volume) in enumerate(
        zip(clusters.members, clusters.middles, shown.centre_maps, strict=True), 1
    ):
        share = f"{100 * members / count:.1f} %"
        stills.append(
            (_still(volume, shown.contour, f"Surface at the centre of cluster {number}"), f"{number}: {share}")
        )
        centre = ", ".join(f"{value:.2f}" for value in clusters.centres[number - 1][:4]).replace("-", "−")
        rows.append([str(number), f"{members:,}", share, str(middle + 1), centre])
    said = (
        "The maps at the particles in the middle of each cluster of k-means. Clusters are parts of the cloud, and not "
        "states of the molecule: a smooth cloud is cut into as many as were asked for."
    )
    columns = ["Cluster", "Particles", "Share", "Middle particle", "Centre (first latents)"]
    return _strip(stills, said) + table_html("The clusters of k-means", columns, rows)


def _ways(shown: AnalysisShown) -> str:
    parts = []
    for way in shown.ways:
        chosen = np.unique(np.linspace(0, len(way.maps) - 1, min(len(way.maps), _MOST_STILLS)).round().astype(int))
        stills = [(_still(way.maps[i], shown.contour, f"{way.name}, map {i + 1}"), str(i + 1)) for i in chosen]
        view = trajectory_html(way.maps, f"{way.name}, from the first map to the last", shown.contour)
        said = "The same as still pictures, in order."
        parts.append(f'<h3>{escape(way.name)}</h3><div class="map">{view}{_strip(stills, said)}</div>')
    return "".join(parts)


def _honesty(shown: LatentShown) -> str:
    labels = [f"latent {i + 1}" for i in range(shown.latents.shape[1])]
    said = (
        "How much of each latent (one mark each, the first the largest) a smooth function of the view, the shift or "
        "the defocus explains. The orange line is what chance explains. A motion of the molecule follows none of them."
    )
    checks, pictures = shown.checks, [confounds_figure(shown.confounds, labels)]
    if "null" in checks:
        pictures.append(null_figure(checks["null"], shown.pixel_size_angstrom))
        said += _null_words(checks["null"])
    parts = [figures_html(pictures, said), _held_out(checks)]
    absent = [name for name in ("null", "halves", "dimensions") if name not in checks]
    if absent:
        parts.append(
            f"<p>Not done here: {escape(', '.join(absent))}. <code>vitreous heterogeneity train … --checks all</code> "
            "trains again on particles without motion, on half sets, and with fewer dimensions.</p>"
        )
    return "".join(parts)


def _null_words(null: Mapping[str, Any]) -> str:
    times = null["share"] / max(null["null_share"], 1e-12)
    verdict = "far more than" if times > 5 else "more than" if times >= 2 else "not more than"
    return (
        " The null test: the particles again with the same views, CTF and noise, but all of the map that they share. "
        f"The maps of the latent space vary by {null['share']:.2g} of the power of their mean; those of the null set "
        f"by {null['null_share']:.2g}. That is {verdict} noise makes."
    )


def _held_out(checks: Mapping[str, Any]) -> str:
    """What trainings on half of the particles tell, where there were any."""
    pictures, said = [], []
    if "halves" in checks:
        halves = checks["halves"]
        pictures += [state_figure(halves["states"]), held_out_figure(halves, "epochs", "epoch")]
        said.append(
            "Two trainings, each on half of the particles: how far their maps of one state agree, that of the fifth of "
            "the particles at either end of the first coordinate; and the likelihood of images that were not trained "
            "on, above that of the map that all share. Where it falls while the other rises, noise is learned."
        )
    if "dimensions" in checks:
        pictures.append(held_out_figure(checks["dimensions"], "latent", "latent dimensions"))
        said.append("Dimensions beyond the largest held-out likelihood are of no use.")
    return figures_html(pictures, " ".join(said)) if pictures else ""


def _training(shown: LatentShown) -> str:
    pictures = [epochs_figure(shown.epochs), dimensions_figure(shown.epochs[-1]["per_dimension"])]
    said = (
        "The evidence lower bound and its two terms, above the likelihood of the map that all particles share, while "
        "finer and finer detail is looked at; and what each dimension pays. One that pays nothing has collapsed."
    )
    parts = [figures_html(pictures, said)]
    if shown.timing.seconds:
        parts.append(figures_html([timing_figure(shown.timing)], "Time of each part of the run."))
    return "".join(parts)
