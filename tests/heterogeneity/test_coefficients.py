"""The coefficients of learned maps: their derivative, and the same function of turned coordinates."""

import numpy as np
import pytest
import torch

from vitreous.heterogeneity.coefficients import Coefficients


def latents(d=3, n=7):
    return torch.from_numpy(np.random.default_rng(0).normal(size=(n, d)))


@pytest.mark.parametrize("count", [3, 8])
def test_the_derivative_is_that_of_finite_differences(count):
    network, z, step = Coefficients(3, count, hidden=16).double(), latents(), 1e-5
    values, slopes = network.with_jacobian(z)
    assert torch.equal(values, network(z))
    for axis in range(3):
        shift = torch.zeros(3, dtype=torch.float64)
        shift[axis] = step
        numeric = (network(z + shift) - network(z - shift)) / (2 * step)
        torch.testing.assert_close(slopes[..., axis], numeric, rtol=0, atol=1e-8)


def test_the_first_coefficients_are_the_latent_and_no_others_make_a_linear_model():
    z = latents()
    assert torch.equal(Coefficients(3, 8).double()(z)[:, :3], z)
    linear = Coefficients(3, 3)
    assert torch.equal(linear(z), z)
    assert not list(linear.parameters())


def test_turned_coordinates_give_the_same_others():
    network, z = Coefficients(3, 8).double(), latents()
    before = network(z)[:, 3:].detach()
    mean, turn = latents(n=1)[0], torch.linalg.qr(latents(n=3))[0] * 1.7
    network.substitute(mean, turn)
    new = torch.linalg.solve(turn, (z - mean).mT).mT
    torch.testing.assert_close(network(new)[:, 3:].detach(), before)


def test_fewer_maps_than_dimensions_are_refused():
    with pytest.raises(ValueError, match="2 maps for 3 latent dimensions"):
        Coefficients(3, 2)
