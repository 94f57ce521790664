"""The loop behind `vitreous.classification.classify`: E-step, M-step, what is told of them."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import torch
from jaxtyping import Float, Float32

from vitreous._typing import NumpyArray
from vitreous.classification.crowd import crowded_start
from vitreous.classification.likelihood import log_prior_of_references
from vitreous.classification.online import in_batches, is_online, online_pass, online_start
from vitreous.classification.options import Options
from vitreous.classification.poses import assignments_of
from vitreous.classification.reseed import Reseeding, empty_classes, reseed
from vitreous.classification.setup import Setup, set_up
from vitreous.classification.stage import stage_of
from vitreous.classification.start import first_state
from vitreous.classification.state import Assignments, Iteration, State
from vitreous.classification.sweep import sweep
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
    setup, state = set_up(particles, options), start
    if options.batch == "online":
        setup = in_batches(setup)
    if state is None and (references is not None or options.exact or options.crowd == 1):
        state = first_state(setup, references)
    elif state is None:
        state = online_start(setup) if options.batch == "online" else crowded_start(setup)
    while int(state.iteration) < options.iterations:
        iteration = step(setup, state)
        state = iteration.state
        yield iteration
        settled = iteration.changed < options.convergence and iteration.band == setup.grid.rings - 1
        if settled and not options.exact and not iteration.online:
            return


def score(particles: ParticleSet, options: Options, state: State) -> tuple[Assignments, Float[NumpyArray, " n"]]:
    """See `vitreous.classification.assign`."""
    setup = set_up(particles, replace(options, classes=len(state.weights)))
    stage = stage_of(setup.grid, options, setup.outer_radius_px, int(state.band))
    _, found = sweep(setup, state, stage)
    return assignments_of(setup, stage, found), found.log_likelihood


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
    online, prior = is_online(setup, state), _log_prior(setup, state)
    new, assignments, log_likelihood, retained = (online_pass if online else _full_pass)(setup, state)
    changed = float(np.mean(assignments.classes != state.classes))
    new, reseeded = _without_empty_classes(setup, new)
    likelihood = float(log_likelihood.sum())
    pixel, band = setup.pixel_size_angstrom, min(int(state.band), setup.grid.rings - 1)
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
        retained=float(np.mean(retained)) if retained else 1.0,
        band=band,
        resolution_angstrom=setup.grid.box * pixel / max(band, 1),
        assignments=assignments,
        state=new,
        reseeded=reseeded,
        online=online,
    )


def _full_pass(setup: Setup, state: State) -> tuple[State, Assignments, Float[NumpyArray, " n"], list[float]]:
    """All images under the same references: the state after, and what was found, as `online_pass` tells it."""
    stage = stage_of(setup.grid, setup.options, setup.outer_radius_px, int(state.band))
    sums, found = sweep(setup, state, stage)
    assignments = assignments_of(setup, stage, found)
    changed = float(np.mean(assignments.classes != state.classes))
    doubt = 1 - float(assignments.max_probability.mean())
    new = replace(updated(setup, state, stage, sums, changed, doubt), classes=assignments.classes)
    return new, assignments, found.log_likelihood, found.retained


def _log_prior(setup: Setup, state: State) -> float:
    return log_prior_of_references(
        torch.from_numpy(state.references), torch.from_numpy(state.prior_power), torch.from_numpy(setup.grid.counts)
    )


def _without_empty_classes(setup: Setup, state: State) -> tuple[State, tuple[Reseeding, ...]]:
    """An empty class takes half of the heaviest one, as long as the resolution still rises."""
    if setup.options.exact or int(state.band) >= setup.grid.rings - 1:
        return state, ()
    empty = empty_classes(state.weights, len(setup.particles))
    references, weights, done = reseed(state.references, state.half_references, state.weights, empty)
    return replace(state, references=references, weights=weights), done
