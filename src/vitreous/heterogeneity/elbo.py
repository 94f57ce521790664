"""The evidence lower bound: its two terms, their closed forms, and the importance-weighted bound above it.

ELBO = E_q[ln p(x|z)] − KL(q(z|x) ‖ p(z)) ≤ ln p(x). Everything is in nats; posteriors are Gaussian, z = μ + Lε with a
lower triangular L and standard normal ε, and the prior is N(0, I).
"""

import math

from jaxtyping import Float, Int

from vitreous._array import as_arrays, namespace
from vitreous._typing import Array, Real

__all__ = [
    "active_units",
    "bernoulli_log_likelihood",
    "gaussian_log_likelihood",
    "importance_log_likelihood",
    "kl_from_standard",
    "kl_per_dimension",
    "reparametrise",
]

_LOG_TWO_PI = math.log(2 * math.pi)


def reparametrise(
    mean: Float[Array, "*#batch d"], scale: Float[Array, "*#batch d d"], noise: Float[Array, "*#batch d"]
) -> Float[Array, "*batch d"]:
    """A draw from N(μ, LLᵀ) whose gradient reaches μ and L: z = μ + Lε.

    Parameters
    ----------
    mean
        μ.
    scale
        L, lower triangular; diagonal where the latent dimensions are independent.
    noise
        ε, standard normal.

    Returns
    -------
    Real array
        z.

    References
    ----------
    Kingma and Welling, arXiv 1312.6114 (2013), section 2.4.
    """
    xp = namespace(mean, scale, noise)
    return mean + xp.sum(scale * noise[..., None, :], axis=-1)


def kl_per_dimension(mean: Float[Array, "*batch d"], scale: Float[Array, "*batch d d"]) -> Float[Array, "*batch d"]:
    """What each latent dimension pays: the divergence of its marginal from N(0, 1), ½(μ² + s² − 1 − ln s²).

    Parameters
    ----------
    mean, scale
        μ and L of the posterior; s² is the diagonal of LLᵀ.

    Returns
    -------
    Real array
        Nats for each dimension. Their sum is the whole divergence where L is diagonal, and less than it where not.

    References
    ----------
    Kingma and Welling, arXiv 1312.6114 (2013), appendix B.
    """
    xp = namespace(mean, scale)
    variance = xp.sum(scale * scale, axis=-1)
    return (mean * mean + variance - 1.0 - xp.log(variance)) / 2.0


def kl_from_standard(mean: Float[Array, "*batch d"], scale: Float[Array, "*batch d d"]) -> Float[Array, "*batch"]:
    """The divergence of N(μ, LLᵀ) from N(0, I): ½(|μ|² + tr LLᵀ − d − ln det LLᵀ).

    Parameters
    ----------
    mean, scale
        μ and L of the posterior.

    Returns
    -------
    Real array
        Nats for each posterior.
    """
    xp = namespace(mean, scale)
    log_diagonal = xp.log(xp.linalg.diagonal(scale))
    squares = xp.sum(mean * mean, axis=-1) + xp.sum(scale * scale, axis=(-2, -1))
    return (squares - float(mean.shape[-1])) / 2.0 - xp.sum(log_diagonal, axis=-1)


def gaussian_log_likelihood(
    images: Float[Array, "*#batch pixel"], mean: Float[Array, "*#batch pixel"], noise_variance: Real
) -> Float[Array, "*batch"]:
    """The log likelihood of images in white Gaussian noise, ln N(x; m, σ²I), summed over the pixels.

    Parameters
    ----------
    images, mean
        x and what the decoder expects, m.
    noise_variance
        σ²: a number, or an array without axes whose gradient is wanted.

    Returns
    -------
    Real array
        Nats for each image, −½ Σ [(x − m)²/σ² + ln 2πσ²].
    """
    images, mean, variance = as_arrays(images, mean, noise_variance)
    xp = namespace(images)
    log_variance = xp.log(variance) + _LOG_TWO_PI
    return xp.sum((images - mean) ** 2 / variance + log_variance, axis=-1) / -2.0


def bernoulli_log_likelihood(
    images: Float[Array, "*#batch pixel"], logits: Float[Array, "*#batch pixel"]
) -> Float[Array, "*batch"]:
    """The log likelihood of pixels that are 0 or 1, from the logits of being 1: Σ x·l − ln(1 + eˡ).

    Parameters
    ----------
    images
        x, 0 or 1. Values between are taken as the mean of many such images.
    logits
        l = ln(p/(1 − p)).

    Returns
    -------
    Real array
        Nats for each image.
    """
    xp = namespace(images, logits)
    size = xp.abs(logits)
    # ln(1 + eˡ) without overflow, and with the gradient ½ at 0
    return xp.sum((images - 0.5) * logits - size / 2.0 - xp.log1p(xp.exp(-size)), axis=-1)


def importance_log_likelihood(log_weights: Float[Array, "draw *batch"]) -> Float[Array, "*batch"]:
    """The log evidence estimated from draws of the posterior: ln (1/K) Σ_k exp(w_k).

    Parameters
    ----------
    log_weights
        w = ln p(x|z) + ln p(z) − ln q(z|x) of each of K draws z (first axis).

    Returns
    -------
    Real array
        Nats. One draw gives the ELBO; the mean rises with K and never exceeds ln p(x).

    References
    ----------
    Burda, Grosse and Salakhutdinov, arXiv 1509.00519 (2015), equation 8.
    """
    xp = namespace(log_weights)
    largest = xp.max(log_weights, axis=0)
    return largest + xp.log(xp.mean(xp.exp(log_weights - largest[None, ...]), axis=0))


def active_units(means: Float[Array, "n d"], least_variance: float = 0.01) -> Int[Array, ""]:
    """How many latent dimensions say anything: those whose posterior mean varies from image to image.

    Parameters
    ----------
    means
        μ of each image.
    least_variance
        The variance over the images from which a dimension counts. It is 1 for a dimension that is fully used.

    Returns
    -------
    Integer array without axes
        0 where the posterior has collapsed onto the prior.

    References
    ----------
    Burda, Grosse and Salakhutdinov, arXiv 1509.00519 (2015), section 5.2.
    """
    xp = namespace(means)
    return xp.sum(xp.astype(xp.var(means, axis=0) > least_variance, xp.int64))
