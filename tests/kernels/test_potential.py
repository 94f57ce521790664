"""The compiled sum over atoms against the readable one."""

import numpy as np
import pytest

from vitreous.kernels.numba import potential as kernel
from vitreous.specimen.atoms import Atoms
from vitreous.specimen.potential import gaussian_atoms, integrate_slices


def assert_parity(atoms, shape, pixel, thickness, name="peng"):
    gaussians = gaussian_atoms(atoms, name)
    expected = integrate_slices(*gaussians, shape, pixel, thickness)
    found = kernel.integrate_slices(*gaussians, shape, pixel, thickness)
    assert found.dtype == expected.dtype
    assert found.shape == expected.shape
    single = found.dtype == np.float32
    np.testing.assert_allclose(found, expected, atol=(4e-6 if single else 2e-6) * np.abs(expected).max(initial=1e-30))


def atoms_in(rng, n, size, dtype=np.float64):
    positions = (rng.uniform(-0.5, 0.5, (n, 3)) * size).astype(dtype)
    columns = (rng.uniform(0, 60, n).astype(dtype), rng.uniform(0, 1, n).astype(dtype))
    return Atoms(positions, rng.choice(np.array([1, 6, 7, 8, 19, 79]), n), *columns)


@pytest.mark.parametrize("name", ["peng", "kirkland", "lobato"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_every_parametrisation(rng, name, dtype):
    assert_parity(atoms_in(rng, 60, (40, 30, 20), dtype), (8, 31, 40), 1.0, 2.5, name)


@pytest.mark.parametrize("n", [0, 1, 2, 513])
@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 7, 2), (2, 1, 9), (5, 8, 7), (0, 4, 4), (3, 0, 4)])
def test_awkward_sizes(rng, n, shape):
    assert_parity(atoms_in(rng, n, 8.0), shape, 1.3, 1.7)


def test_pixels_far_smaller_and_far_larger_than_an_atom(rng):
    assert_parity(atoms_in(rng, 8, 4.0), (3, 60, 61), 0.1, 0.2, "lobato")
    assert_parity(atoms_in(rng, 50, 400.0), (3, 9, 8), 50.0, 100.0, "lobato")
    assert_parity(atoms_in(rng, 50, 20.0), (1, 16, 16), 1.0, np.inf)


def test_huge_offsets(rng):
    atoms = atoms_in(rng, 6, 6.0)
    positions = atoms.positions_angstrom + np.array(
        [[1e4, 0, 0], [0, -1e9, 0], [0, 0, 1e15], [0, 0, 0]] + [[0, 0, 9]] * 2
    )
    assert_parity(Atoms(positions, atoms.elements, atoms.b_factors_angstrom2), (3, 8, 8), 1.0, 2.0)


def test_every_thread_count_gives_the_same_bytes(rng):
    import numba

    gaussians = gaussian_atoms(atoms_in(rng, 400, 30.0, np.float32))
    before = numba.get_num_threads()
    try:
        images = []
        for threads in (1, before):
            numba.set_num_threads(threads)
            images.append(kernel.integrate_slices(*gaussians, (4, 37, 36), 1.0, 8.0))
    finally:
        numba.set_num_threads(before)
    np.testing.assert_array_equal(*images)


def test_inputs_are_left_alone_and_of_any_layout(rng):
    atoms = atoms_in(rng, 20, 8.0)
    wide = np.zeros((40, 6))
    wide[::2, ::2] = atoms.positions_angstrom
    view = wide[::2, ::2]
    view.flags.writeable = False
    assert_parity(Atoms(view, atoms.elements), (2, 9, 9), 1.0, 3.0)


def test_what_is_not_a_number_is_named():
    atoms = Atoms(np.array([[0.0, 0.0, 0.0], [np.nan, 0.0, 0.0]]), np.array([6, 6]))
    with pytest.raises(ValueError, match=r"atom 1 .* is not finite"):
        kernel.integrate_slices(*gaussian_atoms(atoms), (1, 4, 4), 1.0, np.inf)
