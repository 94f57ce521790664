"""From maps to the ball of their padded transforms that slices of a resolution touch, and back.

A ball (`vitreous.heterogeneity.channels`) depends on the physical size of the box and not on its voxels: a map may be
held by fewer voxels while only its low frequencies are looked at, if its values are multiplied by how many times fewer.
"""

from math import ceil

import numpy as np
import scipy.fft
from jaxtyping import Complex64, Float32, Int64

from vitreous._typing import NumpyArray
from vitreous.interpolation import LINEAR, fourier_correction
from vitreous.projection.slice import NYQUIST
from vitreous.reconstruction.direct import cropped_map

__all__ = ["PADDING", "add_conjugates", "ball_radius", "ball_to_maps", "maps_to_ball", "squared_radii"]

PADDING = 2


def ball_radius(box: int, cutoff_cycles: float = NYQUIST) -> int:
    """The radius R of the ball that slices up to a frequency touch, in voxels of the padded transform.

    Parameters
    ----------
    box
        Edge of the images in pixels.
    cutoff_cycles
        Cycles/pixel of these.

    Returns
    -------
    int
        At least 1.
    """
    return max(1, ceil(PADDING * box * cutoff_cycles))


def maps_to_ball(
    maps: Float32[NumpyArray, "c n n n"], radius: int, scale: float = 1.0
) -> Float32[NumpyArray, "z y x two_c"]:
    """The padded transforms of maps, corrected for the linear kernel, within a radius.

    Parameters
    ----------
    maps
        c maps, shape (c, n, n, n).
    radius
        R in voxels of the padded transform, at most n.
    scale
        What the maps are multiplied by.

    Returns
    -------
    NumPy array (2R + 1, 2R + 1, R + 1, 2c) float32
        Real parts, then imaginary parts.

    Raises
    ------
    ValueError
        If the maps do not reach so far.
    """
    count, size = len(maps), PADDING * maps.shape[-1]
    if radius > size // 2:
        raise ValueError(f"maps of {maps.shape[-1]} voxels have no ball of radius {radius}, at most {size // 2}")
    correction = fourier_correction(LINEAR, maps.shape[1:], PADDING).astype(np.float32)
    ball = np.empty((2 * radius + 1, 2 * radius + 1, radius + 1, 2 * count), np.float32)
    for number, volume in enumerate(maps):
        transform = _transform(volume / correction * np.float32(scale), radius, size)
        ball[..., number], ball[..., count + number] = transform.real, transform.imag
    return ball


def _transform(volume: NumpyArray, radius: int, size: int) -> Complex64[np.ndarray, "z y x"]:
    """The padded transform within a radius, axis by axis, so that what lies beyond is not computed."""
    steps, origin = np.arange(-radius, radius + 1), volume.shape[-1] // 2
    phases = np.exp(2j * np.pi * (steps * origin % size) / size).astype(np.complex64)
    along_x = scipy.fft.rfft(volume, size, axis=2)[..., : radius + 1] * phases[radius:]
    along_y = scipy.fft.fft(along_x, size, axis=1)[:, steps % size] * phases[:, None]
    found: NumpyArray = scipy.fft.fft(along_y, size, axis=0)[steps % size] * phases[:, None, None]
    return found


def ball_to_maps(
    ball: Complex64[NumpyArray, "z y x c"], box: int, scale: float = 1.0
) -> Float32[NumpyArray, "c box box box"]:
    """The maps of transforms that were gathered by the linear kernel: cropped, and divided by its correction.

    Parameters
    ----------
    ball
        Shape (2R + 1, 2R + 1, R + 1, c).
    box
        Edge of the maps in voxels, at least R.
    scale
        What the maps were multiplied by.

    Returns
    -------
    NumPy array (c, box, box, box) float32
        The maps.
    """
    radius, size = len(ball) // 2, PADDING * box
    within = min(radius, (size - 1) // 2)
    rows, from_ball = slice(size // 2 - within, size // 2 + within + 1), slice(radius - within, radius + within + 1)
    correction = fourier_correction(LINEAR, (box,) * 3, PADDING).astype(np.float32) * np.float32(scale)
    maps = np.empty((ball.shape[-1], box, box, box), np.float32)
    for number, volume in enumerate(maps):
        transform = np.zeros((size, size, size // 2 + 1), np.complex64)
        transform[rows, rows, : within + 1] = ball[from_ball, from_ball, : within + 1, number]
        volume[...] = cropped_map(transform, box) / correction
    return maps


def add_conjugates(total: Float32[NumpyArray, "z y x channels"], numerators: int) -> None:
    """Complete the plane x = 0 of a total, in place: what was inserted at k is the conjugate of what lies at −k.

    Parameters
    ----------
    total
        As `vitreous.heterogeneity.channels.insert_channels` filled it.
    numerators
        q, the number of complex channels at its beginning.
    """
    plane = total[:, :, 0]
    mirrored = plane[::-1, ::-1].copy()
    mirrored[..., numerators : 2 * numerators] *= -1
    plane += mirrored


def squared_radii(radius: int) -> Int64[NumpyArray, "z y x"]:
    """|m|² of each voxel of a ball.

    Parameters
    ----------
    radius
        R in voxels.

    Returns
    -------
    NumPy array (2R + 1, 2R + 1, R + 1)
        Integers.
    """
    z, y, x = np.ogrid[-radius : radius + 1, -radius : radius + 1, 0 : radius + 1]
    squared: NumpyArray = (z**2 + y**2 + x**2).astype(np.int64)
    return squared
