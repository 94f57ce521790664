"""The linear-Gaussian model, where everything about a latent variable is known: x = Wz + μ + n, z ~ N(0, I).

Its evidence, posterior, bound and maximum-likelihood fit (probabilistic principal components) have closed forms; an
autoencoder with a linear decoder is held to them.
"""

import math

from jaxtyping import Float

from vitreous._array import as_arrays, device_of, namespace
from vitreous._typing import Array, Real

__all__ = ["linear_bound", "linear_log_evidence", "linear_posterior", "probabilistic_pca"]


def linear_log_evidence(
    data: Float[Array, "n p"], loadings: Float[Array, "p d"], mean: Float[Array, " p"], noise_variance: Real
) -> Float[Array, " n"]:
    """The log evidence of each row, ln p(x) = ln N(x; μ, WWᵀ + σ²I).

    Parameters
    ----------
    data
        x, one in each row.
    loadings
        W.
    mean
        μ.
    noise_variance
        σ².

    Returns
    -------
    Real array
        Nats for each row.
    """
    data, loadings, mean, variance = as_arrays(data, loadings, mean, noise_variance)
    xp = namespace(data)
    size = data.shape[1]
    covariance = loadings @ loadings.T + variance * _identity(size, data)
    centred = data - mean[None, :]
    solved = xp.linalg.solve(covariance, centred.T)
    log_determinant = xp.linalg.slogdet(covariance)[1]
    return (xp.sum(centred.T * solved, axis=0) + log_determinant + size * math.log(2 * math.pi)) / -2.0


def linear_posterior(
    data: Float[Array, "n p"], loadings: Float[Array, "p d"], mean: Float[Array, " p"], noise_variance: Real
) -> tuple[Float[Array, "n d"], Float[Array, "d d"]]:
    """The exact posterior p(z|x) = N(M⁻¹Wᵀ(x − μ)/σ², M⁻¹), M = I + WᵀW/σ².

    Parameters
    ----------
    data, loadings, mean, noise_variance
        As of `linear_log_evidence`.

    Returns
    -------
    means
        One in each row.
    covariance
        M⁻¹, the same for every x.

    References
    ----------
    Tipping and Bishop, J. R. Stat. Soc. B 61, 611 (1999), equations 6 and 7.
    """
    data, loadings, mean, variance = as_arrays(data, loadings, mean, noise_variance)
    xp = namespace(data)
    covariance = xp.linalg.inv(_identity(loadings.shape[1], data) + loadings.T @ loadings / variance)
    return (data - mean[None, :]) @ loadings @ covariance / variance, covariance


def linear_bound(
    data: Float[Array, "n p"],
    loadings: Float[Array, "p d"],
    mean: Float[Array, " p"],
    noise_variance: Real,
    *,
    posterior_mean: Float[Array, "n d"],
    posterior_covariance: Float[Array, "d d"],
) -> Float[Array, " n"]:
    """The ELBO of the answers N(m, S) without drawing: E_q ln p(x|z) = ln N(x; Wm + μ, σ²I) − tr(WSWᵀ)/2σ².

    Parameters
    ----------
    data, loadings, mean, noise_variance
        As of `linear_log_evidence`.
    posterior_mean, posterior_covariance
        m of each row, and S.

    Returns
    -------
    Real array
        Nats for each row; equal to `linear_log_evidence` where m and S are those of `linear_posterior`, and lower by
        the divergence from that everywhere else.
    """
    given = (data, loadings, mean, noise_variance, posterior_mean, posterior_covariance)
    data, loadings, mean, variance, m, S = as_arrays(*given)
    xp = namespace(data)
    residual = data - mean[None, :] - m @ loadings.T
    squares = xp.sum(residual**2, axis=1) + xp.sum((loadings @ S) * loadings)
    likelihood = -squares / (2.0 * variance) - xp.log(2 * math.pi * variance) * (data.shape[1] / 2)
    log_determinant = xp.linalg.slogdet(S)[1]
    divergence = (xp.sum(m**2, axis=1) + xp.linalg.trace(S) - float(m.shape[1]) - log_determinant) / 2.0
    return likelihood - divergence


def probabilistic_pca(
    data: Float[Array, "n p"], latent: int
) -> tuple[Float[Array, "p d"], Float[Array, " p"], Float[Array, ""]]:
    """The W, μ and σ² under which the data are most likely.

    Parameters
    ----------
    data
        x, one in each row.
    latent
        d, from 1 to p − 1.

    Returns
    -------
    loadings
        W = U(Λ − σ²I)^½, from the d largest eigenvalues Λ of the sample covariance (1/n); unique up to an orthogonal
        matrix from the right.
    mean
        μ, the mean of the rows.
    noise_variance
        σ², the mean of the eigenvalues that are left.

    Raises
    ------
    ValueError
        If d is not from 1 to p − 1.

    References
    ----------
    Tipping and Bishop, J. R. Stat. Soc. B 61, 611 (1999), equations 14 and 15.
    """
    xp = namespace(data)
    count, size = data.shape
    if not 1 <= latent < size:
        raise ValueError(f"{latent} latent dimensions for data of {size}: ask for 1 to {size - 1}")
    mean = xp.mean(data, axis=0)
    centred = data - mean[None, :]
    values, vectors = xp.linalg.eigh(centred.T @ centred / count)
    noise_variance = xp.mean(values[: size - latent])
    loadings = vectors[:, size - latent :] * xp.sqrt(values[size - latent :] - noise_variance)[None, :]
    return xp.flip(loadings, axis=1), mean, noise_variance


def _identity(size: int, like: Array) -> Array:
    return namespace(like).eye(size, dtype=like.dtype, device=device_of(like))
