"""The linear-Gaussian model: against SciPy's normal density, Bayes on a grid, and the maximum that a search finds."""

import numpy as np
import pytest
import scipy.optimize
import scipy.stats

from vitreous._array import to_numpy
from vitreous.heterogeneity import linear_bound, linear_log_evidence, linear_posterior, probabilistic_pca


@pytest.fixture
def model(rng):
    loadings, mean = rng.standard_normal((5, 2)), rng.standard_normal(5)
    data = rng.standard_normal((40, 2)) @ loadings.T + mean + 0.6 * rng.standard_normal((40, 5))
    return data, loadings, mean


def test_the_evidence_is_a_normal_density(library, model):
    data, loadings, mean = model
    found = linear_log_evidence(*(library(part) for part in model), 0.36)
    wanted = scipy.stats.multivariate_normal(mean, loadings @ loadings.T + 0.36 * np.eye(5)).logpdf(data)
    np.testing.assert_allclose(to_numpy(found), wanted, rtol=1e-10)


def test_the_posterior_is_that_of_bayes_on_a_grid(model):
    data, loadings, mean = model
    means, covariance = linear_posterior(*model, 0.36)
    axis = np.linspace(-6, 6, 301)
    z = np.stack(np.meshgrid(axis, axis, indexing="ij"), -1).reshape(-1, 2)
    log_joint = -((data[0] - mean - z @ loadings.T) ** 2).sum(1) / 0.72 - (z**2).sum(1) / 2
    weight = np.exp(log_joint - log_joint.max())
    weight /= weight.sum()
    np.testing.assert_allclose(weight @ z, means[0], atol=1e-9)
    np.testing.assert_allclose((z - means[0]).T * weight @ (z - means[0]), covariance, atol=1e-9)


def test_the_bound_reaches_the_evidence_at_the_exact_posterior_alone(library, model, rng):
    given = (*(library(part) for part in model), 0.36)
    means, covariance = linear_posterior(*given)
    evidence = to_numpy(linear_log_evidence(*given))
    tight = linear_bound(*given, posterior_mean=means, posterior_covariance=covariance)
    np.testing.assert_allclose(to_numpy(tight), evidence, rtol=1e-12)
    means, covariance = to_numpy(means), to_numpy(covariance)
    for step in (0.01, 0.3):
        moved = means + step * rng.standard_normal(means.shape)
        wide = covariance * (1 + step)
        bound = linear_bound(*given, posterior_mean=library(moved), posterior_covariance=library(wide))
        gap = [
            scipy.stats.multivariate_normal(m, wide).entropy() - _cross_entropy(m, wide, exact, covariance)
            for m, exact in zip(moved, means, strict=True)
        ]
        np.testing.assert_allclose(to_numpy(bound), evidence + gap, rtol=1e-10)
        assert np.all(to_numpy(bound) < evidence)


def _cross_entropy(mean, covariance, other_mean, other_covariance):
    """−E ln of the other density under the first."""
    precision = np.linalg.inv(other_covariance)
    offset = mean - other_mean
    spread = np.trace(precision @ covariance) + offset @ precision @ offset
    return (spread + np.linalg.slogdet(2 * np.pi * other_covariance)[1]) / 2


def test_independent_answers_cannot_reach_the_evidence_of_a_correlated_posterior(model):
    """The best diagonal covariance is that of the precision's diagonal; it falls short by ½ ln of a ratio."""
    means, covariance = linear_posterior(*model, 0.36)
    precision = np.linalg.inv(covariance)
    best = np.diag(1 / np.diag(precision))
    bound = linear_bound(*model, 0.36, posterior_mean=means, posterior_covariance=best)
    short = (np.log(np.diag(precision)).sum() - np.linalg.slogdet(precision)[1]) / 2
    assert short > 0.01
    np.testing.assert_allclose(linear_log_evidence(*model, 0.36) - bound, short, rtol=1e-9)


def test_probabilistic_pca_is_the_maximum_of_the_likelihood(library, model):
    data = model[0]
    loadings, mean, variance = (to_numpy(part) for part in probabilistic_pca(library(data), 2))

    def cost(flat):
        return -linear_log_evidence(data, flat[:10].reshape(5, 2), mean, np.exp(flat[10])).mean()

    at = np.append(loadings.ravel(), np.log(variance))
    assert np.linalg.norm(scipy.optimize.approx_fprime(at, cost, 1e-6)) < 1e-4
    start = np.append(model[1].ravel(), np.log(0.36))
    found = scipy.optimize.minimize(cost, start, method="BFGS")
    assert cost(at) <= found.fun + 1e-9
    np.testing.assert_allclose(found.fun, cost(at), atol=1e-6)


@pytest.mark.parametrize("latent", [0, 5])
def test_a_latent_that_does_not_fit_is_refused(model, latent):
    with pytest.raises(ValueError, match=rf"{latent} latent dimensions for data of 5: ask for 1 to 4"):
        probabilistic_pca(model[0], latent)
