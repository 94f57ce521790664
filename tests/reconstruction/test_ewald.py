"""The Ewald sphere: where the flat map loses, the curved one gains; bent the wrong way it loses more."""

import numpy as np
import pytest

from simulated import particles_of
from vitreous.fourier import frequency_grid, fsc, irft
from vitreous.optics import Defocus, ctf, wavelength_angstrom
from vitreous.particles import OpticsGroup
from vitreous.particles.optics import defocus_of, lens_of
from vitreous.projection.accumulator import Accumulator
from vitreous.reconstruction.direct import invert
from vitreous.reconstruction.ewald import ewald_images
from vitreous.reconstruction.halves import add_images

BOX, PIXEL, SIGMA = 36, 1.0, 0.45
GROUP = OpticsGroup("slow electrons", 1.5, 0.0, 0.1, PIXEL, BOX)
"""At 1.5 kV a particle of 26 Å is to its Ewald sphere at 2 Å what one of 235 Å is at 1.5 Å and 300 kV."""


@pytest.fixture(scope="module")
def atoms():
    rng = np.random.default_rng(7)
    places = rng.normal(size=(40, 3))
    return 13 * places / np.linalg.norm(places, axis=1)[:, None] * rng.uniform(0.3, 1, (40, 1)) ** (1 / 3)


def transform_of(places, k):
    """Of Gaussians at (x, y, z), each of weight 1."""
    return np.exp(-2 * np.pi**2 * SIGMA**2 * np.sum(k**2, axis=-1)) * np.sum(
        np.exp(-2j * np.pi * k @ places.T), axis=-1
    )


@pytest.fixture(scope="module")
def simulated(atoms):
    """Each atom has the defocus of its own height, and no sphere is in the simulation."""
    n = 250
    rng = np.random.default_rng(3)
    defocus = rng.uniform(50, 150, n)
    columns = {"defocus_u_angstrom": defocus, "defocus_v_angstrom": defocus, "shift_angstrom": rng.normal(0, 2, (n, 2))}
    particles = particles_of(n, BOX, groups=(GROUP,), **columns)
    k = frequency_grid((BOX, BOX), PIXEL, half=True)
    spectra = np.zeros((n, BOX, BOX // 2 + 1), complex)
    blur = np.exp(-2 * np.pi**2 * SIGMA**2 * np.sum(k**2, axis=-1))
    for i, matrix in enumerate(particles.rotations()):
        placed = atoms @ matrix.T
        # nearer to the detector is farther out of focus
        own = Defocus(defocus[i] + placed[:, 2], defocus[i] + placed[:, 2], np.zeros(len(atoms)))
        transfer = ctf((BOX, BOX), PIXEL, own, lens_of(GROUP), contrast="inverted")
        at = placed[:, :2] - particles.shift_angstrom[i]
        spectra[i] = np.sum(transfer * blur * np.exp(-2j * np.pi * np.einsum("yxd,ad->ayx", k, at)), axis=0)
    images = irft(spectra, (BOX, BOX)) / PIXEL**2
    return particles, (images + 0.02 * rng.standard_normal(images.shape)).astype(np.float32)


def test_the_curved_map_reaches_further(simulated, atoms):
    truth = irft(transform_of(atoms, frequency_grid((BOX,) * 3, PIXEL, half=True)), (BOX,) * 3) / PIXEL**3
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
