"""What the autoencoders are made of: layers, the Gaussian answer of an encoder, and the likelihood of an image."""

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import nn

from vitreous._typing import Array
from vitreous.heterogeneity.elbo import bernoulli_log_likelihood, gaussian_log_likelihood, reparametrise

__all__ = [
    "GaussianHead",
    "PixelLikelihood",
    "Posterior",
    "layers",
    "normal",
    "seeded",
    "standard_log_density",
]

_LEAST_NOISE_SIGMA = 0.01
_LOG_VARIANCE_UNIT = 10.0
"""Adam moves every weight by about its learning rate; this one has ten times as far to go."""


@dataclass(frozen=True)
class Posterior:
    """Gaussian answers of an encoder, N(μ, LLᵀ)."""

    mean: Float[Array, "*batch d"]
    scale: Float[Array, "*batch d d"]
    """L, lower triangular."""

    def draw(self, noise: Float[Array, "*batch d"]) -> Float[Array, "*batch d"]:
        """μ + Lε."""
        drawn: Array = reparametrise(self.mean, self.scale, noise)
        return drawn

    def log_density(self, noise: Float[Array, "*batch d"]) -> Float[Array, "*batch"]:
        """The log density of q at the draw that the noise ε gives."""
        diagonal = self.scale.diagonal(dim1=-2, dim2=-1)
        return standard_log_density(noise) - diagonal.log().sum(-1)


def standard_log_density(z: Float[Array, "*batch d"]) -> Float[Array, "*batch"]:
    """The log density of the prior, ln N(z; 0, I)."""
    return -(z * z + math.log(2 * math.pi)).sum(-1) / 2


def layers(sizes: Sequence[int]) -> nn.Sequential:
    """Linear layers of these sizes with SiLU between them; two sizes make one linear map."""
    parts: list[nn.Module] = []
    for count, (before, after) in enumerate(itertools.pairwise(sizes)):
        parts += [nn.SiLU()] if count else []
        parts.append(nn.Linear(before, after))
    return nn.Sequential(*parts)


def seeded(build: Callable[[], Any], seed: int) -> Any:
    """What a function builds when PyTorch's random numbers start from the seed; they go on elsewhere as they were."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return build()


def normal(shape: Sequence[int], generator: torch.Generator, like: Array) -> Array:
    """Standard normal numbers, the same on every device, in the dtype and on the device of another tensor."""
    return torch.randn(tuple(shape), generator=generator, dtype=torch.float64).to(like)


class GaussianHead(nn.Module):
    """The last layer of an encoder: from what it has seen to N(μ, LLᵀ).

    Parameters
    ----------
    inputs, latent
        The size of what comes in, and d.
    full
        Whether L has entries below its diagonal, so that the latent dimensions of one image may be correlated.
    """

    _below: torch.Tensor

    def __init__(self, inputs: int, latent: int, *, full: bool = False):
        super().__init__()
        self.latent = latent
        rows, columns = np.tril_indices(latent, -1 if full else -latent)
        self.register_buffer("_below", torch.as_tensor(rows * latent + columns), persistent=False)
        self.linear = nn.Linear(inputs, 2 * latent + len(rows))
        # unit width to begin with, whatever is seen
        nn.init.zeros_(self.linear.weight[latent:])
        nn.init.zeros_(self.linear.bias)

    def forward(self, seen: Float[Array, "*batch inputs"]) -> Posterior:
        """The answers."""
        d = self.latent
        mean, log_diagonal, below = self.linear(seen).tensor_split([d, 2 * d], dim=-1)
        scale = torch.diag_embed(log_diagonal.exp())
        if below.shape[-1]:
            flat = scale.flatten(-2)
            scale = flat.index_copy(-1, self._below, below).reshape(scale.shape)
        return Posterior(mean, scale)


class PixelLikelihood(nn.Module):
    """ln p(x|z) from what a decoder gives for each pixel, and the image that it means.

    Parameters
    ----------
    name
        ``gaussian``: the decoder gives the mean; ``bernoulli``: the logit of being 1.
    noise_sigma
        Of the Gaussian: the standard deviation of the noise in a pixel; None learns it, from 1 down to 0.01 at least.

    Raises
    ------
    ValueError
        If the name is another, or the standard deviation is not positive.
    """

    def __init__(self, name: str, noise_sigma: float | None = None):
        super().__init__()
        if name not in ("gaussian", "bernoulli"):
            raise ValueError(f"a likelihood called {name!r}: gaussian or bernoulli")
        if noise_sigma is not None and not noise_sigma > 0:
            raise ValueError(f"a noise of standard deviation {noise_sigma:g}: give a positive one, or None to learn it")
        self.name = name
        start = torch.tensor(0.0 if noise_sigma is None else 2 * math.log(noise_sigma) / _LOG_VARIANCE_UNIT)
        self.log_variance = nn.Parameter(start, requires_grad=name == "gaussian" and noise_sigma is None)

    @property
    def noise_variance(self) -> Float[Array, ""]:
        """σ² of the Gaussian."""
        return (_LOG_VARIANCE_UNIT * self.log_variance).clamp(min=2 * math.log(_LEAST_NOISE_SIGMA)).exp()

    def log_density(
        self, images: Float[Array, "*#batch pixel"], output: Float[Array, "*#batch pixel"]
    ) -> Float[Array, "*batch"]:
        """Nats of each image."""
        if self.name == "bernoulli":
            given: Array = bernoulli_log_likelihood(images, output)
            return given
        likelihood: Array = gaussian_log_likelihood(images, output, self.noise_variance)
        return likelihood

    def mean(self, output: Float[Array, "*batch pixel"]) -> Float[Array, "*batch pixel"]:
        """The expected pixels."""
        return output.sigmoid() if self.name == "bernoulli" else output
