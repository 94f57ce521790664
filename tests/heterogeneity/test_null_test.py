"""The null set is the consensus seen as the particles were, and what varies in it is noise."""

import numpy as np
import pytest

from differing import BOX, blobs, differences, differing_set
from vitreous.heterogeneity.null_test import map_variation, write_null_set
from vitreous.heterogeneity.observations import Observations
from vitreous.projection import slice_map


@pytest.fixture(scope="module")
def null(tmp_path_factory):
    particles, _ = differing_set(tmp_path_factory.mktemp("set"), 400, 2.0)
    noise = np.full(BOX // 2 + 1, 4.0)
    return particles, write_null_set(tmp_path_factory.mktemp("null"), particles, blobs(BOX), noise=noise)


def test_all_but_the_images_is_as_it_was(null):
    particles, made = null
    for name in ("euler_deg", "shift_angstrom", "defocus_u_angstrom", "random_subset"):
        np.testing.assert_allclose(getattr(made, name), getattr(particles, name), atol=1e-3)


def test_the_images_are_the_consensus_and_the_noise(null):
    observations = Observations(null[1], noise=np.full(BOX // 2 + 1, 4.0))
    block = observations.block(slice(None))
    clean = observations.disc.gather(slice_map(blobs(BOX), block.rotations)) * block.transfer
    rest = block.data - clean
    assert np.mean(np.abs(rest) ** 2 / block.noise_power) == pytest.approx(1, abs=0.02)
    # the strength of the consensus in the images
    assert np.vdot(clean, block.data).real / np.vdot(clean, clean).real == pytest.approx(1, abs=0.02)


def test_noise_is_another_for_another_seed(null, tmp_path):
    noise = np.full(BOX // 2 + 1, 4.0)
    again, other = (write_null_set(tmp_path / str(s), null[0], blobs(BOX), noise=noise, seed=s) for s in (0, 1))
    np.testing.assert_array_equal(again.images(), null[1].images())
    assert (other.images() != null[1].images()).any()


def test_variation_is_the_share_that_differs(rng):
    base, (one, _) = blobs(BOX), differences()
    z = rng.normal(size=(500, 1)) * 0.3
    found = map_variation(
        lambda latents: base + latents[:, :, None, None] * one.astype(np.float32), z, np.ones((BOX,) * 3)
    )
    assert found.share == pytest.approx(0.09 * np.sum(one**2) / np.sum(base**2), rel=0.4)
    still = map_variation(lambda latents: np.repeat(base[None], len(latents), 0), z, np.ones((BOX,) * 3))
    assert still.share == pytest.approx(0, abs=1e-10)
    assert still.by_shell.max() < 1e-8
