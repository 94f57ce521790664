"""Training: seeded to the last bit, resumed as if it had not stopped, and stopped by what is not a number."""

import numpy as np
import pytest
import torch

from vitreous._errors import InputError
from vitreous.heterogeneity import HINGE, toy_images
from vitreous.heterogeneity.training import (
    Autoencoder,
    Trainer,
    TrainingOptions,
    held_out_log_likelihood,
    read_weights,
    terms_of,
)
from vitreous.heterogeneity.vae import Vae, VaeOptions

OPTIONS = TrainingOptions(epochs=4, batch=16, warm_up_epochs=2.0)


@pytest.fixture(autouse=True)
def _one_thread():
    """Layers this small are done before a second thread has begun."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def vae(**options):
    return Vae(VaeOptions(144, 2, hidden=(16,), **options))


def images(count=50, seed=0):
    return toy_images(HINGE, count, 12, rotate=True, noise_sigma=0.1, seed=seed).images


def weights(model):
    return torch.cat([weight.flatten() for weight in model.state_dict().values()])


def test_a_vae_is_an_autoencoder():
    assert isinstance(vae(), Autoencoder)


def test_the_same_seed_gives_the_same_bits_and_another_gives_others():
    runs = []
    for seed in (0, 0, 1):
        torch.manual_seed(len(runs))
        model = vae()
        list(Trainer(model, TrainingOptions(epochs=2, batch=16, seed=seed)).epochs(images()))
        runs.append(weights(model))
    assert torch.equal(runs[0], runs[1])
    assert not torch.equal(runs[0], runs[2])


def test_epochs_come_one_by_one_with_their_figures():
    model = vae()
    epochs = Trainer(model, OPTIONS).epochs(images(), held_out=images(20, seed=1))
    start = weights(model)
    first = next(epochs)
    then = weights(model)
    assert not torch.equal(start, then), "the model can be drawn from between two epochs"
    rest = list(epochs)
    assert [first.number, *(epoch.number for epoch in rest)] == [1, 2, 3, 4]
    assert [first.beta, *(epoch.beta for epoch in rest)] == pytest.approx([0.5, 1, 1, 1])
    assert rest[-1].elbo > first.elbo
    assert rest[-1].elbo == rest[-1].log_likelihood - rest[-1].divergence
    terms = terms_of(model, images(20, seed=1))
    held_out = (terms.log_likelihood - terms.divergence).mean().item()
    assert rest[-1].held_out_elbo == pytest.approx(held_out, rel=1e-5)
    assert first.per_dimension.shape == (2,)


def test_a_training_that_was_saved_ends_as_one_that_was_not(tmp_path):
    whole, part, resumed = vae(), vae(), vae(seed=0)
    last = list(Trainer(whole, OPTIONS).epochs(images()))[-1]
    stopped = Trainer(part, OPTIONS)
    epochs = stopped.epochs(images())
    next(epochs)
    next(epochs)
    stopped.save(tmp_path / "state.safetensors")
    going_on = Trainer(resumed, OPTIONS)
    going_on.restore(tmp_path / "state.safetensors")
    rest = list(going_on.epochs(images()))
    assert [epoch.number for epoch in rest] == [3, 4]
    assert torch.equal(weights(resumed), weights(whole))
    assert rest[-1].elbo == last.elbo


def test_a_checkpoint_of_something_else_is_refused(tmp_path):
    path = tmp_path / "state.safetensors"
    Trainer(vae(), OPTIONS).save(path)
    with pytest.raises(InputError, match=r"saved with model .*'latent': 2.*, not .*'latent': 3"):
        Trainer(Vae(VaeOptions(144, 3, hidden=(16,))), OPTIONS).restore(path)
    with pytest.raises(InputError, match="saved with training"):
        Trainer(vae(), TrainingOptions(epochs=9)).restore(path)
    with pytest.raises(InputError, match="holds a model of kind Vae, not SpatialVae"):
        read_weights(path, "SpatialVae")
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(InputError, match="damaged"):
        Trainer(vae(), OPTIONS).restore(path)


def test_a_pixel_that_is_not_a_number_is_found_before_training():
    bad = images()
    bad[7, 3, 3], bad[9, 0, 0] = np.nan, np.inf
    model = vae()
    before = weights(model)
    with pytest.raises(ValueError, match=r"image 7 \(of 2\) has pixels that are not finite"):
        next(Trainer(model, OPTIONS).epochs(bad))
    assert torch.equal(weights(model), before)


def test_a_bound_that_is_not_a_number_stops_at_once_and_leaves_the_weights():
    model = vae()
    with torch.no_grad():
        model.head.linear.bias[2] = 400.0
    before = weights(model)
    with pytest.raises(FloatingPointError, match=r"in epoch 1, step 1: lower the learning rate \(0.002\)"):
        next(Trainer(model, OPTIONS).epochs(images()))
    assert torch.equal(weights(model), before)


def test_more_draws_come_closer_to_the_evidence():
    model = vae()
    list(Trainer(model, TrainingOptions(epochs=20, batch=10, learning_rate=1e-2)).epochs(images()))
    one, some, many = (held_out_log_likelihood(model, images(), draws).mean().item() for draws in (1, 8, 128))
    assert one < some < many
