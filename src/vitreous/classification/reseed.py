"""What is done about classes that lost their particles: stated, never hidden.

An empty class takes half of the heaviest one: the two go on from its two half-set averages, which differ by noise and,
where the class holds two views, by more. Two classes of one view are not merged: they are reported
(`vitreous.classification.similar_classes`), and whoever looks at them decides.
The functions take references of any form (images, rings), as long as classes come first.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from vitreous._typing import NumpyArray

__all__ = ["Reseeding", "empty_classes", "reseed"]


@dataclass(frozen=True)
class Reseeding:
    """One class that began anew.

    Parameters
    ----------
    filled
        The class that was empty.
    split
        The class whose particles it shares now.
    share
        Of the particles that the empty class had held.
    """

    filled: int
    split: int
    share: float


def empty_classes(weights: Float[NumpyArray, " k"], particles: int, *, fewest: float = 1.0) -> Bool[NumpyArray, " k"]:
    """Which classes hold next to nothing: less than one particle, and less than a twentieth of an even share.

    Parameters
    ----------
    weights
        (K,): the share of each class.
    particles
        How many there are.
    fewest
        Particles that a class has to hold.

    Returns
    -------
    NumPy array (K,) of bool
        The heaviest class is never empty.
    """
    empty = (weights * particles < fewest) | (weights < 0.05 / len(weights))
    empty[np.argmax(weights)] = False
    return empty


def reseed(
    references: Float[NumpyArray, "k *shape"],
    half_references: Float[NumpyArray, "2 k *shape"],
    weights: Float[NumpyArray, " k"],
    empty: Bool[NumpyArray, " k"],
) -> tuple[Float[NumpyArray, "k *shape"], Float[NumpyArray, " k"], tuple[Reseeding, ...]]:
    """Fill empty classes, each by splitting the class that is then the heaviest.

    Parameters
    ----------
    references
        (K, …).
    half_references
        (2, K, …): the averages of the half sets.
    weights
        (K,), Σ = 1.
    empty
        (K,): which to fill.

    Returns
    -------
    references, weights
        New arrays.
    reseedings
        What was done, in order.
    """
    references, weights, done = references.copy(), weights.copy(), []
    for filled in np.flatnonzero(empty):
        split = int(np.argmax(weights))
        done.append(Reseeding(int(filled), split, float(weights[filled])))
        # half the difference of the halves, to either side: their sum stays what it was
        apart = (half_references[0, split] - half_references[1, split]) / 2
        references[filled], references[split] = references[split] - apart, references[split] + apart
        weights[filled] = weights[split] = (weights[filled] + weights[split]) / 2
    return references, weights, tuple(done)
