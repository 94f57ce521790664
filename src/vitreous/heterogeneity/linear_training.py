"""The principal components as a training like the others: epochs, checkpoints, latents.

The first epoch is the pass that makes the consensus; every further one is a step of the EM algorithm.
"""

import time
from collections.abc import Iterator

import numpy as np
from jaxtyping import Float

from vitreous._errors import InputError
from vitreous._typing import NumpyArray, Path
from vitreous.heterogeneity.consensus import Consensus, half_numbers, reconstruct_consensus
from vitreous.heterogeneity.heterogeneous import Epoch
from vitreous.heterogeneity.latent_posterior import Latents
from vitreous.heterogeneity.observations import Observations
from vitreous.heterogeneity.principal_components import (
    Components,
    State,
    components_of,
    first_state,
    infer_latents,
    iterate,
    stages_of,
)
from vitreous.jobs import read_checkpoint, write_checkpoint

__all__ = ["LinearTraining"]

_CONSENSUS = ("mean", "halves", "fsc", "mask")
_STATE = ("components", "half_components", "fsc", "divergences")


class LinearTraining:
    """Principal components in progress.

    Parameters
    ----------
    observations
        n particles.
    latent
        q, how many components.
    epochs
        Passes over the particles, at least 2.
    mask
        Where the maps may differ, 0 … 1; None: around the particle.
    seed
        Of the start, and of the half sets where the file has none.

    Raises
    ------
    InputError
        If a number makes no training, or the mask is of another box.
    """

    def __init__(
        self,
        observations: Observations,
        latent: int,
        epochs: int = 20,
        mask: Float[NumpyArray, "z y x"] | None = None,
        seed: int = 0,
    ):
        if epochs < 2:
            raise InputError(f"epochs is {epochs}", advice="principal components take 2 or more: the mean is the first")
        if latent < 1:
            raise InputError(f"{latent} latent dimensions", advice="ask for 1 or more")
        self.observations, self.latent, self.seed = observations, latent, seed
        self.stages = stages_of(observations.box, epochs - 1)
        self.halves = half_numbers(observations, seed)
        self.finished = 0
        self._mask = mask
        self._consensus: Consensus | None = None
        self._state: State | None = None

    @property
    def consensus(self) -> Consensus:
        """The map that all particles share; found in the first epoch."""
        if self._consensus is None:
            self._consensus = reconstruct_consensus(self.observations, self.halves, self._mask)
        return self._consensus

    @property
    def state(self) -> State:
        """Where the EM algorithm stands."""
        if self._state is None:
            self._state = first_state(self.consensus, self.latent, self.stages[0], self.seed)
        return self._state

    @property
    def model(self) -> Components:
        """As it stands."""
        return components_of(self.observations, self.consensus, self.state, self.shells)

    @property
    def shells(self) -> int:
        """As far as the last iteration looked."""
        done = np.cumsum([stage.iterations for stage in self.stages])
        return self.stages[int(np.searchsorted(done, max(self.state.iteration, 1)))].shells

    def epochs(self) -> Iterator[Epoch]:
        """Train on, an epoch at a time, until the last.

        Yields
        ------
        Epoch
            ln p(y) is that before the epoch's step, over that of the mean map.
        """
        if self.finished == 0:
            start = time.perf_counter()
            self.consensus  # noqa: B018  made now
            self.finished = 1
            yield self._epoch(0.0, np.zeros(self.latent), 0.5, start)
        start = time.perf_counter()
        for state in iterate(self.observations, self.consensus, self.halves, self.state, self.stages):
            self._state, self.finished = state, state.iteration + 1
            yield self._epoch(state.log_likelihood, state.divergences, self.shells / self.observations.box, start)
            start = time.perf_counter()

    def infer(self, observations: Observations | None = None) -> Latents:
        """The latents of the particles, or of others of the same box, in their order; nothing is learned from them.

        Parameters
        ----------
        observations
            Others, such as a half set that was held out; None: those that are trained on.

        Returns
        -------
        Latents
            With the log-likelihood of each.
        """
        return infer_latents(observations or self.observations, self.model)

    def save(self, path: Path) -> None:
        """Write all that going on needs.

        Raises
        ------
        OSError
            If the disk is full or the folder cannot be written to.
        """
        arrays = {f"consensus.{name}": getattr(self.consensus, name) for name in _CONSENSUS}
        arrays |= {f"state.{name}": getattr(self.state, name) for name in _STATE}
        known = {"iteration": self.state.iteration, "log_likelihood": repr(self.state.log_likelihood)}
        write_checkpoint(path, arrays, {"kind": "pca training", "finished": self.finished, **known})

    def restore(self, path: Path) -> None:
        """Go on from what `save` wrote: the end is the same, bit for bit.

        Raises
        ------
        InputError
            If the file is damaged, or that of another training.
        """
        arrays, state = read_checkpoint(path)
        found = arrays.get("state.components", np.zeros(0))
        if state.get("kind") != "pca training" or len(found) != self.latent:
            raise InputError(f"no training of {self.latent} principal components", file=path)
        self._consensus = Consensus(**{name: arrays[f"consensus.{name}"] for name in _CONSENSUS})
        components, halves, curve, divergences = (arrays[f"state.{name}"] for name in _STATE)
        gain = float(state["log_likelihood"])
        self._state = State(state["iteration"], components, halves, curve, gain, divergences)
        self.finished = state["finished"]

    def _epoch(self, gain: float, divergences: NumpyArray, cutoff: float, start: float) -> Epoch:
        return Epoch(
            number=self.finished,
            log_likelihood=gain + float(divergences.sum()),
            divergence=float(divergences.sum()),
            per_dimension=divergences,
            cutoff_cycles=cutoff,
            seconds=time.perf_counter() - start,
            particles=len(self.observations),
            batch=len(self.observations),
        )
