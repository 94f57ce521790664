"""Ice: its rings, its variance, the shot noise of free molecules, and what a protein displaces."""

import numpy as np
import pytest
from scipy import integrate

import needs
from vitreous.fourier import frequency_radius, frequency_shells, ft, shell_sum
from vitreous.rotations import random_rotations
from vitreous.specimen.atoms import Atoms, centre_atoms, molecular_mass_da
from vitreous.specimen.coordinates import read_atoms
from vitreous.specimen.ice import (
    ice_power_spectrum,
    ice_structure_factor,
    iterate_ice_slices,
    random_ice,
    solvent_density,
    solvent_potential,
)
from vitreous.specimen.mean_free_path import ICE, mean_inner_potential
from vitreous.specimen.potential import potential
from vitreous.specimen.potential_fourier import structure_factors
from vitreous.specimen.scattering_factors import PARAMETRISATIONS, VOLT_ANGSTROM2

DENSITY = ICE.units_per_angstrom3


def rings(values, q):
    inside = (values[1:-1] > values[:-2]) & (values[1:-1] > values[2:])
    return [1 / q[i + 1] for i in np.flatnonzero(inside) if q[i + 1] > 0.2]


def test_rings():
    """Of the structure factor at 3.7, 2.1 and 1.24 Å (measured: 3.7, 2.1, 1.3); of the potential near 3.9 Å."""
    q = np.linspace(0.0, 1.5, 3001)
    np.testing.assert_allclose(rings(ice_structure_factor(q), q)[:3], [3.70, 2.10, 1.24], atol=0.03)
    np.testing.assert_allclose(rings(ice_power_spectrum(q), q)[:2], [3.9, 2.2], atol=0.1)


def pair_distribution(r):
    """g(r) from S(q), damped by exp(−2π² (0.03 Å)² q²) for the integral to end."""
    q = np.linspace(0.0, 12.0, 6001)
    kernel = (ice_structure_factor(q) - 1) * q**2 * np.exp(-2 * (0.03 * np.pi * q) ** 2)
    return 1 + 4 * np.pi / DENSITY * np.trapezoid(kernel * np.sinc(2 * q * r[:, None]), q)


def test_no_molecule_lies_within_another_and_the_first_has_four_neighbours():
    np.testing.assert_allclose(pair_distribution(np.linspace(0.0, 2.0, 9)), 0.0, atol=0.03)
    r = np.linspace(2.2, 3.25, 200)
    neighbours = 4 * np.pi * DENSITY * np.trapezoid(pair_distribution(r) * r**2, r)
    assert neighbours == pytest.approx(4.1, abs=0.2)
    assert pair_distribution(np.array([9.0]))[0] == pytest.approx(1.0, abs=0.01)


def test_structure_factor_is_a_power_and_ends_at_one(library):
    q = np.linspace(0.0, 12.0, 2001)
    values = ice_structure_factor(q)
    assert values.min() > 0
    assert values[0] == pytest.approx(0.05, abs=1e-9)
    assert abs(values[-1] - 1) < 0.01
    np.testing.assert_allclose(np.asarray(ice_structure_factor(library(q))), values, atol=1e-9)
    assert ice_power_spectrum(q).min() > 0


def test_forwards_a_molecule_scatters_as_its_atoms_together():
    """P(0) = n S(0) (κ⁻¹ Σ f(0))² = V₀² S(0)/n."""
    zero = np.zeros(1)
    shot = mean_inner_potential(ICE) ** 2 / DENSITY
    assert ice_power_spectrum(zero, ordered=False)[0] == pytest.approx(shot, rel=1e-12)
    assert ice_power_spectrum(zero)[0] == pytest.approx(0.05 * shot, rel=1e-9)


def water_molecules(rng, n, box):
    """n molecules at random places in random orientations, which do not see each other."""
    half = np.deg2rad(104.52) / 2
    bonds = 0.9572 * np.array([[np.sin(half), np.cos(half), 0.0], [-np.sin(half), np.cos(half), 0.0]])
    turned = np.einsum("nij,hj->nhi", random_rotations(n, rng), bonds)
    oxygens = rng.uniform(-0.5, 0.5, (n, 1, 3)) * box
    positions = np.concatenate([oxygens, oxygens + turned], axis=1).reshape(-1, 3)
    return Atoms(positions, np.tile(np.array([8, 1, 1]), n))


def test_molecules_that_do_not_see_each_other_are_shot_noise(rng):
    """Campbell's theorem: the spectrum of the projected potential of real atoms is t P(q) with S = 1."""
    n, shape, pixel = 20_000, (96, 96), 1.0
    atoms = water_molecules(rng, n, np.array([96.0, 96.0, 50.0]))
    power = np.abs(VOLT_ANGSTROM2 * structure_factors(atoms, shape, pixel)) ** 2 / (96 * 96)
    per_molecule = power * 96 * 96 / n * DENSITY
    shells = frequency_shells(shape)
    expected = ice_power_spectrum(frequency_radius(shape, pixel), ordered=False)
    sums = [shell_sum(values, shells, 48)[8:].reshape(-1, 8).sum(axis=1) for values in (per_molecule, expected)]
    np.testing.assert_allclose(sums[0] / sums[1], 1.0, atol=0.15)
    assert sums[0].sum() / sums[1].sum() == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize("name", PARAMETRISATIONS)
def test_mean_and_variance_of_the_field(rng, name):
    """Mean V₀; variance ∫ P(q) sinc² d³q over the frequencies below Nyquist."""
    shape, pixel = (48, 50, 52), 0.8
    field = random_ice(shape, pixel, rng, parametrisation=name)
    q = frequency_radius(shape, pixel)
    axes = np.meshgrid(*(np.sinc((np.arange(n) - n // 2) / n) for n in shape), indexing="ij")
    power = ice_power_spectrum(q, parametrisation=name) * np.prod(axes, axis=0) ** 2
    volume = np.prod(shape) * pixel**3
    assert field.mean() == pytest.approx(mean_inner_potential(ICE, parametrisation=name), abs=0.02)
    assert field.var() == pytest.approx(power.sum() / volume, rel=0.02)
    # the same as an integral, up to the corners of the box of frequencies
    ball = integrate.quad(lambda k: 4 * np.pi * k**2 * float(ice_power_spectrum(np.array(k))), 0, 0.5, limit=200)[0]
    inside = ice_power_spectrum(q[q < 0.5]).sum() / volume
    assert inside == pytest.approx(ball, rel=0.02)


def test_spectrum_of_the_field(rng):
    shape, pixel = (64, 64, 64), 1.0
    field = random_ice(shape, pixel, rng)
    power = np.abs(ft(field - field.mean(), 3)) ** 2 / field.size
    shells = frequency_shells(shape)
    sinc = np.prod(np.meshgrid(*[np.sinc((np.arange(64) - 32) / 64)] * 3), axis=0)
    expected = ice_power_spectrum(frequency_radius(shape, pixel)) * sinc**2
    found = [shell_sum(values, shells, 33)[3:] for values in (power, expected)]
    np.testing.assert_allclose(found[0] / found[1], 1.0, atol=0.15)


def test_slices_scatter_as_the_volume_does(rng):
    """The projection of a box and the sum of its slices have one spectrum, whatever the thickness of the slices."""
    shape, pixel = (128, 128), 1.0
    shells = frequency_shells(shape)
    spectra = []
    for n_slices, thickness in ((60, 2.0), (6, 20.0)):
        total = sum(iterate_ice_slices(n_slices, shape, pixel, thickness, rng))
        assert total.mean() == pytest.approx(120 * mean_inner_potential(ICE), rel=0.01)
        power = np.abs(ft(total - total.mean(), 2)) ** 2 / total.size
        spectra.append(shell_sum(power, shells, 64)[6:])
    volume = random_ice((120, *shape), pixel, rng).sum(axis=0) * pixel
    spectra.append(shell_sum(np.abs(ft(volume - volume.mean(), 2)) ** 2 / volume.size, shells, 64)[6:])
    for spectrum in spectra[1:]:
        assert spectrum.sum() / spectra[0].sum() == pytest.approx(1.0, abs=0.05)
        np.testing.assert_allclose(spectrum / spectra[0], 1.0, atol=0.6)


def test_a_seed_reproduces_bytes():
    one, two = (random_ice((8, 9, 10), 1.0, np.random.default_rng(5)) for _ in range(2))
    np.testing.assert_array_equal(one, two)


def test_water_about_one_atom():
    """Half the density at 2.23 Å; a shell of dense water further out, if it is wanted; 1 beyond."""
    carbon = Atoms(np.array([[0.0, 0.0, 0.0]]), np.array([6]))
    plain = solvent_density(carbon, (1, 1, 201), 0.1)[0, 0]
    shell = solvent_density(carbon, (1, 1, 201), 0.1, hydration_shell=True)[0, 0]
    r = np.abs(np.arange(201) - 100) * 0.1
    assert np.interp(2.23, r[100:], plain[100:]) == pytest.approx(0.5, abs=1e-3)
    assert plain[100] < 0.02
    assert plain[r > 6].min() > 0.999
    assert plain.max() <= 1.0
    assert 1.0 < shell.max() < 1.3
    assert shell[r > 9.1].min() == 1.0


def test_a_protein_displaces_its_volume():
    """1.21 Å³/Da, the partial specific volume 0.73 cm³/g of proteins."""
    atoms = centre_atoms(read_atoms(needs.data("coordinates/adk_open.pdb")))
    displaced = (1 - solvent_density(atoms, (50, 50, 50), 1.8)).sum() * 1.8**3
    assert displaced / molecular_mass_da(atoms) == pytest.approx(1.21, rel=0.05)


def test_a_protein_in_ice_shows_by_what_it_has_more_than_ice():
    """Contrast = atoms − V₀ × displaced volume: about half of the atoms' own potential is hidden by the ice."""
    atoms = centre_atoms(read_atoms(needs.data("coordinates/adk_open.pdb")))
    shape, pixel = (50, 50, 50), 1.8
    whole = potential(atoms, shape, pixel) + solvent_potential(atoms, shape, pixel)
    own = potential(atoms, shape, pixel).sum()
    seen = (whole - mean_inner_potential(ICE)).sum()
    assert 0.3 < seen / own < 0.6
    assert whole[0, 0, 0] == pytest.approx(mean_inner_potential(ICE))


def test_ice_about_a_molecule_is_the_random_ice_outside_it():
    iron, shape = Atoms(np.zeros((1, 3)), np.array([26])), (20, 21, 22)
    found = solvent_potential(iron, shape, 1.0, rng=np.random.default_rng(3), hydration_shell=True)
    ice = random_ice(shape, 1.0, np.random.default_rng(3))
    density = solvent_density(iron, shape, 1.0, hydration_shell=True)
    np.testing.assert_allclose(found, ice * density)
    assert density[10, 10, 11] < 0.05


def test_no_heavy_atoms_no_hole():
    hydrogens = Atoms(np.zeros((2, 3)), np.array([1, 1]))
    assert (solvent_density(hydrogens, (4, 4, 4), 1.0) == 1.0).all()
