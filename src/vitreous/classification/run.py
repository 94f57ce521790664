"""The loop behind `vitreous.classification.classify`: E-step over blocks, M-step, what is told of it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Float, Float32, Int

from vitreous._typing import Array, NumpyArray
from vitreous.classification.expectation import Model, RawSums, empty_sums, expect, model_of, settle
from vitreous.classification.harmonics import harmonics
from vitreous.classification.likelihood import image_terms, log_prior_of_references
from vitreous.classification.maximisation import Sums
from vitreous.classification.options import Options
from vitreous.classification.search import log_shift_prior, origins_px
from vitreous.classification.setup import Setup, set_up
from vitreous.classification.stage import Stage, stage_of
from vitreous.classification.start import first_state
from vitreous.classification.state import Assignments, Iteration, State
from vitreous.classification.update import updated
from vitreous.particles import ParticleSet

__all__ = ["model_for", "run", "score", "take_in"]

_ELEMENTS = 2**21
"""Of the posterior that is held at one time."""


@dataclass(frozen=True, eq=False)
class _Found:
    """What the E-step says of every particle; filled block by block."""

    log_likelihood: Float[NumpyArray, " n"]
    classes: Int[NumpyArray, " n"]
    best: Int[NumpyArray, " n"]
    max_probability: Float[NumpyArray, " n"]
    entropy: Float[NumpyArray, " n"]


def run(
    particles: ParticleSet,
    options: Options,
    start: State | None,
    references: Float32[NumpyArray, "k box box"] | None,
) -> Iterator[Iteration]:
    """See `vitreous.classification.classify`."""
    setup = set_up(particles, options)
    state = start if start is not None else first_state(setup, references)
    while int(state.iteration) < options.iterations:
        iteration = _iterate(setup, state)
        state = iteration.state
        yield iteration
        if iteration.changed < options.convergence and iteration.band == setup.grid.rings - 1 and not options.exact:
            return


def score(
    particles: ParticleSet, options: Options, state: State
) -> tuple[Assignments, Float[NumpyArray, " n"]]:
    """See `vitreous.classification.assign`."""
    setup = set_up(particles, replace(options, classes=len(state.weights)))
    stage = stage_of(setup.grid, options, setup.outer_radius_px, int(state.band))
    _, found = take_in(setup, state, stage)
    return _assignments(setup, stage, found), found.log_likelihood


def _iterate(setup: Setup, state: State) -> Iteration:
    stage = stage_of(setup.grid, setup.options, setup.outer_radius_px, int(state.band))
    sums, found = take_in(setup, state, stage)
    assignments = _assignments(setup, stage, found)
    prior = log_prior_of_references(
        torch.from_numpy(state.references), torch.from_numpy(state.prior_power), torch.from_numpy(setup.grid.counts)
    )
    new = replace(updated(setup, state, stage, sums), classes=assignments.classes)
    likelihood = float(found.log_likelihood.sum())
    pixel = setup.pixel_size_angstrom
    halves = new.half_references
    return Iteration(
        number=int(new.iteration),
        references=setup.images(new.references),
        half_references=np.stack([setup.images(half) for half in halves]),
        weights=new.weights,
        log_likelihood=likelihood,
        objective=likelihood + prior,
        noise_power=new.noise_power,
        shift_sigma_angstrom=float(new.shift_sigma_px) * pixel,
        changed=float(np.mean(new.classes != state.classes)),
        retained=1.0,
        band=stage.rings - 1,
        resolution_angstrom=setup.grid.box * pixel / max(stage.rings - 1, 1),
        assignments=assignments,
        state=new,
    )


def take_in(setup: Setup, state: State, stage: Stage) -> tuple[Sums, _Found]:
    """The E-step over all images: the sums of the M-step, and what is found for each particle.

    Parameters
    ----------
    setup
        Of the run.
    state
        The model.
    stage
        The search.

    Returns
    -------
    sums, found
        Per optics group and half set; per particle.
    """
    n = len(setup.particles)
    found = _Found(np.zeros(n), np.zeros(n, np.int64), np.zeros(n, np.int64), np.zeros(n), np.zeros(n))
    sums = _no_sums(setup, stage)
    model, raw, key = None, None, None
    for block in setup.blocks():
        if key != (block.group, block.half):
            _close(setup, stage, sums, key, model, raw)
            if key is None or key[0] != block.group:
                model = model_for(setup, state, stage, block.group)
            key, raw = (block.group, block.half), empty_sums(model)
        noise = torch.from_numpy(state.noise_power[block.group]).to(setup.by.device)
        constant = image_terms(block.power, noise, setup.counts, setup.area)
        size = max(1, _ELEMENTS // (stage.angles * model.classes * model.shifts))
        for first in range(0, len(block), size):
            part = slice(first, min(first + size, len(block)))
            posterior = expect(model, block, part, raw, point_estimate=setup.options.point_estimate)
            rows = block.rows[part]
            found.log_likelihood[rows] = (posterior.log_evidence - constant[part]).cpu().numpy()
            for name in ("classes", "best", "max_probability", "entropy"):
                getattr(found, name)[rows] = getattr(posterior, name).cpu().numpy()
        sums.power[block.group] += block.power.sum(dim=1)
        sums.count[block.group] += len(block)
    _close(setup, stage, sums, key, model, raw)
    return sums, found


def _no_sums(setup: Setup, stage: Stage) -> Sums:
    shape = (setup.groups, 2, setup.options.classes, stage.rings, setup.grid.angles)
    device, double = setup.by.device, torch.float64
    return Sums(
        torch.zeros(shape, dtype=setup.dtype, device=device),
        torch.zeros(shape, dtype=setup.dtype, device=device),
        torch.zeros((setup.groups, setup.grid.rings), dtype=double, device=device),
        torch.zeros(setup.groups, dtype=double, device=device),
        torch.zeros((setup.options.classes, len(stage.shifts_px)), dtype=double, device=device),
    )


def _close(
    setup: Setup, stage: Stage, sums: Sums, key: tuple[int, int] | None, model: Model | None, raw: RawSums | None
) -> None:
    """Add the finished sums of one optics group and half set."""
    if key is None or model is None or raw is None:
        return
    numerator, denominator = settle(raw, model, setup.grid, stage.shifts_px)
    sums.numerator[key] += numerator
    sums.denominator[key] += denominator
    sums.mass.add_(raw.mass)


def model_for(setup: Setup, state: State, stage: Stage, group: int) -> Model:
    """The references of a state against the noise of an optics group.

    Parameters
    ----------
    setup, state, stage
        As in `take_in`.
    group
        Index of the optics group.

    Returns
    -------
    Model
    """
    like = torch.zeros(1, dtype=setup.dtype, device=setup.by.device)
    by = harmonics(stage.angles, stage.band, setup.grid.angles, like)
    shifts = log_shift_prior(stage.shifts_px, float(state.shift_sigma_px))
    with np.errstate(divide="ignore"):  # an empty class has no chance: ln 0 = −∞
        log_prior = np.log(state.weights)[:, None] + shifts - np.log(stage.angles)
    weights = setup.grid.counts[: stage.rings] / state.noise_power[group, : stage.rings]
    return model_of(
        torch.from_numpy(state.references).to(like),
        setup.grid,
        stage.shifts_px,
        torch.from_numpy(weights).to(like),
        torch.from_numpy(log_prior.ravel()).to(like),
        by,
        stage.first_ring[by.order],
    )


def _assignments(setup: Setup, stage: Stage, found: _Found) -> Assignments:
    """The best poses in RELION's convention: its ψ turns the other way, its origin moves the image back."""
    like = torch.zeros(1)
    steps = harmonics(stage.angles, 0, setup.grid.angles, like).steps
    count = len(stage.shifts_px)
    row, t = np.divmod(found.best, count)
    angle = 2 * np.pi * steps[row] / stage.angles
    origins = origins_px(angle, stage.shifts_px[t]) * setup.pixel_size_angstrom
    if setup.particles.shift_angstrom is not None:
        origins = origins + setup.particles.shift_angstrom
    psi_deg = 180 - (180 + np.degrees(angle)) % 360
    return Assignments(found.classes, psi_deg, origins, found.max_probability, found.entropy)
