"""Multislice in single precision: one pass for the transmission and one for the flight, between the transforms.

The time goes into the transforms. Columns beyond the band limit are never transformed along y, which saves a third of
the column transforms at 2/3 of Nyquist. What is left between the transforms is one pass that turns the wave by the
phase of a slice, its sine and cosine from polynomials that the compiler vectorizes, and one that multiplies by the
propagator, a product of one factor along x and one along y.
"""

from collections.abc import Callable

import numba
import numpy as np
import scipy.fft
from jaxtyping import Bool, Complex, Inexact

from vitreous._typing import Array, NumpyArray

__all__ = ["step_through_slices"]

_f32 = np.float32
# no reassociation: it would undo the reduction of the phase; NaN stays NaN
_FAST = {"contract", "nsz"}


def step_through_slices(
    slices: Inexact[Array, "*batch slice y x"],
    phase_per_volt_angstrom: float,
    onward: tuple[Complex[Array, " ky"], Complex[Array, " kx"]],
    home: tuple[Complex[Array, " ky"], Complex[Array, " kx"]],
    within: Bool[Array, "ky kx"],
) -> Complex[Array, "*batch y x"]:
    """A plane wave taken through slices, in single precision, as `vitreous.optics.multislice.step_through_slices`.

    ψ ← F⁻¹[P F[exp(iσ v_n) ψ]], n = 0 … S − 1, from ψ = 1. The phase σv is reduced to r, |r| ≤ π/4, by π/2 in two
    parts; sin r and cos r are polynomials with errors below 1e-7.

    Parameters
    ----------
    slices
        NumPy array of float32 or complex64, V Å, shape (…, slice, y, x).
    phase_per_volt_angstrom
        σ, rad/(V Å).
    onward, home
        The propagators, their factors along y and x, NumPy arrays of complex64, centred, shapes (ny,) and (nx,).
    within
        The frequencies that are kept, a disc about 0, centred, shape (ny, nx).

    Returns
    -------
    NumPy array of complex64
        ψ, shape (…, y, x); errors near 1e-6 for phases up to some hundreds of radians.
    """
    *batch, count, ny, nx = slices.shape
    onward, home = ((np.fft.ifftshift(factors[0]), np.fft.ifftshift(factors[1])) for factors in (onward, home))
    kept = _kept(np.fft.ifftshift(within))
    waves = np.ones((*batch, ny, nx), np.complex64)
    stacks = np.ascontiguousarray(slices).reshape(-1, count, ny, nx)
    for wave, stack in zip(waves.reshape(-1, ny, nx), stacks, strict=True):
        for n in range(count):
            _transmit(wave, stack[n], phase_per_volt_angstrom)
            _fly(wave, *(onward if n < count - 1 else home), kept)
    return waves


def _fly(wave: NumpyArray, along_y: NumpyArray, along_x: NumpyArray, kept: list[tuple[slice, NumpyArray]]) -> None:
    """Multiply the spectrum of the wave by the propagator and the band limit, in place."""
    _in_place(scipy.fft.fft, wave, axis=1)
    for columns, runs in kept:
        part = wave[:, columns]
        if part.size == 0:
            continue
        _in_place(scipy.fft.fft, part, axis=0)
        _scale(part, along_y, along_x[columns], runs)
        _in_place(scipy.fft.ifft, part, axis=0)
    wave[:, kept[0][0].stop : kept[1][0].start] = 0
    _in_place(scipy.fft.ifft, wave, axis=1)


def _in_place(transform: Callable[..., NumpyArray], part: NumpyArray, axis: int) -> None:
    """Transform an array, or a view of one, where it lies; SciPy may do so by itself, but does not promise to."""
    out = transform(part, axis=axis, overwrite_x=True, workers=numba.get_num_threads())
    if out.ctypes.data != part.ctypes.data:
        part[...] = out


def _kept(within: NumpyArray) -> list[tuple[slice, NumpyArray]]:
    """The columns that hold frequencies of the disc, kx ≥ 0 and kx < 0, with the run that is kept in each row."""
    count = within.shape[1]
    last = int(np.flatnonzero(within[0, : count // 2 + 1])[-1])
    right = max(count - last, last + 1)
    widths = [np.sum(within[:, columns], axis=1) for columns in (slice(last + 1), slice(right, None))]
    return [
        (slice(0, last + 1), np.stack([np.zeros_like(widths[0]), widths[0]], axis=1)),
        (slice(right, count), np.stack([count - right - widths[1], np.full_like(widths[1], count - right)], axis=1)),
    ]


@numba.njit(cache=True, fastmath=_FAST, inline="always")
def _sin_cos(phase):  # type: ignore[no-untyped-def]
    quarters = np.rint(phase * _f32(2 / np.pi))
    # π/2 in two parts, the first of them so short that its multiples are exact
    rest = (phase - quarters * _f32(1.5703125)) - quarters * _f32(4.83826794896619e-4)
    square = rest * rest
    # minimax polynomials for |rest| ≤ π/4
    sine = rest + rest * square * (_f32(-0.16666651) + square * (_f32(0.00833198) + square * _f32(-0.00019496)))
    tail = _f32(4.16666469e-2) + square * (_f32(-1.38873675e-3) + square * _f32(2.44384520e-5))
    cosine = _f32(1.0) - square * (_f32(0.5) - square * tail)
    quadrant = quarters - _f32(4.0) * np.floor(quarters * _f32(0.25))
    odd = (quadrant == _f32(1.0)) | (quadrant == _f32(3.0))
    swapped_sine = cosine if odd else sine
    swapped_cosine = sine if odd else cosine
    negative_cosine = (quadrant == _f32(1.0)) | (quadrant == _f32(2.0))
    return (
        -swapped_sine if quadrant >= _f32(2.0) else swapped_sine,
        -swapped_cosine if negative_cosine else swapped_cosine,
    )


def _transmit(wave: NumpyArray, projected: NumpyArray, sigma: float) -> None:
    """Multiply the wave by exp(iσv), in place."""
    if projected.dtype == np.complex64:
        _turn_and_damp(wave.view(np.float32), projected.view(np.float32), _f32(sigma))
    else:
        _turn(wave.view(np.float32), projected, _f32(sigma))


@numba.njit(cache=True, fastmath=_FAST, nogil=True)
def _turn(wave, projected, sigma):  # type: ignore[no-untyped-def]
    ny, nx = projected.shape
    sines, cosines = np.empty(nx, np.float32), np.empty(nx, np.float32)
    for i in range(ny):
        for j in range(nx):
            sines[j], cosines[j] = _sin_cos(sigma * projected[i, j])
        for j in range(nx):
            real, imag = wave[i, 2 * j], wave[i, 2 * j + 1]
            wave[i, 2 * j] = real * cosines[j] - imag * sines[j]
            wave[i, 2 * j + 1] = real * sines[j] + imag * cosines[j]


@numba.njit(cache=True, fastmath=_FAST, nogil=True)
def _turn_and_damp(wave, projected, sigma):  # type: ignore[no-untyped-def]
    ny, nx = projected.shape[0], projected.shape[1] // 2
    sines, cosines, damping = np.empty(nx, np.float32), np.empty(nx, np.float32), np.empty(nx, np.float32)
    for i in range(ny):
        for j in range(nx):
            damping[j] = np.exp(-sigma * projected[i, 2 * j + 1])
            sines[j], cosines[j] = _sin_cos(sigma * projected[i, 2 * j])
        for j in range(nx):
            real, imag = damping[j] * wave[i, 2 * j], damping[j] * wave[i, 2 * j + 1]
            wave[i, 2 * j] = real * cosines[j] - imag * sines[j]
            wave[i, 2 * j + 1] = real * sines[j] + imag * cosines[j]


@numba.njit(cache=True, fastmath=_FAST, nogil=True)
def _scale(spectrum, along_y, along_x, runs):  # type: ignore[no-untyped-def]
    for i in range(len(along_y)):
        start, stop, row = runs[i, 0], runs[i, 1], along_y[i]
        spectrum[i, :start] = 0
        for j in range(start, stop):
            spectrum[i, j] *= row * along_x[j]
        spectrum[i, stop:] = 0
