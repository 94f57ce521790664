"""Two trainings on half sets agree on the map of a state that is there, and say at what resolution."""

from dataclasses import replace

import numpy as np
import pytest

from differing import BOX, blobs, differences, observed
from vitreous.heterogeneity.half_states import compare_states, state_map
from vitreous.heterogeneity.linear_training import LinearTraining
from vitreous.heterogeneity.observations import Observations

NOISE = 1.5


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    observations, truth = observed(tmp_path_factory.mktemp("set"), 800, NOISE)
    halves = [part_of(observations, np.arange(800) % 2 == half) for half in (0, 1)]
    trainings = []
    for half in halves:
        training = LinearTraining(half, 2, epochs=10)
        list(training.epochs())
        trainings.append(training)
    return observations, truth, tuple(trainings)


def part_of(observations, rows):
    particles = observations.particles[rows]
    # halves of their own
    split = replace(particles, random_subset=1 + np.arange(len(particles)) % 2)
    return Observations(split, noise=np.full(BOX // 2 + 1, NOISE**2))


def test_a_state_is_the_same_for_both_halves(trained):
    observations, truth, trainings = trained
    rows = truth[:, 0] > 0.8
    state = part_of(observations, rows)
    wanted = blobs(BOX) + np.tensordot(truth[rows].mean(axis=0), differences(), 1)
    for training in trainings:
        found = state_map(training, state)
        whole = training.consensus.mean
        assert np.linalg.norm(found - wanted) < 0.5 * np.linalg.norm(whole - wanted)
    agreement = compare_states(trainings, state, trainings[0].consensus.mask)
    assert (agreement.fsc_masked[1:6] > 0.9).all()


def test_what_tells_two_states_apart_is_the_same_for_both_halves(trained):
    observations, truth, trainings = trained
    high, low = (part_of(observations, rows) for rows in (truth[:, 0] > 0.8, truth[:, 0] < -0.8))
    differ = [state_map(training, high) - state_map(training, low) for training in trainings]
    assert np.corrcoef(differ[0].ravel(), differ[1].ravel())[0, 1] > 0.9
    means = truth[truth[:, 0] > 0.8].mean(axis=0) - truth[truth[:, 0] < -0.8].mean(axis=0)
    wanted = np.tensordot(means, differences(), 1)
    assert np.corrcoef(differ[0].ravel(), wanted.ravel())[0, 1] > 0.9
