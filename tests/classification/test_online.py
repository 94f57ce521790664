"""Batch by batch: what was put in comes back, every particle has its turn, and a run goes on bit for bit."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from class_sets import class_set
from vitreous.classification import Options, State, classify
from vitreous.classification.maximisation import Sums
from vitreous.classification.online import batches_of, blended, in_batches, is_online, online_start
from vitreous.classification.setup import set_up
from vitreous.classification.start import first_state

OPTIONS = Options(3, iterations=6, batch="online", shift_range_px=3.0, threads=1, crowd=2)


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    return class_set(tmp_path_factory.mktemp("set"), 600, 24, snr=1.0)


@pytest.fixture(scope="module")
def iterations(known):
    return list(classify(known.particles, OPTIONS))


def test_views_that_were_put_in_come_back(known, iterations):
    last = iterations[-1]
    table = np.zeros((3, 3), int)
    np.add.at(table, (known.classes, last.assignments.classes), 1)
    assert sorted(table.argmax(axis=1)) == [0, 1, 2]
    assert table.max(axis=1).sum() > 0.98 * 600
    np.testing.assert_allclose(np.sort(last.weights), np.sort(np.bincount(known.classes) / 600), atol=0.02)
    np.testing.assert_allclose(last.noise_power[0, 8:], 24**2, rtol=0.1)


def test_batches_come_first_and_all_images_at_once_last(iterations):
    ways = [it.online for it in iterations]
    assert ways[0]
    assert not ways[-1]
    assert ways == sorted(ways, reverse=True)
    assert all(bool(it.state.statistics) <= it.online for it in iterations)


def test_a_pass_does_the_work_of_several_iterations(known):
    """From one random start, one pass against one iteration."""
    alike = replace(OPTIONS, crowd=1, iterations=5)
    likelihood = {}
    for batch in ("online", "full"):
        first, second = (
            it for it, _ in zip(classify(known.particles, replace(alike, batch=batch)), "12", strict=False)
        )
        assert first.online == (batch == "online")
        likelihood[batch] = second.log_likelihood
    assert likelihood["online"] > likelihood["full"]


def test_a_run_goes_on_bit_for_bit(known, iterations):
    state = State.from_arrays(iterations[0].state.arrays())
    again = next(classify(known.particles, OPTIONS, start=state))
    assert again.log_likelihood == iterations[1].log_likelihood
    for name, value in iterations[1].state.arrays().items():
        assert again.state.arrays()[name].tobytes() == value.tobytes(), name


def test_every_particle_is_in_one_batch_and_every_batch_has_both_halves(known):
    setup = in_batches(set_up(known.particles, OPTIONS))
    batches = batches_of(setup)
    assert len(batches) == 3
    assert [sorted({setup.parts[part][1] for part in batch}) for batch in batches] == [[0, 1]] * 3
    rows = np.concatenate([setup.parts[part][2] for batch in batches for part in batch])
    np.testing.assert_array_equal(np.sort(rows), np.arange(600))


def test_few_images_come_all_at_once(known):
    setup = set_up(known.particles[:250], OPTIONS)
    assert not is_online(setup, first_state(setup))


def test_groups_of_which_no_image_was_seen_have_noise(tmp_path):
    known = class_set(tmp_path, 1100, 16, shares=(1.0,), snr=1.0)
    groups = known.particles.optics_groups
    second = (*groups, replace(groups[0], name="second"))
    rare = np.zeros(1100, np.int64)
    seen = np.random.default_rng(OPTIONS.seed).permutation(1100)[:1000]
    rare[np.setdiff1d(np.arange(1100), seen)[:2]] = 1
    particles = replace(known.particles, optics_groups=second, optics_index=rare)
    setup = set_up(particles, replace(OPTIONS, classes=1, crowd=1))
    noise = online_start(setup).noise_power
    np.testing.assert_allclose(noise[1], noise[0])


def sums_of(rng, images, rings=3, shifts=2):
    per_image = [*(rng.random((1, 2, 2, rings, 8)) for _ in range(2)), rng.random((1, 4)), np.ones(1)]
    return Sums(*(torch.from_numpy(images * part) for part in (*per_image, rng.random((2, shifts)))))


def test_running_sums_are_those_of_one_image_and_forget_slowly(rng):
    shifts = np.array([[0.0, 0.0], [1.0, 0.0]])
    first, second = sums_of(rng, 100), sums_of(rng, 50, rings=4)
    once = blended({}, first, shifts)
    np.testing.assert_allclose(once["numerator"], first.numerator / 100)
    assert once["count"] == 1
    assert float(once["spread"]) == pytest.approx(1 / 100)
    twice = blended(once, second, shifts)
    rate = 2**-0.6
    mixed = (1 - rate) * first.power.numpy() / 100 + rate * second.power.numpy() / 50
    np.testing.assert_allclose(twice["power"], mixed)
    np.testing.assert_allclose(twice["numerator"][..., 3, :], rate * second.numerator.numpy()[..., 3, :] / 50)
    assert float(twice["spread"]) == pytest.approx((1 - rate) ** 2 / 100 + rate**2 / 50)
    assert int(twice["updates"]) == 2


def test_the_posterior_of_shifts_goes_to_the_nearest_of_a_finer_search(rng):
    coarse, fine = np.array([[0.0, 0.0], [2.0, 0.0]]), np.array([[2.2, 0.0], [0.1, 0.0], [1.1, 0.4]])
    first = blended({}, sums_of(rng, 10), coarse)
    second = sums_of(rng, 10, shifts=3)
    mass, rate = blended(first, second, fine)["mass"], 2**-0.6
    old = first["mass"][:, ::-1]
    np.testing.assert_allclose(mass[:, :2], (1 - rate) * old + rate * second.mass.numpy()[:, :2] / 10)
    np.testing.assert_allclose(mass.sum(), (1 - rate) * old.sum() + rate * second.mass.numpy().sum() / 10)
