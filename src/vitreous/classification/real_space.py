"""Expectation-maximization as one would write it down: white noise, pixels, references in every pose laid out.

Image y = S_t R_ψ A_k + n, every pixel of n with variance s². Nothing is fast and nothing is hidden: every reference is
turned and moved to every pose, every image compared with all of them, and the references solved from the full normal
equations. For small boxes; `fourier_space` says the same in Fourier space, `em` is the engine.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from vitreous._typing import NumpyArray
from vitreous.classification.pose_grid import PoseGrid, shift_images, turning_matrices

__all__ = ["Expectation", "Mixture", "expect", "maximise", "posterior_of"]


@dataclass(frozen=True, eq=False)
class Mixture:
    """What the images are thought to be drawn from.

    Parameters
    ----------
    references
        A, (K, y, x).
    weights
        π, (K,): the share of each class; they add up to 1.
    noise_variance
        s², of each pixel.
    """

    references: Float[NumpyArray, "classes y x"]
    weights: Float[NumpyArray, " classes"]
    noise_variance: float


@dataclass(frozen=True, eq=False)
class Expectation:
    """What each image says about its class and pose.

    Parameters
    ----------
    posterior
        γ, (n, K, angles, shifts): probabilities that add up to 1 for each image.
    log_likelihood
        (n,) nats: ln Σ_kψt π_k p(ψ, t) p(y_i | k, ψ, t), a density over the pixels.
    """

    posterior: Float[NumpyArray, "n classes angles shifts"]
    log_likelihood: Float[NumpyArray, " n"]


def expect(images: Float[NumpyArray, "n y x"], mixture: Mixture, poses: PoseGrid) -> Expectation:
    """The posterior over class and pose, with ln p(y | k, ψ, t) = −|y − S_t R_ψ A_k|²/(2s²) − ½ N ln(2π s²).

    Parameters
    ----------
    images
        (n, y, x), of N pixels each.
    mixture
        References, weights and noise.
    poses
        Angles and shifts, all equally likely.

    Returns
    -------
    Expectation
        Posterior and likelihood.

    References
    ----------
    S. H. W. Scheres et al., J. Mol. Biol. 348, 139 (2005), eq. 4.
    """
    box, variance = images.shape[-1], mixture.noise_variance
    matrices = turning_matrices(box, poses.psi_deg)
    turned = np.einsum("rpq,kq->krp", matrices, mixture.references.reshape(len(mixture.references), -1))
    predicted = shift_images(turned.reshape(*turned.shape[:2], box, box), poses.shift_pixels)
    distances = np.stack([((image - predicted) ** 2).sum(axis=(-2, -1)) for image in images])
    log_densities = -distances / (2 * variance) - 0.5 * images[0].size * np.log(2 * np.pi * variance)
    return posterior_of(log_densities, mixture.weights)


def posterior_of(
    log_densities: Float[NumpyArray, "n classes angles shifts"], weights: Float[NumpyArray, " classes"]
) -> Expectation:
    """Bayes' theorem for class and pose: γ ∝ π_k p(y | k, ψ, t)/(number of poses).

    Parameters
    ----------
    log_densities
        ln p(y_i | k, ψ, t), (n, K, angles, shifts), nats.
    weights
        π, (K,).

    Returns
    -------
    Expectation
        Posterior and likelihood.
    """
    count = log_densities.shape[2] * log_densities.shape[3]
    log_joint = log_densities + np.log(weights)[:, None, None] - np.log(count)
    evidence = np.logaddexp.reduce(log_joint, axis=(1, 2, 3))
    return Expectation(np.exp(log_joint - evidence[:, None, None, None]), evidence)


def maximise(
    images: Float[NumpyArray, "n y x"],
    expectation: Expectation,
    poses: PoseGrid,
    *,
    noise_variance: float,
    prior_variance: float,
) -> Mixture:
    """The mixture of the highest expected log-likelihood and prior; the objective never falls.

    A_k solves [Σ γ R_ψᵀR_ψ/s² + 1/τ²] A_k = Σ γ R_ψᵀ S_t⁻¹ y_i/s² with the s² before, then s² = Σ γ |y − S R A|²/(n N)
    and π_k = Σ γ/n.

    Parameters
    ----------
    images
        (n, y, x).
    expectation
        Of these images.
    poses
        Angles and shifts.
    noise_variance
        s² of the mixture that the expectation was taken of.
    prior_variance
        τ², of each pixel of a reference about 0.

    Returns
    -------
    Mixture
        The next one.
    """
    box, posterior = images.shape[-1], expectation.posterior
    classes, pixels = posterior.shape[1], box * box
    matrices = turning_matrices(box, poses.psi_deg)
    moved_back = shift_images(images, -poses.shift_pixels).reshape(len(images), -1, pixels)
    sums = np.einsum("ikrt,itp->krp", posterior, moved_back)
    right = np.einsum("rpq,krp->kq", matrices, sums)
    shares = posterior.sum(axis=(0, 3))
    products = np.einsum("rpq,rps->rqs", matrices, matrices)
    left = np.einsum("kr,rqs->kqs", shares, products) + noise_variance / prior_variance * np.eye(pixels)
    references = np.linalg.solve(left, right[..., None])[..., 0]
    turned = np.einsum("rpq,kq->krp", matrices, references)
    # Σ γ |y − S R A|², S orthogonal: |y|² − 2 (S⁻¹y)·(R A) + |R A|²
    residual = (images**2).sum() - 2 * (sums * turned).sum() + np.einsum("kr,krp->", shares, turned**2)
    return Mixture(
        references=references.reshape(classes, box, box),
        weights=posterior.sum(axis=(0, 2, 3)) / len(images),
        noise_variance=float(residual / (len(images) * pixels)),
    )
