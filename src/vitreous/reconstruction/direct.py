"""Direct Fourier inversion: from the numerator and the denominator of a reconstruction to its map.

V̂(k) = Σ Pᵀ(C S⁻¹ d) / (Σ Pᵀ C² + 1/τ²(r)) within the cut-off, and what the inverse transform gives is divided, voxel by
voxel, by the transform of the kernel that spread the data. The Wiener term 1/τ² is (N/S)(r) times the mean of the
denominator over the shell, so that a shell comes out with the weight S/(S + N).
"""

from concurrent.futures import ThreadPoolExecutor

import numba
import numpy as np
import scipy.fft
from jaxtyping import Complex64, Float, Float32

from vitreous._typing import ArrayLike, NumpyArray, Real
from vitreous.fourier import coordinate_radius
from vitreous.interpolation import LINEAR, Kernel, fourier_correction
from vitreous.kernels.numba import radial as kernels
from vitreous.projection.slice import NYQUIST, without_prefilter
from vitreous.reconstruction.gridding import even_weights
from vitreous.reconstruction.radial import plane_squares, squared_distances
from vitreous.reconstruction.resolution import HALF_MAP_THRESHOLD

__all__ = [
    "cropped_map",
    "cut_to_sphere",
    "divisor_tables",
    "invert",
    "noise_to_signal",
]

_LEAST_SHARE = 1e-3
"""Of the shell's mean: voxels seen less than this are divided by it, lest a single bad view decides a voxel."""
_ROUNDING = 1e-6
_RIM = (0.46, 0.5)
"""Where the sphere ends, in units of the box."""


def noise_to_signal(correlation: Float[NumpyArray, " shell"]) -> Float[NumpyArray, " shell"]:
    """The noise-to-signal ratio of the map of all images, from the FSC of its half maps: (1 − F)/(2F).

    Parameters
    ----------
    correlation
        F of each shell. Below 0.143 it is taken at 0.143: so far down it says little but chance, and a filter that
        jumps from shell to shell smears the shells into each other.

    Returns
    -------
    NumPy array (shells,)
        N/S = 1/SSNR with SSNR = 2F/(1 − F), so that S/(S + N) = 2F/(1 + F).

    References
    ----------
    Rosenthal and Henderson, J. Mol. Biol. 333, 721 (2003); Scheres, J. Mol. Biol. 415, 406 (2012).
    """
    curve = np.clip(np.asarray(correlation, np.float64), HALF_MAP_THRESHOLD, 1)
    return (1 - curve) / (2 * curve)


def invert(
    numerator: Complex64[NumpyArray, "p p p_half"],
    denominator: Float32[NumpyArray, "p p p_half"],
    box: int,
    *,
    kernel: Kernel = LINEAR,
    padding: int = 2,
    wiener: ArrayLike = 0.0,
    cutoff_cycles: Real = NYQUIST,
    gridding_iterations: int = 0,
) -> Float32[NumpyArray, "box box box"]:
    """The map of a numerator and a denominator (see the module).

    Parameters
    ----------
    numerator, denominator
        Those of a `vitreous.projection.Accumulator`, half transforms of P = padding · box voxels.
    box
        Edge of the map in voxels.
    kernel
        Of the insertion: the map is divided by its separable correction.
    padding
        P over the box.
    wiener
        The noise-to-signal ratio, one number or one for each of the box // 2 + 1 shells (`noise_to_signal`).
    cutoff_cycles
        Frequencies |k| ≥ this are zero; cycles/voxel.
    gridding_iterations
        How many times the weights are made even (`vitreous.reconstruction.gridding.even_weights`).

    Returns
    -------
    NumPy array (box, box, box) float32
        The map.

    Raises
    ------
    ValueError
        If the arrays are not the half transforms of that box and padding.
    """
    size = padding * box
    if numerator.shape != (size, size, size // 2 + 1) or denominator.shape != numerator.shape:
        raise ValueError(
            f"transforms of shapes {numerator.shape} and {denominator.shape} are not those of a box of {box} "
            f"padded {padding} times: {(size, size, size // 2 + 1)}"
        )
    means = kernels.shell_means(denominator, box)
    term, least = divisor_tables(means, size, box, wiener=wiener, cutoff_cycles=cutoff_cycles)
    if gridding_iterations:
        density = _density(denominator, term, least)
        transform = numerator * even_weights(density, box, gridding_iterations, kernel=kernel)
    else:
        transform = kernels.divide(numerator, denominator, term, least)
    volume = cropped_map(transform, box)
    # a constant background has one coefficient, on a voxel of the grid, and no kernel has spread it
    background = _corner_mean(volume)
    volume -= background
    volume /= fourier_correction(without_prefilter(kernel), (box,) * 3, padding, like=volume)
    volume += background
    return volume


def _density(denominator: NumpyArray, term: NumpyArray, least: NumpyArray) -> NumpyArray:
    """What the numerator is divided by; 0 where the map has nothing."""
    planes = zip(denominator, plane_squares(len(denominator)), strict=True)
    divisors = (np.maximum(plane + term[squared], least[squared]) for plane, squared in planes)
    return np.stack([np.where(np.isinf(divisor), np.float32(0), divisor) for divisor in divisors])


def cut_to_sphere(volume: Float32[NumpyArray, "box box box"]) -> Float32[NumpyArray, "box box box"]:
    """The map within the sphere that all views share, with a soft rim; beyond, the mean of the corners.

    Parameters
    ----------
    volume
        Shape (box, box, box).

    Returns
    -------
    NumPy array
        Same shape.
    """
    box = volume.shape[-1]
    radius = coordinate_radius(volume.shape, like=volume) / box
    start, end = _RIM
    inside = 0.5 + 0.5 * np.cos(np.pi * np.clip((radius - start) / (end - start), 0, 1))
    cut: NumpyArray = (volume * inside + _corner_mean(volume) * (1 - inside)).astype(np.float32)
    return cut


def _corner_mean(volume: NumpyArray) -> np.float32:
    """The mean of the cubes in the eight corners that lie beyond the inscribed sphere; 0 where there is no room."""
    box = volume.shape[-1]
    edge = int(box * (0.5 - 0.5 / 3**0.5))
    ends = np.concatenate([np.arange(edge), np.arange(box - edge, box)])
    return np.float32(volume[np.ix_(ends, ends, ends)].mean(dtype=np.float64) if edge else 0.0)


def divisor_tables(
    means: Float[NumpyArray, " shell"], size: int, box: int, *, wiener: ArrayLike = 0.0, cutoff_cycles: Real = NYQUIST
) -> tuple[Float32[NumpyArray, " squared"], Float32[NumpyArray, " squared"]]:
    """What is added to the denominator at each squared distance from the origin, and the least that is divided by.

    Parameters
    ----------
    means
        Of the denominator, over the shells of the box (`vitreous.reconstruction.radial.shell_means`).
    size
        P, edge of the transform in voxels.
    box, wiener, cutoff_cycles
        As in `invert`.

    Returns
    -------
    term, least
        One value for each of `vitreous.reconstruction.radial.squared_distances`; the term is infinite from the cut-off
        on, and so is the least in shells of which nothing was seen.
    """
    count = len(means)
    radius = np.sqrt(squared_distances(size)) * (box / size)
    ratio = np.broadcast_to(np.asarray(wiener, np.float64), (count,))
    term, least = (
        np.interp(radius, np.arange(count), values).astype(np.float32)
        for values in (ratio * means, _LEAST_SHARE * means)
    )
    term[radius >= box * float(cutoff_cycles) * (1 - _ROUNDING)] = np.inf
    least[least == 0] = np.inf
    return term, least


def cropped_map(
    transform: Complex64[NumpyArray, "p p p_half"], box: int, *, threads: int | None = None
) -> Float32[NumpyArray, "box box box"]:
    """The middle of the map of a padded half transform, axis by axis, so that what is cropped away is not computed.

    Parameters
    ----------
    transform
        As `vitreous.fourier.rft` lays out the half transform of a map of P voxels.
    box
        Edge of the map in voxels, at most P.
    threads
        None takes as many as the kernels were told to use (`vitreous.jobs.use_threads`).

    Returns
    -------
    NumPy array (box, box, box) float32
        `vitreous.fourier.crop_box` of the `vitreous.fourier.irft`.
    """
    size = len(transform)
    middle = np.arange(box) - box // 2
    # rows stand with frequency zero at P // 2: a phase in the other space
    phases = np.exp(-2j * np.pi * (size // 2) / size * middle).astype(np.complex64)
    along_z = np.empty((box, *transform.shape[1:]), np.complex64)
    volume = np.empty((box,) * 3, np.float32)

    def first(rows: slice) -> None:
        columns = scipy.fft.ifft(transform[:, rows], axis=0)[middle]
        np.multiply(columns, phases[:, None, None], out=along_z[:, rows])

    def others(rows: slice) -> None:
        section = scipy.fft.ifft(along_z[rows], axis=1)[:, middle] * phases[:, None]
        volume[rows] = scipy.fft.irfft(section, size, axis=2)[..., middle]

    with ThreadPoolExecutor(threads or numba.get_num_threads()) as pool:
        list(pool.map(first, _slabs(size)))
        list(pool.map(others, _slabs(box)))
    return volume


def _slabs(count: int) -> list[slice]:
    """All rows, eight at a time: what is worked on stays in the cache."""
    return [slice(start, min(start + 8, count)) for start in range(0, count, 8)]
