"""Scores on known answers: perfect, by chance, and worked by hand."""

import numpy as np
import pytest

from simulated import blobs
from vitreous.heterogeneity.scores import (
    adjusted_rand_index,
    cluster_purity,
    conformation_latents,
    first_coordinate,
    fsc_area,
    path_correlation,
    truth_mask,
)


def test_a_perfect_map_has_half_whatever_its_scale_and_mean():
    volume = blobs(32)
    assert fsc_area(3 * volume + 2, volume) == pytest.approx(0.5)
    assert fsc_area(3 * volume, volume, np.ones_like(volume)) == pytest.approx(0.5)


def test_noise_has_next_to_nothing(rng):
    one, two = rng.normal(size=(2, 32, 32, 32))
    # the trapezium at zero frequency, and chance
    assert fsc_area(one, two) == pytest.approx(0.5 / 32, abs=0.02)


def test_the_area_ends_where_the_noise_begins():
    """A map that is right below a quarter cycle and absent beyond."""
    volume = np.random.default_rng(0).normal(size=(32, 32, 32))
    spectrum = np.fft.fftn(volume)
    radius = np.sqrt(sum(axis**2 for axis in np.meshgrid(*[np.fft.fftfreq(32)] * 3, indexing="ij")))
    low = np.fft.ifftn(np.where(radius < 0.25, spectrum, 0)).real
    assert fsc_area(low, volume) == pytest.approx(0.25, abs=1.5 / 32)


def test_the_mask_holds_every_conformation_and_little_else():
    one = blobs(32)
    two = np.roll(one, 6, axis=0)
    mask = truth_mask(np.stack([one, two]), pixel_size_angstrom=3.0)
    for volume in (one, two):
        assert (volume**2 * mask).sum() > 0.98 * (volume**2).sum()
    assert 0.02 < mask.mean() < 0.35
    assert mask[0].max() == 0


def test_means_of_conformations():
    latents = np.array([[0.0, 1], [2, 3], [5, 5]])
    np.testing.assert_array_equal(
        conformation_latents(latents, np.array([0, 0, 2]), 3), [[1, 2], [np.nan, np.nan], [5, 5]]
    )


def test_the_first_coordinate_is_the_widest(rng):
    truth = rng.uniform(size=500)
    latents = rng.normal(size=(500, 3)) * 0.01
    latents[:, 1] -= 5 * truth**3
    assert np.std(first_coordinate(latents)) == pytest.approx(np.std(5 * truth**3), rel=1e-2)
    assert path_correlation(latents, truth) > 0.99
    assert path_correlation(rng.normal(size=(500, 3)), truth) < 0.2


def test_clusters_worked_by_hand():
    """Hubert and Arabie's kind of table: clusters {a a b}, {b b}, {c}: purity 5/6."""
    labels = np.array([0, 0, 1, 1, 1, 2])
    clusters = np.array([7, 7, 7, 4, 4, 9])
    assert cluster_purity(clusters, labels) == pytest.approx(5 / 6)
    # pairs together in both 1 + 1, in clusters 3 + 1, in labels 1 + 3, of 15: E = 16/15
    assert adjusted_rand_index(clusters, labels) == pytest.approx((2 - 16 / 15) / (4 - 16 / 15))


def test_the_same_partition_under_other_names_is_perfect(rng):
    labels = rng.integers(0, 4, 200)
    assert adjusted_rand_index((labels + 1) % 4 + 10, labels) == 1
    assert cluster_purity((labels + 1) % 4 + 10, labels) == 1


def test_chance_is_zero(rng):
    found = [adjusted_rand_index(rng.integers(0, 4, 500), rng.integers(0, 4, 500)) for _ in range(50)]
    assert np.mean(found) == pytest.approx(0, abs=0.003)
    assert adjusted_rand_index(np.zeros(5, int), np.zeros(5, int)) == 1
