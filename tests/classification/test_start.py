"""The state before the first iteration."""

import numpy as np
import pytest

from class_sets import class_set
from vitreous.classification import Options
from vitreous.classification.setup import set_up
from vitreous.classification.start import FIRST_RING, first_state


@pytest.fixture(scope="module")
def setup(tmp_path_factory):
    particles = class_set(tmp_path_factory.mktemp("set"), 60, 24, snr=0.01).particles
    return set_up(particles, Options(3, threads=1, seed=4))


def test_random_averages_of_low_resolution(setup):
    state = first_state(setup)
    assert (state.references[:, FIRST_RING + 1 :] == 0).all()
    assert abs(state.references[0] - state.references[1]).max() > 0
    assert (state.weights == 1 / 3).all()
    # of the images themselves: white noise of variance 1 a pixel
    np.testing.assert_allclose(state.noise_power[0, 3:], 24**2, rtol=0.4)
    assert (first_state(setup).references == state.references).all()


def test_images_to_start_from_are_taken_to_the_rings(setup):
    images = np.zeros((3, 24, 24), np.float32)
    images[:, 12, 12] = [1, 2, 3]
    state = first_state(setup, images)
    np.testing.assert_allclose(state.references[:, 2].mean(-1), [1, 2, 3], rtol=1e-4)
