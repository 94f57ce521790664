"""Spectra moved, weighted by the CTF and squared weights, in one pass through memory."""

from math import cos, pi, sin

import numba
import numpy as np
from jaxtyping import Complex64, Float32, Float64

from vitreous._typing import NumpyArray

__all__ = ["weigh"]


def weigh(
    spectra: Complex64[NumpyArray, "m n n_half"],
    transfer: Float32[NumpyArray, "m n n_half"],
    factor: Complex64[NumpyArray, "n n_half"],
    shift_pixels: Float64[NumpyArray, "m 2"],
    out: tuple[NumpyArray, NumpyArray] | None = None,
) -> tuple[Complex64[NumpyArray, "m n n_half"], Float32[NumpyArray, "m n n_half"]]:
    """The spectra moved and through the transfer, as in `vitreous.reconstruction.weighting.weigh`.

    data(k) = F(k) C(k) exp(−iφ(k)) exp(−2πi k·s), weights(k) = C(k)². The phase of the shift is a product of one number
    for the row and one for the column, each computed once for an image.

    Parameters
    ----------
    spectra
        F: of square images whose origin is their first pixel, rows in the order of the FFT.
    transfer
        C, rows centred.
    factor
        exp(iφ), what all images share, rows centred.
    shift_pixels
        s, (x, y): where the images go, in pixels.
    out
        Where data and weights are written; new arrays if not given.

    Returns
    -------
    data, weights
        Half spectra with centred rows, and their weights.
    """
    data, weights = out or (np.empty(transfer.shape, np.complex64), np.empty(transfer.shape, np.float32))
    spectra, transfer, factor = (np.ascontiguousarray(array) for array in (spectra, transfer, factor))
    _weigh(data, weights, spectra, transfer, factor, np.ascontiguousarray(shift_pixels))
    return data, weights


@numba.njit(cache=True, nogil=True)
def _phase(steps, n, shift):  # type: ignore[no-untyped-def]
    """exp(−2πi k s) at k = steps/n; its mean with that of −k at the Nyquist frequency of an even size."""
    angle = -2 * pi * ((steps * shift / n) % 1.0)
    return complex(cos(angle), 0.0 if 2 * abs(steps) == n else sin(angle))


@numba.njit(cache=True, nogil=True, fastmath={"contract", "nsz"})
def _weigh(data, weights, spectra, transfer, factor, shift_pixels):  # type: ignore[no-untyped-def]
    m, n, n_half = transfer.shape
    columns = np.empty(n_half, np.complex64)
    for b in range(m):
        for i in range(n_half):
            columns[i] = _phase(i, n, shift_pixels[b, 0])
        for j in range(n):
            row = np.complex64(_phase(j - n // 2, n, shift_pixels[b, 1]))
            raw = (j - n // 2) % n
            for i in range(n_half):
                c = transfer[b, j, i]
                phase = row * columns[i]
                f, g = spectra[b, raw, i], factor[j, i]
                re, im = f.real * phase.real - f.imag * phase.imag, f.real * phase.imag + f.imag * phase.real
                data[b, j, i] = complex(c * (re * g.real + im * g.imag), c * (im * g.real - re * g.imag))
                weights[b, j, i] = c * c
