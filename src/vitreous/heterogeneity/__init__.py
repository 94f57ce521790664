"""Heterogeneity: variational autoencoders, spatial-VAE, and particles that are not all alike.

What needs PyTorch is imported from its own module: `vitreous.heterogeneity.vae`, `vitreous.heterogeneity.spatial_vae`.
"""

from vitreous.heterogeneity.disentanglement import variance_explained_by_angle
from vitreous.heterogeneity.elbo import (
    active_units,
    bernoulli_log_likelihood,
    gaussian_log_likelihood,
    importance_log_likelihood,
    kl_from_standard,
    kl_per_dimension,
    reparametrise,
)
from vitreous.heterogeneity.in_plane import in_plane_errors, observed_points, reference_points
from vitreous.heterogeneity.linear_gaussian import (
    linear_bound,
    linear_log_evidence,
    linear_posterior,
    probabilistic_pca,
)
from vitreous.heterogeneity.toy_images import ELLIPSE, HINGE, LETTERS, Figure, ToyImages, pixel_points, toy_images

__all__ = [
    "ELLIPSE",
    "HINGE",
    "LETTERS",
    "Figure",
    "ToyImages",
    "active_units",
    "bernoulli_log_likelihood",
    "gaussian_log_likelihood",
    "importance_log_likelihood",
    "in_plane_errors",
    "kl_from_standard",
    "kl_per_dimension",
    "linear_bound",
    "linear_log_evidence",
    "linear_posterior",
    "observed_points",
    "pixel_points",
    "probabilistic_pca",
    "reference_points",
    "reparametrise",
    "toy_images",
    "variance_explained_by_angle",
]
