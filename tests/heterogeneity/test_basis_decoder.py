"""The decoder of learned maps: linear in its coefficients, the same after a file."""

import numpy as np
import pytest
import torch

from vitreous._errors import InputError
from vitreous.heterogeneity.basis_decoder import BasisDecoder
from vitreous.heterogeneity.coefficients import Coefficients
from vitreous.heterogeneity.heterogeneous import read_model
from vitreous.jobs import write_checkpoint


def decoder(count=4):
    maps = np.random.default_rng(0).normal(size=(count + 1, 6, 6, 6)).astype(np.float32)
    return BasisDecoder(maps[0], maps[1:], Coefficients(2, count, seed=3), np.array([1.0, 0.25]), 2.5)


def test_maps_are_the_mean_and_the_maps_with_coefficients_of_latents_in_their_unit():
    model, z = decoder(2), np.array([[0.5, -0.5], [0, 0]])
    found = model.maps_at(z)
    np.testing.assert_allclose(found[0], model.mean + 0.5 * model.maps[0] - 2 * model.maps[1], rtol=1e-5, atol=1e-5)
    np.testing.assert_array_equal(found[1], model.mean)


def test_a_bent_model_uses_all_its_maps():
    model, z = decoder(), np.array([[0.5, -0.5]])
    c = model.coefficients(torch.tensor([[0.5, -2.0]])).detach().numpy()[0]
    np.testing.assert_allclose(model.maps_at(z)[0], model.mean + np.tensordot(c, model.maps, 1), atol=1e-5)


def test_a_file_gives_the_same_model(tmp_path):
    model, z = decoder(), np.array([[0.3, 0.1]])
    model.save(tmp_path / "model.safetensors")
    again = read_model(tmp_path / "model.safetensors")
    assert (again.box, again.pixel_size_angstrom) == (6, 2.5)
    np.testing.assert_array_equal(again.maps_at(z), model.maps_at(z))


def test_latents_of_another_number_of_dimensions_and_other_files_are_refused(tmp_path):
    with pytest.raises(ValueError, match="3 dimensions, the model has 2"):
        decoder().maps_at(np.zeros((1, 3)))
    write_checkpoint(tmp_path / "other.safetensors", {"a": np.zeros(2)}, {})
    with pytest.raises(InputError, match="no model"):
        read_model(tmp_path / "other.safetensors")
