"""The potential of atoms on slices of pixels, each Gaussian of each atom within its own reach, on all cores."""

import itertools
import math
from concurrent.futures import ThreadPoolExecutor

import numba
import numpy as np
from jaxtyping import Float, Int64
from scipy.special import erf

from vitreous._typing import NumpyArray

__all__ = ["integrate_slices"]

_LANES = 8
"""The rows of an atom's box are a multiple of so many pixels: whole vectors."""
_STEPS, _END = 32, 4.0
"""The error function is a cubic in each of 32 intervals a unit between ±4, exact in value and slope at their ends."""


def _erf_cubics() -> NumpyArray:
    ends = np.arange(-_END, _END + 1 / _STEPS, 1 / _STEPS)
    value, slope = erf(ends), 2 / np.sqrt(np.pi) * np.exp(-(ends**2)) / _STEPS
    rise = np.diff(value)
    bend = 3 * rise - 2 * slope[:-1] - slope[1:]
    return np.stack([value[:-1], slope[:-1], bend, slope[:-1] + slope[1:] - 2 * rise], axis=1)


_ERF_CUBICS = _erf_cubics()


def integrate_slices(
    rows: Float[NumpyArray, "n 5"],
    kinds: Int64[NumpyArray, " n"],
    gaussians: Float[NumpyArray, "k g 3"],
    shape: tuple[int, int, int],
    pixel_size_angstrom: float,
    slice_thickness_angstrom: float,
) -> Float[NumpyArray, "z y x"]:
    """The potential integrated over each slice and averaged over each pixel, as `vitreous.specimen.potential` sums it.

    V[z, y, x] = Σ_j Σ_g s_g w_j E_z E_y E_x / Δ², E the share of the Gaussian between the faces of the voxel along an
    axis. Each Gaussian is summed over the voxels within its reach only, so that a narrow or a weak one takes few,
    and the error function is read off cubics (largest error 2e-8). The rows of pixels are cut into bands, which
    threads fill one after the other, so that no two write to one place; atoms are visited by height, so that what is
    written stays in the cache.

    Parameters
    ----------
    rows, kinds, gaussians
        n atoms: x, y, z, B factor and occupancy; the place of each in the table; integral, width and reach.
    shape
        (slices, ny, nx), the origin at n // 2 of each axis.
    pixel_size_angstrom
        Δ of y and x.
    slice_thickness_angstrom
        Δ of z; infinite, with one slice, for the whole projection.

    Returns
    -------
    NumPy array (slices, ny, nx)
        V·Å, in the precision of the rows.

    Raises
    ------
    ValueError
        If a number of an atom is not finite.
    """
    slices = np.zeros(shape, rows.dtype)
    finite = np.isfinite(rows).all(axis=1)
    if not finite.all():
        first = int(np.argmin(finite))
        raise ValueError(f"atom {first} (x, y, z, B, occupancy) = {rows[first].tolist()} is not finite: leave it out")
    if not len(rows) or not slices.size:
        return slices
    units = [pixel_size_angstrom, pixel_size_angstrom, slice_thickness_angstrom, 1.0, pixel_size_angstrom**2]
    scaled = np.column_stack([rows / np.array(units), _reaches(rows[:, 3], kinds, gaussians)])
    order = np.argsort(np.round(rows[:, 2] / min(slice_thickness_angstrom, 1e3)), kind="stable")
    scaled, kinds = scaled[order], kinds[order]
    threads = numba.get_num_threads()
    edges = np.linspace(0, shape[1], min(2 * threads, shape[1]) + 1).astype(int)
    sides = (float(pixel_size_angstrom), float(slice_thickness_angstrom))
    with ThreadPoolExecutor(threads) as pool:
        bands = [
            pool.submit(_fill, slices, scaled, kinds, gaussians, sides, low, high)
            for low, high in itertools.pairwise(edges.tolist())
        ]
    for band in bands:
        band.result()
    return slices


@numba.njit(cache=True, inline="always")
def _touched(offset, reach, n, low, high):  # type: ignore[no-untyped-def]
    """The first of the pixels low … high − 1 that an interval about an offset from n // 2 touches, and the last."""
    first = math.floor(max(offset - reach, -1e9) + 0.5) + n // 2
    last = math.floor(min(offset + reach, 1e9) + 0.5) + n // 2
    return max(first, low), min(last, high - 1)


@numba.njit(cache=True, inline="always")
def _erf(x):  # type: ignore[no-untyped-def]
    place = (min(max(x, -_END), _END - 1e-9) + _END) * _STEPS
    i = int(place)
    t = place - i
    return _ERF_CUBICS[i, 0] + t * (_ERF_CUBICS[i, 1] + t * (_ERF_CUBICS[i, 2] + t * _ERF_CUBICS[i, 3]))


@numba.njit(cache=True, inline="always")
def _fill_shares(shares, start, first, last, offset, scale, height):  # type: ignore[no-untyped-def]
    """½ height [erf(scale · right) − erf(scale · left)] of pixels first … last, put at their distance from start."""
    left = _erf(scale * (first - 0.5 - offset))
    for i in range(first, last + 1):
        right = _erf(scale * (i + 0.5 - offset))
        shares[i - start] = 0.5 * height * (right - left)
        left = right


@numba.njit(cache=True, nogil=True)
def _reaches(b_factors, kinds, gaussians):  # type: ignore[no-untyped-def]
    """How far from its centre each atom is followed, Å."""
    reaches = np.zeros(len(kinds))
    for j in range(len(kinds)):
        for g in range(gaussians.shape[1]):
            integral, width, sigmas = gaussians[kinds[j], g]
            if integral != 0.0:
                reaches[j] = max(reaches[j], sigmas**2 * (width + b_factors[j]))
    return np.sqrt(reaches / (8.0 * math.pi**2))


@numba.njit(cache=True, nogil=True, fastmath={"contract", "nsz"})
def _fill(slices, rows, kinds, gaussians, sides, low, high):  # type: ignore[no-untyped-def]
    """Add all atoms to the rows low … high − 1 of pixels; x, y and z are in pixels and slices, reaches last."""
    nz, ny, nx = slices.shape
    per_pixel, per_slice = 1.0 / sides[0], 1.0 / sides[1]
    widest = rows[:, 5].max()
    across = int(min(2 * widest * per_pixel, 1e9)) + 3
    column = np.ones(min(nz, int(min(2 * widest * per_slice, 1e9)) + 3), slices.dtype)
    row = np.empty(min(high - low, across), slices.dtype)
    line = np.empty((min(nx, across) + _LANES - 1) // _LANES * _LANES, slices.dtype)
    scales, reaches = np.empty(gaussians.shape[:2]), np.empty(gaussians.shape[:2])
    b_factors = np.full(gaussians.shape[0], np.nan)
    box = np.zeros((len(column), len(row), len(line)), slices.dtype)
    for j in range(rows.shape[0]):
        x, y, z, b_factor, weight, farthest = rows[j]
        y0, y1 = _touched(y, farthest * per_pixel, ny, low, high)
        x0, x1 = _touched(x, farthest * per_pixel, nx, 0, nx)
        z0, z1 = _touched(z, farthest * per_slice, nz, 0, nz)
        if y0 > y1 or x0 > x1 or z0 > z1:
            continue
        if b_factors[kinds[j]] != b_factor:
            # many atoms of a kind in turn have one B factor
            b_factors[kinds[j]] = b_factor
            for g in range(gaussians.shape[1]):
                deviation = math.sqrt((gaussians[kinds[j], g, 1] + b_factor) / (8.0 * math.pi**2))
                scales[kinds[j], g] = math.sqrt(0.5) / deviation
                reaches[kinds[j], g] = gaussians[kinds[j], g, 2] * deviation
        for g in range(gaussians.shape[1]):
            integral, scale, reach = gaussians[kinds[j], g, 0], scales[kinds[j], g], reaches[kinds[j], g]
            ya, yb = _touched(y, reach * per_pixel, ny, y0, y1 + 1)
            xa, xb = _touched(x, reach * per_pixel, nx, x0, x1 + 1)
            za, zb = _touched(z, reach * per_slice, nz, z0, z1 + 1)
            if integral == 0.0 or ya > yb or xa > xb or za > zb:
                continue
            count = (xb - x0) // _LANES * _LANES + _LANES
            for i in range(count):
                line[i] = 0.0
            _fill_shares(line, x0, xa, xb, x + nx // 2, scale * sides[0], integral * weight)
            _fill_shares(row, y0, ya, yb, y + ny // 2, scale * sides[0], 1.0)
            if per_slice > 0.0:
                _fill_shares(column, z0, za, zb, z + nz // 2, scale * sides[1], 1.0)
            _add_product(box, (za - z0, zb - z0 + 1), (ya - y0, yb - y0 + 1), count, column, row, line)
        _move_box(slices, box, (z0, z1 + 1), (y0, y1 + 1), (x0, x1 + 1))


@numba.njit(cache=True, nogil=True, fastmath={"contract", "nsz"})
def _add_product(box, planes, rows, count, column, row, line):  # type: ignore[no-untyped-def]
    """Add column[z] · row[y] · line[x] to a part of the box."""
    for iz in range(planes[0], planes[1]):
        for iy in range(rows[0], rows[1]):
            value = column[iz] * row[iy]
            target = box[iz, iy]
            # counted from 0, so that the compiler sees no negative index and makes vectors of it
            for i in range(count):
                target[i] += value * line[i]


@numba.njit(cache=True, nogil=True, fastmath={"contract", "nsz"})
def _move_box(slices, box, planes, rows, columns):  # type: ignore[no-untyped-def]
    """Add a box to its place among the slices, and leave zeros in it."""
    for iz in range(planes[0], planes[1]):
        for iy in range(rows[0], rows[1]):
            target, source = slices[iz, iy, columns[0] : columns[1]], box[iz - planes[0], iy - rows[0]]
            for i in range(columns[1] - columns[0]):
                target[i] += source[i]
                source[i] = 0.0
