"""A start from a crowd: more classes than are asked for, at low resolution, of which the best together are kept.

Expectation-maximization from random averages of few classes soon has two views in one class and a class with nothing: a
local maximum that it does not leave. Among several times as many classes each view is found by one of them, and at low
resolution they cost little. From the crowd the classes are chosen one after the other, each the one that together with
those already chosen makes the images most likely, Σ_i ln Σ_{k chosen} p(y_i | k).
"""

from dataclasses import replace

import numpy as np
import torch
from jaxtyping import Float

from vitreous._typing import NumpyArray
from vitreous.classification.expectation import log_joint
from vitreous.classification.setup import Setup, set_up
from vitreous.classification.stage import stage_of
from vitreous.classification.start import FIRST_RING, first_state
from vitreous.classification.state import State
from vitreous.classification.sweep import Found, model_for, sweep
from vitreous.classification.update import updated

__all__ = ["choose_classes", "class_evidence", "crowded_start"]

_STEPS = ((FIRST_RING, 15), (FIRST_RING + 3, 10))
"""Highest ring, and at most so many iterations with it."""
_SETTLED = 0.005
"""Fewer than this share changing class ends a step."""
_FURTHER = (FIRST_RING + 5, 6)
"""The same for the classes that were chosen, where there is doubt."""
_DRAWS, _IN_DOUBT = 4, 0.5
"""So many crowds where the mean probability of the best poses is less than a half; else one."""
_MOST_CLASSES = 16
_LEAST_IMAGES, _IMAGES_OF_A_CLASS = 2000, 60
"""At low resolution an average of so many images says what it is going to say: a larger set lends a share of itself."""
_LEAST_WEIGHT = 0.05
"""Of an even share: classes below it are dropped on the way."""
_ELEMENTS = 2**20


def crowded_start(setup: Setup) -> State:
    """The state after some iterations with a crowd of classes at low resolution, cut to the number of classes.

    Where poses stay in doubt a crowd finds one local maximum of several: it is drawn again, and of the draws, each
    refined a little further with the classes that were asked for, the most likely one is kept.

    Parameters
    ----------
    setup
        Of the run: ``options.crowd`` times the classes, at most 16 or as many as are asked for.

    Returns
    -------
    State
        At iteration 0.
    """
    wanted, n = setup.options.classes, len(setup.particles)
    many = max(wanted, min(setup.options.crowd * wanted, _MOST_CLASSES, n)) if wanted > 1 else 1
    some = _on_some(setup, many)
    likeliest = -np.inf
    for draw in range(_DRAWS):
        crowd = replace(some, options=replace(some.options, seed=setup.options.seed + draw))
        state, found = _cut(crowd, wanted)
        doubt = 1 - float(found.max_probability.mean())
        if draw == 0 and (wanted == 1 or doubt < _IN_DOUBT):
            best = state
            break
        asked = replace(crowd, options=replace(crowd.options, classes=wanted))
        # all draws go as far, so that their likelihoods can be compared
        _, state, found = _refined(asked, state, *_FURTHER, wanted, 0.0)
        likelihood = float(found.log_likelihood.sum())
        if likelihood > likeliest:
            best, likeliest = state, likelihood
    noise = _of_every_group(some, best.noise_power)
    return replace(best, iteration=np.asarray(0), classes=np.full(n, -1, np.int64), noise_power=noise)


def _cut(crowd: Setup, wanted: int) -> tuple[State, Found]:
    """A crowd refined at low resolution, and the classes chosen from it; what its last E-step found."""
    state = first_state(crowd)
    for ring, iterations in _STEPS:
        crowd, state, found = _refined(crowd, state, ring, iterations, wanted, _SETTLED)
    if len(state.weights) > wanted:
        state = _taken(state, np.array(choose_classes(class_evidence(crowd, state), wanted)))
    return state, found


def _refined(
    crowd: Setup, state: State, ring: int, iterations: int, wanted: int, settled: float
) -> tuple[Setup, State, Found]:
    """Iterations with a fixed highest ring until fewer than a share change class; what the last E-step found."""
    for _ in range(iterations):
        state = replace(state, band=np.asarray(min(ring, crowd.grid.rings - 1)))
        stage = stage_of(crowd.grid, crowd.options, crowd.outer_radius_px, int(state.band))
        sums, found = sweep(crowd, state, stage)
        changed = float(np.mean(found.classes != state.classes))
        doubt = 1 - float(found.max_probability.mean())
        state = replace(updated(crowd, state, stage, sums, changed, doubt), classes=found.classes)
        crowd, state = _without_empty(crowd, state, wanted)
        if changed < settled:
            break
    return crowd, state, found


def _on_some(setup: Setup, many: int) -> Setup:
    """The same run for so many classes and, where the set is large, a random share of its particles."""
    options, n = replace(setup.options, classes=many), len(setup.particles)
    count = max(_LEAST_IMAGES, _IMAGES_OF_A_CLASS * many)
    if n <= count:
        return replace(setup, options=options)
    rows = np.random.default_rng(options.seed).choice(n, count, replace=False)
    return set_up(setup.particles[np.sort(rows)], options)


def _of_every_group(crowd: Setup, noise_power: NumpyArray) -> NumpyArray:
    """The noise, of groups that have no particle in the crowd the mean of that of the others."""
    seen = np.unique(crowd.particles.optics_index)
    complete = np.broadcast_to(noise_power[seen].mean(axis=0), noise_power.shape).copy()
    complete[seen] = noise_power[seen]
    return complete


def _without_empty(crowd: Setup, state: State, wanted: int) -> tuple[Setup, State]:
    """Drop classes that hold next to nothing, as long as enough are left."""
    many = len(state.weights)
    order = np.argsort(-state.weights, kind="stable")
    full = state.weights[order] > _LEAST_WEIGHT / many
    kept = np.sort(order[: max(wanted, int(full.sum()))])
    if len(kept) == many:
        return crowd, state
    new_number = np.full(many, -1)
    new_number[kept] = np.arange(len(kept))
    state = replace(_taken(state, kept, even=False), classes=new_number[state.classes])
    return replace(crowd, options=replace(crowd.options, classes=len(kept))), state


def _taken(state: State, kept: NumpyArray, *, even: bool = True) -> State:
    weights = np.full(len(kept), 1 / len(kept)) if even else state.weights[kept] / state.weights[kept].sum()
    return replace(
        state,
        references=state.references[kept],
        half_references=state.half_references[:, kept],
        prior_power=state.prior_power[kept],
        weights=weights,
    )


def class_evidence(setup: Setup, state: State) -> Float[NumpyArray, "n k"]:
    """Ln p(y_i | k) of every image and class, all angles and shifts together, up to a constant of the image.

    Parameters
    ----------
    setup
        Of as many classes as the state has.
    state
        The model; its weights are taken to be even.

    Returns
    -------
    NumPy array (n, K)
    """
    classes = len(state.weights)
    even = replace(state, weights=np.full(classes, 1 / classes))
    stage = stage_of(setup.grid, setup.options, setup.outer_radius_px, int(state.band))
    evidence = np.empty((len(setup.particles), classes))
    model, group = None, -1
    for block in setup.blocks():
        if model is None or group != block.group:
            model, group = model_for(setup, even, stage, block.group), block.group
        size = max(1, _ELEMENTS // (stage.angles * classes * len(stage.shifts_px)))
        for first in range(0, len(block), size):
            joint = log_joint(model, block, slice(first, first + size))
            by_class = joint.view(len(joint), classes, -1, joint.shape[-1]).transpose(1, 2).flatten(0, 1)
            evidence[block.rows[first : first + size]] = torch.logsumexp(by_class, dim=0).T.cpu().numpy()
    return evidence


def choose_classes(evidence: Float[NumpyArray, "n k"], count: int) -> list[int]:
    """Classes that together explain the images: each next one raises Σ_i ln Σ_{k chosen} p(y_i | k) most.

    Parameters
    ----------
    evidence
        ln p(y_i | k).
    count
        How many are chosen, at most K.

    Returns
    -------
    list of int
        In the order of the choice.
    """
    chosen: list[int] = []
    together = np.full(len(evidence), -np.inf)
    for _ in range(count):
        gains = np.logaddexp(together[:, None], evidence).sum(axis=0)
        gains[chosen] = -np.inf
        chosen.append(int(np.argmax(gains)))
        together = np.logaddexp(together, evidence[:, chosen[-1]])
    return chosen
