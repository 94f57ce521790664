"""The published form of heterogeneous reconstruction: an encoder of images, a network of frequencies, trained by Adam.

The encoder sees the low half of the frequencies of an image, its phases flipped; an autodecoder has none, but a mean
and a width for each particle. The decoder is asked at the coefficients of the images alone, half of those of a disc,
the low ones first, for all particles of a batch at once; transfer and noise are applied to what it answers. The bound
is climbed with one draw of each latent.
"""

import time
from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import nn

from vitreous._errors import InputError
from vitreous._typing import Array, NumpyArray, Path
from vitreous.heterogeneity.elbo import kl_from_standard, kl_per_dimension
from vitreous.heterogeneity.fourier_decoder import FourierDecoder, FourierModel
from vitreous.heterogeneity.heterogeneous import Epoch, HeterogeneousOptions, Training
from vitreous.heterogeneity.latent_posterior import Latents
from vitreous.heterogeneity.networks import GaussianHead, Posterior, layers, normal, seeded
from vitreous.heterogeneity.observations import Block, Observations
from vitreous.jobs import read_checkpoint, write_checkpoint

__all__ = ["FourierTraining"]

_BATCH = 8
_FIRST_SHARE = 0.25
"""Of the resolution, in the first epoch."""
_ENCODER_SHARE = 0.5
_NARROW = 2.0


class FourierTraining(Training):
    """A training in progress: see `vitreous.heterogeneity.heterogeneous.Training`.

    Parameters
    ----------
    observations
        n particles.
    options
        How to train; `HeterogeneousOptions.hidden` gives the layers of encoder and decoder.
    """

    def __init__(self, observations: Observations, options: HeterogeneousOptions):
        self.observations, self.options, self.finished = observations, options, 0
        n, d, disc = len(observations), options.latent, observations.disc
        self._seen = disc.within(_ENCODER_SHARE * float(np.hypot(*disc.frequencies[-1])))
        self._scale = _signal(observations)
        parts: dict[str, nn.Module] = {"decoder": FourierDecoder(disc.box, d, options.hidden, options.seed)}
        if options.method == "vae":
            build = lambda: nn.Sequential(  # noqa: E731
                layers((2 * self._seen, *options.hidden)), nn.SiLU(), GaussianHead(options.hidden[-1], d)
            )
            parts["encoder"] = seeded(build, options.seed + 1)
        else:
            parts["table"] = nn.Embedding.from_pretrained(torch.zeros(n, 2 * d), freeze=False)  # type: ignore[no-untyped-call]
        self._parts = nn.ModuleDict(parts)
        self._optimiser = torch.optim.Adam(self._parts.parameters(), options.learning_rate)
        self._batch = options.batch or _BATCH

    @property
    def model(self) -> FourierModel:
        """The decoder as it stands."""
        options, observations = self.options, self.observations
        decoder = FourierDecoder(observations.box, options.latent, options.hidden, options.seed)
        decoder.load_state_dict(self._parts["decoder"].state_dict())
        return FourierModel(decoder, observations.pixel_size_angstrom, self._scale)

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
            started, before = time.perf_counter(), self._state()
            try:
                terms, cutoff = self._epoch()
            except FloatingPointError:
                self._take(before)
                raise
            self.finished += 1
            shown = (float(terms[0]), float(terms[1]), terms[2:], cutoff)
            seconds = time.perf_counter() - started
            yield Epoch(self.finished, *shown, seconds, len(self.observations), self._batch)

    def _epoch(self) -> tuple[NumpyArray, float]:
        options, count = self.options, len(self.observations)
        march = options.epochs // 3 if options.marching_epochs is None else options.marching_epochs
        last = float(np.hypot(*self.observations.disc.frequencies[-1])) * 1.001
        cutoff = last * min(1.0, _FIRST_SHARE + (1 - _FIRST_SHARE) * self.finished / max(march, 1))
        words = np.random.SeedSequence([options.seed, self.finished])
        generator = torch.Generator().manual_seed(int(words.generate_state(1)[0]))
        terms = np.zeros(options.latent + 2)
        for block in self.observations.blocks(self._batch, np.random.default_rng(words).permutation(count)):
            each = self._terms(block, self.observations.disc.within(cutoff), generator)
            loss = (self._beta() * each[:, 1] - each[:, 0]).mean()
            if not bool(loss.isfinite()):
                raise FloatingPointError(
                    f"the bound is not finite in epoch {self.finished + 1}: lower the learning rate"
                )
            self._optimiser.zero_grad()
            loss.backward()
            self._optimiser.step()
            terms += each.detach().double().sum(0).numpy()
        return terms / count, min(cutoff, 0.5)

    def _beta(self) -> float:
        ramp = self.finished / self.options.warm_up_epochs if self.options.warm_up_epochs else 1.0
        return self.options.beta * max(0.1, min(1.0, ramp))

    def _posterior(self, block: Block) -> Posterior:
        if "table" in self._parts:
            mean, log_scale = self._parts["table"](torch.from_numpy(block.rows)).chunk(2, dim=-1)
            return Posterior(mean, torch.diag_embed((log_scale - _NARROW).exp()))
        flipped = block.data * np.sign(block.transfer) / np.sqrt(block.noise_power)
        pixels = np.ascontiguousarray(flipped[:, : self._seen], np.complex64).view(np.float32)
        answer: Posterior = self._parts["encoder"](torch.from_numpy(pixels))
        return answer

    def _terms(self, block: Block, count: int, generator: torch.Generator) -> Float[Array, "m two_d"]:
        """E_q ln p(y|z) above that of an empty map by one draw, the divergence, and that of each dimension."""
        posterior = self._posterior(block)
        z = posterior.draw(normal(posterior.mean.shape, generator, posterior.mean))
        disc = self.observations.disc
        points = torch.from_numpy(disc.frequencies[:count] @ block.rotations[:, :2])
        deviation = np.sqrt(block.noise_power[:, :count])
        gain = block.transfer[:, :count] / deviation * self._scale[disc.shells[:count]]
        shown = self._parts["decoder"](points, z) * torch.from_numpy(gain)
        observed = torch.from_numpy((block.data[:, :count] / deviation).astype(np.complex64))
        likelihood = (observed.abs() ** 2 - (observed - shown).abs() ** 2).sum(-1)
        divergence = kl_from_standard(posterior.mean, posterior.scale)
        each = kl_per_dimension(posterior.mean, posterior.scale)
        return torch.cat([likelihood[:, None], divergence[:, None], each], dim=1)

    def infer(self, observations: Observations | None = None) -> Latents:
        """The latents of the particles, or of others, in their order; nothing is learned from them.

        Parameters
        ----------
        observations
            Others, of the same box; an autodecoder has nothing to say of them.

        Returns
        -------
        Latents
            With the bound of each particle, from one draw, above an empty map.

        Raises
        ------
        ValueError
            If an autodecoder is asked for others.
        """
        others = observations is not None and observations is not self.observations
        if others and "table" in self._parts:
            raise ValueError("an autodecoder has no latents for particles that it was not trained on")
        generator, parts = torch.Generator().manual_seed(self.options.seed), []
        with torch.no_grad():
            for block in (observations or self.observations).blocks(64):
                found, terms = self._posterior(block), self._terms(block, len(self.observations.disc), generator)
                parts.append((found.mean, found.scale @ found.scale.mT, (terms[:, 0] - terms[:, 1]).double()))
        return Latents(*(torch.cat(part).numpy() for part in zip(*parts, strict=True)))

    def _state(self) -> dict[str, Array]:
        arrays = {f"weights.{name}": value.clone() for name, value in self._parts.state_dict().items()}
        for index, moments in self._optimiser.state_dict()["state"].items():
            arrays |= {f"optimiser.{index}.{name}": value.clone() for name, value in moments.items()}
        return arrays

    def _take(self, arrays: dict[str, Any]) -> None:
        weights = {
            n.removeprefix("weights."): torch.as_tensor(v) for n, v in arrays.items() if n.startswith("weights.")
        }
        self._parts.load_state_dict(weights)
        held = self._optimiser.state_dict()
        held["state"] = {}
        for name, value in arrays.items():
            if name.startswith("optimiser."):
                _, index, moment = name.split(".")
                held["state"].setdefault(int(index), {})[moment] = torch.as_tensor(value)
        self._optimiser.load_state_dict(held)

    def save(self, path: Path) -> None:
        """Write all that going on needs as one safetensors file."""
        write_checkpoint(path, self._state(), {**self._described(), "finished": self.finished})

    def restore(self, path: Path) -> None:
        """Go on from what `save` wrote for the same particles and options: the end is the same, bit for bit.

        Raises
        ------
        InputError
            If the file is damaged, or of other particles or options.
        """
        arrays, state = read_checkpoint(path)
        for name, wanted in self._described().items():
            if state.get(name) != wanted:
                raise InputError(f"the checkpoint has {name} {state.get(name)}, not {wanted}", file=path)
        self._take(arrays)
        self.finished = state["finished"]

    def _described(self) -> dict[str, object]:
        options = asdict(replace(self.options, epochs=0))
        lists = {name: list(value) if isinstance(value, tuple) else value for name, value in options.items()}
        return {"kind": "mlp training", "particles": len(self.observations), "options": lists}


def _signal(observations: Observations) -> NumpyArray:
    """The amplitude of the maps in each shell, from what the images have above their noise: C²|T|² = |d|² − σ²."""
    shells = observations.disc.shells
    power, weight = np.zeros(shells.max() + 1), np.zeros(shells.max() + 1)
    block = observations.block(slice(0, min(len(observations), 256)))
    excess = (np.abs(block.data) ** 2 - block.noise_power).sum(0)
    np.add.at(power, shells, excess)
    np.add.at(weight, shells, (block.transfer**2).sum(0))
    found = np.maximum(power / np.maximum(weight, 1e-12), 0)
    amplitude: NumpyArray = np.sqrt(np.maximum(found, 1e-4 * found.max())).astype(np.float32)
    return amplitude
