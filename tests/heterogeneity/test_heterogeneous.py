"""Options that make no training are refused before anything is read."""

from dataclasses import replace

import numpy as np
import pytest

from differing import BOX, observed
from vitreous._errors import InputError
from vitreous.heterogeneity.heterogeneous import (
    Epoch,
    HeterogeneousOptions,
    Model,
    Training,
    check_options,
    read_model,
    start,
)

OPTIONS = HeterogeneousOptions(latent=2, epochs=2)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("latent", 0, "latent is 0"),
        ("epochs", 0, "epochs is 0"),
        ("batch", -1, "batch is -1"),
        ("maps", 1, "1 maps for 2 latent dimensions"),
        ("beta", 0.0, "beta is 0"),
        ("learning_rate", -1.0, "learning rate -1"),
    ],
)
def test_options_that_make_no_training_are_refused(name, value, message):
    with pytest.raises(InputError, match=message):
        check_options(replace(OPTIONS, **{name: value}))


def test_a_mask_of_another_box_is_refused_and_a_training_begins_without_a_model(tmp_path):
    observations, _ = observed(tmp_path, 40, 1.0)
    with pytest.raises(InputError, match="a mask of 8 × 8 × 8 voxels, images of 20 pixels"):
        start(observations, OPTIONS, mask=np.ones((8, 8, 8)))
    training = start(observations, OPTIONS, mask=np.full((BOX,) * 3, 2.0))
    assert isinstance(training, Training)
    with pytest.raises(ValueError, match="no model before the first epoch"):
        training.model  # noqa: B018
    next(training.epochs())
    assert isinstance(training.model, Model)
    training.model.save(tmp_path / "model.safetensors")
    assert read_model(tmp_path / "model.safetensors").box == BOX


def test_what_an_epoch_says():
    epoch = Epoch(1, 5.0, 2.0, np.array([2.0]), 0.5, 4.0, 100, 10)
    assert epoch.elbo == 3
    assert epoch.images_per_second == 25
