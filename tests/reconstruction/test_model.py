"""A map of atoms agrees with these atoms, and stops where the map was cut or the atoms were moved."""

import numpy as np
import pytest

from known_maps import ball, truncated
from vitreous.reconstruction import map_model_fsc
from vitreous.specimen import helix_bundle, move_atoms, potential

BOX, PIXEL = 40, 1.5


@pytest.fixture(scope="module")
def atoms():
    return helix_bundle()


@pytest.fixture(scope="module")
def volume(atoms):
    return potential(atoms, (BOX,) * 3, PIXEL)


def test_a_map_agrees_with_its_atoms_to_where_it_ends(atoms, volume, library):
    assert map_model_fsc(library(volume), atoms, pixel_size_angstrom=PIXEL).resolution_angstrom == 2 * PIXEL
    found = map_model_fsc(library(truncated(volume, 12)), atoms, pixel_size_angstrom=PIXEL)
    assert BOX * PIXEL / 13 < found.resolution_angstrom < BOX * PIXEL / 12
    np.testing.assert_allclose(found.fsc[:13], 1)


def test_noise_crosses_a_half_where_it_is_three_times_the_signal(atoms, volume, rng):
    """FSC = √(S/(S + N)) against what has no noise."""
    signal = np.mean(volume**2)
    found = map_model_fsc(
        volume + (3 * signal) ** 0.5 * rng.standard_normal(volume.shape), atoms, pixel_size_angstrom=PIXEL
    )
    crossing = round(BOX * PIXEL / found.resolution_angstrom)
    k = np.fft.fftfreq(BOX) * BOX
    radius = np.round(np.sqrt(k[:, None, None] ** 2 + k[None, :, None] ** 2 + k**2))
    power = np.abs(np.fft.fftn(volume)) ** 2 / BOX**3
    ratio = [power[radius == shell].mean() / (3 * signal) for shell in (crossing - 2, crossing + 2)]
    assert ratio[0] > 1 / 3 > ratio[1]


def test_atoms_elsewhere_do_not_agree(atoms, volume):
    away = move_atoms(atoms, shift_angstrom=(6.0, -4.0, 5.0))
    found = map_model_fsc(volume, away, pixel_size_angstrom=PIXEL)
    assert found.resolution_angstrom is None or found.resolution_angstrom > 15


def test_the_mask_cuts_both(atoms, volume, rng):
    """Noise outside of the mask does not count."""
    mask = ball(BOX, 17)
    noisy = volume + (1 - mask) * 10 * volume.std() * rng.standard_normal(volume.shape)
    assert map_model_fsc(noisy, atoms, mask, pixel_size_angstrom=PIXEL).resolution_angstrom == 2 * PIXEL
    with pytest.raises(ValueError, match="one box"):
        map_model_fsc(volume, atoms, np.ones((8, 8, 8)), pixel_size_angstrom=PIXEL)
