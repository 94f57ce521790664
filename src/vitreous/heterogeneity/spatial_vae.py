"""Spatial-VAE: an autoencoder whose decoder is a function of the plane, so that a turn and a shift need no learning.

The decoder gives the intensity at a *point* u of the reference, given the content z. An image turned by ψ and moved by
s is the same function at u = Z(ψ)ᵀ(r + s), r the pixels: content says what is seen, ψ and s say how.

The angle is inferred over the whole circle. The encoder looks at the image turned back by each of K even angles ψ_k,
and gives each a score and, as seen from there, a Gaussian answer for the rest of the turn, the shift and the content.
So

    q(k, δ, s, z | x) = q(k|x) N(δ, s, z; what is seen from k),  ψ = ψ_k + δ,

and what it answers for an image turned by ψ_k is its answer for the image, turned. The prior is 1/K for k and Gaussian
for δ, with a width of half a step: their sum is even over the circle to 1.5 %.

What the angle means is defined by the reference alone, and the reference may turn with the content: of a molecule that
opens, no image says whether the arm moved or the body turned the other way. The bound is the same for all such choices.
"""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import nn

from vitreous._typing import Array, NumpyArray, Path
from vitreous.heterogeneity.elbo import kl_per_dimension
from vitreous.heterogeneity.in_plane import observed_points, reference_points
from vitreous.heterogeneity.networks import (
    GaussianHead,
    PixelLikelihood,
    Posterior,
    layers,
    normal,
    seeded,
    standard_log_density,
)
from vitreous.heterogeneity.toy_images import pixel_points
from vitreous.heterogeneity.training import Terms, read_weights

__all__ = ["CoordinateDecoder", "Poses", "SpatialVae", "SpatialVaeOptions", "read_spatial_vae"]

_POSE = 3
"""Unknowns of an image before its content: the rest of the turn, and the shift along x and y."""


@dataclass(frozen=True)
class SpatialVaeOptions:
    """What a spatial-VAE is built from."""

    box: int
    """Edge of an image in pixels."""
    latent: int = 2
    """Dimensions of the content z."""
    encoder: tuple[int, ...] = (256, 128)
    """Sizes of the encoder's hidden layers."""
    decoder: tuple[int, ...] = (128, 128)
    """Sizes of the decoder's hidden layers."""
    waves: int = 32
    """Plane waves of the point that the decoder is given."""
    angles: int = 16
    """K."""
    weighed: int = 2
    """Of the K angles, how many are decoded in a step of the training."""
    pixels_per_step: int = 256
    """Of the pixels, how many are compared in a step of the training, drawn anew each time."""
    shift_sigma_pixels: float = 2.0
    """Width of the prior of a shift along x and along y."""
    likelihood: str = "gaussian"
    """Of a pixel: ``gaussian``, or ``bernoulli`` for pixels that are 0 or 1."""
    noise_sigma: float | None = None
    """Of a Gaussian pixel; None learns it."""
    seed: int = 0
    """Of the weights."""


@dataclass(frozen=True, eq=False)
class Poses:
    """What was inferred for each image."""

    angle_deg: Float[NumpyArray, " n"]
    """ψ, −180 … 180."""
    shift_pixels: Float[NumpyArray, "n 2"]
    """s = (x, y), which moves the image onto the reference."""
    content: Float[NumpyArray, "n d"]
    """The mean of z."""


class CoordinateDecoder(nn.Module):
    """The intensity of the reference at a point, given the content: plane waves of the point, then dense layers.

    References
    ----------
    Bepler, Zhong, Kelley, Brignole and Berger, arXiv 1909.11663 (2019), equation 2; for the waves Tancik and others,
    arXiv 2006.10739 (2020).
    """

    wave: torch.Tensor

    def __init__(self, latent: int, hidden: tuple[int, ...], waves: int, highest: float):
        super().__init__()
        # even in direction, and in frequency up to that of the pixels; the lower ones come oftener in the plane
        radius = highest * torch.rand(waves, 1)
        direction = torch.randn(waves, 2)
        self.register_buffer("wave", 2 * math.pi * radius * direction / direction.norm(dim=1, keepdim=True))
        self.of_point = nn.Linear(2 * waves, hidden[0])
        self.of_content = nn.Linear(latent, hidden[0], bias=False)
        self.rest = nn.Sequential(nn.SiLU(), layers((*hidden, 1)))

    def forward(
        self, points: Float[Array, "*batch p 2"], content: Float[Array, "*batch d"]
    ) -> Float[Array, "*batch p"]:
        """Values at points u, in units of half the box."""
        phase = points @ self.wave.T
        seen = self.of_point(torch.cat([phase.cos(), phase.sin()], dim=-1))
        value: Array = self.rest(seen + self.of_content(content)[..., None, :])
        return value[..., 0]


class SpatialVae(nn.Module):
    """The autoencoder; images are (n, y, x)."""

    points: torch.Tensor
    """The places of the pixels, in units of half the box."""
    angles_deg: torch.Tensor
    """ψ_k."""
    _grid: torch.Tensor

    def __init__(self, options: SpatialVaeOptions):
        super().__init__()
        if options.latent < 1:
            raise ValueError(f"{options.latent} latent dimensions: an autoencoder needs one at least")
        if not 1 <= options.weighed <= options.angles:
            raise ValueError(f"{options.weighed} angles weighed of {options.angles}: from 1 to all of them")
        self.options = options
        self.likelihood = PixelLikelihood(options.likelihood, options.noise_sigma)
        points = torch.as_tensor(pixel_points(options.box), dtype=torch.float32)
        angles = torch.arange(options.angles) * (360.0 / options.angles)
        self.register_buffer("points", points, persistent=False)
        self.register_buffer("angles_deg", angles, persistent=False)
        # where in the image the pixels of each copy lie, as grid_sample counts: −1 and 1 are the outer edges
        taken = observed_points(points[None], angles, torch.zeros(1, 2)) * (options.box / 2) + options.box // 2
        grid = (2 * taken + 1) / options.box - 1
        self.register_buffer("_grid", grid.reshape(options.angles * options.box, options.box, 2), persistent=False)

        # the order of the parts is the order of their random numbers
        def parts() -> tuple[nn.Module, ...]:
            return (
                nn.Sequential(layers((options.box**2, *options.encoder)), nn.SiLU()),
                nn.Linear(options.encoder[-1], 1),
                GaussianHead(options.encoder[-1], _POSE + options.latent),
                CoordinateDecoder(options.latent, options.decoder, options.waves, options.box / 8),
            )

        self.encoder, self.score, self.head, self.decoder = seeded(parts, options.seed)

    def posterior(self, images: Float[Array, "n y x"]) -> tuple[Float[Array, "n k"], Posterior]:
        """The log scores ln q(k|x), and what is seen from each angle: δ, s and z in units of their priors' widths."""
        count, box = len(images), self.options.box
        copies = nn.functional.grid_sample(
            images[:, None], self._grid.expand(count, -1, -1, -1), align_corners=False, padding_mode="border"
        )
        seen = self.encoder(copies.reshape(count, self.options.angles, box * box))
        return self.score(seen)[..., 0].log_softmax(-1), self.head(seen)

    def poses_of(
        self, chosen: Int[Array, "*batch m"], unknowns: Float[Array, "*batch m d"]
    ) -> tuple[Float[Array, "*batch m"], Float[Array, "*batch m 2"], Float[Array, "*batch m c"]]:
        """ψ in degrees, s in pixels and z from the number k of the angle and what was seen from there."""
        start = self.angles_deg[chosen]
        angle = start + unknowns[..., 0] * (180.0 / self.options.angles)
        seen_shift = unknowns[..., None, 1:_POSE] * self.options.shift_sigma_pixels
        none = torch.zeros(2).to(unknowns)
        return angle, observed_points(seen_shift, start, none)[..., 0, :], unknowns[..., _POSE:]

    def decode(
        self,
        content: Float[Array, "*batch d"],
        angle_deg: Float[Array, "*batch"] | None = None,
        shift_pixels: Float[Array, "*batch 2"] | None = None,
        box: int | None = None,
    ) -> Float[Array, "*batch y x"]:
        """The image of a content, at any angle, shift and size: the decoder knows no pixels."""
        box = self.options.box if box is None else box
        angle = torch.zeros(content.shape[:-1]).to(content) if angle_deg is None else angle_deg
        shift = torch.zeros(*content.shape[:-1], 2).to(content) if shift_pixels is None else shift_pixels
        points = torch.as_tensor(pixel_points(box)).to(content)
        at = reference_points(points, angle, shift * (2 / self.options.box))
        return self.likelihood.mean(self.decoder(at, content)).unflatten(-1, (box, box))

    def _log_likelihood(
        self, images: Array, chosen: Array, unknowns: Array, pixels: Array | slice = slice(None)
    ) -> Float[Array, "*batch m"]:
        angle, shift, content = self.poses_of(chosen, unknowns)
        points = self.points[pixels]
        at = reference_points(points, angle, shift * (2 / self.options.box))
        compared = images.flatten(-2)[..., None, pixels]
        found = self.likelihood.log_density(compared, self.decoder(at, content))
        return found * (len(self.points) / len(points))

    def terms(self, images: Float[Array, "n y x"], generator: torch.Generator) -> Terms:
        """The terms of the bound for each image.

        In training only some of the K angles are decoded, drawn without replacement by their scores, and q(k|x) is
        confined to them: that is an answer too, with a bound of its own below ln p(x). The likelihood is that of a part
        of the pixels, times the ratio, which is right on average.

        Parameters
        ----------
        images
            x.
        generator
            Where the draws come from.

        Returns
        -------
        Terms
            The unknowns are k, δ, s along x and y, and the content.
        """
        log_score, seen = self.posterior(images)
        draws = torch.rand(log_score.shape, generator=generator, dtype=torch.float64).to(log_score)
        chosen = (log_score.detach() - (-draws.log()).log()).topk(self.options.weighed, dim=-1).indices
        pixels = torch.randperm(len(self.points), generator=generator)[: self.options.pixels_per_step]
        log_q = log_score.gather(-1, chosen).log_softmax(-1)
        answer = _picked(seen, chosen)
        unknowns = answer.draw(normal(answer.mean.shape, generator, answer.mean))
        weight = log_q.exp()
        each = kl_per_dimension(answer.mean, answer.scale)
        of_angle = (weight * (log_q + math.log(self.options.angles))).sum(-1, keepdim=True)
        per_dimension = torch.cat([of_angle, (weight[..., None] * each).sum(-2)], dim=-1)
        likelihood = self._log_likelihood(images, chosen, unknowns, pixels)
        return Terms((weight * likelihood).sum(-1), per_dimension.sum(-1), per_dimension)

    def log_weights(
        self, images: Float[Array, "n y x"], draws: int, generator: torch.Generator
    ) -> Float[Array, "draw n"]:
        """The log importance weights of several draws, ln p(x, k, δ, s, z) − ln q(k, δ, s, z|x)."""
        log_score, seen = self.posterior(images)
        chosen = torch.multinomial(log_score.exp().cpu(), draws, replacement=True, generator=generator).to(
            log_score.device
        )
        answer = _picked(seen, chosen)
        noise = normal(answer.mean.shape, generator, answer.mean)
        unknowns = answer.draw(noise)
        log_ratio = standard_log_density(unknowns) - answer.log_density(noise)
        log_ratio = log_ratio - math.log(self.options.angles) - log_score.gather(-1, chosen)
        return (self._log_likelihood(images, chosen, unknowns) + log_ratio).T

    def infer(self, images: Array, batch: int = 256) -> Poses:
        """The angle of the highest score, and the means of the answer seen from there, for each image.

        Parameters
        ----------
        images
            (n, y, x), an array or a tensor.
        batch
            How many images at a time.

        Returns
        -------
        Poses
            As NumPy arrays.
        """
        parts = []
        with torch.no_grad():
            given: Array = torch.as_tensor(images).to(self.points)
            for block in given.split(batch):
                log_score, seen = self.posterior(block)
                best = log_score.argmax(-1, keepdim=True)
                parts.append([part[:, 0] for part in self.poses_of(best, _picked(seen, best).mean)])
        angle, shift, content = (torch.cat(part).double().cpu().numpy() for part in zip(*parts, strict=True))
        return Poses((angle + 180) % 360 - 180, shift, content)


def read_spatial_vae(path: Path) -> SpatialVae:
    """The autoencoder in a checkpoint of `vitreous.heterogeneity.training.Trainer`.

    Raises
    ------
    InputError
        If the file is damaged, or of another kind of model.
    """
    weights, options = read_weights(path, SpatialVae.__name__)
    model = SpatialVae(SpatialVaeOptions(**options))
    model.load_state_dict(weights)
    return model


def _picked(answers: Posterior, chosen: Int[Array, "n m"]) -> Posterior:
    """The answers of the chosen angles."""
    rows = torch.arange(len(chosen), device=chosen.device)[:, None]
    return Posterior(answers.mean[rows, chosen], answers.scale[rows, chosen])
