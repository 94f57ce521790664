"""Expectation-maximization of class averages, iteration by iteration."""

from collections.abc import Iterator

from jaxtyping import Float, Float32

from vitreous._typing import NumpyArray
from vitreous.classification.options import Options
from vitreous.classification.state import Assignments, Iteration, State
from vitreous.particles import ParticleSet

__all__ = ["assign", "classify"]


def classify(
    particles: ParticleSet,
    options: Options,
    *,
    start: State | None = None,
    references: Float32[NumpyArray, "k box box"] | None = None,
) -> Iterator[Iteration]:
    """Classify particle images in two dimensions, one iteration at each step of the iterator.

    Parameters
    ----------
    particles
        With images of one box and pixel size.
    options
        Of the run.
    start
        A state of an earlier run with the same particles and options: what follows is bit-identical to that run, had it
        gone on.
    references
        Images to start from, in the contrast of the classes (protein white), origin at pixel box // 2; random averages
        where not given.

    Yields
    ------
    Iteration
        At most ``options.iterations`` in all, those of ``start`` counted in; fewer where fewer than
        ``options.convergence`` of the particles change class.

    Raises
    ------
    InputError
        If particles, images and options do not go together.

    References
    ----------
    Sigworth, J. Struct. Biol. 122, 328 (1998); Scheres et al., J. Mol. Biol. 348, 139 (2005); Scheres, J. Mol. Biol.
    415, 406 (2012).
    """
    from vitreous.classification.run import run  # here, because PyTorch takes seconds to import

    yield from run(particles, options, start, references)


def assign(particles: ParticleSet, options: Options, state: State) -> tuple[Assignments, Float[NumpyArray, " n"]]:
    """The poses of particles under given references, and how likely each image is.

    Parameters
    ----------
    particles
        Any, also some that the references have not seen; their optics groups are those of the run, in order.
    options
        Of the run.
    state
        Its references, noise and weights.

    Returns
    -------
    assignments
        Of the particles.
    log_likelihood
        (n,) of each image, in nats.
    """
    from vitreous.classification.run import score

    return score(particles, options, state)
