"""Learned maps with coefficients that are a function of the latent, trained on the evidence lower bound.

Each epoch visits every image once. Its slices through the mean and the maps leave two small arrays
(`vitreous.heterogeneity.latent_search`); from them come the posterior of its latent, a step of Adam for the network of
the coefficients, and the moments with which it enters the maps. At the end the maps are set to where the bound is
highest for these moments (`vitreous.heterogeneity.learned_maps`), and the coordinates are turned so that the latents
have mean 0 and covariance 1, those first that move the maps most. Images that a map was made of are in it with their
noise: the errors of the maps are added to their Gram matrices, so that dimensions of noise die out.

The first epoch makes the map that all particles share. Low frequencies come first, and only the half plane within them
is looked at.
"""

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Float32, Float64

from vitreous._errors import InputError
from vitreous._typing import NumpyArray, Path
from vitreous.heterogeneity.ball import PADDING, add_conjugates, maps_to_ball
from vitreous.heterogeneity.basis_decoder import BasisDecoder, coefficients_from
from vitreous.heterogeneity.channels import lower_triangle
from vitreous.heterogeneity.coefficients import Coefficients
from vitreous.heterogeneity.consensus import half_numbers, reconstruct_consensus
from vitreous.heterogeneity.elbo import kl_from_standard, kl_per_dimension
from vitreous.heterogeneity.heterogeneous import Epoch, HeterogeneousOptions
from vitreous.heterogeneity.latent_posterior import Compared, Latents, compare
from vitreous.heterogeneity.latent_search import Evidence, cubature, expected_log_likelihood, find_posterior, moments_of
from vitreous.heterogeneity.learned_maps import LearnedMaps, coarse_box, maximise, resized, start_maps, turned
from vitreous.heterogeneity.moments import empty_total
from vitreous.heterogeneity.networks import Posterior
from vitreous.heterogeneity.observations import Block, Observations
from vitreous.jobs import read_checkpoint, write_checkpoint

__all__ = ["BasisTraining"]

_FIRST_SHELLS = 12
_SEARCH_STEPS = {"vae": 4, "autodecoder": 1}
_NETWORK_STEPS = 4


@dataclass(eq=False)
class _Sums:
    """What an epoch adds up."""

    total: Float32[np.ndarray, "z y x channels"]
    first: Float64[np.ndarray, " d"]
    second: Float64[np.ndarray, "d d"]
    stretch: Float64[np.ndarray, "d d"]
    """Jᵀ G J: how far the images move with the latent."""
    terms: Float64[np.ndarray, " two_d"]
    """Log likelihood, divergence, and that of each dimension."""


class BasisTraining:
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
        n, d = len(observations), options.latent
        self._mask = mask
        self._mean: NumpyArray | None = None
        self._maps: LearnedMaps | None = None
        self._network = Coefficients(d, options.maps or d, seed=options.seed)
        self._optimiser = torch.optim.Adam(self._network.parameters(), options.learning_rate) if options.maps and options.maps > d else None
        self._latents = np.zeros((n, d), np.float32)
        self._widths = np.ones(d)
        self._batch = options.batch

    def epochs(self) -> Iterator[Epoch]:
        while self.finished < self.options.epochs:
            started = time.perf_counter()
            terms = self._consensus() if self._maps is None else self._epoch()
            self.finished += 1
            seconds = time.perf_counter() - started
            shells = self._shells(self.finished - 1)
            yield Epoch(self.finished, terms[0], terms[1], terms[2:], shells / self.observations.box, seconds, len(self.observations), self._batch)

    def _consensus(self) -> NumpyArray:
        options, observations = self.options, self.observations
        shared = reconstruct_consensus(observations, half_numbers(observations, options.seed), self._mask)
        self._mean, self._mask = shared.mean, shared.mask
        self._maps = start_maps(shared.mean, shared.mask, self._network.count, self._shells(1), options.seed)
        return np.zeros(2 + options.latent)

    def _shells(self, finished: int) -> int:
        last = round(float(np.hypot(*self.observations.disc.frequencies[-1])) * self.observations.box + 0.5)
        first = min(_FIRST_SHELLS, last)
        share = min(1.0, max(finished - 1, 0) / max(self.options.marching_epochs, 1))
        return round(first + (last - first) * share)

    def _ball(self, shells):
        box = self.observations.box
        coarse = coarse_box(box, shells)
        maps = resized(self._maps.maps, coarse)
        return maps_to_ball(maps, PADDING * shells, (box / coarse) ** 3)

    def _epoch(self) -> NumpyArray:
        options, box = self.options, self.observations.box
        shells, beta = self._shells(self.finished), options.beta
        if options.warm_up_epochs:
            beta *= max(0.1, min(1.0, self.finished / options.warm_up_epochs))
        d, count = options.latent, self._network.count + 1
        sums = _Sums(empty_total(PADDING * shells, count), np.zeros(d), np.zeros((d, d)), np.zeros((d, d)), np.zeros(d + 2))
        ball = self._ball(shells)
        disc = self.observations.disc
        frequencies = disc.frequencies[: disc.within(shells / box)] * np.float32(box)
        errors = self._errors(len(frequencies))
        order = np.random.default_rng([options.seed, self.finished]).permutation(len(self._latents)) if self.observations.in_memory else None
        for block in self.observations.blocks(self._batch, order):
            self._visit(block, ball, frequencies, errors, sums, beta)
        add_conjugates(sums.total, count)
        n = len(self._latents)
        learned = maximise(sums.total, self._maps.powers, self._mask, box)
        self._settle(learned, sums, n)
        return sums.terms / n

    def _errors(self, p):
        sh = np.minimum(self.observations.disc.shells[:p], self._maps.errors.shape[1] - 1)
        return self._maps.errors[1:, sh].astype(np.float32)

    def _visit(self, block, ball, frequencies, errors, sums, beta):
        compared = compare(block, ball, frequencies)
        gram = torch.from_numpy(compared.gram)
        gram.diagonal(dim1=-2, dim2=-1).add_(torch.from_numpy(compared.transfer**2 @ errors.T))
        evidence = Evidence(gram, torch.from_numpy(compared.projection))
        rows = block.rows
        start = torch.from_numpy(self._latents[rows])
        if self.options.method == "vae": start = torch.zeros_like(start)
        posterior = find_posterior(evidence, self._network, start, steps=_SEARCH_STEPS[self.options.method], beta=beta)
        points = cubature(posterior)
        for k in range(_NETWORK_STEPS if self._optimiser else 1):
            ll = expected_log_likelihood(evidence, self._network, points)
            if self._optimiser and self.finished > 1:
                self._optimiser.zero_grad(); (-ll.mean()).backward(); self._optimiser.step()
        first, second = moments_of(self._network, points)
        kl = kl_from_standard(posterior.mean, posterior.scale)
        terms = torch.cat([ll.detach()[:, None], kl[:, None], kl_per_dimension(posterior.mean, posterior.scale)], 1).double().sum(0).numpy()
        if not np.isfinite(terms).all():
            raise FloatingPointError("bad")
        sums.terms += terms
        mean = posterior.mean
        sums.first += mean.double().sum(0).numpy()
        sums.second += (mean.mT.double() @ mean.double() + (posterior.scale @ posterior.scale.mT).double().sum(0)).numpy()
        with torch.no_grad():
            J = self._network.with_jacobian(mean)[1]
            sums.stretch += (J.mT @ gram @ J).double().sum(0).numpy()
        self._latents[rows] = mean.numpy()
        self._insert(block, frequencies, compared, sums.total, first, second)

    def _insert(self, block, frequencies, compared, total, first, second):
        from vitreous.kernels.numba.channels import insert_channels
        p = len(frequencies)
        data = (block.data[:, :p] * compared.transfer / np.sqrt(block.noise_power[:, :p])).astype(np.complex64)
        insert_channels(total, block.rotations, frequencies * np.float32(PADDING), data, compared.transfer**2, first.numpy().astype(np.float32), lower_triangle(second.numpy()).astype(np.float32))

    def _settle(self, learned, sums, n):
        mean = sums.first / n
        spread = sums.second / n - np.outer(mean, mean)
        values, axes = np.linalg.eigh(spread)
        root = (axes * np.sqrt(values)) @ axes.T
        lam, vec = np.linalg.eigh(root @ (sums.stretch / n) @ root)
        turn = root @ vec[:, ::-1]
        self._widths = np.sqrt(np.maximum(lam[::-1], 0) / lam[-1]).clip(1e-3)
        self._network.substitute(torch.from_numpy(mean), torch.from_numpy(turn))
        self._latents = ((self._latents - mean) @ np.linalg.inv(turn).T).astype(np.float32)
        self._maps = turned(learned, mean, turn, box=self.observations.box)

    @property
    def model(self):
        maps = resized(self._maps.maps, self.observations.box)
        return BasisDecoder(maps[0], maps[1:], self._network, self._widths, self.observations.pixel_size_angstrom)

    def infer(self, observations=None):
        observations = observations or self.observations
        shells = self._shells(self.finished); ball = self._ball(shells); disc = observations.disc
        frequencies = disc.frequencies[: disc.within(shells / observations.box)] * np.float32(observations.box)
        errors = self._errors(len(frequencies)); out = []
        for block in observations.blocks(self._batch):
            compared = compare(block, ball, frequencies)
            gram = torch.from_numpy(compared.gram)
            gram.diagonal(dim1=-2, dim2=-1).add_(torch.from_numpy(compared.transfer**2 @ errors.T))
            ev = Evidence(gram, torch.from_numpy(compared.projection))
            post = find_posterior(ev, self._network, torch.zeros(len(block.rows), self.options.latent), steps=6)
            out.append((post.mean.numpy(), (post.scale @ post.scale.mT).numpy()))
        w = self._widths
        return Latents((np.concatenate([o[0] for o in out]) * w).astype(np.float32), (np.concatenate([o[1] for o in out]) * np.outer(w, w)).astype(np.float32), np.zeros(len(observations)))
