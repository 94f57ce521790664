"""The map that all share, its halves and its mask."""

from dataclasses import replace

import numpy as np
import pytest

from differing import BOX, blobs, differing_set, observed
from vitreous._errors import InputError
from vitreous.fourier import fsc
from vitreous.heterogeneity.consensus import half_numbers, reconstruct_consensus
from vitreous.heterogeneity.observations import Observations


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    observations, _ = observed(tmp_path_factory.mktemp("set"), 600, 1.0, spread=0.0)
    return observations, reconstruct_consensus(observations, half_numbers(observations))


def test_it_is_the_map_that_the_images_are_of(found):
    _, consensus = found
    truth = blobs(BOX)
    assert (np.asarray(fsc(consensus.mean * consensus.mask, truth * consensus.mask))[1:6] > 0.98).all()
    inside = truth > 0.5
    assert np.mean(consensus.mean[inside]) == pytest.approx(np.mean(truth[inside]), rel=0.1)
    assert (consensus.fsc[1:6] > 0.9).all()


def test_the_halves_are_those_of_the_file_and_have_their_own_noise(found):
    observations, consensus = found
    np.testing.assert_array_equal(half_numbers(observations), observations.particles.random_subset - 1)
    one, two = consensus.halves
    assert 0 < np.linalg.norm(one - two) < 0.5 * np.linalg.norm(one)


def test_the_mask_holds_the_particle_and_not_the_corners(found):
    _, consensus = found
    truth = blobs(BOX)
    assert np.sum(truth**2 * consensus.mask) > 0.98 * np.sum(truth**2)
    assert consensus.mask[0].max() == 0


def test_a_set_without_halves_is_split_by_the_seed(tmp_path):
    particles, _ = differing_set(tmp_path, 20, 1.0)
    bare = Observations(replace(particles, random_subset=None), noise=np.ones(BOX // 2 + 1))
    one, again, other = (half_numbers(bare, seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(one, again)
    assert one.sum() == 10
    assert (one != other).any()
    odd = Observations(replace(particles, random_subset=np.full(20, 1)), noise=np.ones(BOX // 2 + 1))
    with pytest.raises(InputError, match="the random subsets are 1, expected 1 and 2"):
        half_numbers(odd)


def test_a_mask_of_another_box_is_refused(found):
    observations, _ = found
    with pytest.raises(InputError, match="a mask of 8 × 8 × 8 voxels, images of 20 pixels"):
        reconstruct_consensus(observations, half_numbers(observations), np.ones((8, 8, 8)))
