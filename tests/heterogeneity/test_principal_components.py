"""The ways in which the maps differ are found, in order, with the latents of the particles; and none where none is."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.stats import chi2

from differing import BOX, PIXEL, differences, observed
from vitreous._errors import InputError
from vitreous.heterogeneity.consensus import half_numbers, reconstruct_consensus
from vitreous.heterogeneity.principal_components import (
    Components,
    Stage,
    components_of,
    first_state,
    infer_latents,
    iterate,
    stages_of,
)
from vitreous.jobs import read_checkpoint

STAGES = (Stage(5, 10), Stage(8, 4))


def fitted(folder, *, spread=1.0, seed=0):
    observations, truth = observed(folder, 800, 2.0, spread=spread)
    halves = half_numbers(observations)
    consensus = reconstruct_consensus(observations, halves)
    states = list(iterate(observations, consensus, halves, first_state(consensus, 2, STAGES[0], seed), STAGES))
    model = components_of(observations, consensus, states[-1], STAGES[-1].shells)
    return observations, truth, consensus, states, model


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return fitted(tmp_path_factory.mktemp("set"))


def test_the_components_span_the_differences(found):
    *_, model = found
    basis = np.linalg.qr(model.maps.reshape(2, -1).T)[0]
    for wanted in differences():
        flat = wanted.ravel()
        assert np.linalg.norm(basis.T @ flat) > 0.95 * np.linalg.norm(flat)


def test_they_are_orthogonal_equally_long_and_in_order(found):
    *_, model = found
    gram = model.maps.reshape(2, -1) @ model.maps.reshape(2, -1).T
    assert abs(gram[0, 1]) < 0.05 * gram[0, 0]
    assert gram[1, 1] == pytest.approx(gram[0, 0], rel=0.05)
    assert model.variances[0] == 1
    # 1 to 0.6 in amplitude
    assert model.variances[1] == pytest.approx(0.36, rel=0.35)


def test_the_latents_are_the_true_ones_but_for_a_turn(found):
    observations, truth, _, _, model = found
    latents = infer_latents(observations, model)
    centred = latents.mean - latents.mean.mean(axis=0)
    fit, *_ = np.linalg.lstsq(centred, truth, rcond=None)
    explained = 1 - np.var(truth - centred @ fit, axis=0) / np.var(truth, axis=0)
    assert (explained > [0.9, 0.75]).all()


def test_the_maps_at_the_latents_are_those_of_the_particles(found):
    """The error of z, in the metric of its covariance, is what the covariance says."""
    observations, truth, consensus, _, model = found
    latents = infer_latents(observations, model)
    wanted = np.tensordot(truth - truth.mean(axis=0), differences(), 1)
    flat = model.maps.reshape(2, -1).astype(np.float64)
    z = np.linalg.solve(flat @ flat.T, flat @ wanted.reshape(len(wanted), -1).T).T
    off = z - (latents.mean - latents.mean.mean(axis=0))
    distance = np.einsum("ni,nij,nj->n", off, np.linalg.inv(latents.covariance), off)
    assert np.median(distance) == pytest.approx(chi2(2).ppf(0.5), rel=0.5)
    made = model.maps_at(z[:1].astype(np.float32))[0]
    assert np.linalg.norm((made - consensus.mean) - wanted[0]) < 0.35 * np.linalg.norm(wanted[0])


def test_the_likelihood_rises(found):
    states = found[3]
    inside = [state.log_likelihood for state in states[1:10]]
    assert all(later > before - 0.02 for before, later in pairwise(inside))


def test_another_start_comes_to_the_same(found, tmp_path):
    *_, model = found
    *_, other = fitted(tmp_path, seed=5)
    one, two = (np.linalg.qr(m.maps.reshape(2, -1).T)[0] for m in (model, other))
    assert np.linalg.svd(one.T @ two, compute_uv=False).min() > 0.97


def test_where_nothing_differs_the_halves_do_not_agree_and_the_likelihood_hardly_rises(found, tmp_path):
    *_, states, model = found
    *_, null_states, null = fitted(tmp_path, spread=0.0)
    assert null_states[-1].log_likelihood < 0.1 * states[-1].log_likelihood
    assert null.fsc[0, 2:7].mean() < 0.5 < model.fsc[0, 2:7].mean()


def test_a_run_goes_on_from_any_state(found):
    observations, _, consensus, states, _ = found
    again = list(iterate(observations, consensus, half_numbers(observations), states[11], STAGES))
    assert [state.iteration for state in again] == [13, 14]
    np.testing.assert_array_equal(again[-1].components, states[-1].components)


def test_stages_fit_the_box_and_the_iterations():
    assert stages_of(64) == (Stage(8, 12), Stage(14, 6), Stage(22, 4), Stage(32, 4))
    assert stages_of(256) == stages_of(64)
    assert stages_of(BOX) == (Stage(8, 12), Stage(10, 14))
    assert stages_of(10) == (Stage(5, 26),)
    assert sum(stage.iterations for stage in stages_of(64, 19)) == 19
    assert stages_of(64, 1)[-1] == Stage(32, 1)


def test_the_model_comes_back_from_its_file(found, tmp_path):
    *_, model = found
    model.save(tmp_path / "model.safetensors")
    again = Components.from_arrays(*read_checkpoint(tmp_path / "model.safetensors"))
    np.testing.assert_array_equal(again.maps, model.maps)
    assert (again.box, again.shells, again.pixel_size_angstrom) == (BOX, model.shells, PIXEL)
    with pytest.raises(InputError, match="no model of principal components"):
        Components.from_arrays({}, {"kind": "mlp"})


def test_no_latent_dimension_is_refused(found):
    with pytest.raises(InputError, match="0 latent dimensions; ask for 1 or more"):
        first_state(found[2], 0, STAGES[0])
