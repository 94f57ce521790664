"""The Fourier path against direct sums, and with gradients."""

import numpy as np
import pytest
import torch

from vitreous.fourier import frequency_grid
from vitreous.specimen.atoms import Atoms
from vitreous.specimen.potential_fourier import potential_fourier, structure_factors
from vitreous.specimen.scattering_factors import VOLT_ANGSTROM2, scattering_factor

ELEMENTS = np.array([6, 8, 26, 6, 1], np.int64)
B_FACTORS = np.array([10.0, 20.0, 10.0, 10.0, 35.0])
OCCUPANCIES = np.array([1.0, 0.5, 1.0, 1.0, 0.25])


def five_atoms(rng):
    return Atoms(rng.uniform(-4.0, 4.0, (5, 3)), ELEMENTS, B_FACTORS, OCCUPANCIES)


@pytest.mark.parametrize("shape", [(9, 12), (6, 8, 7)])
@pytest.mark.parametrize("name", ["peng", "kirkland", "lobato"])
def test_structure_factors_are_the_sum_as_written(rng, shape, name):
    atoms = five_atoms(rng)
    q = frequency_grid(shape, 1.1)
    expected = 0.0
    for element, b, w, r in zip(ELEMENTS, B_FACTORS, OCCUPANCIES, atoms.positions_angstrom, strict=True):
        radius = np.linalg.norm(q, axis=-1)
        factor = scattering_factor(int(element), name).scattering_factor(radius) * np.exp(-b * radius**2 / 4)
        expected = expected + w * factor * np.exp(-2j * np.pi * (q @ r[: len(shape)]))
    found = structure_factors(atoms, shape, 1.1, parametrisation=name, tolerance=1e-12)
    np.testing.assert_allclose(found, expected, atol=1e-10)


def test_the_sum_of_the_voxels_is_forward_scattering(rng):
    atoms = five_atoms(rng)
    expected = VOLT_ANGSTROM2 * sum(
        w * float(scattering_factor(int(z)).scattering_factor(0.0)) for z, w in zip(ELEMENTS, OCCUPANCIES, strict=True)
    )
    assert potential_fourier(atoms, (20, 22, 24), 0.9).sum() * 0.9**3 == pytest.approx(expected, rel=1e-5)
    assert potential_fourier(atoms, (22, 24), 0.9).sum() * 0.9**2 == pytest.approx(expected, rel=1e-5)


def test_every_library(library, rng):
    plain = five_atoms(rng)
    atoms = Atoms(library(plain.positions_angstrom), ELEMENTS, library(B_FACTORS), library(OCCUPANCIES))
    found = potential_fourier(atoms, (10, 11), 1.0, tolerance=1e-12)
    np.testing.assert_allclose(np.asarray(found), potential_fourier(plain, (10, 11), 1.0, tolerance=1e-12), atol=1e-8)


def test_gradient_of_the_positions(rng):
    positions = torch.from_numpy(rng.uniform(-3.0, 3.0, (2, 3))).requires_grad_()
    weights = torch.from_numpy(rng.normal(size=(6, 7)))

    def weighted(positions):
        return (weights * potential_fourier(Atoms(positions, ELEMENTS[:2], B_FACTORS[:2]), (6, 7), 1.0)).sum()

    assert torch.autograd.gradcheck(weighted, (positions,), atol=1e-4)
