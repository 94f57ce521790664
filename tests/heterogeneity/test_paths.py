"""The way through data goes where particles are, and not across a gap."""

import numpy as np

from vitreous.heterogeneity import paths
from vitreous.heterogeneity.paths import along_path, graph_path


def horseshoe(rng, n=1500):
    angle = np.sort(rng.uniform(0.15 * np.pi, 1.85 * np.pi, n))
    return np.stack([np.cos(angle), np.sin(angle)], axis=-1) + 0.02 * rng.normal(size=(n, 2)), angle


def test_the_ends_of_a_horseshoe_are_joined_around_it(rng):
    latents, angle = horseshoe(rng)
    way = graph_path(latents, np.array([0, len(latents) - 1]))
    assert way[0] == 0
    assert way[-1] == len(latents) - 1
    assert np.linalg.norm(np.diff(latents[way], axis=0), axis=1).max() < 0.2
    assert np.ptp(angle[way]) == np.ptp(angle)
    places = along_path(latents, way, 12)
    assert abs(np.linalg.norm(places, axis=1) - 1).max() < 0.08
    steps = np.linalg.norm(np.diff(places, axis=0), axis=1)
    assert steps.max() < 1.6 * steps.min()
    np.testing.assert_array_equal(places[[0, -1]], latents[[0, -1]])


def test_it_passes_all_anchors_in_order(rng):
    latents, _ = horseshoe(rng)
    anchors = np.array([700, 100, 1400])
    way = graph_path(latents, anchors).tolist()
    assert [way.index(row) for row in anchors] == sorted(way.index(row) for row in anchors)


def test_islands_are_joined_by_the_shortest_bridge(rng):
    islands = [rng.normal(size=(40, 2)) * 0.1 + place for place in ((0, 0), (5, 0), (10, 0))]
    latents = np.concatenate(islands)
    way = graph_path(latents, np.array([0, 119]))
    jumps = np.linalg.norm(np.diff(latents[way], axis=0), axis=1)
    assert np.sum(jumps > 1) == 2
    assert set(way // 40) == {0, 1, 2}


def test_of_very_many_particles_a_part_is_enough(rng, monkeypatch):
    latents, _ = horseshoe(rng, 3000)
    monkeypatch.setattr(paths, "_MOST", 500)
    way = graph_path(latents, np.array([0, 2999]))
    assert (way[0], way[-1]) == (0, 2999)
    assert abs(np.linalg.norm(latents[way], axis=1) - 1).max() < 0.1


def test_a_way_of_equal_places_is_one_place():
    latents = np.ones((12, 2))
    way = graph_path(latents, np.array([3, 7]))
    np.testing.assert_array_equal(along_path(latents, way, 3), np.ones((3, 2)))
