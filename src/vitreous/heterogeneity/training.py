"""Training of an autoencoder, an epoch at a time: the bound climbed by Adam, seeded, with a checkpoint.

Each epoch's order and draws come from the seed and the epoch's number alone, so that a training that was saved and goes
on ends as if it had not stopped, bit for bit on the same machine.
"""

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
import torch
from jaxtyping import Float

from vitreous._errors import InputError
from vitreous._typing import Array, NumpyArray, Path
from vitreous.heterogeneity.elbo import importance_log_likelihood
from vitreous.jobs import read_checkpoint, write_checkpoint

__all__ = [
    "Autoencoder",
    "Epoch",
    "Terms",
    "Trainer",
    "TrainingOptions",
    "held_out_log_likelihood",
    "read_weights",
    "terms_of",
]

_ACTIVE_NATS = 0.1


@dataclass(frozen=True)
class Terms:
    """The terms of the bound, in nats, for each image."""

    log_likelihood: Float[Array, " n"]
    """E_q ln p(x|z)."""
    divergence: Float[Array, " n"]
    """KL(q(z|x) ‖ p(z))."""
    per_dimension: Float[Array, "n d"]
    """What each unknown pays for itself."""


@runtime_checkable
class Autoencoder(Protocol):
    """What a `Trainer` trains: a `torch.nn.Module` with a bound."""

    options: Any

    def terms(self, images: Array, generator: torch.Generator) -> Terms:
        """The terms of the bound."""

    def log_weights(self, images: Array, draws: int, generator: torch.Generator) -> Array:
        """The logarithms of importance weights."""

    def parameters(self) -> Iterator[torch.nn.Parameter]:
        """The weights."""

    def state_dict(self) -> dict[str, Array]:
        """The weights by name."""

    def load_state_dict(self, state: dict[str, Array]) -> Any:
        """Take weights over."""


@dataclass(frozen=True)
class TrainingOptions:
    """How an autoencoder is trained."""

    epochs: int = 20
    batch: int = 64
    learning_rate: float = 2e-3
    """At the start; it falls to zero along half a cosine."""
    beta: float = 1.0
    """The price of a nat of divergence; 1 climbs the evidence lower bound."""
    warm_up_epochs: float = 0.0
    """For how long the price rises to β, from nothing."""
    seed: int = 0


@dataclass(frozen=True)
class Epoch:
    """What one epoch came to; nats are means over its images."""

    number: int
    """From 1."""
    beta: float
    """At its end."""
    log_likelihood: float
    divergence: float
    per_dimension: Float[NumpyArray, " d"]
    """The divergence of each unknown."""
    held_out_elbo: float | None

    @property
    def elbo(self) -> float:
        """The evidence lower bound, whatever β."""
        return self.log_likelihood - self.divergence

    @property
    def active(self) -> int:
        """How many unknowns pay a tenth of a nat or more; a posterior that has collapsed pays nothing."""
        return int(np.sum(self.per_dimension >= _ACTIVE_NATS))


class Trainer:
    """An autoencoder, its optimiser, and how many epochs they have seen.

    Parameters
    ----------
    model
        A `vitreous.heterogeneity.vae.Vae`, a `vitreous.heterogeneity.spatial_vae.SpatialVae`, or another with a bound.
    options
        How to train it.
    """

    def __init__(self, model: Autoencoder, options: TrainingOptions):
        self.model = model
        self.options = options
        self.finished = 0
        trained = [weight for weight in model.parameters() if weight.requires_grad]
        self._optimiser = torch.optim.Adam(trained, lr=options.learning_rate)

    def epochs(self, images: Array, held_out: Array | None = None) -> Iterator[Epoch]:
        """Train on, and say after each epoch what it came to, until the last one.

        Parameters
        ----------
        images
            (n, y, x), an array or a tensor.
        held_out
            Others, on which the bound is measured after each epoch.

        Yields
        ------
        Epoch
            The figures. The model may be drawn from and saved before the next is asked for.

        Raises
        ------
        ValueError
            If a pixel is not finite.
        FloatingPointError
            If the bound is not finite; the weights are those before that step.
        """
        images = _as_tensor(images, self.model)
        others = None if held_out is None else _as_tensor(held_out, self.model)
        while self.finished < self.options.epochs:
            sums, beta = self._epoch(images)
            self.finished += 1
            elbo = None if others is None else self._bound(others)
            log_likelihood, divergence, *per_dimension = sums.tolist()
            yield Epoch(self.finished, beta, log_likelihood, divergence, np.array(per_dimension), elbo)

    def _epoch(self, images: Array) -> tuple[Array, float]:
        """One visit of every image: the means of the terms, and the last β."""
        options, count = self.options, len(images)
        rng, generator = _random(options.seed, self.finished)
        order: Array = torch.as_tensor(rng.permutation(count))
        steps = math.ceil(count / options.batch)
        sums, beta = torch.zeros(()), options.beta
        for step, chosen in enumerate(order.split(options.batch)):
            passed = self.finished + (step + 1) / steps
            beta = options.beta * min(1.0, passed / options.warm_up_epochs) if options.warm_up_epochs else options.beta
            for group in self._optimiser.param_groups:
                group["lr"] = options.learning_rate * _cosine((self.finished + step / steps) / options.epochs)
            terms = self.model.terms(images[chosen], generator)
            loss = (beta * terms.divergence - terms.log_likelihood).mean()
            self._step(loss, step)
            each = [terms.log_likelihood[:, None], terms.divergence[:, None], terms.per_dimension]
            sums = sums + torch.cat(each, dim=1).detach().sum(0).double().cpu()
        return sums / count, beta

    def _step(self, loss: Array, step: int) -> None:
        if not bool(loss.isfinite()):
            raise FloatingPointError(
                f"the bound became {float(-loss.detach())} in epoch {self.finished + 1}, step {step + 1}: "
                f"lower the learning rate ({self.options.learning_rate:g})"
            )
        self._optimiser.zero_grad()
        loss.backward()
        self._optimiser.step()

    def _bound(self, images: Array) -> float:
        terms = terms_of(self.model, images, seed=self.options.seed)
        return float(terms.log_likelihood.mean() - terms.divergence.mean())

    def save(self, path: Path) -> None:
        """Write the weights, the optimiser's state and the options as one safetensors file."""
        arrays = {f"weights.{name}": weight for name, weight in self.model.state_dict().items()}
        for index, moments in self._optimiser.state_dict()["state"].items():
            arrays |= {f"optimiser.{index}.{name}": value for name, value in moments.items()}
        write_checkpoint(path, arrays, {**self._described(), "finished": self.finished})

    def restore(self, path: Path) -> None:
        """Go on from what `save` wrote for a model and a training of the same options.

        Raises
        ------
        InputError
            If the file is damaged, or of another model or training.
        """
        arrays, state = read_checkpoint(path)
        for part, wanted in self._described().items():
            if state.get(part) != wanted:
                raise InputError(f"saved with {part} {state.get(part)}, not {wanted}", file=path)
        self.finished = state["finished"]
        self.model.load_state_dict(_weights(arrays))
        held = self._optimiser.state_dict()
        for name, value in arrays.items():
            if name.startswith("optimiser."):
                _, index, moment = name.split(".")
                held["state"].setdefault(int(index), {})[moment] = torch.as_tensor(value)
        self._optimiser.load_state_dict(held)

    def _described(self) -> dict[str, Any]:
        # through lists, as JSON gives them back
        parts = {"model": asdict(self.model.options), "training": asdict(self.options)}
        lists = {part: {k: list(v) if isinstance(v, tuple) else v for k, v in d.items()} for part, d in parts.items()}
        return {"kind": type(self.model).__name__, **lists}


def terms_of(model: Autoencoder, images: Array, *, seed: int = 0, batch: int = 256) -> Terms:
    """The terms of the bound for images, without training on them.

    Parameters
    ----------
    model
        The autoencoder.
    images
        (n, y, x), an array or a tensor.
    seed
        Of the draws.
    batch
        How many images at a time.

    Returns
    -------
    Terms
        Of each image.
    """
    images, generator = _as_tensor(images, model), _random(seed, 0)[1]
    with torch.no_grad():
        parts = [model.terms(block, generator) for block in images.split(batch)]
    names = ("log_likelihood", "divergence", "per_dimension")
    return Terms(*(torch.cat([getattr(part, name) for part in parts]) for name in names))


def held_out_log_likelihood(
    model: Autoencoder, images: Array, draws: int = 64, *, seed: int = 0, batch: int = 64
) -> Float[Array, " n"]:
    """The log evidence of images that were held out, by importance weights: a lower bound above the ELBO.

    Parameters
    ----------
    model
        The autoencoder.
    images
        (n, y, x), an array or a tensor.
    draws
        K of `vitreous.heterogeneity.importance_log_likelihood`.
    seed
        Of the draws.
    batch
        How many images at a time.

    Returns
    -------
    Real tensor
        Nats of each image.
    """
    images, generator = _as_tensor(images, model), _random(seed, 0)[1]
    with torch.no_grad():
        weights = [model.log_weights(block, draws, generator) for block in images.split(batch)]
    return torch.cat([importance_log_likelihood(block) for block in weights])


def read_weights(path: Path, kind: str) -> tuple[dict[str, Array], dict[str, Any]]:
    """The weights that `Trainer.save` wrote, by their names in the model, and the options of the model.

    Raises
    ------
    InputError
        If the file is damaged, or of another kind of model.
    """
    arrays, state = read_checkpoint(path)
    if state.get("kind") != kind:
        raise InputError(f"holds a model of kind {state.get('kind')}, not {kind}", file=path)
    options = {name: tuple(value) if isinstance(value, list) else value for name, value in state["model"].items()}
    return _weights(arrays), options


def _weights(arrays: dict[str, NumpyArray]) -> dict[str, Array]:
    named = {name.removeprefix("weights."): value for name, value in arrays.items() if name.startswith("weights.")}
    return {name: torch.as_tensor(value) for name, value in named.items()}


def _as_tensor(images: Array, model: Autoencoder) -> Array:
    """Images in the dtype and on the device of the model's weights."""
    tensor = torch.as_tensor(images).to(next(iter(model.parameters())))
    bad = (~tensor.flatten(1).isfinite().all(dim=1)).nonzero()
    if len(bad):
        raise ValueError(f"image {int(bad[0])} (of {len(bad)}) has pixels that are not finite: leave it out")
    return tensor


def _random(seed: int, epoch: int) -> tuple[np.random.Generator, torch.Generator]:
    """The random numbers of an epoch."""
    words = np.random.SeedSequence([seed, epoch])
    return np.random.default_rng(words), torch.Generator().manual_seed(int(words.generate_state(1)[0]))


def _cosine(share: float) -> float:
    return 0.5 + 0.5 * math.cos(math.pi * share)
