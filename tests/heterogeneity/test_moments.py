"""Moments of images without noise, at the true latents, are solved by the maps that the images are of."""

import numpy as np
import pytest

from differing import BOX, blobs, differences, observed
from vitreous.fourier import fsc
from vitreous.heterogeneity.ball import add_conjugates, ball_to_maps, maps_to_ball
from vitreous.heterogeneity.latent_posterior import compared_blocks
from vitreous.heterogeneity.moments import add_moments, empty_total, shell_means, shell_quotients, solve_maps


@pytest.fixture(scope="module")
def total(tmp_path_factory):
    observations, latents = observed(tmp_path_factory.mktemp("set"), 500, 0.01)
    filled, mean = empty_total(BOX, 2), maps_to_ball(blobs(BOX)[None], BOX)
    frequencies = observations.disc.frequencies * np.float32(BOX)
    for compared in compared_blocks(observations, mean, 0.5):
        z = latents[compared.block.rows]
        add_moments(filled, compared, frequencies, z, z[:, :, None] * z[:, None], np.ones(len(z), bool))
    add_conjugates(filled, 2)
    return filled


def test_the_maps_that_differ_are_found(total):
    for found, wanted in zip(solve_maps(total, np.zeros((2, BOX // 2 + 1)), BOX), differences(), strict=True):
        assert (np.asarray(fsc(found, wanted))[1:5] > 0.97).all()
        inside = wanted > 0.1
        assert np.sum(found[inside] * wanted[inside]) / np.sum(wanted[inside] ** 2) == pytest.approx(1, abs=0.1)


def test_damping_shrinks(total):
    """Where the noise is as strong as the signal the map is halved, if its components do not mix."""
    light, heavy = (solve_maps(total, np.full((2, BOX // 2 + 1), ratio), BOX) for ratio in (0.0, 1.0))
    ratio = np.sum(light * heavy, axis=(1, 2, 3)) / np.sum(light**2, axis=(1, 2, 3))
    np.testing.assert_allclose(ratio, 0.5, atol=0.1)


def test_a_map_alone_is_a_quotient(total):
    """Of one map the system is a division."""
    alone = np.concatenate([total[..., [0, 2]], total[..., [4]]], axis=-1)
    solved = solve_maps(alone, np.zeros((1, BOX // 2 + 1)), BOX)
    divided = ball_to_maps(shell_quotients(alone, 1), BOX)
    assert np.linalg.norm(solved - divided) < 0.01 * np.linalg.norm(solved)


def test_means_of_shells():
    even = np.full((9, 9, 5, 7), 3.0, np.float32)
    np.testing.assert_allclose(shell_means(even, 2), 3)
    assert shell_means(even, 2).shape == (2, 3)


def test_what_no_image_reaches_is_zero():
    assert (solve_maps(empty_total(8, 1), np.zeros((1, 5)), 8) == 0).all()
    assert (shell_quotients(np.zeros((9, 9, 5, 3), np.float32), 1) == 0).all()
