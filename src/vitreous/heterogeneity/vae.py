"""A plain variational autoencoder of images: dense encoder and decoder, Gaussian latent, nothing else.

z ~ N(0, I); x ~ p(x|f(z)), a Gaussian or Bernoulli in each pixel; q(z|x) = N(μ(x), L(x)L(x)ᵀ). With no hidden layers it
is the linear-Gaussian model, whose optimum is known (`vitreous.heterogeneity.linear_gaussian`).
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import nn

from vitreous._typing import Array, Path
from vitreous.heterogeneity.elbo import kl_from_standard, kl_per_dimension
from vitreous.heterogeneity.networks import (
    GaussianHead,
    PixelLikelihood,
    Posterior,
    layers,
    normal,
    seeded,
    standard_log_density,
)
from vitreous.heterogeneity.training import Terms, read_weights

__all__ = ["Vae", "VaeOptions", "read_vae"]


@dataclass(frozen=True)
class VaeOptions:
    """What a plain autoencoder is built from."""

    pixels: int
    """Of an image: the product of its edges."""
    latent: int = 2
    """Dimensions of z."""
    hidden: tuple[int, ...] = (256, 128)
    """Sizes of the encoder's hidden layers; the decoder has them the other way round."""
    likelihood: str = "gaussian"
    """Of a pixel: ``gaussian``, or ``bernoulli`` for pixels that are 0 or 1."""
    noise_sigma: float | None = None
    """Of a Gaussian pixel; None learns it."""
    full_covariance: bool = False
    """Whether the latent dimensions of one image may be correlated in q."""
    seed: int = 0
    """Of the weights."""


class Vae(nn.Module):
    """The autoencoder; images come and go as (n, y, x) and are rows of pixels inside.

    References
    ----------
    Kingma and Welling, arXiv 1312.6114 (2013); Rezende, Mohamed and Wierstra, arXiv 1401.4082 (2014).
    """

    def __init__(self, options: VaeOptions):
        super().__init__()
        if options.latent < 1:
            raise ValueError(f"{options.latent} latent dimensions: an autoencoder needs one at least")
        self.options = options
        self.likelihood = PixelLikelihood(options.likelihood, options.noise_sigma)
        last = (options.pixels, *options.hidden)[-1]

        # the order of the parts is the order of their random numbers
        def parts() -> tuple[nn.Module, ...]:
            return (
                nn.Sequential(layers((options.pixels, *options.hidden)), nn.SiLU())
                if options.hidden
                else nn.Identity(),
                GaussianHead(last, options.latent, full=options.full_covariance),
                layers((options.latent, *options.hidden[::-1], options.pixels)),
            )

        self.encoder, self.head, self.decoder = seeded(parts, options.seed)

    def posterior(self, images: Float[Array, "n *pixels"]) -> Posterior:
        """q(z|x) of each image."""
        answer: Posterior = self.head(self.encoder(images.flatten(1)))
        return answer

    def decode(self, latents: Float[Array, "n d"]) -> Float[Array, "n pixel"]:
        """The image that each latent means, as a row of pixels."""
        return self.likelihood.mean(self.decoder(latents))

    def terms(self, images: Float[Array, "n *pixels"], generator: torch.Generator) -> Terms:
        """The two terms of the bound for each image, from one draw of its posterior.

        Parameters
        ----------
        images
            x.
        generator
            Where the draws come from.

        Returns
        -------
        Terms
            E_q ln p(x|z) by one draw; the divergence in closed form.
        """
        answer = self.posterior(images)
        output = self.decoder(answer.draw(normal(answer.mean.shape, generator, answer.mean)))
        return Terms(
            self.likelihood.log_density(images.flatten(1), output),
            kl_from_standard(answer.mean, answer.scale),
            kl_per_dimension(answer.mean, answer.scale),
        )

    def log_weights(
        self, images: Float[Array, "n *pixels"], draws: int, generator: torch.Generator
    ) -> Float[Array, "draw n"]:
        """The log importance weights of several draws, ln p(x|z) + ln p(z) − ln q(z|x)."""
        answer = self.posterior(images)
        noise = normal((draws, *answer.mean.shape), generator, answer.mean)
        z = answer.draw(noise)
        likelihood = self.likelihood.log_density(images.flatten(1), self.decoder(z))
        return likelihood + standard_log_density(z) - answer.log_density(noise)


def read_vae(path: Path) -> Vae:
    """The autoencoder in a checkpoint of `vitreous.heterogeneity.training.Trainer`.

    Raises
    ------
    InputError
        If the file is damaged, or of another kind of model.
    """
    weights, options = read_weights(path, Vae.__name__)
    model = Vae(VaeOptions(**options))
    model.load_state_dict(weights)
    return model
