"""The loop behind `vitreous.classification.classify`: E-step, M-step, what is told of them."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import torch
from jaxtyping import Float, Float32

from vitreous._typing import NumpyArray
from vitreous.classification.crowd import crowded_start
from vitreous.classification.harmonics import harmonics
from vitreous.classification.likelihood import log_prior_of_references
from vitreous.classification.options import Options
from vitreous.classification.reseed import Reseeding, empty_classes, reseed
from vitreous.classification.search import origins_px
from vitreous.classification.setup import Setup, set_up
from vitreous.classification.stage import Stage, stage_of
from vitreous.classification.start import first_state
from vitreous.classification.state import Assignments, Iteration, State
from vitreous.classification.sweep import Found, sweep
from vitreous.classification.update import updated
from vitreous.particles import ParticleSet

__all__ = ["run", "score", "step"]


def run(
    particles: ParticleSet,
    options: Options,
    start: State | None,
    references: Float32[NumpyArray, "k box box"] | None,
) -> Iterator[Iteration]:
    """See `vitreous.classification.classify`."""
    setup = set_up(particles, options)
    state = start
    if state is None and (references is not None or options.exact or options.crowd == 1):
        state = first_state(setup, references)
    elif state is None:
        state = crowded_start(setup)
    while int(state.iteration) < options.iterations:
        iteration = step(setup, state)
        state = iteration.state
        yield iteration
        if iteration.changed < options.convergence and iteration.band == setup.grid.rings - 1 and not options.exact:
            return


def score(particles: ParticleSet, options: Options, state: State) -> tuple[Assignments, Float[NumpyArray, " n"]]:
    """See `vitreous.classification.assign`."""
    setup = set_up(particles, replace(options, classes=len(state.weights)))
    stage = stage_of(setup.grid, options, setup.outer_radius_px, int(state.band))
    _, found = sweep(setup, state, stage)
    return _assignments(setup, stage, found), found.log_likelihood


def step(setup: Setup, state: State) -> Iteration:
    """One iteration.

    Parameters
    ----------
    setup
        Of the run.
    state
        Before.

    Returns
    -------
    Iteration
        With the state after.
    """
    stage = stage_of(setup.grid, setup.options, setup.outer_radius_px, int(state.band))
    sums, found = sweep(setup, state, stage)
    assignments = _assignments(setup, stage, found)
    prior = log_prior_of_references(
        torch.from_numpy(state.references), torch.from_numpy(state.prior_power), torch.from_numpy(setup.grid.counts)
    )
    changed = float(np.mean(assignments.classes != state.classes))
    new = replace(updated(setup, state, stage, sums, changed), classes=assignments.classes)
    new, reseeded = _without_empty_classes(setup, new)
    likelihood = float(found.log_likelihood.sum())
    pixel = setup.pixel_size_angstrom
    return Iteration(
        number=int(new.iteration),
        references=setup.images(new.references),
        half_references=np.stack([setup.images(half) for half in new.half_references]),
        weights=new.weights,
        log_likelihood=likelihood,
        objective=likelihood + prior,
        noise_power=new.noise_power,
        shift_sigma_angstrom=float(new.shift_sigma_px) * pixel,
        changed=changed,
        retained=float(np.mean(found.retained)) if found.retained else 1.0,
        band=stage.rings - 1,
        resolution_angstrom=setup.grid.box * pixel / max(stage.rings - 1, 1),
        assignments=assignments,
        state=new,
        reseeded=reseeded,
    )


def _without_empty_classes(setup: Setup, state: State) -> tuple[State, tuple[Reseeding, ...]]:
    """An empty class takes half of the heaviest one, as long as the resolution still rises."""
    if setup.options.exact or int(state.band) >= setup.grid.rings - 1:
        return state, ()
    empty = empty_classes(state.weights, len(setup.particles))
    references, weights, done = reseed(state.references, state.half_references, state.weights, empty)
    return replace(state, references=references, weights=weights), done


def _assignments(setup: Setup, stage: Stage, found: Found) -> Assignments:
    """The best poses in RELION's convention: its ψ turns the other way, its origin moves the image back."""
    steps = harmonics(stage.angles, 0, setup.grid.angles, torch.zeros(1)).steps
    row, t = np.divmod(found.best, len(stage.shifts_px))
    angle = 2 * np.pi * steps[row] / stage.angles
    origins = origins_px(angle, stage.shifts_px[t]) * setup.pixel_size_angstrom
    if setup.particles.shift_angstrom is not None:
        origins = origins + setup.particles.shift_angstrom
    psi_deg = 180 - (180 + np.degrees(angle)) % 360
    sure = (found.max_probability, found.entropy, found.class_probability)
    return Assignments(found.classes, psi_deg, origins, *sure)
