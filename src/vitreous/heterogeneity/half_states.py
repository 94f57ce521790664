"""Whether a state is there in both half sets: two trainings that share nothing, asked for the map of some particles.

Each was trained on one half set. The state is a group of particles, such as a cluster: each training finds the latents
of all of them for itself, and makes its map at their mean. The two latent spaces need not be alike, only the maps.
"""

from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float, Float32

from vitreous._typing import NumpyArray
from vitreous.heterogeneity.latent_posterior import Latents
from vitreous.heterogeneity.observations import Observations
from vitreous.reconstruction import Resolution, half_map_fsc

__all__ = ["Inferring", "compare_states", "state_map"]


@runtime_checkable
class Inferring(Protocol):
    """A training of any method (`vitreous.heterogeneity.heterogeneous.Training`)."""

    def infer(self, observations: Observations | None = None) -> Latents:
        """The latents of particles, from which nothing is learned.

        Parameters
        ----------
        observations
            The particles.

        Returns
        -------
        Latents
            In their order.
        """
        ...


def state_map(training: Inferring, observations: Observations) -> Float32[NumpyArray, "n n n"]:
    """The map of a state as a training sees it: that at the mean latent of the state's particles.

    Parameters
    ----------
    training
        Its model makes maps of latents (``training.model.maps_at``).
    observations
        The particles of the state.

    Returns
    -------
    NumPy array (n, n, n) float32
        The map.
    """
    mean = training.infer(observations).mean.mean(axis=0, dtype=np.float64)
    found: NumpyArray = training.model.maps_at(mean[None].astype(np.float32))[0]  # type: ignore[attr-defined]
    return found


def compare_states(
    trainings: tuple[Inferring, Inferring],
    observations: Observations,
    mask: Float[NumpyArray, "n n n"] | None = None,
) -> Resolution:
    """The FSC between the maps of one state that the trainings on the two half sets make.

    Parameters
    ----------
    trainings
        Of the two half sets.
    observations
        The particles of the state, of both half sets.
    mask
        0 … 1; None for none.

    Returns
    -------
    Resolution
        With the curves, corrected for the mask.
    """
    one, two = (state_map(training, observations) for training in trainings)
    return half_map_fsc(one, two, mask, pixel_size_angstrom=observations.pixel_size_angstrom)
