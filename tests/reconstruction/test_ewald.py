"""The Ewald sphere: where the flat map loses, the curved one gains; bent the wrong way it loses more."""

import numpy as np
import pytest

from ewald_set import BOX, GROUP, PIXEL, images_by_height, scattered_atoms, true_map
from vitreous.fourier import fsc
from vitreous.optics import ctf, wavelength_angstrom
from vitreous.particles.optics import defocus_of, lens_of
from vitreous.projection.accumulator import Accumulator
from vitreous.reconstruction.direct import invert
from vitreous.reconstruction.ewald import ewald_images
from vitreous.reconstruction.halves import add_images


@pytest.fixture(scope="module")
def atoms():
    return scattered_atoms()


@pytest.fixture(scope="module")
def simulated(atoms):
    return images_by_height(atoms)


def test_the_curved_map_reaches_further(simulated, atoms):
    truth = true_map(atoms)
    curves = {}
    for ewald in ("no", "yes", "reversed"):
        sums = Accumulator(BOX, threads=1)
        add_images(sums, *simulated, ewald=ewald)
        curves[ewald] = fsc(invert(sums.numerator, sums.denominator, BOX).astype(float), truth)
    coarse, fine = slice(1, 6), slice(14, 18)
    assert all(curve[coarse].min() > 0.9 for curve in curves.values())
    assert curves["yes"][fine].min() > 0.93
    assert curves["no"][fine].mean() < curves["yes"][fine].mean() - 0.2
    assert curves["reversed"][fine].mean() < curves["no"][fine].mean() - 0.4


def test_a_flat_sphere_is_the_plane(simulated):
    """Without a bend both sides fall together: their data add up to C d, and where the sidebands overlap to C²."""
    particles, images = simulated
    (low, weights, _, bend), (high, again, _, other) = ewald_images(particles[:3], images[:3])
    assert bend == -other == pytest.approx(-0.5 * wavelength_angstrom(1.5) / PIXEL)
    np.testing.assert_array_equal(weights, again)
    transfer = ctf((BOX, BOX), PIXEL, defocus_of(particles[:3]), lens_of(GROUP), contrast="inverted")
    origin = np.s_[:, BOX // 2, 0]
    np.testing.assert_allclose(2 * weights[origin], transfer[origin] ** 2, atol=1e-6)
    total = low + high
    # the shift's phase has modulus 1, and so |C d| is left
    moved = np.abs(np.fft.fftshift(np.fft.rfft2(images[:3]), axes=1))
    inside = np.s_[:, 2:, :-1]
    np.testing.assert_allclose(np.abs(total)[inside], (np.abs(transfer) * moved)[inside], atol=2e-3)
