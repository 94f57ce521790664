"""Learned maps from images: the truth on a set where it is known, nothing where there is nothing, and no bit lost."""

from dataclasses import replace

import numpy as np
import pytest

from differing import BOX, differences, observed
from vitreous._errors import InputError
from vitreous.heterogeneity import basis_training
from vitreous.heterogeneity.heterogeneous import HeterogeneousOptions, start
from vitreous.heterogeneity.observations import Observations
from vitreous.heterogeneity.principal_components import Components, infer_latents

OPTIONS = HeterogeneousOptions(latent=3, epochs=12)


def trained(observations, options=OPTIONS, mask=None):
    training = start(observations, options, mask=mask)
    return training, list(training.epochs())


@pytest.fixture(scope="module")
def set_of_two(tmp_path_factory):
    return observed(tmp_path_factory.mktemp("set"), 800, 2.0)


@pytest.fixture(scope="module")
def few(set_of_two):
    return Observations(set_of_two[0].particles[:120], noise=np.full(BOX // 2 + 1, 4.0))


@pytest.fixture(scope="module")
def found(set_of_two):
    return trained(set_of_two[0])


def explained(latents, truth):
    """The share of the variance of the truth that a linear function of the latents has."""
    design = np.concatenate([latents, np.ones((len(latents), 1))], axis=1)
    rest = truth - design @ np.linalg.lstsq(design, truth, rcond=None)[0]
    return 1 - rest.var(0) / truth.var(0)


def test_the_latents_tell_the_truth_and_the_third_dimension_little(set_of_two, found):
    training, epochs = found
    latents = training.infer()
    assert (explained(latents.mean[:, :2], set_of_two[1]) > [0.85, 0.7]).all()
    assert latents.mean[:, 2].var() < 0.3 * latents.mean[:, 1].var()
    assert [epoch.number for epoch in epochs] == list(range(1, 13))
    # dimensions come in the order of what they move
    assert epochs[-1].elbo > max(epoch.elbo for epoch in epochs[:4])


def test_the_uncertainty_is_that_of_the_errors(set_of_two, found):
    training, _ = found
    latents, truth = training.infer(), set_of_two[1]
    # the truth in the frame of the latents
    design = np.concatenate([truth, np.ones((len(truth), 1))], axis=1)
    rest = latents.mean[:, :2] - design @ np.linalg.lstsq(design, latents.mean[:, :2], rcond=None)[0]
    claimed = np.sqrt(np.diagonal(latents.covariance, axis1=1, axis2=2)[:, :2].mean(0))
    assert (rest.std(0) < 1.3 * claimed).all()
    assert (rest.std(0) > 0.4 * claimed).all()


def test_the_maps_differ_as_the_true_ones_do(found):
    basis = np.linalg.qr(found[0].model.maps[:2].reshape(2, -1).T)[0]
    for wanted in differences():
        assert np.linalg.norm(basis.T @ wanted.ravel()) > 0.9 * np.linalg.norm(wanted)


def test_the_likelihood_is_that_of_the_linear_model_and_the_bound_is_not_above_it(set_of_two, found):
    training, epochs = found
    model, observations = training.model, set_of_two[0]
    latents = training.infer()
    linear = Components(
        mean=model.mean,
        maps=model.maps * model.widths[:, None, None, None].astype(np.float32) ** -1,
        variances=model.widths**2,
        half_means=np.zeros((2, *model.mean.shape), np.float32),
        half_maps=np.zeros((2, *model.maps.shape), np.float32),
        fsc=np.zeros((3, BOX // 2 + 1)),
        mask=np.ones_like(model.mean),
        shells=BOX // 2,
        pixel_size_angstrom=model.pixel_size_angstrom,
    )
    exact = infer_latents(observations, linear).log_likelihood.mean()
    # the errors of the maps are allowed for, which the plain linear model does not do
    assert latents.log_likelihood.mean() <= exact
    assert epochs[-1].elbo == pytest.approx(latents.log_likelihood.mean(), rel=0.1)


def test_where_all_maps_are_one_no_dimension_says_anything(tmp_path):
    training, epochs = trained(observed(tmp_path, 500, 2.0, spread=0.0)[0])
    # of the variance 1 of the prior almost none is decided by the images; where they differ it is most
    assert training.infer().mean.var(axis=0).max() < 0.15
    assert epochs[-1].elbo < 0.5


def test_an_autodecoder_finds_the_same(set_of_two, found):
    training, _ = trained(set_of_two[0], replace(OPTIONS, method="autodecoder"))
    assert (explained(training.infer().mean[:, :2], set_of_two[1]) > [0.85, 0.7]).all()


@pytest.mark.parametrize("maps", [None, 5])
def test_a_training_goes_on_bit_for_bit(tmp_path, few, maps):
    options = replace(OPTIONS, epochs=4, maps=maps)
    whole, _ = trained(few, options)
    first = start(few, options)
    for epoch in first.epochs():
        if epoch.number == 3:
            break
    first.save(tmp_path / "state.safetensors")
    second = start(few, options)
    second.restore(tmp_path / "state.safetensors")
    assert [epoch.number for epoch in second.epochs()] == [4]
    np.testing.assert_array_equal(second.model.maps, whole.model.maps)
    np.testing.assert_array_equal(second.infer().mean, whole.infer().mean)
    other = start(few, replace(options, latent=2, maps=None))
    with pytest.raises(InputError, match="options"):
        other.restore(tmp_path / "state.safetensors")


def test_a_bound_that_is_not_finite_is_told_at_once_and_the_last_epoch_stays(few, monkeypatch):
    training = start(few, replace(OPTIONS, epochs=4, maps=5, batch=60))
    epochs = training.epochs()
    for _ in range(3):
        next(epochs)
    before, latents = training.model, training.infer().mean
    explain, calls = basis_training.explain, []

    def broken(*arguments, **named):
        seen = explain(*arguments, **named)
        calls.append(1)
        if len(calls) == 2:
            seen.terms[0, 0] = float("nan")
        return seen

    monkeypatch.setattr(basis_training, "explain", broken)
    with pytest.raises(FloatingPointError, match="not finite in epoch 4"):
        next(epochs)
    assert len(calls) == 2
    monkeypatch.undo()
    np.testing.assert_array_equal(training.model.maps, before.maps)
    np.testing.assert_array_equal(training.infer().mean, latents)
    assert [epoch.number for epoch in training.epochs()] == [4]


def test_from_disk_and_from_memory_it_is_one_training(set_of_two):
    particles = set_of_two[0].particles
    streamed = Observations(particles, noise=np.full(BOX // 2 + 1, 4.0), memory_bytes=0)
    options = replace(OPTIONS, epochs=6)
    (one, first), (two, second) = trained(set_of_two[0], options), trained(streamed, options)
    assert second[-1].elbo == pytest.approx(first[-1].elbo, rel=1e-3)
    np.testing.assert_allclose(np.abs(two.model.maps), np.abs(one.model.maps), atol=0.02 * np.abs(one.model.maps).max())


def test_a_part_of_the_particles_is_a_training_of_its_own_and_others_can_be_looked_at(set_of_two):
    whole = set_of_two[0]
    halves = [
        Observations(whole.particles[whole.particles.random_subset == half], noise=np.full(BOX // 2 + 1, 4.0))
        for half in (1, 2)
    ]
    training, _ = trained(halves[0])
    other = training.infer(halves[1])
    truth = set_of_two[1][whole.particles.random_subset == 2]
    assert (explained(other.mean[:, :2], truth) > [0.8, 0.5]).all()
    # the model says something of images it has not seen
    assert other.log_likelihood.mean() > 0


def test_memory_that_does_not_suffice_shrinks_the_batch(few, monkeypatch):
    explain = basis_training.explain

    def hungry(block, *arguments, **named):
        if len(block.rows) > 100:
            raise MemoryError
        return explain(block, *arguments, **named)

    monkeypatch.setattr(basis_training, "explain", hungry)
    _, epochs = trained(few, replace(OPTIONS, epochs=3))
    assert [epoch.batch for epoch in epochs][-1] <= 100
