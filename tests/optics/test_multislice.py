"""Multislice: exact cases, its weak limit, what tilt does, and what the band limit is for."""

import numpy as np
import pytest
import torch

from optics.phantoms import gaussian_slices, random_atoms
from vitreous._array import to_numpy
from vitreous.fourier import crop_spectrum, frequency_grid, frequency_radius, ft, ift, positions
from vitreous.optics.exit_wave import ewald_sphere, phase_grating
from vitreous.optics.intensity import wave_image
from vitreous.optics.lens import Defocus, Lens
from vitreous.optics.multislice import limit_band, multislice, path_factor
from vitreous.optics.propagation import propagate
from vitreous.optics.wavelength import interaction_constant, wavelength_angstrom
from vitreous.specimen import Atoms, potential_slices

PIXEL, THICKNESS, KV = 1.2, 6.0, 300.0


@pytest.fixture
def slices(rng):
    """A strong specimen: the phase behind it reaches some radians."""
    return gaussian_slices(random_atoms(rng, 200, (70.0, 70.0, 50.0), 10_000.0), (9, 64, 60), PIXEL, THICKNESS)


def scattered_error(wave, reference):
    return np.linalg.norm(wave - reference) / np.linalg.norm(reference - 1)


def test_a_weak_specimen_gives_the_ewald_sphere(slices):
    weak = 2e-7 * slices
    found = multislice(weak, PIXEL, THICKNESS, KV, band_limit=None)
    assert scattered_error(found.wave, ewald_sphere(weak, PIXEL, THICKNESS, KV).wave) < 1e-5
    # and it is the sphere, not the plane, that is found
    assert scattered_error(found.wave, phase_grating(weak.sum(axis=0), PIXEL, KV).wave) > 0.01


def test_the_error_of_the_weak_limit_is_first_order_in_the_potential(slices):
    errors = [
        scattered_error(
            multislice(strength * slices, PIXEL, THICKNESS, KV, band_limit=None).wave,
            ewald_sphere(strength * slices, PIXEL, THICKNESS, KV).wave,
        )
        for strength in (2e-4, 1e-4)
    ]
    assert errors[0] / errors[1] == pytest.approx(2.0, abs=0.02)


def test_one_slice_is_the_phase_grating(slices):
    one = slices[4:5]
    np.testing.assert_allclose(
        multislice(one, PIXEL, THICKNESS, KV, band_limit=None).wave, phase_grating(one[0], PIXEL, KV).wave, atol=1e-13
    )


def test_the_norm_is_kept_without_a_band_limit_and_lost_with_one(slices):
    kept, limited = (
        np.mean(np.abs(multislice(slices, PIXEL, THICKNESS, KV, band_limit=limit).wave) ** 2) for limit in (None, 0.5)
    )
    assert abs(kept - 1) < 1e-13
    assert 1e-5 < 1 - limited < 0.1


def test_a_uniform_slab_only_turns_the_phase():
    wave = multislice(np.full((7, 6, 8), 4.5 * THICKNESS), PIXEL, THICKNESS, KV).wave
    np.testing.assert_allclose(wave, np.exp(1j * interaction_constant(KV) * 4.5 * 7 * THICKNESS), rtol=1e-13)


@pytest.mark.parametrize("band_limit", [None, 2 / 3])
def test_reciprocity_of_two_half_slabs(slices, band_limit):
    """The unscattered beam is the same whichever half the electrons enter first; the other beams are not."""
    there, back = (
        multislice(stack, PIXEL, THICKNESS, KV, band_limit=band_limit).wave for stack in (slices, slices[::-1])
    )
    assert np.mean(there) == pytest.approx(np.mean(back), abs=1e-13)
    assert abs(np.mean(there)) < 0.99
    assert scattered_error(there, back) > 0.01


def test_thin_slices_of_a_thick_one_that_is_empty_elsewhere(slices):
    """Empty slices are free flight: a specimen in vacuum is the same wave at its own mid-plane."""
    padded = np.concatenate([np.zeros((4, 64, 60)), slices, np.zeros((10, 64, 60))])
    here = multislice(slices, PIXEL, THICKNESS, KV).wave
    there = multislice(padded, PIXEL, THICKNESS, KV).wave
    # of 23 slices the origin is 11, the middle of the specimen is 8
    np.testing.assert_allclose(propagate(here, PIXEL, 3 * THICKNESS, KV), there, atol=1e-12)


def test_a_tilted_beam_sees_what_lies_higher_displaced_against_the_tilt(slices):
    """To first order a beam along (θx, θy) is a specimen turned the other way: an atom at z moves by −zθ."""
    tilt_mrad = np.array([6.0, -9.0])
    weak = 2e-7 * slices
    found = multislice(weak, PIXEL, THICKNESS, KV, tuple(tilt_mrad), band_limit=None).wave
    k = frequency_grid((64, 60), PIXEL)
    path = np.pi * wavelength_angstrom(KV) * np.sum(k**2, axis=-1) + 2 * np.pi * (k @ np.tan(1e-3 * tilt_mrad))
    z = positions(9, THICKNESS)
    spectrum = sum(ft(weak[n] + 0j, 2) * np.exp(1j * path * z[n]) for n in range(9))
    sigma = interaction_constant(KV) * path_factor(tuple(tilt_mrad))
    assert scattered_error(found, 1 + 1j * sigma * ift(spectrum, 2)) < 1e-5


def test_a_turned_specimen_is_a_tilted_beam(rng):
    """Turned by +θ about +y an atom goes from (x, z) to (x + zθ, z − xθ): the beam is tilted by −θ along x."""
    theta = 8e-3
    atoms = random_atoms(rng, 40, (30.0, 50.0, 380.0), 1e-3)
    atoms[:, 2] = 20.0 * np.round(atoms[:, 2] / 20.0)
    turned = atoms.copy()
    turned[:, 0] = np.cos(theta) * atoms[:, 0] + np.sin(theta) * atoms[:, 2]
    tilted_beam = multislice(gaussian_slices(atoms, (21, 64, 64), PIXEL, 20.0), PIXEL, 20.0, KV, (-1e3 * theta, 0.0))
    true = multislice(gaussian_slices(turned, (21, 64, 64), PIXEL, 20.0), PIXEL, 20.0, KV)
    untilted = multislice(gaussian_slices(atoms, (21, 64, 64), PIXEL, 20.0), PIXEL, 20.0, KV)
    assert scattered_error(tilted_beam.wave, true.wave) < 2e-3
    assert scattered_error(untilted.wave, true.wave) > 0.3


def test_limited_slices_leave_next_to_no_folded_frequencies(rng):
    """Against a grid twice as fine with the same limits, where nothing folds, only folding makes a difference."""
    fine = gaussian_slices(random_atoms(rng, 150, (30.0, 30.0, 60.0), 900.0), (11, 128, 128), 0.5, 6.0, sigma=0.45)
    low = frequency_radius((64, 64)) <= 1 / 3

    def folded(slices):
        coarse = np.real(ift(crop_spectrum(ft(slices, 2), (64, 64)), 2)) / 4
        true = crop_spectrum(ft(multislice(slices, 0.5, 6.0, KV, band_limit=1 / 3).wave - 1, 2), (64, 64)) / 4
        found = ft(multislice(coarse, 1.0, 6.0, KV).wave - 1, 2)
        return np.linalg.norm((found - true)[low]) / np.linalg.norm(true[low])

    limited, unlimited = folded(limit_band(fine, 0.5, 1 / 3)), folded(fine)
    assert limited < 1e-3
    assert unlimited > 30 * limited


def test_limit_band_keeps_what_is_within(rng):
    slices = rng.standard_normal((2, 16, 15))
    limited = limit_band(slices, 1.1, 0.5)
    np.testing.assert_allclose(limit_band(limited, 1.1, 0.5), limited, atol=1e-13)
    spectrum, kept = ft(limited, 2), frequency_radius((16, 15), 1.1) <= 0.25 / 1.1
    np.testing.assert_allclose(spectrum[:, kept], ft(slices, 2)[:, kept], atol=1e-12)
    assert np.max(np.abs(spectrum[:, ~kept])) < 1e-12


def test_every_library_and_precision(library, slices):
    expected = multislice(slices[:3], PIXEL, THICKNESS, KV, (2.0, 1.0)).wave
    for dtype, tolerance in ((np.float64, 1e-12), (np.float32, 1e-5)):
        given = library(slices[:3].astype(dtype))
        found = multislice(given, PIXEL, THICKNESS, KV, (2.0, 1.0))
        assert to_numpy(found.wave).dtype == (np.complex128 if dtype == np.float64 else np.complex64)
        np.testing.assert_allclose(to_numpy(found.wave), expected, atol=tolerance)


def test_no_slice_is_refused():
    for dtype in (np.float32, np.float64):
        with pytest.raises(ValueError, match="no slice"):
            multislice(np.zeros((0, 4, 4), dtype), PIXEL, THICKNESS, KV)


def test_gradients_of_the_image_by_defocus_and_by_the_places_of_atoms():
    """The whole path, atoms → slices of their potential → multislice → lens, against finite differences."""
    places = torch.tensor([[0.3, -0.6, 1.0], [-0.8, 0.5, -2.0]], dtype=torch.float64, requires_grad=True)
    defocus = torch.tensor(4000.0, dtype=torch.float64, requires_grad=True)
    seen = torch.from_numpy(np.random.default_rng(4).standard_normal((5, 6)))

    def image(places, defocus):
        atoms = Atoms(places, np.array([6, 16]), torch.full((2,), 30.0, dtype=torch.float64), torch.ones(2).double())
        slices = potential_slices(atoms, (5, 6), 1.0, 3.0, n_slices=3)
        formed = wave_image(
            multislice(slices, 1.0, 3.0, KV), Defocus(defocus, defocus - 400.0, 20.0), Lens(KV, 2.7, 0.07)
        )
        return (seen * formed).sum(dim=(-2, -1))

    assert torch.autograd.gradcheck(image, (places, defocus), eps=1e-5, atol=1e-7)
    assert torch.autograd.grad(image(places, defocus), places)[0].abs().min() > 1e-6
