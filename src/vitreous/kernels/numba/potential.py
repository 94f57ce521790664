"""The potential of atoms on slices of pixels, each Gaussian of each atom within its own reach, on all cores."""

import math
from concurrent.futures import ThreadPoolExecutor

import numba
import numpy as np
from jaxtyping import Float

from vitreous._typing import NumpyArray
from vitreous.specimen.potential import REACH_SIGMAS, GaussianAtoms

__all__ = ["integrate_slices"]


def integrate_slices(
    gaussians: GaussianAtoms,
    shape: tuple[int, int, int],
    pixel_size_angstrom: float,
    slice_thickness_angstrom: float,
) -> Float[NumpyArray, "z y x"]:
    """The potential integrated over each slice and averaged over each pixel, as `vitreous.specimen.potential` sums it.

    V[z, y, x] = Σ_j Σ_g s_g w_j E_z E_y E_x / Δ², E the share of the Gaussian between the faces of the voxel along an
    axis. Each Gaussian is summed over the voxels within five standard deviations only, so a narrow one takes few. The
    rows are cut into bands, which threads fill one after the other, so that no two write to one place; atoms are
    visited by height, so that what is written stays in the cache.

    Parameters
    ----------
    gaussians
        n atoms, NumPy arrays.
    shape
        (slices, ny, nx), the origin at n // 2 of each axis.
    pixel_size_angstrom
        Δ of y and x.
    slice_thickness_angstrom
        Δ of z; infinite, with one slice, for the whole projection.

    Returns
    -------
    NumPy array (slices, ny, nx)
        V·Å, in the precision of the positions.
    """
    positions = gaussians.positions_angstrom
    slices = np.zeros(shape, positions.dtype)
    finite = np.isfinite(positions).all(axis=1)
    if not finite.all():
        raise ValueError(f"atom {int(np.argmin(finite))} is at {positions[np.argmin(finite)]} Å: leave it out")
    if not len(positions) or not slices.size:
        return slices
    order = np.argsort(np.round(positions[:, 2] / min(slice_thickness_angstrom, 1e3)), kind="stable")
    atoms = np.column_stack(
        [positions, gaussians.b_factors_angstrom2, gaussians.occupancies / pixel_size_angstrom**2]
    ).astype(np.float64)[order]
    kinds = gaussians.kinds[order]
    threads = numba.get_num_threads()
    edges = np.linspace(0, shape[1], min(4 * threads, shape[1]) + 1).astype(int)

    def fill(band: int) -> None:
        _fill(
            slices, atoms, kinds, gaussians.strengths, gaussians.widths_angstrom2,
            float(pixel_size_angstrom), float(slice_thickness_angstrom), edges[band], edges[band + 1],
        )  # fmt: skip

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(fill, range(len(edges) - 1)))
    return slices


@numba.njit(cache=True, inline="always")
def _first_and_last(offset, reach, n, low, high):  # type: ignore[no-untyped-def]
    """The pixels of low … high − 1 that an interval about an offset touches, all in pixels from the origin n // 2."""
    first = math.floor(max(offset - reach, -1e9) + 0.5) + n // 2
    last = math.floor(min(offset + reach, 1e9) + 0.5) + n // 2
    return max(first, low), min(last, high - 1)


@numba.njit(cache=True, inline="always")
def _shares(shares, first, last, offset, scale):  # type: ignore[no-untyped-def]
    """½ [erf(scale · right) − erf(scale · left)] of the pixels first … last."""
    left = math.erf(scale * (first - 0.5 - offset))
    for i in range(last - first + 1):
        right = math.erf(scale * (first + i + 0.5 - offset))
        shares[i] = 0.5 * (right - left)
        left = right


@numba.njit(cache=True, nogil=True, fastmath={"contract", "nsz", "reassoc"})
def _fill(slices, atoms, kinds, strengths, widths, pixel_size, thickness, low, high):  # type: ignore[no-untyped-def]
    nz, ny, nx = slices.shape
    column, row, line = np.empty(nz, slices.dtype), np.empty(ny, slices.dtype), np.empty(nx, slices.dtype)
    column[0] = 1.0
    for j in range(atoms.shape[0]):
        x, y, z = atoms[j, 0] / pixel_size, atoms[j, 1] / pixel_size, atoms[j, 2] / thickness
        kind = kinds[j]
        for g in range(strengths.shape[1]):
            width = widths[kind, g] + atoms[j, 3]
            reach = REACH_SIGMAS * math.sqrt(width / (8.0 * math.pi**2))
            y0, y1 = _first_and_last(y, reach / pixel_size, ny, low, high)
            x0, x1 = _first_and_last(x, reach / pixel_size, nx, 0, nx)
            z0, z1 = _first_and_last(z, reach / thickness, nz, 0, nz)
            if strengths[kind, g] == 0.0 or y0 > y1 or x0 > x1 or z0 > z1:
                continue
            scale = 2.0 * math.pi / math.sqrt(width)
            _shares(line, x0, x1, x + nx // 2, scale * pixel_size)
            _shares(row, y0, y1, y + ny // 2, scale * pixel_size)
            if thickness < math.inf:
                _shares(column, z0, z1, z + nz // 2, scale * thickness)
            height = strengths[kind, g] * atoms[j, 4]
            for iz in range(z0, z1 + 1):
                for iy in range(y0, y1 + 1):
                    value = height * column[iz - z0] * row[iy - y0]
                    for ix in range(x0, x1 + 1):
                        slices[iz, iy, ix] += value * line[ix - x0]
