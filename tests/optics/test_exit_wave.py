"""Exit waves without stepping: their limits, where the mid-plane is, and amplitude contrast counted once."""

import numpy as np
import pytest

from optics.phantoms import gaussian_slices, random_atoms
from vitreous._array import to_numpy
from vitreous.fourier import frequency_grid, ft
from vitreous.optics.exit_wave import (
    absorptive_potential,
    ewald_sphere,
    is_absorbing,
    phase_grating,
    slices_of_potential,
    weak_phase,
)
from vitreous.optics.intensity import wave_image
from vitreous.optics.lens import Defocus, Lens
from vitreous.optics.wavelength import interaction_constant, wavelength_angstrom

PIXEL, THICKNESS, KV = 1.2, 5.0, 300.0


def test_the_models_in_every_library_and_precision(library, rng):
    slices = 20 * rng.standard_normal((3, 8, 9)).astype(np.float32)
    sigma = interaction_constant(KV)
    projected = slices.astype(float).sum(axis=0)
    given = library(slices)
    for found, expected in (
        (weak_phase(given[1, ...], PIXEL, KV), 1 + 1j * sigma * slices[1].astype(float)),
        (phase_grating(given[1, ...], PIXEL, KV), np.exp(1j * sigma * slices[1].astype(float))),
        (ewald_sphere(given, PIXEL, 0.0, KV), 1 + 1j * sigma * projected),
    ):
        assert to_numpy(found.wave).dtype == np.complex64
        np.testing.assert_allclose(to_numpy(found.wave), expected, atol=1e-6)
        assert not found.absorbing


def test_a_uniform_slab_turns_the_phase_by_sigma_v_t():
    slab = np.full((1, 4, 4), 4.5)  # the mean inner potential of water, near enough
    wave = phase_grating(slices_of_potential(slab, 200.0)[0], PIXEL, KV).wave
    np.testing.assert_allclose(wave, np.exp(1j * interaction_constant(KV) * 4.5 * 200.0), rtol=1e-14)


def test_the_ewald_wave_of_gaussian_atoms_is_their_transform_on_the_sphere(rng):
    """F[ψ − 1] = iσ Σ_a s_a exp(−2π²σ²k² − 2πi k·x_a) exp(+iπλk² z_a), the atoms at the planes of the slices."""
    shape, width = (6, 96, 90), 2.5
    atoms = random_atoms(rng, 12, (50.0, 50.0, 0.0), 30.0)
    atoms[:, 2] = THICKNESS * (rng.integers(0, 6, 12) - 3)
    wave = ewald_sphere(gaussian_slices(atoms, shape, PIXEL, THICKNESS, sigma=width), PIXEL, THICKNESS, KV).wave
    k = frequency_grid(shape[1:], PIXEL)
    squared = np.sum(k**2, axis=-1)
    expected = sum(
        s
        * np.exp(-2 * np.pi**2 * width**2 * squared - 2j * np.pi * (k @ [x, y]))
        * np.exp(1j * np.pi * wavelength_angstrom(KV) * squared * z)
        for x, y, z, s in atoms
    )
    found = ft(wave - 1, 2) * PIXEL**2
    np.testing.assert_allclose(found, 1j * interaction_constant(KV) * expected, atol=1e-8 * np.abs(expected).max())


@pytest.mark.parametrize("height", [-400.0, 250.0])
def test_what_lies_nearer_the_detector_is_seen_at_a_larger_underfocus(height):
    """The mid-plane is slice n // 2, the beam goes to +z: an atom at z, at Δf, looks like one at 0 at Δf + z."""
    lens, defocus, thickness = Lens(KV, 2.7, 0.0), 9000.0, 50.0
    slices = gaussian_slices(np.array([[3.0, -2.0, height, 1e-3]]), (17, 64, 64), PIXEL, thickness)
    assert np.flatnonzero(slices.any(axis=(1, 2))) == [8 + height / thickness]
    raised = ewald_sphere(slices, PIXEL, thickness, KV)
    flat = weak_phase(slices.sum(axis=0), PIXEL, KV)
    seen = wave_image(raised, Defocus.round(defocus), lens) - 1
    expected = wave_image(flat, Defocus.round(defocus + height), lens) - 1
    wrong = wave_image(flat, Defocus.round(defocus - height), lens) - 1
    assert np.linalg.norm(seen - expected) < 1e-3 * np.linalg.norm(expected)
    assert np.linalg.norm(seen - wrong) > 0.3 * np.linalg.norm(expected)


def test_an_absorptive_potential_takes_electrons_away():
    potential = np.full((4, 4), 100.0)
    complex_potential = absorptive_potential(potential, 0.1)
    assert is_absorbing(complex_potential)
    assert not is_absorbing(potential)
    wave = phase_grating(complex_potential, PIXEL, KV)
    assert wave.absorbing
    loss = np.exp(-interaction_constant(KV) * 100.0 * 0.1 / np.sqrt(1 - 0.01))
    np.testing.assert_allclose(np.abs(wave.wave), loss, rtol=1e-13)


def test_an_impossible_amplitude_contrast_is_refused():
    with pytest.raises(ValueError, match=r"amplitude_contrast=1\.0"):
        absorptive_potential(np.ones((2, 2)), 1.0)
