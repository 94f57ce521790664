"""Principal axes of latents, and UMAP where it is installed."""

import sys

import numpy as np
import pytest

from vitreous._errors import InputError
from vitreous.heterogeneity import analysis
from vitreous.heterogeneity.analysis import latent_axes, umap_plane


def test_axes_are_those_that_the_latents_were_drawn_along(rng):
    turn = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    latents = rng.normal(size=(4000, 3)) * [3.0, 1.0, 0.2] @ turn + [1.0, -2.0, 0.5]
    axes = latent_axes(latents)
    np.testing.assert_allclose(abs(np.sum(axes.directions * turn, axis=1)), 1, atol=0.01)
    np.testing.assert_allclose(np.sqrt(axes.variances), [3, 1, 0.2], rtol=0.05)
    assert (axes.directions.max(axis=1) == abs(axes.directions).max(axis=1)).all()
    coordinates = axes.coordinates(latents)
    np.testing.assert_allclose(axes.latents(coordinates), latents, atol=1e-12)
    np.testing.assert_allclose(np.cov(coordinates.T), np.diag(axes.variances), atol=1e-9)


def test_uncertainties_turn_with_the_axes(rng):
    latents = rng.normal(size=(50, 2)).astype(np.float32)
    axes = latent_axes(latents)
    root = rng.normal(size=(2, 2))
    covariance = np.broadcast_to(root @ root.T, (50, 2, 2)).astype(np.float32)
    drawn = rng.normal(size=(200_000, 2)) @ root.T @ axes.directions.T
    np.testing.assert_allclose(axes.covariances(covariance)[7], np.cov(drawn.T), rtol=0.05, atol=0.02)


def test_without_umap_it_is_said_what_to_install(monkeypatch, rng):
    monkeypatch.setattr(analysis.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"UMAP is not installed here; pip install .*vitreous\[analysis\]"):
        umap_plane(rng.normal(size=(50, 2)))


class _Layout:
    """What `umap_plane` asks of umap-learn."""

    asked: dict = {}  # noqa: RUF012

    def __init__(self, **options):
        _Layout.asked = options

    def fit_transform(self, points):
        return points[:, :2]


def test_umap_is_asked_for_a_layout_that_a_seed_repeats(monkeypatch, rng):
    module = type(sys)("umap")
    module.UMAP = _Layout
    monkeypatch.setitem(sys.modules, "umap", module)
    monkeypatch.setattr(analysis, "has_umap", lambda: True)
    latents = rng.normal(size=(8, 3))
    plane = umap_plane(latents, seed=4)
    np.testing.assert_allclose(plane, latents[:, :2], rtol=1e-6)
    assert _Layout.asked["random_state"] == 4
    assert _Layout.asked["n_neighbors"] == 7
    with pytest.raises(InputError, match="4 particles make no UMAP"):
        umap_plane(latents[:4])
