"""The electrostatic potential of atoms: in volts on a grid of voxels, and in V·Å projected, whole or slice by slice.

Every parametrisation is a sum of Gaussians (`gaussian_sum`), and a Gaussian's mean over a voxel is a product of three
differences of error functions. So each value is the exact mean over its pixel, and over its slice the exact integral:
slices of any thickness add up to the projection, and slices one pixel thick are the voxels. Atoms outside the box
contribute what reaches into it; nothing wraps around.

The mean over pixels of side Δ multiplies the spectrum by sinc(kx Δ) sinc(ky Δ), 0.64 at the Nyquist frequency of an
axis. The Fourier path (`potential_fourier`) gives samples of the band-limited potential without that factor.

NumPy arrays and CPU tensors that require no gradient go through a compiled kernel; all else is summed as the formula
stands, with gradients, which takes atoms × pixels and is meant for some thousands of atoms.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Int64

from vitreous._array import as_arrays, device_of, erf, namespace, on_cpu_without_gradient, to_numpy
from vitreous._typing import Array, Image, NumpyArray, Volume
from vitreous.fourier import positions as pixel_positions
from vitreous.specimen.atoms import Atoms
from vitreous.specimen.scattering_factors import VOLT_ANGSTROM2, gaussian_sum

__all__ = [
    "REACH_SIGMAS",
    "GaussianAtoms",
    "gaussian_atoms",
    "integrate_slices",
    "iterate_slices",
    "potential",
    "potential_slices",
    "projected_potential",
    "slice_count",
    "slice_positions",
]

REACH_SIGMAS = 5.0
"""A Gaussian is cut off at so many standard deviations: 6e-7 of it lies beyond along an axis."""
_BLOCK = 512
"""Atoms whose error functions are held at a time by the readable sum."""


@dataclass(frozen=True, eq=False)
class GaussianAtoms:
    """n atoms of k kinds, each kind the sum of g Gaussians."""

    positions_angstrom: Float[Array, "n 3"]
    """(x, y, z)."""
    b_factors_angstrom2: Float[Array, " n"]
    occupancies: Float[Array, " n"]
    kinds: Int64[NumpyArray, " n"]
    """The row of each atom in the tables of strengths and widths."""
    strengths: Float[NumpyArray, "k g"]
    """The integral of each Gaussian, V·Å³."""
    widths_angstrom2: Float[NumpyArray, "k g"]
    """b of exp(−b q²/4); its standard deviation is √(b/8π²)."""


def gaussian_atoms(atoms: Atoms, parametrisation: str = "peng") -> GaussianAtoms:
    """The Gaussians of each atom's element, in one of the published parametrisations.

    Parameters
    ----------
    atoms
        n atoms; B factors that are None are 0, occupancies 1.
    parametrisation
        One of `PARAMETRISATIONS`.

    Returns
    -------
    GaussianAtoms
        One kind for each element; in the library and precision of the positions.

    Raises
    ------
    ValueError
        If there is no such parametrisation, or it does not have an element.
    """
    elements, kinds = np.unique(atoms.elements, return_inverse=True)
    sums = [gaussian_sum(int(element), parametrisation) for element in elements]
    strengths = np.zeros((len(sums), max((len(a) for a, _ in sums), default=0)))
    widths = np.ones_like(strengths)
    for row, (a, b) in enumerate(sums):
        strengths[row, : len(a)], widths[row, : len(b)] = VOLT_ANGSTROM2 * a, b
    xp = namespace(atoms.positions_angstrom)
    blank = xp.zeros_like(atoms.positions_angstrom[:, 0])
    b_factors = blank if atoms.b_factors_angstrom2 is None else atoms.b_factors_angstrom2
    occupancies = blank + 1.0 if atoms.occupancies is None else atoms.occupancies
    positions, b_factors, occupancies = as_arrays(atoms.positions_angstrom, b_factors, occupancies)
    return GaussianAtoms(positions, b_factors, occupancies, kinds.astype(np.int64), strengths, widths)


def _shares(offsets: Array, scale: Array, n: int, side: float) -> Array:
    """The share of Gaussians exp(−scale² x²) that lies in each of n intervals of one axis, shape (…, n)."""
    xp = namespace(offsets)
    if math.isinf(side):
        return xp.ones_like(scale)[..., None]
    edges = (pixel_positions(n + 1, like=offsets) + (n + 1) // 2 - n // 2 - 0.5) * side
    values = erf(scale[..., None] * (edges - offsets[:, None, None]))
    return (values[..., 1:] - values[..., :-1]) / 2


def integrate_slices(
    gaussians: GaussianAtoms,
    shape: tuple[int, int, int],
    pixel_size_angstrom: float,
    slice_thickness_angstrom: float,
) -> Float[Array, "z y x"]:
    """The potential integrated over each slice along z and averaged over each pixel, summed over all atoms.

    V[z, y, x] = Σ_j Σ_g s_g w_j E_z E_y E_x / Δ², with E = ½ [erf(2π(r + ½Δ)/√(b + B)) − erf(2π(r − ½Δ)/√(b + B))],
    r the distance of the pixel's centre from the atom along that axis, w_j the occupancy.

    Parameters
    ----------
    gaussians
        n atoms.
    shape
        (slices, ny, nx), the origin at n // 2 of each axis.
    pixel_size_angstrom
        Δ of y and x.
    slice_thickness_angstrom
        Δ of z; infinite, with one slice, for the whole projection.

    Returns
    -------
    Real array
        V·Å, shape (slices, ny, nx), of the library and precision of the positions; gradients pass for positions, B
        factors and occupancies.

    References
    ----------
    Himes and Grigorieff, IUCrJ 8, 943 (2021), equation 12.
    """
    nz, ny, nx = shape
    positions, weights, b_factors = gaussians.positions_angstrom, gaussians.occupancies, gaussians.b_factors_angstrom2
    xp, device = namespace(positions), device_of(positions)
    total = xp.zeros(shape, dtype=positions.dtype, device=device)
    for kind in range(len(gaussians.strengths)):
        members = np.flatnonzero(gaussians.kinds == kind)
        strengths = gaussians.strengths[kind][gaussians.strengths[kind] != 0]
        widths = gaussians.widths_angstrom2[kind][gaussians.strengths[kind] != 0]
        for start in range(0, len(members), _BLOCK):
            chosen = xp.asarray(members[start : start + _BLOCK], device=device)
            p = xp.take(positions, chosen, axis=0)
            _, s, b = as_arrays(p, strengths.tolist(), widths.tolist())
            scale = 2 * math.pi / xp.sqrt(b + xp.take(b_factors, chosen)[:, None])
            heights = s * xp.take(weights, chosen)[:, None] / pixel_size_angstrom**2
            e_x, e_y = (_shares(p[:, i], scale, n, pixel_size_angstrom) for i, n in ((0, nx), (1, ny)))
            e_z = heights[..., None] * _shares(p[:, 2], scale, nz, slice_thickness_angstrom)
            e_x, e_y, e_z = (xp.reshape(e, (-1, e.shape[-1])) for e in (e_x, e_y, e_z))
            stack = [xp.matmul(xp.matrix_transpose(e_y * e_z[:, i : i + 1]), e_x) for i in range(nz)]
            total = total + xp.stack(stack)
    return total


def _integrate(
    gaussians: GaussianAtoms, shape: tuple[int, int, int], pixel_size_angstrom: float, slice_thickness_angstrom: float
) -> Array:
    """`integrate_slices` by the kernel where it serves."""
    arrays = (gaussians.positions_angstrom, gaussians.b_factors_angstrom2, gaussians.occupancies)
    if not (pixel_size_angstrom > 0 and slice_thickness_angstrom > 0 and min(shape) >= 0):
        raise ValueError(
            f"pixels of {pixel_size_angstrom} Å in slices of {slice_thickness_angstrom} Å on a grid of {shape}: "
            "lengths should be above zero"
        )
    if not all(on_cpu_without_gradient(array) for array in arrays):
        return integrate_slices(gaussians, shape, pixel_size_angstrom, slice_thickness_angstrom)
    from vitreous.kernels.numba import potential as kernel

    positions, b_factors, occupancies = (to_numpy(array) for array in arrays)
    plain = replace(gaussians, positions_angstrom=positions, b_factors_angstrom2=b_factors, occupancies=occupancies)
    slices = kernel.integrate_slices(plain, shape, pixel_size_angstrom, slice_thickness_angstrom)
    return namespace(*arrays).asarray(slices)


def projected_potential(
    atoms: Atoms, shape: tuple[int, int], pixel_size_angstrom: float, *, parametrisation: str = "peng"
) -> Image:
    """The potential of atoms integrated along the beam, V_z(x, y) = ∫ V(x, y, z) dz, the exact mean over each pixel.

    Parameters
    ----------
    atoms
        n atoms, the origin of their coordinates at pixel n // 2 of each axis.
    shape
        (ny, nx).
    pixel_size_angstrom
        Å/pixel.
    parametrisation
        One of `PARAMETRISATIONS`.

    Returns
    -------
    Real array
        V·Å, shape (ny, nx), of the library and precision of the positions; gradients pass (see the module).

    Raises
    ------
    ValueError
        If the pixel size is not above zero, or the parametrisation does not have an element.

    References
    ----------
    Kirkland, Advanced Computing in Electron Microscopy (2010), section 5.3.
    """
    gaussians = gaussian_atoms(atoms, parametrisation)
    return _integrate(gaussians, (1, *shape), pixel_size_angstrom, math.inf)[0]


def potential(
    atoms: Atoms, shape: tuple[int, int, int], pixel_size_angstrom: float, *, parametrisation: str = "peng"
) -> Volume:
    """The potential of atoms in volts, the exact mean over each voxel.

    Parameters
    ----------
    atoms
        n atoms, the origin of their coordinates at voxel n // 2 of each axis.
    shape
        (nz, ny, nx).
    pixel_size_angstrom
        Å/voxel.
    parametrisation
        One of `PARAMETRISATIONS`.

    Returns
    -------
    Real array
        V, shape (nz, ny, nx), of the library and precision of the positions; gradients pass (see the module).

    Raises
    ------
    ValueError
        If the pixel size is not above zero, or the parametrisation does not have an element.

    References
    ----------
    Himes and Grigorieff, IUCrJ 8, 943 (2021), equation 12.
    """
    gaussians = gaussian_atoms(atoms, parametrisation)
    return _integrate(gaussians, shape, pixel_size_angstrom, pixel_size_angstrom) / pixel_size_angstrom


def slice_positions(n_slices: int, slice_thickness_angstrom: float) -> Float[NumpyArray, " n"]:
    """The height z of the middle of each slice: (i − n // 2) · thickness, the beam entering slice 0 first.

    Parameters
    ----------
    n_slices
        Number of slices.
    slice_thickness_angstrom
        Å.

    Returns
    -------
    NumPy array (n_slices,)
        Å; slice n // 2 is centred on the specimen's mid-plane z = 0.
    """
    heights: NumpyArray = pixel_positions(n_slices, slice_thickness_angstrom)
    return heights


def slice_count(atoms: Atoms, slice_thickness_angstrom: float, *, parametrisation: str = "peng") -> int:
    """The smallest odd number of slices about z = 0 that holds all atoms, with their reach.

    Parameters
    ----------
    atoms
        n atoms.
    slice_thickness_angstrom
        Å.
    parametrisation
        One of `PARAMETRISATIONS`.

    Returns
    -------
    int
        At least 1.
    """
    gaussians = gaussian_atoms(atoms, parametrisation)
    ends = np.abs(to_numpy(gaussians.positions_angstrom)[:, 2]) + _reach_angstrom(gaussians)
    return 2 * math.ceil(max(float(ends.max(initial=0.0)) / slice_thickness_angstrom - 0.5, 0.0)) + 1


def _reach_angstrom(gaussians: GaussianAtoms) -> NumpyArray:
    """How far each atom's broadest Gaussian is followed, (n,)."""
    broadest = gaussians.widths_angstrom2.max(axis=1, initial=0.0)[gaussians.kinds]
    reach: NumpyArray = REACH_SIGMAS * np.sqrt((broadest + to_numpy(gaussians.b_factors_angstrom2)) / (8 * np.pi**2))
    return reach


def iterate_slices(
    atoms: Atoms,
    shape: tuple[int, int],
    pixel_size_angstrom: float,
    slice_thickness_angstrom: float,
    *,
    parametrisation: str = "peng",
    n_slices: int | None = None,
    block: int = 16,
) -> Iterator[Image]:
    """The slices of `potential_slices` one by one in beam order, of which no more than a block is held at a time.

    Parameters
    ----------
    atoms, shape, pixel_size_angstrom, slice_thickness_angstrom, parametrisation, n_slices
        As in `potential_slices`.
    block
        Slices that are summed together: more is faster, and takes block · ny · nx numbers of memory.

    Yields
    ------
    Real array
        V·Å, shape (ny, nx).

    Raises
    ------
    ValueError
        If a length is not above zero, or the parametrisation does not have an element.
    """
    gaussians = gaussian_atoms(atoms, parametrisation)
    if n_slices is None:
        n_slices = slice_count(atoms, slice_thickness_angstrom, parametrisation=parametrisation)
    z, reach = to_numpy(gaussians.positions_angstrom)[:, 2], _reach_angstrom(gaussians)
    heights = slice_positions(n_slices, slice_thickness_angstrom)
    for start in range(0, n_slices, block):
        count = min(block, n_slices - start)
        low, high = (
            heights[start] - slice_thickness_angstrom / 2,
            heights[start + count - 1] + slice_thickness_angstrom / 2,
        )
        near = np.flatnonzero((z + reach > low) & (z - reach < high))
        part = _select(gaussians, near, float(heights[start + count // 2]))
        yield from _integrate(part, (count, *shape), pixel_size_angstrom, slice_thickness_angstrom)


def _select(gaussians: GaussianAtoms, chosen: NumpyArray, height_angstrom: float) -> GaussianAtoms:
    """Some of the atoms, seen from another height."""
    xp = namespace(gaussians.positions_angstrom)
    rows = xp.asarray(chosen, device=device_of(gaussians.positions_angstrom))
    positions, origin = as_arrays(gaussians.positions_angstrom, [0.0, 0.0, height_angstrom])
    return replace(
        gaussians,
        positions_angstrom=xp.take(positions, rows, axis=0) - origin,
        b_factors_angstrom2=xp.take(gaussians.b_factors_angstrom2, rows),
        occupancies=xp.take(gaussians.occupancies, rows),
        kinds=gaussians.kinds[chosen],
    )


def potential_slices(
    atoms: Atoms,
    shape: tuple[int, int],
    pixel_size_angstrom: float,
    slice_thickness_angstrom: float,
    *,
    parametrisation: str = "peng",
    n_slices: int | None = None,
) -> Float[Array, "slice y x"]:
    """The potential of atoms integrated over each slice along the beam, the exact mean over each pixel.

    An atom contributes to each slice that it reaches into what lies between the slice's faces (a finite projection), so
    that the slices add up to the projected potential, whatever their thickness.

    Parameters
    ----------
    atoms
        n atoms, the origin of their coordinates at pixel n // 2 of each axis, in the middle of slice n_slices // 2.
    shape
        (ny, nx).
    pixel_size_angstrom
        Å/pixel.
    slice_thickness_angstrom
        Å; the middles of the slices are at `slice_positions`.
    parametrisation
        One of `PARAMETRISATIONS`.
    n_slices
        How many; None for as many as hold all atoms (`slice_count`).

    Returns
    -------
    Real array
        V·Å, shape (n_slices, ny, nx) in beam order, lowest z first; of the library and precision of the positions;
        gradients pass (see the module).

    Raises
    ------
    ValueError
        If a length is not above zero, or the parametrisation does not have an element.

    References
    ----------
    Kirkland, Advanced Computing in Electron Microscopy (2010), section 6.4.
    """
    gaussians = gaussian_atoms(atoms, parametrisation)
    if n_slices is None:
        n_slices = slice_count(atoms, slice_thickness_angstrom, parametrisation=parametrisation)
    return _integrate(gaussians, (n_slices, *shape), pixel_size_angstrom, slice_thickness_angstrom)
