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

import numpy as np
from jaxtyping import Float, Int64

from vitreous._array import as_arrays, as_float, device_of, erf, namespace, on_cpu_without_gradient, to_numpy
from vitreous._typing import Array, Image, NumpyArray, Volume
from vitreous.fourier import positions as pixel_positions
from vitreous.specimen.atoms import Atoms
from vitreous.specimen.scattering_factors import VOLT_ANGSTROM2, gaussian_sum

__all__ = [
    "atom_columns",
    "gaussian_atoms",
    "integrate_slices",
    "iterate_slices",
    "potential",
    "potential_slices",
    "projected_potential",
    "slice_count",
    "slice_positions",
]

_BLOCK = 512
"""Atoms whose error functions are held at a time by the readable sum."""


def atom_columns(atoms: Atoms) -> tuple[Float[Array, "n 3"], Float[Array, " n"], Float[Array, " n"]]:
    """Positions, B factors and occupancies in one library and precision; what is None is filled in, 0 and 1.

    Parameters
    ----------
    atoms
        n atoms.

    Returns
    -------
    tuple of arrays (n, 3), (n,), (n,)
        Å, Å², and fractions; gradients pass.
    """
    positions = as_float(atoms.positions_angstrom)
    blank = namespace(positions).zeros_like(positions[:, 0])
    b_factors = blank if atoms.b_factors_angstrom2 is None else atoms.b_factors_angstrom2
    occupancies = blank + 1.0 if atoms.occupancies is None else atoms.occupancies
    # what a file gave goes with positions of any library
    plain = [column.tolist() if isinstance(column, np.ndarray) else column for column in (b_factors, occupancies)]
    positions, b_factors, occupancies = as_arrays(positions, *plain)
    return positions, b_factors, occupancies


def gaussian_atoms(
    atoms: Atoms, parametrisation: str = "peng"
) -> tuple[Float[Array, "n 5"], Int64[NumpyArray, " n"], Float[NumpyArray, "k g 3"]]:
    """The atoms as sums of Gaussians: what is each atom's own, and what belongs to its element.

    Parameters
    ----------
    atoms
        n atoms; B factors that are None are 0, occupancies 1.
    parametrisation
        One of `PARAMETRISATIONS`.

    Returns
    -------
    rows : array (n, 5)
        x, y, z in Å, the B factor in Å², the occupancy; in the library and precision of the positions, gradients pass.
    kinds : NumPy array (n,)
        The place of each atom's element in the table of Gaussians.
    gaussians : NumPy array (k, g, 3)
        Of each of k elements g Gaussians: the integral in V·Å³, b of exp(−b q²/4) in Å², and how many standard
        deviations of it the kernel follows, √(29 + 2 ln share): 5.4 for a whole atom, fewer for a small share of one,
        so that about 1e-7 of the atom is lost with each. An element that has fewer Gaussians is filled up with some of
        integral 0.

    Raises
    ------
    ValueError
        If there is no such parametrisation, or it does not have an element.
    """
    elements, kinds = np.unique(atoms.elements, return_inverse=True)
    sums = [gaussian_sum(int(element), parametrisation) for element in elements]
    gaussians = np.zeros((len(sums), max((len(a) for a, _ in sums), default=0), 3))
    gaussians[..., 1] = 1.0
    for row, (a, b) in zip(gaussians, sums, strict=True):
        row[: len(a), 0], row[: len(b), 1] = VOLT_ANGSTROM2 * a, b
        row[: len(a), 2] = np.sqrt(np.maximum(29.0 + 2.0 * np.log(np.abs(a) / np.abs(a).sum()), 0.0))
    positions, b_factors, occupancies = atom_columns(atoms)
    xp = namespace(positions)
    rows = xp.concat([positions, xp.stack([b_factors, occupancies], axis=-1)], axis=-1)
    return rows, kinds.astype(np.int64), gaussians


def _shares(offsets: Array, scale: Array, n: int, side: float) -> Array:
    """The share of Gaussians exp(−scale² x²) that lies in each of n intervals of one axis, shape (rows of both, n)."""
    xp = namespace(offsets)
    if math.isinf(side):
        shares = xp.ones_like(scale)[..., None]
    else:
        edges = (pixel_positions(n + 1, like=offsets) + (n + 1) // 2 - n // 2 - 0.5) * side
        values = erf(scale[..., None] * (edges - offsets[:, None, None]))
        shares = (values[..., 1:] - values[..., :-1]) / 2
    return xp.reshape(shares, (scale.shape[0] * scale.shape[1], n))


def integrate_slices(
    rows: Float[Array, "n 5"],
    kinds: Int64[NumpyArray, " n"],
    gaussians: Float[NumpyArray, "k g 3"],
    shape: tuple[int, int, int],
    pixel_size_angstrom: float,
    slice_thickness_angstrom: float,
) -> Float[Array, "z y x"]:
    """The potential integrated over each slice along z and averaged over each pixel, summed over all atoms.

    V[z, y, x] = Σ_j Σ_g s_g w_j E_z E_y E_x / Δ², with E = ½ [erf(2π(r + ½Δ)/√(b + B)) − erf(2π(r − ½Δ)/√(b + B))],
    r the distance of the pixel's centre from the atom along that axis, w_j the occupancy.

    Parameters
    ----------
    rows, kinds, gaussians
        n atoms, as `gaussian_atoms` gives them.
    shape
        (slices, ny, nx), the origin at n // 2 of each axis.
    pixel_size_angstrom
        Δ of y and x.
    slice_thickness_angstrom
        Δ of z; infinite, with one slice, for the whole projection.

    Returns
    -------
    Real array
        V·Å, shape (slices, ny, nx), of the library and precision of the rows; gradients pass.

    References
    ----------
    Himes and Grigorieff, IUCrJ 8, 943 (2021), equation 12.
    """
    nz, ny, nx = shape
    xp, device = namespace(rows), device_of(rows)
    planes = [xp.zeros((ny, nx), dtype=rows.dtype, device=device) for _ in range(nz)]
    for kind, table in enumerate(gaussians):
        members = np.flatnonzero(kinds == kind)
        for start in range(0, len(members), _BLOCK):
            chosen = xp.take(rows, xp.asarray(members[start : start + _BLOCK], device=device), axis=0)
            _, strengths, widths = as_arrays(chosen, *table[table[:, 0] != 0, :2].T.tolist())
            scale = 2 * math.pi / xp.sqrt(widths + chosen[:, 3:4])
            heights = strengths * chosen[:, 4:] / pixel_size_angstrom**2
            e_x = _shares(chosen[:, 0], scale, nx, pixel_size_angstrom)
            e_y = _shares(chosen[:, 1], scale, ny, pixel_size_angstrom) * xp.reshape(heights, (-1, 1))
            e_z = _shares(chosen[:, 2], scale, nz, slice_thickness_angstrom)
            for i in range(nz):
                planes[i] = planes[i] + xp.matmul(xp.matrix_transpose(e_y * e_z[:, i : i + 1]), e_x)
    return xp.stack(planes) if nz else xp.zeros(shape, dtype=rows.dtype, device=device)


def _integrate(
    rows: Array,
    kinds: NumpyArray,
    gaussians: NumpyArray,
    shape: tuple[int, int, int],
    sides_angstrom: tuple[float, float],
) -> Array:
    """`integrate_slices` by the kernel where it serves."""
    if not (min(sides_angstrom) > 0 and min(shape) >= 0):
        raise ValueError(
            f"pixels of {sides_angstrom[0]} Å in slices of {sides_angstrom[1]} Å on a grid of {shape}: "
            "lengths should be above zero"
        )
    if not on_cpu_without_gradient(rows):
        return integrate_slices(rows, kinds, gaussians, shape, *sides_angstrom)
    from vitreous.kernels.numba import potential as kernel

    return namespace(rows).asarray(kernel.integrate_slices(to_numpy(rows), kinds, gaussians, shape, *sides_angstrom))


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
    sides = (pixel_size_angstrom, math.inf)
    return _integrate(*gaussian_atoms(atoms, parametrisation), (1, *shape), sides)[0, ...]


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
    sides = (pixel_size_angstrom, pixel_size_angstrom)
    return _integrate(*gaussian_atoms(atoms, parametrisation), shape, sides) / pixel_size_angstrom


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
    rows, kinds, gaussians = gaussian_atoms(atoms, parametrisation)
    ends = np.abs(to_numpy(rows)[:, 2]) + _reach_angstrom(rows, kinds, gaussians)
    return 2 * math.ceil(max(float(ends.max(initial=0.0)) / slice_thickness_angstrom - 0.5, 0.0)) + 1


def _reach_angstrom(rows: Array, kinds: NumpyArray, gaussians: NumpyArray) -> NumpyArray:
    """How far from its centre each atom is followed, (n,)."""
    variance = (gaussians[..., 1][kinds] + to_numpy(rows)[:, 3:4]) / (8 * np.pi**2)
    reach: NumpyArray = (gaussians[..., 2][kinds] * np.sqrt(variance)).max(axis=1, initial=0.0)
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
    rows, kinds, gaussians = gaussian_atoms(atoms, parametrisation)
    if n_slices is None:
        n_slices = slice_count(atoms, slice_thickness_angstrom, parametrisation=parametrisation)
    xp, sides = namespace(rows), (pixel_size_angstrom, slice_thickness_angstrom)
    z = to_numpy(rows)[:, 2]
    depth = _reach_angstrom(rows, kinds, gaussians) + slice_thickness_angstrom / 2
    heights = slice_positions(n_slices, slice_thickness_angstrom)
    for start in range(0, n_slices, block):
        count = min(block, n_slices - start)
        near = np.flatnonzero((z + depth > heights[start]) & (z - depth < heights[start + count - 1]))
        _, middle = as_arrays(rows, [0.0, 0.0, heights[start + count // 2], 0.0, 0.0])
        part = xp.take(rows, xp.asarray(near, device=device_of(rows)), axis=0) - middle
        slices = _integrate(part, kinds[near], gaussians, (count, *shape), sides)
        yield from (slices[i, ...] for i in range(count))


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
    if n_slices is None:
        n_slices = slice_count(atoms, slice_thickness_angstrom, parametrisation=parametrisation)
    sides = (pixel_size_angstrom, slice_thickness_angstrom)
    return _integrate(*gaussian_atoms(atoms, parametrisation), (n_slices, *shape), sides)
