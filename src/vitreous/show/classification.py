"""The report of ``vitreous classify``: the classes, how good they are, how the run went, and where particles lie."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

import numpy as np
from jaxtyping import Float

from vitreous._typing import NumpyArray
from vitreous.classification.output import ClassSummary
from vitreous.classification.state import Assignments
from vitreous.classification.validation import RingCurves
from vitreous.jobs import RunRecord
from vitreous.show.figures import histogram_figure
from vitreous.show.gallery import Tile, gallery_html
from vitreous.show.likelihood import History, likelihood_figure
from vitreous.show.noise import noise_figure
from vitreous.show.poses import angle_figure, shift_figure
from vitreous.show.report import Section, facts_html, figures_html, page_html, table_html
from vitreous.show.rings import rings_figure
from vitreous.show.timing import Timing, timing_figure

__all__ = ["ClassificationShown", "Example", "classification_report"]


@dataclass(frozen=True, eq=False)
class Example:
    """One particle: its image as it was taken, and brought onto its class.

    Parameters
    ----------
    row
        Of the particle file, from 1.
    number
        Of its class, from 1.
    raw, aligned
        (y, x).
    """

    row: int
    number: int
    raw: Float[NumpyArray, "y x"]
    aligned: Float[NumpyArray, "y x"]


@dataclass(frozen=True, eq=False)
class ClassificationShown:
    """What a report shows of a classification.

    Parameters
    ----------
    references
        (K, y, x) the class averages.
    pixel_size_angstrom
        Å/pixel.
    summary
        Of the classes.
    history
        Of the iterations.
    assignments
        Of the particles.
    curves
        Of the half-set averages.
    noise_power
        (groups, shells) per pixel; shell r is the frequency r / (box × pixel size).
    noise_groups
        Their names.
    retained
        The share of the posterior that the fast path kept.
    converged
        Whether the classes had settled before the iterations ran out.
    examples
        Particles, to be looked at.
    example_resolution_angstrom
        To which the aligned ones were low-passed.
    timing
        Of the run.
    """

    references: Float[NumpyArray, "k y x"]
    pixel_size_angstrom: float
    summary: ClassSummary
    curves: RingCurves
    history: History
    assignments: Assignments
    noise_power: Float[NumpyArray, "groups shell"]
    noise_groups: Sequence[str]
    retained: float
    converged: bool
    examples: Sequence[Example] = ()
    example_resolution_angstrom: float = 0.0
    timing: Timing = field(default_factory=Timing)

    @property
    def images(self) -> int:
        """How many particles were classified."""
        return len(self.assignments.classes)


def classification_report(shown: ClassificationShown, record: RunRecord) -> str:
    """The report of a run.

    Parameters
    ----------
    shown
        What came of it.
    record
        Of the run; its warnings stand first.

    Returns
    -------
    str
        An HTML document that needs no network.
    """
    used = int((shown.summary.particles > 0).sum())
    went = "the classes settled" if shown.converged else "the classes were still changing"
    iterations = len(shown.history.changed)
    lead = (
        f"{shown.images:,} particles in {used} of {len(shown.summary.weights)} classes after {iterations} "
        f"iteration{'s' * (iterations != 1)}: {went}."
    )
    sections = []
    if record.warnings:
        items = "".join(f"<li>{_warning(text)}</li>" for text in record.warnings)
        sections.append(Section("Warnings", f'<ul class="warnings">{items}</ul>', "warnings"))
    sections += [
        Section("Overview", _overview(shown, record), "overview"),
        Section("Classes", _classes(shown), "classes"),
        Section("Resolution", _resolution(shown), "resolution"),
        Section("Iterations", _iterations(shown), "iterations"),
        Section("Particles", _particles(shown), "particles"),
    ]
    if shown.examples:
        sections.append(Section("Raw and aligned", _examples(shown), "examples"))
    if shown.timing.seconds:
        sections.append(Section("Time", _time(shown.timing), "time"))
    footer = f"vitreous {record.version} {record.command}, {record.started}; parameters and inputs are in run.json."
    return page_html("Classification", lead, sections, footer)


def _warning(text: str) -> str:
    """A warning whose first word, up to a colon, is its name."""
    name, colon, said = text.partition(": ")
    return f"<code>{escape(name)}</code> {escape(said)}" if colon and name.isidentifier() else escape(text)


def _overview(shown: ClassificationShown, record: RunRecord) -> str:
    history, timing = shown.history, shown.timing
    best = shown.summary.frc_resolution_angstrom[np.isfinite(shown.summary.frc_resolution_angstrom)]
    facts = {
        "Classes with particles": f"{int((shown.summary.particles > 0).sum())} of {len(shown.summary.weights)}",
        "Particles": f"{shown.images:,}",
        "Best resolution": _angstrom(float(best.min()) if len(best) else np.nan),
        "Log-likelihood": f"{history.log_likelihood[-1]:,.0f} nats".replace("-", "−"),
        "Changed class at the end": f"{100 * history.changed[-1]:.2g} %",
        "Posterior kept": _share(shown.retained),
        "Time": f"{sum(timing.seconds.values()) or record.wall_seconds:,.1f} s",
    }
    if timing.rate is not None:
        facts["Images/s, each iteration"] = timing.rate
    if timing.share is not None:
        facts["Share of the machine’s limit"] = timing.share
    return facts_html(facts)


def _share(value: float) -> str:
    """A share near 1 with as many nines as it has."""
    return f"{100 * value:.5g} %"


def _angstrom(value: float) -> str:
    return f"{value:.1f} Å" if np.isfinite(value) else "none"


def _classes(shown: ClassificationShown) -> str:
    """The gallery, and its numbers in a table."""
    summary = shown.summary
    order = np.argsort(-summary.weights, kind="stable")
    tiles, rows = [], []
    for place in order:
        number, count = int(place) + 1, int(summary.particles[place])
        ssnr, frc = summary.ssnr_resolution_angstrom[place], summary.frc_resolution_angstrom[place]
        purity, share = summary.purity[place], f"{100 * summary.weights[place]:.1f} %"
        sure = f"{purity:.2f}" if np.isfinite(purity) else "–"
        said = f"Class {number}: {share}, {count:,} particles, resolution {_angstrom(frc)}"
        lines = [f"{share} · {count:,}", f"{_angstrom(frc)} · purity {sure}"]
        tiles.append(Tile([(shown.references[place], said)], f"Class {number}", lines))
        rows.append([f"Class {number}", f"{count:,}", share, _angstrom(ssnr), _angstrom(frc), sure])
    caption = (
        "Class averages by their share, each black to white in a grey scale of its own: share and number of particles, "
        "resolution from the half sets, estimated purity."
    )
    columns = ("Class", "Particles", "Share", "Resolution (SSNR 1)", "Resolution (half sets 0.143)", "Purity")
    words = (
        "Share is the weight in the model; a particle is counted in the class of its most probable pose. Purity is "
        "the mean probability that a particle counted in a class belongs to it."
    )
    return gallery_html(tiles, shown.pixel_size_angstrom, caption) + table_html(words, columns, rows)


def _resolution(shown: ClassificationShown) -> str:
    box = shown.references.shape[-1]
    frequencies = np.arange(shown.noise_power.shape[1]) / (box * shown.pixel_size_angstrom)
    order = np.argsort(-shown.summary.weights, kind="stable")
    largest = [int(place) for place in order if shown.summary.particles[place] > 0]
    pictures = [
        rings_figure(shown.curves, largest),
        noise_figure(frequencies, shown.noise_power, shown.noise_groups),
    ]
    said = (
        "Ring correlation of the averages of the two half sets, the largest classes in colour. "
        f"{_halves_words(shown.curves)} Dotted: 0.143, where a claim ends; thin lines: one standard deviation of "
        "chance. Spectrum of the noise, as it was estimated from what the classes leave of the images."
    )
    return figures_html(pictures, said)


def _halves_words(curves: RingCurves) -> str:
    if not curves.shared_shells:
        return "Both were made with the poses of the run, and so share whatever bias it has."
    return "Each half was refined by itself, from averages cut off behind the grey band."


def _iterations(shown: ClassificationShown) -> str:
    said = (
        "Log-likelihood and objective (with the log-priors) of all images, above their values in the first iteration; "
        "share of the particles whose class changed."
    )
    return figures_html([likelihood_figure(shown.history, shown.images)], said)


def _particles(shown: ClassificationShown) -> str:
    found = shown.assignments
    pictures = [
        angle_figure(found.psi_deg),
        shift_figure(found.shifts_angstrom, shown.pixel_size_angstrom),
        histogram_figure(found.entropy.tolist(), "posterior entropy", "nats", "particles"),
    ]
    middle = float(np.median(found.entropy))
    said = (
        "Angle and shift of the most probable pose of each particle. Entropy of its posterior over class, angle and "
        f"shift: 0 where there is no doubt; the median, {middle:.2g} nats, is the doubt between {np.exp(middle):,.3g} "
        "equally probable poses."
    )
    return figures_html(pictures, said)


def _examples(shown: ClassificationShown) -> str:
    tiles = []
    for example in shown.examples:
        where = f"particle {example.row:,}"
        images = [
            (example.raw, f"Image of {where} as it was taken"),
            (example.aligned, f"Image of {where}, aligned"),
            (shown.references[example.number - 1], f"Class {example.number}"),
        ]
        probability = float(shown.assignments.max_probability[example.row - 1])
        lines = [f"class {example.number}, p = {probability:.2f}"]
        tiles.append(Tile(images, f"Particle {example.row:,}", lines))
    said = (
        "Particles drawn at random from the largest classes: the image as it was taken; shifted and turned onto its "
        f"class, low-passed to {shown.example_resolution_angstrom:.0f} Å; the class. p is the probability of that pose."
    )
    return gallery_html(tiles, shown.pixel_size_angstrom, said, kind="examples")


def _time(timing: Timing) -> str:
    said = "Time of each part of the run; the start of the program and this report are not in it."
    if timing.share is not None:
        said += (
            f" {timing.rate} images per second and iteration are {timing.share} of the "
            f"{timing.limit_images_per_second:,.0f} that this machine allows. {timing.limit_words}"
        )
    return figures_html([timing_figure(timing)], said.strip())
