"""The posterior through projections is that of the linear Gaussian model written out with dense matrices."""

import numpy as np
import pytest
from scipy.stats import chi2, multivariate_normal

from differing import BOX, blobs, differences, observed
from vitreous.heterogeneity.ball import maps_to_ball
from vitreous.heterogeneity.latent_posterior import compare, compared_blocks, latent_posterior


@pytest.fixture(scope="module")
def set_and_latents(tmp_path_factory):
    return observed(tmp_path_factory.mktemp("set"), 300, 3.0)


def true_ball():
    return maps_to_ball(np.concatenate([blobs(BOX)[None], differences()]).astype(np.float32), BOX)


def test_it_is_that_of_the_dense_model(set_and_latents):
    """x = A z + n in real coordinates, the parts of a coefficient with half its noise each: by Bayes' rule."""
    observations, _ = set_and_latents
    frequencies = observations.disc.frequencies * np.float32(BOX)
    compared = compare(observations.block(slice(0, 3)), true_ball(), frequencies)
    variances = np.array([1.0, 0.5])
    found = latent_posterior(compared.gram, compared.projection, variances)
    for i in range(3):
        a, x = compared.predicted[i].astype(np.float64), compared.residual[i].view(np.float32).astype(np.float64)
        everything = a @ np.diag(variances) @ a.T + 0.5 * np.eye(len(x))
        gain = np.diag(variances) @ a.T @ np.linalg.inv(everything)
        np.testing.assert_allclose(found.mean[i], gain @ x, rtol=1e-3, atol=1e-4)
        np.testing.assert_allclose(found.covariance[i], np.diag(variances) - gain @ a @ np.diag(variances), atol=1e-4)
        zero = np.zeros(len(x))
        wanted = multivariate_normal(zero, everything).logpdf(x) - multivariate_normal(
            zero, 0.5 * np.eye(len(x))
        ).logpdf(x)
        assert found.log_likelihood[i] == pytest.approx(wanted, rel=1e-3, abs=1e-2)


def test_the_uncertainty_is_true(set_and_latents):
    """(z − m)ᵀ Σ⁻¹ (z − m) of the true latents follows χ² with two degrees of freedom."""
    observations, truth = set_and_latents
    parts = [
        latent_posterior(c.gram, c.projection, np.ones(2)) for c in compared_blocks(observations, true_ball(), 0.5)
    ]
    mean, covariance = (np.concatenate([getattr(part, name) for part in parts]) for name in ("mean", "covariance"))
    off = truth - mean
    distance = np.einsum("ni,nij,nj->n", off, np.linalg.inv(covariance), off)
    for level in (0.5, 0.9):
        share = np.mean(distance < chi2(2).ppf(level))
        assert share == pytest.approx(level, abs=4 * np.sqrt(level * (1 - level) / len(truth)))
    # views differ in what they show
    widths = np.sqrt(covariance[:, 0, 0])
    assert widths.max() > 1.3 * widths.min()


def test_an_image_that_says_nothing_leaves_the_prior():
    found = latent_posterior(np.zeros((1, 2, 2), np.float32), np.zeros((1, 2), np.float32), np.array([2.0, 0.5]))
    np.testing.assert_allclose(found.covariance[0], np.diag([2, 0.5]))
    assert found.log_likelihood[0] == pytest.approx(0)
