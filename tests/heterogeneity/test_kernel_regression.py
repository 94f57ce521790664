"""Kernel regression finds what is not linear, and where the linear model is all it stands; its halves are honest."""

from dataclasses import replace

import numpy as np
import pytest

from differing import BOX, blobs, differences, observed
from vitreous.fourier import fsc
from vitreous.heterogeneity.consensus import half_numbers
from vitreous.heterogeneity.kernel_regression import half_models, kernel_weights, local_maps, mahalanobis
from vitreous.heterogeneity.latent_posterior import Latents
from vitreous.heterogeneity.principal_components import Components

ONE = differences()[:1].astype(np.float32)


def model_of(maps):
    """A linear model that knows some of the truth."""
    truth, count = blobs(BOX), len(maps)
    curve = np.full((count, BOX // 2 + 1), 0.98)
    both = np.stack([maps, maps])
    return Components(
        truth, maps, np.ones(count), np.stack([truth, truth]), both, curve, np.ones_like(truth), BOX // 2, 3.0
    )  # fmt: skip


def known(truth):
    """Latents that are the truth, and as good as certain."""
    return Latents(
        truth.astype(np.float32),
        np.tile(1e-3 * np.eye(truth.shape[1], dtype=np.float32), (len(truth), 1, 1)),
        np.zeros(len(truth)),
    )


def error(found, wanted):
    return np.linalg.norm(found - wanted) / np.linalg.norm(wanted)


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    return observed(tmp_path_factory.mktemp("set"), 1500, 2.0)


def test_what_the_model_lacks_is_found(seen):
    """A model without the second difference, whose latent is known: linear maps lack it, local ones do not."""
    observations, truth = seen
    lame = model_of(np.stack([ONE[0], 0 * ONE[0]]))
    targets = np.array([[0.5, 1.2], [-0.5, -1.2]])
    local = list(local_maps(observations, lame, known(truth), half_numbers(observations), targets))
    for target, found in zip(targets, local, strict=True):
        wanted = blobs(BOX) + np.tensordot(target, differences(), 1)
        assert error(found.map, wanted) < 0.6 * error(lame.maps_at(target[None])[0], wanted)
        assert found.factors[1:4].min() > 0.4
        assert (np.asarray(fsc(*found.halves))[1:5] > 0.9).all()


def test_where_the_model_is_right_it_stands(seen):
    observations, truth = seen
    right = model_of(differences().astype(np.float32))
    (found,) = local_maps(observations, right, known(truth), half_numbers(observations), np.array([[0.5, 1.0]]))
    wanted = right.maps_at(np.array([[0.5, 1.0]]))[0]
    assert error(found.map, wanted) < 0.05


def test_distances_are_in_units_of_each_particles_uncertainty():
    latents = Latents(
        np.array([[1.0, 0], [0, 1]], np.float32),
        np.array([np.diag([0.25, 1.0]), np.diag([1.0, 4.0])], np.float32),
        np.zeros(2),
    )
    np.testing.assert_allclose(mahalanobis(latents, np.zeros(2)), [2, 0.5])


def test_kernels_are_as_wide_as_the_share_says():
    distances = np.linspace(0, 1, 101)
    weights = kernel_weights(distances, (0.1, 0.5))
    np.testing.assert_allclose(weights[[10, 50], [0, 1]], np.exp(-0.5), rtol=1e-5)
    np.testing.assert_allclose(weights[0], 1)
    assert (np.diff(weights, axis=0) <= 0).all()


def test_half_models_are_weighted_by_their_agreement():
    model = replace(model_of(ONE), fsc=np.full((1, BOX // 2 + 1), 1 / 3))
    for half in half_models(model):
        np.testing.assert_allclose(half.maps, ONE / 2, atol=1e-4)
