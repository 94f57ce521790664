"""The maps are set to what made the images; noise alone leaves nothing; a turn changes names and not maps."""

import numpy as np
import pytest

from differing import BOX, differences, observed
from simulated import blobs
from vitreous.fourier import fsc, power_spectrum
from vitreous.heterogeneity.ball import PADDING, add_conjugates
from vitreous.heterogeneity.channels import lower_triangle
from vitreous.heterogeneity.learned_maps import LearnedMaps, coarse_box, maximise, resized, start_maps, turned
from vitreous.heterogeneity.moments import empty_total
from vitreous.kernels.numba.channels import insert_channels

SHELLS = BOX // 2
NO_MASK = np.ones((BOX,) * 3, np.float32)


@pytest.fixture(scope="module")
def moments(tmp_path_factory):
    """Those of 800 images with the true latents, and with random ones."""
    observations, latents = observed(tmp_path_factory.mktemp("set"), 800, 2.0)
    points = observations.disc.frequencies * np.float32(BOX * PADDING)
    totals = []
    for z in (latents, np.random.default_rng(7).normal(size=latents.shape)):
        total = empty_total(PADDING * SHELLS, 3)
        for block in observations.blocks():
            c = np.concatenate([np.ones((len(block.rows), 1)), z[block.rows]], axis=1).astype(np.float32)
            weight = block.transfer**2 / block.noise_power
            data = block.data * block.transfer / block.noise_power
            insert_channels(total, block.rotations, points, data, weight, c, lower_triangle(c[:, :, None] * c[:, None]))
        add_conjugates(total, 3)
        totals.append(total)
    return totals


def settled(total, steps=4):
    maps = start_maps(blobs(BOX), NO_MASK, 2, SHELLS)
    for _ in range(steps):
        maps = maximise(total, maps.powers, NO_MASK, BOX)
    return maps


def test_the_true_latents_give_the_true_maps(moments):
    found = settled(moments[0])
    for volume, truth in zip(found.maps, [blobs(BOX), *differences()], strict=True):
        curve = np.asarray(fsc(volume, truth.astype(np.float32)))
        assert curve[1:4].min() > 0.93
    # no map is damped away where it is sure
    assert np.linalg.norm(found.maps[1]) == pytest.approx(np.linalg.norm(differences()[0]), rel=0.2)


def test_latents_that_mean_nothing_give_maps_of_nothing(moments):
    found, true = settled(moments[1], 20), settled(moments[0], 20)
    lost = [np.linalg.norm(a) / np.linalg.norm(b) for a, b in zip(found.maps[1:], true.maps[1:], strict=True)]
    assert max(lost) < 0.5
    assert np.linalg.norm(found.maps[0] - true.maps[0]) < 0.3 * np.linalg.norm(true.maps[0])


def test_a_focus_mask_confines_the_maps_and_not_the_mean(moments):
    mask = NO_MASK.copy()
    mask[: BOX // 2] = 0
    found = maximise(moments[0], start_maps(blobs(BOX), mask, 2, SHELLS).powers, mask, BOX)
    assert not found.maps[1:, : BOX // 2].any()
    assert found.maps[0, : BOX // 2].any()


def test_a_start_is_noise_of_a_part_of_the_power_of_the_mean():
    mean = blobs(BOX)
    start = start_maps(mean, NO_MASK, 3, 4)
    scale = (BOX / start.maps.shape[-1]) ** 3
    found = np.asarray(power_spectrum(start.maps[1:].astype(np.float64), 3))[:, :5] * scale**2
    np.testing.assert_allclose(found, np.tile(0.1 * np.asarray(power_spectrum(mean, 3))[:5], (3, 1)), rtol=1e-3)
    assert not np.allclose(start.maps[1], start.maps[2])


def test_turned_coordinates_name_the_same_maps():
    rng = np.random.default_rng(0)
    learned = LearnedMaps(rng.normal(size=(4, 8, 8, 8)).astype(np.float32), np.ones((4, 5)), np.full((4, 5), 0.1))
    mean, turn, new = rng.normal(size=2), rng.normal(size=(2, 2)), rng.normal(size=2)
    after = turned(learned, mean, turn, box=8)
    old = mean + turn @ new

    def volume(maps, z):
        return maps[0] + np.tensordot(z, maps[1:3], 1) + 0.7 * maps[3]

    np.testing.assert_allclose(volume(after.maps, new), volume(learned.maps, old), atol=1e-4)
    np.testing.assert_allclose(after.errors[1:3], np.repeat(0.1 * (turn.T**2).sum(1)[:, None], 5, axis=1))
    np.testing.assert_array_equal(after.powers[3], learned.powers[3])


def test_coarse_boxes_hold_the_shells_and_give_them_back():
    assert coarse_box(64, 12) == 32
    assert coarse_box(20, 10) == 20
    volume = resized(resized(blobs(BOX)[None], 12), BOX)
    assert resized(volume, BOX) is volume
    curve = np.asarray(fsc(volume[0], blobs(BOX)))
    assert curve[:5].min() > 0.999
