"""What a block of images is made of by a model: its evidence, its share in the sums, a step of the network."""

import numpy as np
import pytest
import torch

from differing import BOX, differences, observed
from simulated import blobs
from vitreous.heterogeneity.ball import PADDING, maps_to_ball
from vitreous.heterogeneity.basis_sums import Sums, View, evidence_of, explain, learn
from vitreous.heterogeneity.coefficients import Coefficients
from vitreous.heterogeneity.latent_posterior import compare, latent_posterior


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    observations, latents = observed(tmp_path_factory.mktemp("set"), 60, 2.0)
    ball = maps_to_ball(np.concatenate([blobs(BOX)[None], differences()]).astype(np.float32), PADDING * BOX // 2)
    frequencies = observations.disc.frequencies * np.float32(BOX)
    view = View(ball, frequencies, np.zeros((2, len(frequencies)), np.float32))
    return next(observations.blocks(60)), view, latents


def test_with_maps_that_are_sure_the_latents_are_those_of_the_linear_model(seen):
    block, view, truth = seen
    found = explain(block, view, Coefficients(2, 2), None)
    compared = compare(block, view.ball, view.frequencies)
    wanted = latent_posterior(compared.gram, compared.projection, np.ones(2))
    np.testing.assert_allclose(found.posterior.mean, wanted.mean, atol=1e-4)
    # the bound is tight where the model is linear
    np.testing.assert_allclose(found.terms[:, 0] - found.terms[:, 1], wanted.log_likelihood, atol=1e-2)
    sigmas = (found.posterior.mean.numpy() - truth) / np.sqrt(np.diagonal(wanted.covariance, axis1=1, axis2=2))
    assert 0.7 < sigmas.std() < 1.4


def test_errors_of_the_maps_draw_the_latents_to_zero(seen):
    block, view, _ = seen
    unsure = View(view.ball, view.frequencies, view.errors + np.float32(0.1 * np.abs(view.ball).max() ** 2))
    sure, drawn = (explain(block, v, Coefficients(2, 2), None).posterior for v in (view, unsure))
    assert (drawn.mean.norm(dim=1) < 0.1 * sure.mean.norm(dim=1)).all()
    compared = compare(block, view.ball, view.frequencies)
    added = evidence_of(compared, unsure.errors).gram - evidence_of(compared, view.errors).gram
    wanted = compared.transfer.astype(np.float64) ** 2 @ unsure.errors.T
    np.testing.assert_allclose(added.diagonal(dim1=1, dim2=2), wanted, rtol=1e-3)
    assert not added[:, 0, 1].any()


def test_from_the_answer_one_step_stays_there(seen):
    block, view, _ = seen
    network = Coefficients(2, 5, seed=2)
    wide = View(np.concatenate([view.ball[..., :3], view.ball[..., 1:3], view.ball[..., 1:2], view.ball[..., 3:6],
                                view.ball[..., 4:6], view.ball[..., 4:5]], axis=-1), view.frequencies,
                np.zeros((5, len(view.frequencies)), np.float32))  # fmt: skip
    found = explain(block, wide, network, None)
    again = explain(block, wide, network, found.posterior.mean.numpy())
    assert (again.terms[:, 0] - again.terms[:, 1]).mean() >= (found.terms[:, 0] - found.terms[:, 1]).mean() - 1e-3
    before = float((found.terms[:, 0]).mean())
    learn(found, network, torch.optim.Adam(network.parameters(), 1e-3))
    assert float(explain(block, wide, network, None).terms[:, 0].mean()) > before - 0.1


def test_sums_of_parts_are_the_sum(seen):
    block, view, _ = seen
    network = Coefficients(2, 2)
    sums = Sums.empty(PADDING * BOX // 2, 2, 2)
    found = explain(block, view, network, None)
    sums.add(found, view, network)
    once = sums.total.copy()
    mean, spread, stretch = sums.averages(60)
    np.testing.assert_allclose(mean, found.posterior.mean.double().mean(0), atol=1e-6)
    # what is known of the latents and what is not make up their prior variance
    assert 0.5 < np.diag(spread).min() <= np.diag(spread).max() < 2
    np.testing.assert_allclose(stretch, found.evidence.gram.double().mean(0), rtol=1e-5)
    sums.add(found, view, network)
    np.testing.assert_allclose(sums.total, 2 * once, rtol=1e-4, atol=1e-5 * np.abs(once).max())
