"""Online (stochastic) expectation-maximization: the references move after every batch, not after every pass.

With s̄_b the sums of batch b for each of its images, the running sums follow

    S̄ ← (1 − ρ_t) S̄ + ρ_t s̄_b,        ρ_t = (t + 1)^−0.6,    t = 0, 1, 2, …

and the M-step takes them for those of n_eff images, 1/n_eff = Σ (share of each image)², at most all of them: so many
independent images would leave as much noise in the averages, which is what τ² is measured against.

One iteration is one pass over all images. Once classes have settled, and in the last iterations, all images are seen at
once again, and the run ends as any other. The log-likelihood of a pass is that of every image under the references as
they were when it was its turn.

It pays when a pass is long: the classes move after each batch, of 50 images a class, so that one pass does the work of
several iterations; with fewer images than a few batches it is no faster and its classes are noisier.
"""

from collections.abc import Mapping
from dataclasses import replace
from itertools import groupby

import numpy as np
import torch

from vitreous._typing import NumpyArray
from vitreous.classification.crowd import crowded_start
from vitreous.classification.maximisation import Sums
from vitreous.classification.poses import assignments_of
from vitreous.classification.setup import Setup, halves_of, set_up
from vitreous.classification.stage import Stage, stage_of
from vitreous.classification.state import Assignments, State
from vitreous.classification.sweep import sweep
from vitreous.classification.update import updated

__all__ = ["batches_of", "blended", "in_batches", "is_online", "online_pass", "online_start"]

_POWER = 0.6
"""Between ½ and 1: the sums then forget the start and still settle (Cappé and Moulines, J. R. Stat. Soc. B 71, 593,
2009)."""
_IMAGES_OF_CLASS = 50
_LEAST_BATCH, _LARGEST_BATCH = 200, 2000
_LAST_IN_FULL = 3
_SETTLED = 0.03
"""Of the particles: fewer changing class, with all frequencies in use, and the next iterations see all at once."""
_RISES = 4
"""Times that the resolution may rise in one pass."""
_START = 1000
"""Images, or `_IMAGES_OF_CLASS` a class if that is more, from which the first references are made."""


def in_batches(setup: Setup) -> Setup:
    """The same run, in blocks of which every batch takes one of each optics group and half set.

    Parameters
    ----------
    setup
        Of the run.

    Returns
    -------
    Setup
        Its parts are those of the first group and half, one for each batch, then those of the next. Particles are
        drawn in an order of the seed, since neighbours in a file are of one micrograph.
    """
    count, particles = _count(setup), setup.particles
    half, rng = halves_of(particles, setup.options.seed), np.random.default_rng(setup.options.seed)
    parts = []
    for group in np.unique(particles.optics_index):
        for which in (0, 1):
            rows = rng.permutation(np.flatnonzero((particles.optics_index == group) & (half == which)))
            parts += [(int(group), which, np.sort(piece)) for piece in np.array_split(rows, count) if len(piece)]
    return replace(setup, parts=tuple(parts), kept={})


def batches_of(setup: Setup) -> list[NumpyArray]:
    """The numbers of the parts of each batch.

    Parameters
    ----------
    setup
        What `in_batches` returned.

    Returns
    -------
    list of NumPy arrays
        Each for `vitreous.classification.sweep.sweep`.
    """
    batches: list[list[int]] = [[] for _ in range(_count(setup))]
    for _, parts in groupby(range(len(setup.parts)), key=lambda part: setup.parts[part][:2]):
        for batch, part in zip(batches, parts, strict=False):
            batch.append(part)
    return [np.array(batch) for batch in batches]


def _count(setup: Setup) -> int:
    """How many batches a pass has."""
    size = int(np.clip(_IMAGES_OF_CLASS * setup.options.classes, _LEAST_BATCH, _LARGEST_BATCH))
    return max(1, round(len(setup.particles) / size))


def is_online(setup: Setup, state: State) -> bool:
    """Whether the next iteration goes batch by batch: until classes have settled, and not among the last ones.

    Parameters
    ----------
    setup
        Of the run.
    state
        Before the iteration.

    Returns
    -------
    bool
    """
    if setup.options.batch != "online" or _count(setup) == 1:
        return False
    done = int(state.iteration)
    return done == 0 or (bool(state.statistics) and done < setup.options.iterations - _LAST_IN_FULL)


def online_start(setup: Setup) -> State:
    """A start from a crowd of classes that has seen some of the images only.

    Parameters
    ----------
    setup
        Of the run.

    Returns
    -------
    State
        At iteration 0; groups of which no image was seen have the mean noise of the others.
    """
    particles, options = setup.particles, setup.options
    some = min(len(particles), max(_START, _IMAGES_OF_CLASS * options.classes))
    rows = np.sort(np.random.default_rng(options.seed).permutation(len(particles))[:some])
    state = crowded_start(set_up(particles[rows], replace(options, batch="full")))
    seen = np.bincount(particles.optics_index[rows], minlength=setup.groups) > 0
    noise = np.where(seen[:, None], state.noise_power, state.noise_power[seen].mean(axis=0))
    return replace(state, noise_power=noise, classes=np.full(len(particles), -1, np.int64))


def online_pass(setup: Setup, state: State) -> tuple[State, Assignments, NumpyArray, list[float]]:
    """One pass over all images, batch by batch.

    Parameters
    ----------
    setup
        What `in_batches` returned.
    state
        Before.

    Returns
    -------
    state
        After, with the running sums unless all images come at once from now on.
    assignments
        Of every particle, when it was its turn.
    log_likelihood
        (n,) likewise.
    retained
        The share of the posterior that was kept, of a sample.
    """
    before, batches = state.classes, batches_of(setup)
    classes, likelihood, told, kept = before.copy(), np.zeros(len(before)), [], []
    rises = {-(-len(batches) * turn // _RISES) - 1 for turn in range(1, _RISES + 1)}
    for number, batch in enumerate(batches):
        rows = np.concatenate([setup.parts[part][2] for part in batch])
        stage = stage_of(setup.grid, setup.options, setup.outer_radius_px, int(state.band))
        sums, found = sweep(setup, state, stage, batch)
        state = _after_batch(setup, state, stage, sums, float(np.mean(found.classes[rows] != before[rows])))
        if number not in rises:
            state = replace(state, band=np.asarray(stage.rings - 1))
        classes[rows], likelihood[rows] = found.classes[rows], found.log_likelihood[rows]
        told.append((rows, assignments_of(setup, stage, found, rows)))
        kept += found.retained
    settled = np.mean(classes != before) < _SETTLED and stage.rings == setup.grid.rings
    state = replace(
        state,
        iteration=np.asarray(state.iteration + 1),
        classes=classes,
        statistics={} if settled else state.statistics,
    )
    return state, _joined(told), likelihood, kept


def _after_batch(setup: Setup, state: State, stage: Stage, sums: Sums, changed: float) -> State:
    """The M-step with the running sums; a group that has not been seen yet keeps its noise."""
    statistics = blended(state.statistics, sums, stage.shifts_px)
    images = min(1 / float(statistics["spread"]), len(setup.particles))
    device = setup.by.device
    running = Sums(
        *(
            torch.from_numpy(np.asarray(statistics[name] * statistics[name].dtype.type(images))).to(device)
            for name in ("numerator", "denominator", "power", "count", "mass")
        )
    )
    new = updated(setup, state, stage, running, changed)
    noise = np.where(statistics["count"][:, None] > 0, new.noise_power, state.noise_power)
    return replace(new, noise_power=noise, iteration=state.iteration, statistics=statistics)


def blended(before: Mapping[str, NumpyArray], sums: Sums, shifts_px: NumpyArray) -> dict[str, NumpyArray]:
    """The running sums after one more batch, for each image.

    Parameters
    ----------
    before
        Of the batches before, as this function returned them; empty before the first.
    sums
        Of the batch.
    shifts_px
        (t, 2) t′ of the search.

    Returns
    -------
    dict
        The fields of `Sums` as NumPy arrays, for one image; ``shifts_px``; ``updates``, how many batches; ``spread``,
        Σ (share of each image)².
    """
    images = float(sums.count.sum())
    names = ("numerator", "denominator", "power", "count", "mass")
    new = {name: (getattr(sums, name) / images).cpu().numpy() for name in names}
    updates = int(before["updates"]) if before else 0
    rate = (updates + 1) ** -_POWER
    spread = rate**2 / images
    if before:
        spread += (1 - rate) ** 2 * float(before["spread"])
        old = {name: before[name] for name in names}
        for name in ("numerator", "denominator"):
            missing = new[name].shape[-2] - old[name].shape[-2]
            old[name] = np.pad(old[name], [(0, 0)] * 3 + [(0, missing), (0, 0)])
        old["mass"] = _at_shifts(old["mass"], before["shifts_px"], shifts_px)
        new = {name: _mixed(old[name], new[name], rate) for name in names}
    return {**new, "shifts_px": shifts_px, "updates": np.asarray(updates + 1), "spread": np.asarray(spread)}


def _mixed(old: NumpyArray, new: NumpyArray, rate: float) -> NumpyArray:
    mixed: NumpyArray = ((1 - rate) * old + rate * new).astype(new.dtype, copy=False)
    return mixed


def _at_shifts(mass: NumpyArray, old_px: NumpyArray, new_px: NumpyArray) -> NumpyArray:
    """Σ γ of each shift, put onto the nearest one of another search."""
    nearest = ((old_px[:, None] - new_px[None]) ** 2).sum(axis=-1).argmin(axis=1)
    moved = np.zeros((len(mass), len(new_px)))
    np.add.at(moved.T, nearest, mass.T)
    return moved


def _joined(told: list[tuple[NumpyArray, Assignments]]) -> Assignments:
    """What was told of each batch, in the order of the particles."""
    order = np.argsort(np.concatenate([rows for rows, _ in told]))
    names = ("classes", "psi_deg", "shifts_angstrom", "max_probability", "entropy", "class_probability")
    return Assignments(*(np.concatenate([getattr(one, name) for _, one in told])[order] for name in names))
