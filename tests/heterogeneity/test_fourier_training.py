"""The published form: its bound rises, it goes on bit for bit, and what is not finite is told."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from differing import BOX, observed
from simulated import blobs
from vitreous._errors import InputError
from vitreous.heterogeneity.heterogeneous import HeterogeneousOptions, start

OPTIONS = HeterogeneousOptions(
    decoder="mlp", latent=2, epochs=4, hidden=(32, 32, 32), batch=20, marching_epochs=1, learning_rate=3e-3
)


@pytest.fixture(scope="module")
def few(tmp_path_factory):
    return observed(tmp_path_factory.mktemp("set"), 200, 0.5)[0]


@pytest.mark.parametrize("method", ["vae", "autodecoder"])
def test_the_bound_rises_and_the_map_is_found(few, method):
    training = start(few, replace(OPTIONS, method=method, epochs=6))
    epochs = list(training.epochs())
    assert epochs[-1].elbo > epochs[1].elbo > 0
    assert epochs[-1].cutoff_cycles == pytest.approx(0.5, abs=0.03)
    found, mean = training.infer(), blobs(BOX)
    volume = training.model.maps_at(found.mean.mean(axis=0, keepdims=True))[0]
    assert np.corrcoef(volume.ravel(), mean.ravel())[0, 1] > 0.7


@pytest.mark.parametrize("method", ["vae", "autodecoder"])
def test_a_training_goes_on_bit_for_bit(tmp_path, few, method):
    options = replace(OPTIONS, method=method, epochs=3)
    whole = start(few, options)
    list(whole.epochs())
    first, second = start(few, options), start(few, options)
    next(first.epochs())
    first.save(tmp_path / "state.safetensors")
    second.restore(tmp_path / "state.safetensors")
    assert [epoch.number for epoch in second.epochs()] == [2, 3]
    np.testing.assert_array_equal(second.infer().mean, whole.infer().mean)
    with pytest.raises(InputError, match="options"):
        start(few, replace(options, beta=2.0)).restore(tmp_path / "state.safetensors")


def test_what_is_not_finite_is_told_and_the_last_epoch_stays(few, monkeypatch):
    training = start(few, OPTIONS)
    epochs = training.epochs()
    next(epochs)
    before = training.infer().mean
    terms = training._terms
    monkeypatch.setattr(training, "_terms", lambda *arguments: terms(*arguments) * torch.nan)
    with pytest.raises(FloatingPointError, match="not finite in epoch 2"):
        next(epochs)
    monkeypatch.undo()
    np.testing.assert_array_equal(training.infer().mean, before)


def test_an_autodecoder_says_nothing_of_others(few, tmp_path):
    training = start(few, replace(OPTIONS, method="autodecoder"))
    with pytest.raises(ValueError, match="not trained on"):
        training.infer(observed(tmp_path, 20, 0.5)[0])
