"""A training begun as the options say, and its checkpoints."""

import numpy as np
import pytest

from differing import observed
from vitreous._errors import InputError
from vitreous.cli.heterogeneity import LatentOptions
from vitreous.cli.heterogeneity_training import Told, begin, train_on
from vitreous.heterogeneity.basis_training import BasisTraining
from vitreous.heterogeneity.linear_training import LinearTraining
from vitreous.jobs import Job, Task


@pytest.fixture(scope="module")
def observations(tmp_path_factory):
    return observed(tmp_path_factory.mktemp("set"), 60, 2.0)[0]


def test_methods_are_those_of_the_options(observations):
    linear = begin(observations, LatentOptions(method="pca", latent=3, epochs=4), None, 5)
    assert isinstance(linear, LinearTraining)
    assert (linear.latent, linear.seed) == (3, 5)
    learned = begin(observations, LatentOptions(method="autodecoder", latent=3, epochs=4, batch=7), None, 5)
    assert isinstance(learned, BasisTraining)
    options = learned.options
    assert (options.method, options.latent, options.epochs, options.batch, options.seed) == ("autodecoder", 3, 4, 7, 5)


def test_a_mask_of_another_box_is_refused(observations):
    mask = np.ones((8, 8, 8), np.float32)
    linear = begin(observations, LatentOptions(method="pca"), mask, 0)
    with pytest.raises(InputError, match="a mask of 8 × 8 × 8 voxels"):
        next(iter(linear.epochs()))
    with pytest.raises(InputError, match="a mask of 8 × 8 × 8 voxels"):
        begin(observations, LatentOptions(method="vae"), mask, 0)


def test_a_further_training_can_be_interrupted(observations, tmp_path):
    told = Told([], {"null": {"share": 1.0}})
    with Job(tmp_path / "job", Task("heterogeneity train", {}), quiet=True) as job:
        training = begin(observations, LatentOptions(method="pca", latent=1, epochs=3), None, 0)
        numbers = [epoch.number for epoch in train_on(job, training, told, "again", 3)]
        assert job.load_checkpoint()[1] == {"epochs": [], "checks": told.checks}
    assert numbers == [1, 2, 3]
