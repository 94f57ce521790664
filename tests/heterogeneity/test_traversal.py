"""Ways along a component stay within the data."""

import numpy as np
import pytest

from vitreous.heterogeneity.analysis import latent_axes
from vitreous.heterogeneity.traversal import along_component


def test_a_cloud_is_crossed_from_end_to_end(rng):
    latents = rng.normal(size=(20_000, 3)) * [3.0, 1.0, 0.2]
    axes = latent_axes(latents)
    places = axes.coordinates(along_component(latents, axes, 0, 7))
    np.testing.assert_allclose(places[[0, -1], 0], [-1.645 * 3, 1.645 * 3], atol=0.15)
    np.testing.assert_allclose(np.diff(places[:, 0]), np.diff(places[:, 0])[0])
    assert abs(places[:, 1:]).max() < 0.15


def test_along_an_arc_the_way_bends_with_the_data(rng):
    angle = rng.uniform(0, np.pi, 5000)
    latents = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    axes = latent_axes(latents)
    places = along_component(latents, axes, 0, 9)
    assert abs(np.linalg.norm(places, axis=1) - 1).max() < 0.12


@pytest.mark.parametrize("count", [2, 3])
def test_latents_that_do_not_vary_are_a_way_of_one_place(count):
    latents = np.ones((5, 2))
    np.testing.assert_allclose(along_component(latents, latent_axes(latents), 1, count), 1)
