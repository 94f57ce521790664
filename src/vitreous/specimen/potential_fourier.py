"""The potential of atoms by its spectrum: structure factors at the frequencies of a grid, then the inverse transform.

A second path, independent of the sums over voxels in `potential`: no Gaussians, no error functions, no cut-off. It
gives samples of the band-limited potential at the middles of the pixels, not means over them, and it is periodic: atoms
near an edge appear at the other.
"""

import numpy as np
from jaxtyping import Complex, Float

from vitreous._array import as_arrays, complex_dtype, device_of, namespace, on_cpu_without_gradient, to_numpy
from vitreous._typing import Array
from vitreous.fourier import frequency_radius, ift, nudft1, nufft1
from vitreous.specimen.atoms import Atoms
from vitreous.specimen.potential import atom_columns
from vitreous.specimen.scattering_factors import VOLT_ANGSTROM2, scattering_factor

__all__ = ["potential_fourier", "structure_factors"]


def structure_factors(
    atoms: Atoms,
    shape: tuple[int, ...],
    pixel_size_angstrom: float,
    *,
    parametrisation: str = "peng",
    tolerance: float = 1e-6,
) -> Complex[Array, "*shape"]:
    """The structure factors of atoms on a grid, F(q) = Σ_j w_j f_j(q) exp(−B_j q²/4) exp(−2πi q·r_j).

    One non-uniform transform for each distinct pair of element and B factor. With three axes this is the spectrum of
    the potential, with two its central slice, the spectrum of the projection along z. Gradients pass for
    positions and occupancies.

    Parameters
    ----------
    atoms
        n atoms.
    shape
        ([nz,] ny, nx).
    pixel_size_angstrom
        Å/pixel.
    parametrisation
        One of `PARAMETRISATIONS`.
    tolerance
        The relative error of the non-uniform transform. Positions that require a gradient or are not on the CPU are
        summed directly, in atoms × pixels, and without such an error.

    Returns
    -------
    Complex array
        Å, the given shape, q = 0 at n // 2 of each axis.

    Raises
    ------
    ValueError
        If there is no such parametrisation, it does not have an element, or the tolerance cannot be met.

    References
    ----------
    Peng, Dudarev and Whelan, High-Energy Electron Diffraction and Microscopy (2004), section 4.1.
    """
    positions, b_factors, occupancies = atom_columns(atoms)
    fast = all(on_cpu_without_gradient(array) for array in (positions, occupancies))
    xp, device, dim = namespace(positions), device_of(positions), len(shape)
    cycles = positions[:, :dim] / as_arrays(positions, [n * pixel_size_angstrom for n in shape[::-1]])[1]
    frequency = frequency_radius(shape, pixel_size_angstrom, like=positions)
    total = xp.zeros(shape, dtype=complex_dtype(positions), device=device)
    pairs, members = np.unique(np.stack([atoms.elements, to_numpy(b_factors)]), axis=1, return_inverse=True)
    for pair, (element, b_factor) in enumerate(pairs.T.tolist()):
        alike = xp.asarray(np.flatnonzero(members == pair), device=device)
        points, weights = xp.take(cycles, alike, axis=0), xp.take(occupancies, alike)
        waves = nufft1(weights, points, shape, tolerance) if fast else nudft1(weights, points, shape)
        factor = scattering_factor(int(element), parametrisation).scattering_factor(frequency)
        total = total + waves * factor * xp.exp(-b_factor * frequency**2 / 4)
    return total


def potential_fourier(
    atoms: Atoms,
    shape: tuple[int, ...],
    pixel_size_angstrom: float,
    *,
    parametrisation: str = "peng",
    tolerance: float = 1e-6,
) -> Float[Array, "*shape"]:
    """The band-limited potential of atoms, V(x) = κ⁻¹/(N Δ^dim) Σ_q F(q) exp(2πi q·x), periodic.

    Parameters
    ----------
    atoms
        n atoms, the origin of their coordinates at pixel n // 2 of each axis.
    shape
        (nz, ny, nx) for the potential, (ny, nx) for its projection along z.
    pixel_size_angstrom
        Å/pixel.
    parametrisation
        One of `PARAMETRISATIONS`.
    tolerance
        As in `structure_factors`.

    Returns
    -------
    Real array
        The given shape: V with three axes, V·Å with two. Sharp atoms ring, since what lies beyond the Nyquist frequency
        is missing.

    Raises
    ------
    ValueError
        If there is no such parametrisation, it does not have an element, or the tolerance cannot be met.
    """
    spectrum = structure_factors(
        atoms, shape, pixel_size_angstrom, parametrisation=parametrisation, tolerance=tolerance
    )
    image = namespace(spectrum).real(ift(spectrum, len(shape)))
    return image * (VOLT_ANGSTROM2 / pixel_size_angstrom ** len(shape))
