"""P and Q: their sum, and the side of the Ewald sphere, against a specimen of layers at known heights."""

import numpy as np
import pytest
import torch

from vitreous._array import to_numpy
from vitreous.fourier import frequency_radius
from vitreous.optics import (
    Defocus,
    Lens,
    ctf,
    ctf_p,
    ctf_phase,
    ctf_q,
    defocus_at_height,
    ewald_height_per_angstrom,
    ewald_weight,
)

SHAPE, PIXEL, LENS, DEFOCUS = (24, 23), 0.9, Lens(300.0, 2.7, 0.1), Defocus(9e3, 8e3, 25.0)


@pytest.mark.parametrize("contrast", ["dark", "inverted"])
def test_the_mean_of_the_halves_is_the_ctf(library, contrast):
    values = Defocus(*(library(np.array([x])) for x in (9e3, 8e3, 25.0, 0.0)))
    halves = [to_numpy(half(SHAPE, PIXEL, values, LENS, contrast=contrast)) for half in (ctf_p, ctf_q)]
    np.testing.assert_allclose(sum(halves) / 2, ctf(SHAPE, PIXEL, DEFOCUS, LENS, contrast=contrast)[None], atol=1e-12)
    np.testing.assert_allclose(halves[0], np.conj(halves[1]))


def test_each_half_goes_with_its_side_of_the_sphere():
    """Thin layers at heights z, each imaged with its own defocus Δf + z, sum to P V(−½λk²) + Q V(+½λk²), halved."""
    rng = np.random.default_rng(2)
    heights = rng.uniform(-400, 400, 7)
    layers = rng.normal(size=(7, 24, 12)) + 1j * rng.normal(size=(7, 24, 12))
    image = np.sum(ctf(SHAPE, PIXEL, defocus_at_height(DEFOCUS, heights), LENS) * layers, 0)
    k_z = ewald_height_per_angstrom(frequency_radius(SHAPE, PIXEL, half=True), 300.0)
    below, above = (np.sum(layers * np.exp(-2j * np.pi * sign * k_z * heights[:, None, None]), 0) for sign in (-1, 1))
    p, q = ctf_p(SHAPE, PIXEL, DEFOCUS, LENS), ctf_q(SHAPE, PIXEL, DEFOCUS, LENS)
    np.testing.assert_allclose(0.5 * (p * below + q * above), image, atol=1e-9)
    # the other hand is far off
    assert np.max(np.abs(0.5 * (q * below + p * above) - image)) > 1.0


def test_relion_names_them_the_other_way():
    """RELION: −sin γ ± i cos γ with γ = −χ."""
    gamma = -ctf_phase(SHAPE, PIXEL, DEFOCUS, LENS)
    np.testing.assert_allclose(
        ctf_q(SHAPE, PIXEL, DEFOCUS, LENS, contrast="inverted"), -np.sin(gamma) + 1j * np.cos(gamma), atol=1e-12
    )


def test_the_weight(library):
    """Overlapping discs: W is 2 |sin χ| where the two halves fall together, and 1 where they fall apart."""
    defocus = Defocus.round(library(np.array([1e4])))
    weight = to_numpy(ewald_weight(SHAPE, PIXEL, defocus, LENS, 60.0))[0]
    sine = np.abs(ctf(SHAPE, PIXEL, Defocus.round(1e4), LENS))
    assert weight[12, 0] == pytest.approx(2 * sine[12, 0])
    apart = 2 * 1e4 * 0.0196875 * frequency_radius(SHAPE, PIXEL, half=True) > 60.0
    np.testing.assert_allclose(weight[apart], 1.0)
    assert 0 < np.mean(apart) < 1
    # the area that two discs share, by counting points
    y, x = np.mgrid[-1:1:2001j, -1:1:2001j] * 30
    row = (12, 2)
    distance = 2 * 1e4 * 0.0196875 * frequency_radius(SHAPE, PIXEL, half=True)[row]
    both = (x**2 + y**2 < 900) & ((x - distance) ** 2 + y**2 < 900)
    overlap = np.sum(both) / np.sum(x**2 + y**2 < 900)
    assert weight[row] == pytest.approx(1 + overlap * (2 * sine[row] - 1), abs=2e-3)


def test_gradients():
    defocus = torch.tensor([9e3], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(
        lambda u: ctf_p((4, 5), 1.5, Defocus.round(u), LENS), (defocus,), eps=1e-3, atol=1e-6
    )
