"""k-means finds groups that are there, in an order that does not depend on chance, and refuses what is none."""

import numpy as np
import pytest

from vitreous._errors import InputError
from vitreous.heterogeneity.clusters import k_means, nearest_particles


def groups(rng, places, each=60, width=0.1):
    centres = np.repeat(np.array(places, float), each, axis=0)
    return centres + width * rng.normal(size=centres.shape)


def test_groups_are_found_in_the_order_of_the_first_coordinate(rng):
    latents = groups(rng, [(3, 0), (-1, 2), (0, -4)])
    found = k_means(latents, 3, seed=1)
    np.testing.assert_array_equal(found.labels, np.repeat([3, 1, 2], 60))
    np.testing.assert_array_equal(found.members, [60, 60, 60])
    np.testing.assert_allclose(found.centres, [(-1, 2), (0, -4), (3, 0)], atol=0.06)
    for number, middle in enumerate(found.middles, 1):
        distance = np.linalg.norm(latents - found.centres[number - 1], axis=1)
        assert found.labels[middle] == number
        assert distance[middle] == distance[found.labels == number].min()


def test_each_particle_belongs_to_the_nearest_centre(rng):
    latents = rng.normal(size=(500, 3)).astype(np.float32)
    found = k_means(latents, 7)
    distance = np.linalg.norm(latents[:, None] - found.centres, axis=-1)
    # the means of the members are where the algorithm stops, up to its last step
    assert np.mean(distance.argmin(axis=1) + 1 == found.labels) > 0.97
    assert found.members.sum() == 500
    np.testing.assert_array_equal(k_means(latents, 7).labels, found.labels)


def test_more_clusters_than_places_are_refused():
    latents = np.array([[0.0, 0], [0, 0], [1, 1]])
    with pytest.raises(InputError, match="3 clusters of 2 different latents"):
        k_means(latents, 3)
    with pytest.raises(InputError, match="0 clusters"):
        k_means(latents, 0)
    np.testing.assert_array_equal(k_means(latents, 2).labels, [1, 1, 2])
    np.testing.assert_array_equal(k_means(latents, 1).labels, [1, 1, 1])


def test_the_nearest_to_any_of_some_places():
    latents = np.array([[0.0], [1.0], [2.0], [10.0], [11.0]])
    np.testing.assert_array_equal(nearest_particles(latents, np.array([[0.0], [10.2]]), 3), [0, 3, 4])
    np.testing.assert_array_equal(nearest_particles(latents, np.array([[0.0]]), 99), np.arange(5))
