"""The posterior of the latent of an image, found in the model itself: what an encoder learns to guess.

Given the slices A of q maps in the view of an image and the residual r of the mean map, both through the transfer and
divided by the noise, all that the image says of its coefficients c is in two small arrays, G = Re Aᴴ A and p = Re Aᴴ r:
ln p(y | z) = 2 c(z)·p − c(z)ᵀ G c(z) + what z does not touch. The mode of ln p(y | z) + β ln p(z) is found by
Gauss–Newton steps, and the posterior is the Gaussian there. With linear coefficients this is exact after one step.
"""

from dataclasses import dataclass
from math import sqrt

import torch
from jaxtyping import Float

from vitreous._typing import Array
from vitreous.heterogeneity.coefficients import Coefficients
from vitreous.heterogeneity.elbo import importance_log_likelihood
from vitreous.heterogeneity.networks import Posterior, normal, standard_log_density

__all__ = ["Evidence", "cubature", "expected_log_likelihood", "find_posterior", "log_evidence", "moments_of"]

_HALVINGS = 3


@dataclass(frozen=True)
class Evidence:
    """What m images say of the coefficients of q maps."""

    gram: Float[Array, "m q q"]
    """G."""
    projection: Float[Array, "m q"]
    """p."""

    def log_likelihood(self, coefficients: Float[Array, "m *draw q"]) -> Float[Array, "m *draw"]:
        """The log likelihood above that of the mean map, 2 c·p − cᵀ G c, in nats."""
        flat = coefficients.reshape(len(coefficients), -1, coefficients.shape[-1])
        gain = 2 * flat @ self.projection[..., None] - (flat @ self.gram * flat).sum(-1, keepdim=True)
        return gain.reshape(coefficients.shape[:-1])


def find_posterior(
    evidence: Evidence, coefficients: Coefficients, start: Float[Array, "m d"], *, steps: int = 4, beta: float = 1.0
) -> Posterior:
    """q(z) = N(μ, LLᵀ) of each image: the mode, and the inverse of the Gauss–Newton curvature 2 JᵀGJ/β + 1 there.

    Parameters
    ----------
    evidence
        Of m images.
    coefficients
        c(z).
    start
        Where the search begins.
    steps
        At most so many; each is shortened until it climbs. The linear model takes one.
    beta
        The price of a nat of divergence.

    Returns
    -------
    Posterior
        Without gradients.
    """
    with torch.no_grad():
        z, best = start, _height(evidence, coefficients, start, beta)
        for _ in range(steps if len(coefficients.layers) else 1):
            values, slopes = coefficients.with_jacobian(z)
            pull = 2 * (evidence.projection - (evidence.gram @ values[..., None])[..., 0])
            uphill = (slopes.mT @ pull[..., None])[..., 0] - beta * z
            step = torch.linalg.solve(_curvature(evidence, slopes, beta), uphill)
            z, best = _climb(evidence, coefficients, (z, best), step, beta)
        precision = _curvature(evidence, coefficients.with_jacobian(z)[1], beta) / beta
        covariance = torch.cholesky_inverse(torch.linalg.cholesky(precision))
        return Posterior(z, torch.linalg.cholesky(covariance))


def _curvature(evidence: Evidence, slopes: Array, beta: float) -> Array:
    return 2 * slopes.mT @ evidence.gram @ slopes + beta * torch.eye(slopes.shape[-1]).to(slopes)


def _height(evidence: Evidence, coefficients: Coefficients, z: Array, beta: float) -> Array:
    """What is climbed: ln p(y | z) − ½ β |z|²."""
    return evidence.log_likelihood(coefficients(z)) - beta / 2 * (z * z).sum(-1)


def _climb(
    evidence: Evidence, coefficients: Coefficients, at: tuple[Array, Array], step: Array, beta: float
) -> tuple[Array, Array]:
    """The step, or a shorter one, of each image that climbs; none where none does."""
    z, best = at
    share = torch.ones_like(best)
    for _ in range(_HALVINGS):
        there = z + share[:, None] * step
        height = _height(evidence, coefficients, there, beta)
        lower = ~(height >= best)
        if not bool(lower.any()):
            break
        share = torch.where(lower, share * 0.3, share)
    taken = height >= best
    return torch.where(taken[:, None], there, z), torch.where(taken, height, best)


def cubature(posterior: Posterior) -> Float[Array, "m two_d d"]:
    """2d points of equal weight whose mean and covariance are those of the posterior: μ ± √d L e_j.

    Parameters
    ----------
    posterior
        Of m images.

    Returns
    -------
    Real tensor (m, 2d, d)
        Averages over them are exact for polynomials of degree 3.

    References
    ----------
    Arasaratnam and Haykin, IEEE Trans. Autom. Control 54, 1254 (2009).
    """
    offsets = sqrt(posterior.mean.shape[-1]) * posterior.scale.mT
    return posterior.mean[:, None] + torch.cat([offsets, -offsets], dim=1)


def expected_log_likelihood(
    evidence: Evidence, coefficients: Coefficients, points: Float[Array, "m draw d"]
) -> Float[Array, " m"]:
    """E_q ln p(y | z) above that of the mean map, as the mean over points of the posterior; gradients reach c."""
    mean: Array = evidence.log_likelihood(coefficients(points)).mean(-1)
    return mean


def moments_of(
    coefficients: Coefficients, points: Float[Array, "m draw d"]
) -> tuple[Float[Array, "m q_1"], Float[Array, "m q_1 q_1"]]:
    """E_q c̃ and E_q c̃ c̃ᵀ with c̃ = (1, c(z)): the factors with which an image enters the mean and the maps.

    Parameters
    ----------
    coefficients
        c(z) of q maps.
    points
        Of the posterior of m images.

    Returns
    -------
    first : (m, q + 1)
    second : (m, q + 1, q + 1)
    """
    with torch.no_grad():
        values = coefficients(points)
        extended = torch.cat([torch.ones_like(values[..., :1]), values], dim=-1)
        return extended.mean(1), extended.mT @ extended / extended.shape[1]


def log_evidence(
    evidence: Evidence, coefficients: Coefficients, posterior: Posterior, draws: int, generator: torch.Generator
) -> Float[Array, " m"]:
    """The evidence ln p(y) above that of the mean map, by importance weights: exact where the posterior is.

    Parameters
    ----------
    evidence, coefficients
        ln p(y | z).
    posterior
        Of m images.
    draws
        How many of each.
    generator
        Where they come from.

    Returns
    -------
    Real tensor (m,)
        Nats.
    """
    noise = normal((draws, *posterior.mean.shape), generator, posterior.mean)
    z = posterior.draw(noise)
    with torch.no_grad():
        likelihood = evidence.log_likelihood(coefficients(z.movedim(0, 1))).mT
    weights = likelihood + standard_log_density(z) - posterior.log_density(noise)
    bound: Array = importance_log_likelihood(weights)
    return bound
