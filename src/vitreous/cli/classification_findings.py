"""What can be said of classes once the iterations are over: resolution, purity, and what is to be warned of."""

from dataclasses import dataclass
from functools import partial

import numpy as np
from jaxtyping import Float, Float32

from vitreous._typing import NumpyArray
from vitreous.classification import Iteration, Options
from vitreous.classification.halves_apart import refine_apart
from vitreous.classification.output import ClassSummary
from vitreous.classification.polar import to_polar
from vitreous.classification.purity import class_purity
from vitreous.classification.setup import halves_of, set_up
from vitreous.classification.similar_classes import SimilarPair, similar_classes
from vitreous.classification.template_bias import template_bias
from vitreous.classification.validation import (
    SHARED_SHELLS,
    RingCurves,
    matched_rings,
    reliability,
    ring_curves,
    ssnr_resolution_angstrom,
)
from vitreous.jobs import Job
from vitreous.particles import ParticleSet

__all__ = ["Findings", "find"]

_KEPT = 0.999
"""The least share of the posterior that the fast path should keep."""
_LARGE = 0.15
"""Two classes of one view that both hold more than this share of the particles are named one by one."""
_NAMED = 5


@dataclass(frozen=True, eq=False)
class Findings:
    """What was found of the classes.

    Parameters
    ----------
    summary
        Of each class.
    curves
        Of the half sets refined apart; where the halves are too small for that, of those of the run.
    similar
        Pairs of classes that show one view.
    warnings
        Each a name, a colon, and a sentence.
    """

    summary: ClassSummary
    curves: RingCurves
    similar: tuple[SimilarPair, ...]
    warnings: tuple[str, ...]


def find(
    job: Job,
    particles: ParticleSet,
    options: Options,
    last: Iteration,
    template: Float32[NumpyArray, "k box box"] | None,
) -> Findings:
    """Refine the half sets apart, compare them, and look for bias and for classes alike.

    Parameters
    ----------
    job
        Entered; it shows the progress.
    particles, options
        Of the run.
    last
        Its last iteration.
    template
        What the run started from; None where that was chosen by the seed.

    Returns
    -------
    Findings
        With the warnings, which are not yet recorded.
    """
    setup, box = set_up(particles, options), particles.box
    compare = partial(ring_curves, pixel_size_angstrom=particles.pixel_size_angstrom, mask=setup.by.mask)
    halves = last.state.half_references
    honest = together = compare(*halves)
    apart = _refined_apart(job, particles, options, last)
    if apart is not None:
        honest = compare(apart[0], matched_rings(apart[0], apart[1], box))
    summary = _summary(last, together, honest)
    known = reliability(honest)
    # the rings end before the corners of the box, and a limit of the resolution may end them earlier
    known = np.pad(known, ((0, 0), (0, box // 2 + 1 - known.shape[1])))
    similar = similar_classes(last.references, last.weights, known)
    warnings = [*_empty(summary), *_similar(similar)]
    if apart is not None:
        likeness = None
        if template is not None:
            rings, classes = to_polar(template * setup.by.mask, setup.grid), halves.mean(axis=0)
            likeness = compare(classes, matched_rings(classes, rings, box))
        biased = np.flatnonzero(template_bias(honest, together, likeness).biased & (summary.particles > 0))
        warnings = [*_biased(biased), *warnings]
    else:
        said = "too few particles to refine the half sets apart; resolutions are of halves that share their references"
        warnings.append(f"half_sets: {said}")
    if last.retained < _KEPT:
        warnings.append(f"retained: the fast path kept {100 * last.retained:.4g} % of the posterior")
    return Findings(summary, honest, similar, tuple(warnings))


def _refined_apart(
    job: Job, particles: ParticleSet, options: Options, last: Iteration
) -> list[Float[NumpyArray, "k rings angles"]] | None:
    """The averages of each half set by itself, from averages without detail; None where a half has too few images."""
    if min(np.bincount(halves_of(particles, options.seed), minlength=2)) < options.classes:
        return None
    averages = []
    with job.progress("refining half sets apart", 2, unit="halves") as advance:
        for rings in refine_apart(particles, options, last.state):
            averages.append(rings)
            advance(1)
    return averages


def _summary(last: Iteration, together: RingCurves, honest: RingCurves) -> ClassSummary:
    found, count = last.assignments, len(last.weights)
    particles = np.bincount(found.classes, minlength=count)
    frequencies = together.frequencies_per_angstrom
    ssnr = np.array([_or_nan(ssnr_resolution_angstrom(curve, frequencies)) for curve in together.frc])
    claimed = np.array([_or_nan(resolution) for resolution in honest.resolution_angstrom])
    purity = np.full(count, np.nan)
    if found.class_probability is not None:
        purity = class_purity(found.classes, found.class_probability, count)
    known = np.where(particles > 0, 0.0, np.nan)
    return ClassSummary(last.weights, particles, ssnr + known, claimed + known, purity)


def _or_nan(value: float | None) -> float:
    return np.nan if value is None else value


def _listed(places: NumpyArray | tuple[int, ...]) -> str:
    """Classes by their numbers, from 1."""
    numbers = [str(int(place) + 1) for place in places]
    return f"class {numbers[0]}" if len(numbers) == 1 else f"classes {', '.join(numbers[:-1])} and {numbers[-1]}"


def _biased(places: NumpyArray) -> list[str]:
    if not len(places):
        return []
    said = f"{_listed(places)} may show what the images were aligned to and not what is in them: the half sets, refined"
    return [f"template_bias: {said} apart, support no detail beyond shell {SHARED_SHELLS}"]


def _empty(summary: ClassSummary) -> list[str]:
    places = np.flatnonzero(summary.particles == 0)
    return [f"empty_classes: no particle has its best pose in {_listed(places)}"] if len(places) else []


def _similar(pairs: tuple[SimilarPair, ...]) -> list[str]:
    large = [pair for pair in pairs if min(pair.shares) > _LARGE]
    said = [_pair(pair) for pair in large]
    others = [pair for pair in pairs if pair not in large]
    if others:
        listed = "; ".join(f"{_listed((pair.first, pair.second))}" for pair in others[:_NAMED])
        more = f"; {len(others) - _NAMED} more pairs" * (len(others) > _NAMED)
        said.append(f"similar_classes: small classes show one view: {listed}{more}")
    return said


def _pair(pair: SimilarPair) -> str:
    shares = " and ".join(f"{100 * share:.0f} %" for share in pair.shares)
    mirrored = ", mirrored" * pair.mirrored
    return (
        f"similar_classes: {_listed((pair.first, pair.second))} show one view{mirrored} (correlation "
        f"{min(pair.correlation, 1):.2f}) and hold {shares} of the particles"
    )
