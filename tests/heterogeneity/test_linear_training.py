"""A training of principal components: its epochs, its checkpoints, its latents, what it refuses."""

import numpy as np
import pytest

from differing import BOX, observed
from vitreous._errors import InputError
from vitreous.fourier import power_spectrum
from vitreous.heterogeneity.kernel_regression import local_maps
from vitreous.heterogeneity.linear_training import LinearTraining
from vitreous.heterogeneity.observations import Observations


@pytest.fixture(scope="module")
def observations(tmp_path_factory):
    return observed(tmp_path_factory.mktemp("set"), 300, 2.0)[0]


def test_a_training_stopped_and_restored_ends_the_same_to_the_last_bit(observations, tmp_path):
    whole, stopped, restored = (LinearTraining(observations, 2, epochs=6) for _ in range(3))
    epochs = list(whole.epochs())
    running = stopped.epochs()
    for _ in range(3):
        next(running)
    stopped.save(tmp_path / "checkpoint.safetensors")
    restored.restore(tmp_path / "checkpoint.safetensors")
    assert restored.finished == 3
    rest = list(restored.epochs())
    assert [e.number for e in epochs] == [1, 2, 3, 4, 5, 6]
    assert [e.number for e in rest] == [4, 5, 6]
    np.testing.assert_array_equal(restored.model.maps, whole.model.maps)
    np.testing.assert_array_equal(restored.infer().mean, whole.infer().mean)


def test_an_epoch_tells_what_the_bound_is(observations):
    training = LinearTraining(observations, 2, epochs=4)
    epochs = list(training.epochs())
    assert epochs[-1].elbo == pytest.approx(training.state.log_likelihood)
    assert epochs[-1].cutoff_cycles == training.shells / BOX == 0.5
    assert epochs[-1].images_per_second > 0
    held_out = training.infer(observations).log_likelihood.mean()
    assert held_out > epochs[1].elbo


def test_nothing_is_made_up_beyond_the_resolution_that_is_looked_at(observations):
    low = Observations(observations.particles, noise=np.full(BOX // 2 + 1, 4.0), cutoff_cycles=0.3)
    training = LinearTraining(low, 2, epochs=4)
    list(training.epochs())
    (local,) = local_maps(low, training.model, training.infer(), training.halves, np.zeros((1, 2)))
    for volume in (training.model.mean, training.model.maps[0], local.map):
        power = np.asarray(power_spectrum(volume, 3))
        assert np.isfinite(power).all()
        assert power[8:].max() < 1e-3 * power[1:6].max()


def test_what_makes_no_training_is_refused(observations, tmp_path):
    with pytest.raises(InputError, match="0 latent dimensions"):
        LinearTraining(observations, 0)
    with pytest.raises(InputError, match="epochs is 1; principal components take 2 or more"):
        LinearTraining(observations, 2, epochs=1)
    LinearTraining(observations, 1, epochs=2).save(tmp_path / "one.safetensors")
    with pytest.raises(InputError, match="no training of 2 principal components"):
        LinearTraining(observations, 2).restore(tmp_path / "one.safetensors")
