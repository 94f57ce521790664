"""How pure the classes are by their own account: the mean posterior probability of the class that each particle got."""

import numpy as np
from jaxtyping import Float, Int

from vitreous._typing import NumpyArray

__all__ = ["class_purity"]


def class_purity(
    classes: Int[NumpyArray, " n"], class_probability: Float[NumpyArray, " n"], count: int
) -> Float[NumpyArray, " k"]:
    """The share of a class's particles that belong to it, as the posterior expects, ⟨Σ_ψt γ_i(k, ψ, t)⟩_{i in k}.

    Where the model holds, it is calibrated: of all particles that were given to their class with probability 0.7,
    seven in ten belong to it.

    Parameters
    ----------
    classes
        (n,) from 0: the class that each particle was given to.
    class_probability
        (n,): the posterior probability of that class, summed over all poses.
    count
        K, how many classes there are.

    Returns
    -------
    NumPy array (K,)
        0 … 1; NaN for a class without particles.

    Raises
    ------
    ValueError
        If a class is outside 0 … K − 1.
    """
    if len(classes) and not 0 <= classes.min() <= classes.max() < count:
        raise ValueError(
            f"classes from {classes.min()} to {classes.max()}: {count} classes have the numbers below that"
        )
    members = np.bincount(classes, minlength=count)
    total = np.bincount(classes, class_probability, minlength=count)
    return np.where(members > 0, total / np.maximum(members, 1), np.nan)
