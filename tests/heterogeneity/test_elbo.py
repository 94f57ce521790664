"""The terms of the bound: against sampling, SciPy's densities, and finite differences."""

import array_api_strict
import numpy as np
import pytest
import scipy.stats
import torch

from vitreous._array import to_numpy
from vitreous.heterogeneity import (
    active_units,
    bernoulli_log_likelihood,
    gaussian_log_likelihood,
    importance_log_likelihood,
    kl_from_standard,
    kl_per_dimension,
    reparametrise,
)


def triangular(rng, count, latent):
    scale = np.tril(0.4 * rng.standard_normal((count, latent, latent)))
    diagonal = np.arange(latent)
    scale[:, diagonal, diagonal] = rng.uniform(0.3, 1.5, (count, latent))
    return scale


def test_the_divergence_of_one_dimension_is_that_of_the_formula(library):
    mean, spread = 0.7, 0.4
    found = kl_from_standard(library(np.array([[mean]])), library(np.array([[[spread]]])))
    np.testing.assert_allclose(to_numpy(found), [(mean**2 + spread**2 - 1 - np.log(spread**2)) / 2], rtol=1e-14)


def test_the_divergence_is_what_sampling_gives(library, rng):
    mean, scale = rng.standard_normal((2, 3)), triangular(rng, 2, 3)
    noise = rng.standard_normal((200_000, 1, 3))
    z = to_numpy(reparametrise(library(mean[None]), library(scale[None]), library(noise)))
    for i in range(2):
        drawn = z[:, i]
        q = scipy.stats.multivariate_normal(mean[i], scale[i] @ scale[i].T).logpdf(drawn)
        p = scipy.stats.multivariate_normal(np.zeros(3), np.eye(3)).logpdf(drawn)
        error = np.std(q - p) / np.sqrt(len(drawn))
        found = to_numpy(kl_from_standard(library(mean), library(scale)))[i]
        assert abs(found - np.mean(q - p)) < 4 * error < 0.05


def test_a_reparametrised_draw_has_the_moments_asked_for(rng):
    mean, scale = rng.standard_normal((1, 3)), triangular(rng, 1, 3)
    z = reparametrise(mean, scale, rng.standard_normal((100_000, 3)))
    np.testing.assert_allclose(z.mean(0), mean[0], atol=0.02)
    np.testing.assert_allclose(np.cov(z.T), scale[0] @ scale[0].T, atol=0.05)


def test_dimensions_sum_to_the_whole_where_they_are_independent_and_to_less_where_not(library, rng):
    mean, full = rng.standard_normal((5, 4)), triangular(rng, 5, 4)
    diagonal = full * np.eye(4)
    for scale, same in ((diagonal, True), (full, False)):
        parts = to_numpy(kl_per_dimension(library(mean), library(scale))).sum(1)
        whole = to_numpy(kl_from_standard(library(mean), library(scale)))
        if same:
            np.testing.assert_allclose(parts, whole, rtol=1e-12)
        else:
            assert np.all(parts < whole)


def test_likelihoods_are_those_of_scipy(library, rng):
    images, mean, logits = rng.uniform(0, 1, (3, 6)), rng.standard_normal((3, 6)), 4 * rng.standard_normal((3, 6))
    found = to_numpy(gaussian_log_likelihood(library(images), library(mean), 0.3))
    np.testing.assert_allclose(found, scipy.stats.norm(mean, np.sqrt(0.3)).logpdf(images).sum(1), rtol=1e-12)
    bits = (images > 0.5).astype(float)
    found = to_numpy(bernoulli_log_likelihood(library(bits), library(logits)))
    wanted = scipy.stats.bernoulli(scipy.special.expit(logits)).logpmf(bits.astype(int)).sum(1)
    np.testing.assert_allclose(found, wanted, rtol=1e-10)


def test_a_certain_pixel_does_not_overflow(library):
    found = to_numpy(bernoulli_log_likelihood(library(np.array([[1.0, 0.0]])), library(np.array([[800.0, 800.0]]))))
    np.testing.assert_allclose(found, [-800.0])


def test_precision_is_kept():
    images = array_api_strict.asarray(np.ones((2, 3), np.float32))
    assert gaussian_log_likelihood(images, images, 0.5).dtype == array_api_strict.float32
    assert bernoulli_log_likelihood(images, images).dtype == array_api_strict.float32


def test_gradients_are_those_of_finite_differences(rng):
    mean = torch.tensor(rng.standard_normal((2, 3)), requires_grad=True)
    scale = torch.tensor(triangular(rng, 2, 3), requires_grad=True)
    noise, images = (torch.tensor(rng.standard_normal((2, 3))) for _ in range(2))
    variance = torch.tensor(0.7, dtype=torch.float64, requires_grad=True)

    def bound(mean, scale, variance):
        z = reparametrise(mean, scale, noise)
        both = gaussian_log_likelihood(images, z, variance) + bernoulli_log_likelihood(images, z)
        return both - kl_from_standard(mean, scale) - kl_per_dimension(mean, scale).sum(-1)

    assert torch.autograd.gradcheck(bound, (mean, scale, variance))
    logits = torch.zeros(1, 4, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda logits: bernoulli_log_likelihood(torch.ones(1, 4), logits), (logits,))


def test_importance_weights_are_averaged_without_overflow(library, rng):
    weights = rng.standard_normal((7, 3))
    found = to_numpy(importance_log_likelihood(library(weights - 900)))
    np.testing.assert_allclose(found, np.log(np.mean(np.exp(weights), axis=0)) - 900, rtol=1e-12)
    np.testing.assert_allclose(to_numpy(importance_log_likelihood(library(weights[:1]))), weights[0], rtol=1e-12)


@pytest.mark.parametrize("used", [0, 1, 3])
def test_a_collapsed_dimension_is_not_active(library, rng, used):
    means = 0.01 * rng.standard_normal((500, 3))
    means[:, :used] = rng.standard_normal((500, used))
    assert int(active_units(library(means))) == used
