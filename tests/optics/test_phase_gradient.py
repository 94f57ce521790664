"""The slope of χ against automatic differentiation of χ."""

import numpy as np
import torch

from vitreous._array import to_numpy
from vitreous.optics import Defocus, Lens, ctf_phase_at, phase_gradient, wavelength_angstrom

LENS = Lens(
    300.0,
    2.7,
    0.1,
    even_zernike=(0.1, 2.0, -3.0, 4.0, 9.0, 8.0, 7.0, 6.0, 5.0),
    magnification_matrix=((1.02, 0.03), (-0.01, 0.97)),
)


def test_against_automatic_differentiation():
    k = torch.tensor(np.random.default_rng(1).uniform(-0.3, 0.3, (4, 5, 2)), requires_grad=True)
    defocus = Defocus(torch.tensor([1e4, -2e4], dtype=torch.float64), 9e3, 40.0, 30.0)
    found = phase_gradient(k, defocus, LENS)
    assert found.shape == (2, 4, 5, 2)
    for image in range(2):
        (expected,) = torch.autograd.grad(ctf_phase_at(k, defocus, LENS)[image].sum(), k)
        np.testing.assert_allclose(found[image].detach(), expected, rtol=1e-10, atol=1e-7)


def test_a_round_lens(library):
    """|∇χ| = 2πλ k |Δf − Cs λ² k²|."""
    k = np.linspace(0.01, 0.4, 30)
    found = phase_gradient(library(np.stack([0.6 * k, 0.8 * k], -1)), Defocus.round(1.2e4), Lens(300.0, 2.7, 0.1))
    wavelength = wavelength_angstrom(300.0)
    expected = 2 * np.pi * wavelength * k * np.abs(1.2e4 - 2.7e7 * wavelength**2 * k**2)
    np.testing.assert_allclose(np.linalg.norm(to_numpy(found), axis=-1), expected, rtol=1e-10)
