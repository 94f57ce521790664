"""The two half sets refined apart from each other, from a start in which neither knows any detail."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from jaxtyping import Float

from vitreous._typing import NumpyArray
from vitreous.classification.em import classify
from vitreous.classification.options import Options
from vitreous.classification.state import State
from vitreous.classification.validation import SHARED_SHELLS
from vitreous.particles import ParticleSet, split_halves

__all__ = ["refine_apart", "without_detail"]

_ITERATIONS = 6


def refine_apart(
    particles: ParticleSet, options: Options, state: State, *, iterations: int = _ITERATIONS
) -> Iterator[Float[NumpyArray, "k rings angles"]]:
    """Refine each half set by itself from the classes of a run cut at `validation.SHARED_SHELLS`.

    Both halves start from one set of references, so that class k of one is class k of the other, but from nothing that
    could agree beyond those rings: what does in the end came from the images. The search goes straight to the band that
    the run had reached.

    Parameters
    ----------
    particles, options
        Of the run; the half sets are those of the file, else those of the same seeded split as the run's.
    state
        After its last iteration.
    iterations
        Of each half.

    Yields
    ------
    NumPy array (K, rings, angles)
        The class averages of the first half on the polar grid, then those of the second, for `validation.ring_curves`:
        before they were cut to the mask, which would mix their rings.

    Raises
    ------
    InputError
        If a half has fewer particles than there are classes.
    """
    own = replace(options, iterations=iterations, convergence=0.0, exact=False, batch="full")
    for half in split_halves(particles, options.seed):
        *_, last = classify(replace(half, random_subset=None), own, start=without_detail(state, len(half)))
        yield last.state.half_references.mean(axis=0)


def without_detail(state: State, particles: int) -> State:
    """A state to begin anew from, whose references hold nothing beyond the shared shells.

    Parameters
    ----------
    state
        Of a run.
    particles
        How many the new run has.

    Returns
    -------
    State
        Before its first iteration, with the weights, the noise and the band of the old one.
    """
    references = state.references.copy()
    references[:, SHARED_SHELLS + 1 :] = 0
    return replace(
        state,
        references=references,
        half_references=np.stack([references, references]),
        iteration=np.asarray(0),
        classes=np.full(particles, -1, np.int64),
        statistics={},
    )
