"""Learned maps with coefficients that are a function of the latent, trained on the evidence lower bound.

Each epoch visits every image once. Its slices through the mean and the maps leave two small arrays
(`vitreous.heterogeneity.latent_search`); from them come the posterior of its latent, a step of Adam for the network of
the coefficients, and the moments with which it enters the maps. At the end the maps are set to where the bound is
highest for these moments (`vitreous.heterogeneity.learned_maps`), and the coordinates are turned so that the latents
have mean 0 and covariance 1, those first that move the maps most. Images that a map was made of are in it with their
noise: the errors of the maps are added to their Gram matrices, so that dimensions of noise die out.

The first epoch makes the map that all particles share. Low frequencies come first, and only the half plane within them
is looked at. A training is replaced by the next epoch's as a whole: what fails leaves the last good one.
"""

import time
from collections.abc import Iterator
from dataclasses import asdict, replace

import numpy as np
import torch
from jaxtyping import Float, Float32

from vitreous._errors import InputError
from vitreous._typing import NumpyArray, Path
from vitreous.heterogeneity.ball import PADDING, add_conjugates, maps_to_ball
from vitreous.heterogeneity.basis_decoder import BasisDecoder
from vitreous.heterogeneity.basis_sums import Sums, View, evidence_of, explain, learn
from vitreous.heterogeneity.coefficients import Coefficients
from vitreous.heterogeneity.consensus import half_numbers, reconstruct_consensus
from vitreous.heterogeneity.heterogeneous import Epoch, HeterogeneousOptions, Training
from vitreous.heterogeneity.latent_posterior import Latents, compare
from vitreous.heterogeneity.latent_search import find_posterior, log_evidence
from vitreous.heterogeneity.learned_maps import LearnedMaps, coarse_box, maximise, resized, start_maps, turned
from vitreous.heterogeneity.memory import visit_in_parts
from vitreous.heterogeneity.observations import Block, Observations
from vitreous.jobs import read_checkpoint, write_checkpoint

__all__ = ["BasisTraining"]

_FIRST_SHELLS = 12
_BATCH = 256
_LAST_SEARCH = 8
_DRAWS = 64
_LEAST_WIDTH = 1e-3


class BasisTraining(Training):
    """A training in progress: see `vitreous.heterogeneity.heterogeneous.Training`.

    Parameters
    ----------
    observations
        n particles.
    options
        How to train.
    mask
        Where the maps may differ, in the box of the images; None: around the particle.
    """

    def __init__(
        self, observations: Observations, options: HeterogeneousOptions, mask: Float32[NumpyArray, "n n n"] | None
    ):
        self.observations, self.options, self.finished = observations, options, 0
        self._network = Coefficients(options.latent, options.maps or options.latent, seed=options.seed)
        weights = list(self._network.parameters())
        self._optimiser = torch.optim.Adam(weights, options.learning_rate) if weights else None
        # where none is given, around the particle that the first epoch finds
        self._asked_mask = mask
        self._mask = np.ones((observations.box,) * 3, np.float32) if mask is None else mask
        self._maps: LearnedMaps | None = None
        self._latents = np.zeros((len(observations), options.latent), np.float32)
        self._widths = np.ones(options.latent)
        self._batch = options.batch or _BATCH

    @property
    def model(self) -> BasisDecoder:
        """The decoder as it stands."""
        maps = resized(self._learned.maps, self.observations.box)
        network = Coefficients(self._network.latent, self._network.count)
        network.load_state_dict(self._network.state_dict())
        return BasisDecoder(maps[0], maps[1:], network, self._widths, self.observations.pixel_size_angstrom)

    @property
    def _learned(self) -> LearnedMaps:
        if self._maps is None:
            raise ValueError("there is no model before the first epoch: train, or restore a checkpoint")
        return self._maps

    def epochs(self) -> Iterator[Epoch]:
        """Train on, an epoch at a time, until the last.

        Yields
        ------
        Epoch
            What it came to.

        Raises
        ------
        FloatingPointError
            If the bound is not finite; the training is then as after the last epoch.
        """
        while self.finished < self.options.epochs:
            started, shells = time.perf_counter(), self._shells(self.finished)
            terms = self._epoch(shells) if self._maps is not None else self._consensus()
            self.finished += 1
            seconds, box = time.perf_counter() - started, self.observations.box
            shown = (float(terms[0]), float(terms[1]), terms[2:], shells / box)
            yield Epoch(self.finished, *shown, seconds, len(self.observations), self._batch)

    def _shells(self, finished: int) -> int:
        """How many shells the epoch after so many looks at."""
        last = round(float(np.hypot(*self.observations.disc.frequencies[-1])) * self.observations.box + 0.5)
        first = min(_FIRST_SHELLS, last)
        march = self.options.marching_epochs
        march = self.options.epochs * 2 // 3 if march is None else march
        share = min(1.0, max(finished - 1, 0) / max(march, 1))
        # few at first, for long: there the maps differ most, and an epoch costs least
        return round(first + (last - first) * share**2)

    def _consensus(self) -> NumpyArray:
        """What all particles share, and noise for the maps: the terms are those of a model without latents."""
        subset = self.observations.particles.random_subset
        if subset is not None and len(np.unique(subset)) == 1:
            # half of a set: its mask comes from halves of its own
            halves = np.random.default_rng(self.options.seed).permutation(np.arange(len(subset)) % 2)
        else:
            halves = half_numbers(self.observations, self.options.seed)
        shared = reconstruct_consensus(self.observations, halves, self._asked_mask)
        self._mask = shared.mask
        self._maps = start_maps(shared.mean, shared.mask, self._network.count, self._shells(1), self.options.seed)
        return np.zeros(2 + self.options.latent)

    def _view(self, shells: int) -> View:
        """What images are compared with, up to a shell."""
        learned, box, disc = self._learned, self.observations.box, self.observations.disc
        coarse = coarse_box(box, shells)
        ball = maps_to_ball(resized(learned.maps, coarse), PADDING * shells, (box / coarse) ** 3)
        count = disc.within(shells / box)
        # a shell that was not looked at yet is as unknown as the prior says
        errors = np.concatenate([learned.errors, learned.powers[:, -1:]], axis=1)
        at = np.minimum(disc.shells[:count], errors.shape[1] - 1)
        return View(ball, disc.frequencies[:count] * np.float32(box), errors[1:, at].astype(np.float32))

    def _epoch(self, shells: int) -> NumpyArray:
        """Visit all images, then set the maps: the means of the terms."""
        options, count = self.options, len(self.observations)
        view, latents, before = self._view(shells), np.empty_like(self._latents), self._network_state()
        sums = Sums.empty(PADDING * shells, options.latent, self._network.count)

        def visit(block: Block) -> None:
            start = self._latents[block.rows] if options.method == "autodecoder" else None
            seen = explain(block, view, self._network, start, beta=self._beta())
            if not bool(seen.terms.isfinite().all()):
                raise FloatingPointError(_not_finite(self.finished + 1, block))
            if self._optimiser is not None and self.finished > 1:
                learn(seen, self._network, self._optimiser)
            latents[block.rows] = seen.posterior.mean.numpy()
            sums.add(seen, view, self._network)

        # the network learns from images in any order, but a disk is read in its own
        rng = np.random.default_rng([options.seed, self.finished])
        order = rng.permutation(count) if self.observations.in_memory else None
        try:
            for block in self.observations.blocks(self._batch, order):
                self._batch = visit_in_parts(visit, block, self._batch)
        except FloatingPointError:
            self._restore_network(before)
            raise
        add_conjugates(sums.total, self._network.count + 1)
        learned = maximise(sums.total, self._learned.powers, self._mask, self.observations.box)
        self._settle(learned, sums, latents)
        return sums.terms / count

    def _beta(self) -> float:
        ramp = self.finished / self.options.warm_up_epochs if self.options.warm_up_epochs else 1.0
        return self.options.beta * max(0.1, min(1.0, ramp))

    def _settle(self, learned: LearnedMaps, sums: Sums, latents: NumpyArray) -> None:
        """Turn the coordinates so that the latents have mean 0 and covariance 1, the widest first."""
        mean, spread, stretch = sums.averages(len(latents))
        values, axes = np.linalg.eigh(spread)
        root = (axes * np.sqrt(values)) @ axes.T
        widths, turns = np.linalg.eigh(root @ stretch @ root)
        turn = root @ turns[:, ::-1]
        self._widths = np.maximum(np.sqrt(np.maximum(widths[::-1], 0) / widths[-1]), _LEAST_WIDTH)
        self._network.substitute(torch.from_numpy(mean), torch.from_numpy(turn.copy()))
        self._latents = ((latents - mean) @ np.linalg.inv(turn).T).astype(np.float32)
        self._maps = turned(learned, mean, turn, box=self.observations.box)

    def infer(self, observations: Observations | None = None) -> Latents:
        """The latents of the particles, or of others, in their order; nothing is learned from them.

        Parameters
        ----------
        observations
            Others, of the same box and pixel size; None: those of the training.

        Returns
        -------
        Latents
            With ln p(y) above that of the mean map, by importance weights: a lower bound.
        """
        observations = observations or self.observations
        view, parts = self._view(self._shells(self.finished)), []
        generator = torch.Generator().manual_seed(self.options.seed)

        def visit(block: Block) -> None:
            evidence = evidence_of(compare(block, view.ball, view.frequencies), view.errors)
            start = torch.zeros(len(block.rows), self.options.latent)
            if self.options.method == "autodecoder" and observations is self.observations:
                start = torch.from_numpy(self._latents[block.rows])
            found = find_posterior(evidence, self._network, start, steps=_LAST_SEARCH)
            gain = log_evidence(evidence, self._network, found, _DRAWS, generator)
            parts.append((found.mean, found.scale @ found.scale.mT, gain.double()))

        for block in observations.blocks(self._batch):
            self._batch = visit_in_parts(visit, block, self._batch)
        mean, covariance, gain = (torch.cat(part).numpy() for part in zip(*parts, strict=True))
        widths = self._widths.astype(np.float32)
        return Latents(mean * widths, covariance * widths[:, None] * widths, gain)

    def save(self, path: Path) -> None:
        """Write all that going on needs as one safetensors file."""
        learned = self._learned
        arrays = {f"maps.{name}": getattr(learned, name) for name in ("maps", "powers", "errors")}
        arrays |= {"mask": self._mask, "latents": self._latents, "widths": self._widths, **self._network_state()}
        write_checkpoint(path, arrays, {"kind": "basis training", **self._described(), "finished": self.finished})

    def restore(self, path: Path) -> None:
        """Go on from what `save` wrote for the same particles and options: the end is the same, bit for bit.

        Raises
        ------
        InputError
            If the file is damaged, or of other particles or options; the number of epochs may differ.
        """
        arrays, state = read_checkpoint(path)
        for name, wanted in {"kind": "basis training", **self._described()}.items():
            if state.get(name) != wanted:
                raise InputError(f"the checkpoint has {name} {state.get(name)}, not {wanted}", file=path)
        self._maps = LearnedMaps(*(arrays[f"maps.{name}"] for name in ("maps", "powers", "errors")))
        self._mask, self._latents, self._widths = arrays["mask"], arrays["latents"], arrays["widths"]
        self._restore_network({name: torch.as_tensor(value) for name, value in arrays.items()})
        self.finished = state["finished"]

    def _described(self) -> dict[str, object]:
        options = asdict(replace(self.options, epochs=0, batch=0))
        same = {"particles": len(self.observations), "box": self.observations.box}
        return same | {"options": {name: list(v) if isinstance(v, tuple) else v for name, v in options.items()}}

    def _network_state(self) -> dict[str, Float[torch.Tensor, "..."]]:
        """Copies of the weights of the coefficients and of the moments of Adam."""
        arrays = {f"coefficients.{name}": value.clone() for name, value in self._network.state_dict().items()}
        if self._optimiser is not None:
            for index, moments in self._optimiser.state_dict()["state"].items():
                arrays |= {f"optimiser.{index}.{name}": value.clone() for name, value in moments.items()}
        return arrays

    def _restore_network(self, arrays: dict[str, Float[torch.Tensor, "..."]]) -> None:
        parts: dict[str, dict[str, torch.Tensor]] = {"coefficients": {}, "optimiser": {}}
        for name, value in arrays.items():
            part, _, rest = name.partition(".")
            if part in parts:
                parts[part][rest] = value
        self._network.load_state_dict(parts["coefficients"])
        if self._optimiser is not None:
            held = self._optimiser.state_dict()
            held["state"] = {}
            for name, value in parts["optimiser"].items():
                index, moment = name.split(".")
                held["state"].setdefault(int(index), {})[moment] = value
            self._optimiser.load_state_dict(held)


def _not_finite(epoch: int, block: Block) -> str:
    return (
        f"the bound is not finite in epoch {epoch}, particles {block.rows.min() + 1} to {block.rows.max() + 1}: "
        "the training is as after the epoch before"
    )
