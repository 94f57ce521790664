"""The potential of atoms: its integral, its voxel means, its slices, what is outside, libraries and gradients."""

import itertools
import tracemalloc

import numpy as np
import pytest
import torch
from scipy import integrate, special

from vitreous.fourier import bin_pixels
from vitreous.specimen.atoms import Atoms
from vitreous.specimen.potential import (
    atom_columns,
    gaussian_atoms,
    integrate_slices,
    iterate_slices,
    potential,
    potential_slices,
    projected_potential,
    slice_count,
    slice_positions,
)
from vitreous.specimen.scattering_factors import PARAMETRISATIONS, VOLT_ANGSTROM2, Peng, scattering_factor

every = pytest.mark.parametrize("name", PARAMETRISATIONS)


def some_atoms(rng, n=30, size=8.0, elements=(1, 6, 7, 8, 15, 16, 26)):
    positions = rng.uniform(-size, size, (n, 3))
    return Atoms(positions, rng.choice(np.array(elements), n), rng.uniform(0.0, 40.0, n), rng.uniform(0.2, 1.0, n))


def one_atom(element, position, b_factor=0.0):
    return Atoms(np.array([position], float), np.array([element]), np.array([b_factor]))


def forward_sum(atoms, name):
    factors = [float(scattering_factor(int(z), name).scattering_factor(0.0)) for z in atoms.elements]
    return VOLT_ANGSTROM2 * float(np.dot(factors, atoms.occupancies))


@every
def test_the_integral_is_forward_scattering(rng, name):
    """∫ V d³r = κ⁻¹ Σ f(0), in volts of voxels, V·Å of slices and of the projection alike."""
    atoms = some_atoms(rng)
    expected = pytest.approx(forward_sum(atoms, name), rel=5e-6)
    assert potential(atoms, (41, 42, 40), 1.1, parametrisation=name).sum() * 1.1**3 == expected
    assert projected_potential(atoms, (42, 40), 1.1, parametrisation=name).sum() * 1.1**2 == expected
    assert potential_slices(atoms, (42, 40), 1.1, 2.7, parametrisation=name).sum() * 1.1**2 == expected


def voxel_mean_by_quadrature(b_total, strength, corner, sides):
    """The mean of a Gaussian over a voxel, as three integrals of the Gaussian itself."""
    product = strength * (4 * np.pi / b_total) ** 1.5
    for low, side in zip(corner, sides, strict=True):
        product *= integrate.quad(lambda x: np.exp(-4 * np.pi**2 * x**2 / b_total), low, low + side)[0] / side
    return product


@pytest.mark.parametrize("element", [6, 26])
def test_peng_voxels_are_means_of_the_potential(element):
    side, b_factor, at = 0.9, 12.0, np.array([0.21, -0.37, 0.11])
    volume = potential(one_atom(element, at, b_factor), (7, 6, 5), side)
    factor = scattering_factor(element, "peng")
    assert isinstance(factor, Peng)
    for iz, iy, ix in [(3, 3, 2), (2, 4, 1), (6, 0, 4)]:
        corner = (np.array([ix - 2, iy - 3, iz - 3]) - 0.5) * side - at
        mean = sum(
            voxel_mean_by_quadrature(b + b_factor, VOLT_ANGSTROM2 * a, corner, [side] * 3)
            for a, b in zip(factor.a, factor.b, strict=True)
        )
        assert volume[iz, iy, ix] == pytest.approx(mean, rel=2e-6, abs=1e-6 * volume.max())


@every
@pytest.mark.parametrize("element", [6, 8])
def test_pixels_are_means_of_the_closed_projection(name, element):
    """Against V_z(r) integrated over the pixel by quadrature: away from the nucleus, and over the nucleus itself."""
    side = 0.8
    image = projected_potential(one_atom(element, (0.0, 0.0, 3.0)), (9, 9), side, parametrisation=name)
    closed = scattering_factor(element, name).projected_potential
    nodes, weights = np.polynomial.legendre.leggauss(24)
    for iy, ix in [(4, 5), (6, 5), (7, 7)]:
        x, y = (ix - 4 + nodes / 2) * side, (iy - 4 + nodes / 2) * side
        mean = weights @ closed(np.hypot(x[None, :], y[:, None])) @ weights / 4
        assert image[iy, ix] == pytest.approx(mean, rel=1e-4, abs=4e-6 * image.max())
    # over the nucleus, an eighth of the square in polar coordinates: r = s², since V_z is logarithmic
    angle = np.pi / 8 * (nodes + 1)
    end = np.sqrt(side / 2 / np.cos(angle))[:, None]
    s = end * (nodes + 1) / 2
    wedges = np.sum(weights * closed(s**2) * 2 * s**3, axis=1) * end[:, 0] / 2
    assert image[4, 4] == pytest.approx(8 * np.pi / 8 * np.sum(weights * wedges) / side**2, rel=1e-4)


@every
@pytest.mark.parametrize("thickness", [0.7, 3.0, 50.0])
def test_slices_add_up_to_the_projection(rng, name, thickness):
    atoms = some_atoms(rng)
    projection = projected_potential(atoms, (20, 23), 1.0, parametrisation=name)
    slices = potential_slices(atoms, (20, 23), 1.0, thickness, parametrisation=name)
    assert len(slices) == slice_count(atoms, thickness, parametrisation=name)
    np.testing.assert_allclose(slices.sum(axis=0), projection, atol=2e-6 * projection.max())


def test_slices_one_pixel_thick_are_the_voxels(rng):
    atoms = some_atoms(rng)
    volume = potential(atoms, (30, 20, 23), 1.2)
    slices = potential_slices(atoms, (20, 23), 1.2, 1.2, n_slices=30)
    np.testing.assert_allclose(slices, 1.2 * volume, atol=1e-12)


def test_an_atom_lies_where_its_slice_does():
    heights = slice_positions(7, 2.5)
    assert heights[3] == 0.0
    for z in (-7.5, 0.0, 5.0):
        stack = potential_slices(one_atom(26, (3.0, -2.0, z)), (16, 17), 1.0, 2.5, n_slices=7)
        peak = np.unravel_index(stack.argmax(), stack.shape)
        assert (heights[peak[0]], peak[1] - 8, peak[2] - 8) == (z, -2, 3)


def test_voxels_are_the_mean_of_smaller_voxels(rng):
    atoms = some_atoms(rng, size=4.0)
    # the middle of a block of 3 is the middle of its middle voxel
    fine, coarse = potential(atoms, (45, 45, 45), 0.4), potential(atoms, (15, 15, 15), 1.2)
    np.testing.assert_allclose(bin_pixels(fine, 3, 3), coarse, atol=2e-6 * coarse.max())


def test_atoms_outside_reach_in_and_do_not_wrap():
    wide = projected_potential(one_atom(26, (8.3, 0.2, 0.0), 20.0), (16, 40), 1.0)
    narrow = projected_potential(one_atom(26, (8.3, 0.2, 0.0), 20.0), (16, 16), 1.0)
    np.testing.assert_allclose(narrow, wide[:, 12:28], atol=1e-12)
    assert narrow[:, -1].max() > 1.0
    assert narrow[:, 0].max() == 0.0
    far = projected_potential(one_atom(26, (1e12, 0.0, -1e15)), (16, 16), 1.0)
    assert not far.any()


def test_a_b_factor_widens_and_an_occupancy_scales():
    sharp, blurred = (projected_potential(one_atom(8, (0, 0, 0), b), (61, 61), 0.3) for b in (10.0, 40.0))
    second = (np.arange(61) - 30) ** 2 * 0.09
    widths = [(second * image.sum(axis=0)).sum() / image.sum() for image in (sharp, blurred)]
    assert widths[1] - widths[0] == pytest.approx(30.0 / (8 * np.pi**2), rel=1e-4)
    half = Atoms(np.zeros((1, 3)), np.array([8]), np.array([10.0]), np.array([0.5]))
    np.testing.assert_allclose(projected_potential(half, (61, 61), 0.3), sharp / 2, rtol=1e-12)


def test_streamed_slices_are_the_slices(rng):
    atoms = some_atoms(rng)
    whole = potential_slices(atoms, (14, 15), 1.0, 1.5)
    for block in (1, 4, 100):
        np.testing.assert_allclose(
            np.stack(list(iterate_slices(atoms, (14, 15), 1.0, 1.5, block=block))), whole, atol=1e-5
        )


def test_memory_is_bounded_by_the_block(rng):
    atoms = some_atoms(rng, n=200, size=60.0)
    next(iterate_slices(atoms, (8, 8), 1.0, 1.0))  # compiled and loaded
    peaks = {}
    for n_slices in (40, 400):
        tracemalloc.start()
        for _ in iterate_slices(atoms, (128, 128), 1.0, 1.0, n_slices=n_slices, block=8):
            pass
        peaks[n_slices] = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peaks[400] < 3 * 8 * 128 * 128 * 8
    assert peaks[400] < 1.2 * peaks[40]


def test_every_library(library, rng):
    plain = some_atoms(rng, n=5, size=3.0)
    columns = (library(column) for column in (plain.b_factors_angstrom2, plain.occupancies))
    atoms = Atoms(library(plain.positions_angstrom), plain.elements, *columns)
    for name in PARAMETRISATIONS:
        expected = potential_slices(plain, (9, 8), 1.0, 2.0, n_slices=3, parametrisation=name)
        found = potential_slices(atoms, (9, 8), 1.0, 2.0, n_slices=3, parametrisation=name)
        assert type(found) is type(atoms.positions_angstrom)
        np.testing.assert_allclose(np.asarray(found), expected, atol=1e-5)
        formula = integrate_slices(*gaussian_atoms(atoms, name), (3, 9, 8), 1.0, 2.0)
        np.testing.assert_allclose(np.asarray(formula), expected, atol=1e-5)


def test_precision_is_that_of_the_positions(library, rng):
    positions = rng.uniform(-3, 3, (4, 3)).astype(np.float32)
    atoms = Atoms(library(positions), np.array([6, 7, 8, 1]), np.full(4, 20.0))
    found = projected_potential(atoms, (12, 12), 1.0)
    assert str(found.dtype).endswith("float32")
    wide = projected_potential(Atoms(positions.astype(float), atoms.elements, np.full(4, 20.0)), (12, 12), 1.0)
    np.testing.assert_allclose(np.asarray(found), wide, atol=2e-6 * wide.max())


@pytest.mark.parametrize("thickness", [1.5, np.inf])
def test_gradients_of_positions_b_factors_and_occupancies(rng, thickness):
    n_slices = 1 if thickness == np.inf else 3
    weights = torch.from_numpy(rng.normal(size=(n_slices, 6, 7)))
    given = [rng.uniform(-2, 2, (2, 3)), rng.uniform(5, 30, 2), rng.uniform(0.5, 1, 2)]

    def weighted(positions, b_factors, occupancies):
        atoms = Atoms(positions, np.array([6, 26]), b_factors, occupancies)
        return (weights * integrate_slices(*gaussian_atoms(atoms), (n_slices, 6, 7), 1.0, thickness)).sum()

    assert torch.autograd.gradcheck(weighted, [torch.from_numpy(value).requires_grad_() for value in given])


def test_a_gradient_asked_for_is_not_dropped(rng):
    positions = torch.from_numpy(rng.uniform(-2, 2, (3, 3))).requires_grad_()
    atoms = Atoms(positions, np.array([6, 8, 26]), np.array([10.0, 20.0, 30.0]))
    for image in (
        projected_potential(atoms, (8, 8), 1.0),
        potential(atoms, (4, 8, 8), 1.0),
        *itertools.islice(iterate_slices(atoms, (8, 8), 1.0, 2.0, n_slices=3), 2),
    ):
        assert image.requires_grad


def test_no_atoms():
    none = Atoms(np.zeros((0, 3)), np.zeros(0, np.int64))
    assert projected_potential(none, (4, 5), 1.0).shape == (4, 5)
    assert potential_slices(none, (4, 5), 1.0, 2.0).shape == (1, 4, 5)
    assert atom_columns(none)[1].shape == (0,)


@pytest.mark.parametrize(("pixel", "thickness"), [(0.0, 1.0), (1.0, -1.0), (np.nan, 1.0)])
def test_lengths_should_be_above_zero(pixel, thickness):
    with pytest.raises(ValueError, match="lengths should be above zero"):
        potential_slices(one_atom(6, (0, 0, 0)), (4, 4), pixel, thickness, n_slices=1)


def test_the_error_function_of_the_formula_is_that_of_scipy(rng):
    """One atom, one Gaussian's worth of pixels, written out in SciPy."""
    element, side, at = 6, 1.0, 0.3
    factor = scattering_factor(element, "peng")
    edges = (np.arange(6) - 2.5) * side - at
    shares = np.diff(special.erf(2 * np.pi * edges[:, None] / np.sqrt(factor.b)), axis=0) / 2
    expected = VOLT_ANGSTROM2 * (shares**2 @ factor.a)
    found = integrate_slices(*gaussian_atoms(one_atom(element, (at, at, 0.0))), (1, 5, 5), side, np.inf)
    np.testing.assert_allclose(np.diagonal(found[0]), expected, rtol=1e-12)
