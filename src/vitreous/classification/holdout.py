"""How well a model foretells images that it has not seen: the one number in which more classes are not always better.

The likelihood of the images that a model was fitted to can only grow with what the model may vary. Of images held out
it grows while the model learns what is true of all of them, and falls where it learns the noise of those it saw or says
something wrong of how images come about.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float32

from vitreous._typing import NumpyArray
from vitreous.classification.em import assign, classify
from vitreous.classification.options import Options
from vitreous.particles import ParticleSet

__all__ = ["HeldOut", "difference", "held_out", "split_off"]


@dataclass(frozen=True, eq=False)
class HeldOut:
    """The log-likelihood of images that had no part in the classes.

    Parameters
    ----------
    log_likelihood
        (m,) nats of each image held out.
    """

    log_likelihood: Float[NumpyArray, " m"]

    @property
    def mean(self) -> float:
        """Nats a particle."""
        return float(self.log_likelihood.mean())


def split_off(particles: ParticleSet, share: float, seed: int) -> tuple[ParticleSet, ParticleSet]:
    """Hold out a random share of the particles.

    Parameters
    ----------
    particles
        n of them.
    share
        To be held out, between 0 and 1.
    seed
        Of the choice.

    Returns
    -------
    seen, unseen
        In the order of the set; at least one in each.

    Raises
    ------
    ValueError
        If the share leaves one of the two empty.
    """
    count = round(share * len(particles))
    if not 0 < count < len(particles):
        raise ValueError(f"a share of {share} of {len(particles)} particles leaves none on one side")
    out = np.zeros(len(particles), bool)
    out[np.random.default_rng(seed).permutation(len(particles))[:count]] = True
    return particles[~out], particles[out]


def held_out(
    seen: ParticleSet,
    unseen: ParticleSet,
    options: Options,
    *,
    references: Float32[NumpyArray, "k box box"] | None = None,
) -> HeldOut:
    """Fit classes to some particles, and take the log-likelihood of others under them, pose and class marginalised.

    Parameters
    ----------
    seen, unseen
        As `split_off` makes them.
    options
        Of the fit.
    references
        To start from; as the options say where not given.

    Returns
    -------
    HeldOut
        Of the unseen particles. Likelihoods of different options compare as long as the images are the same, since all
        are densities over the same numbers.
    """
    *_, last = classify(seen, options, references=references)
    return HeldOut(assign(unseen, options, last.state)[1])


def difference(model: HeldOut, other: HeldOut) -> tuple[float, float]:
    """How much better one model foretells the same images than another, in nats a particle.

    Parameters
    ----------
    model, other
        Of the same particles.

    Returns
    -------
    mean, standard_error
        Of the differences particle by particle: what the particles share, such as their noise, cancels.
    """
    apart = model.log_likelihood - other.log_likelihood
    return float(apart.mean()), float(apart.std(ddof=1) / np.sqrt(len(apart)))
