"""The network of frequencies: real maps, the frame of its points, the same after a file."""

import numpy as np
import pytest
import torch

from vitreous.fourier import rft
from vitreous.heterogeneity.fourier_decoder import FourierDecoder, FourierModel
from vitreous.heterogeneity.heterogeneous import read_model
from vitreous.rotations import random_rotations

BOX = 12


def model():
    decoder = FourierDecoder(BOX, 2, (16, 16, 16), seed=1)
    return FourierModel(decoder, 3.0, np.linspace(9, 1, BOX // 2 + 1).astype(np.float32))


def test_a_coefficient_and_its_pair_are_conjugates():
    points = torch.from_numpy(np.random.default_rng(0).uniform(-0.3, 0.3, (1, 9, 3))).float()
    z = torch.tensor([[0.3, -1.0]])
    decoder = model().decoder
    torch.testing.assert_close(decoder(-points, z), decoder(points, z).conj())


def test_the_transform_of_a_map_is_what_the_network_says():
    trained, z = model(), np.array([[0.3, -1.0]])
    transform = np.asarray(rft(trained.maps_at(z)[0], 3))
    point = torch.tensor([[[2 / BOX, -1 / BOX, 3 / BOX]]])
    wanted = complex(trained.decoder(point, torch.tensor(z).float())[0, 0].detach()) * float(trained.scale[4])
    assert transform[BOX // 2 + 3, BOX // 2 - 1, 2] == pytest.approx(wanted, rel=1e-3)


def test_maps_differ_with_the_latent_and_a_file_gives_the_same(tmp_path):
    trained, z = model(), np.array([[0.3, -1.0], [0.0, 2.0]])
    maps = trained.maps_at(z)
    assert np.linalg.norm(maps[0] - maps[1]) > 0.01 * np.linalg.norm(maps[0])
    trained.save(tmp_path / "model.safetensors")
    np.testing.assert_array_equal(read_model(tmp_path / "model.safetensors").maps_at(z), maps)
    with pytest.raises(ValueError, match="3 dimensions, the model has 2"):
        trained.maps_at(np.zeros((1, 3)))


def test_the_gradient_is_that_of_finite_differences():
    decoder = model().decoder.double()
    points = torch.from_numpy(random_rotations(2, 3)[:, 0][None] * 0.2)
    z = torch.tensor([[0.2, 0.4]], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda latent: torch.view_as_real(decoder(points, latent)), (z,))
