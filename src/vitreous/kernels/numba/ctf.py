"""Sines of quadratic forms, one form for each image: the contrast transfer of a stack, in integer phases."""

from concurrent.futures import ThreadPoolExecutor

import numba
import numpy as np
from jaxtyping import Float32, Float64

from vitreous._typing import NumpyArray

__all__ = ["sine_of_quadratic"]

_BLOCK = 72
"""Columns that are expanded about one place: half of it, squared, times the rounding of a phase, is 1e-6 rad."""
_WORTH_A_THREAD = 1 << 20
"""Sines from which a second thread pays for being started."""
_f32, _i32, _i64 = np.float32, np.int32, np.int64
_HALF_TURNS = _f32(2.0**-31)
# no reassociation: the wrapping integers hold the exactness
_FAST = {"contract", "nsz"}


def sine_of_quadratic(
    quadratic: Float64[np.ndarray, "n 3"],
    offset: Float64[np.ndarray, " n"],
    shared: Float64[np.ndarray, "ny nx"],
    first_column: int,
) -> Float32[np.ndarray, "n ny nx"]:
    """The sine of a quadratic phase on the grid of pixels, as in `vitreous.optics.ctf.sine_of_quadratic`.

    S[b, j, i] = sin(q₀ i² + q₁ i j + q₂ j² + offset + shared[j, i]). A phase is held as a fraction of a turn in an
    integer that wraps around, 2⁶⁴ to the turn for each image and 2³² to the turn for each pixel: whole turns drop out
    by themselves, so a phase of thousands of radians is as exact as a small one. Each row is expanded about the middle
    of blocks of columns, P + Q l + R l², which the compiler turns into vector instructions. With x half turns in
    −1 … 1 left, sin πx = x (1 − x²) p(x²), p of degree 4 with an error below 1.1e-7.

    Parameters
    ----------
    quadratic
        q₀, q₁, q₂ of each image, rad.
    offset
        Rad, one for each image.
    shared
        Rad, the phase that all images share.
    first_column
        i of the first column; j of the first row is −(ny // 2).

    Returns
    -------
    NumPy array (n, ny, nx) of float32
        The sines, with errors below 2e-6; NaN for an image whose coefficients are not finite.
    """
    images = np.empty((len(offset), *shared.shape), np.float32)
    # an integer phase has no NaN: such images are computed as 0 and blotted out
    lost = ~(np.isfinite(quadratic).all(axis=1) & np.isfinite(offset))
    quadratic_turns, offset_turns = (
        _fixed_point(np.where(lost[:, None], 0.0, quadratic)),
        _fixed_point(np.where(lost, 0.0, offset)),
    )
    shared_turns = ((_fixed_point(shared) + (1 << 31)) >> 32).astype(np.int32)
    threads = min(numba.get_num_threads(), max(images.size // _WORTH_A_THREAD, 1))
    # several parts a thread, so that a thread that is held up leaves its share to the other
    parts = 1 if threads == 1 else 8 * threads
    edges = [len(images) * part // parts for part in range(parts + 1)]

    def fill(start: int, stop: int) -> None:
        part = slice(start, stop)
        _fill(images[part], quadratic_turns[part], offset_turns[part], shared_turns, first_column)

    if threads == 1:
        fill(*edges)
    else:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(fill, edges[:-1], edges[1:]))
    images[lost] = np.nan
    return images


def _fixed_point(radians: NumpyArray) -> NumpyArray:
    """The fraction of a turn as an int64 that wraps, 2⁶⁴ to the turn."""
    turns = radians / (2 * np.pi)
    # ±½ turn times 2⁶⁴ would overflow in the conversion; the shift wraps
    return np.left_shift(((turns - np.rint(turns)) * 2.0**62).astype(np.int64), 2)


@numba.njit(cache=True, inline="always")
def _upper(turns):  # type: ignore[no-untyped-def]
    return _i32((turns + _i64(1 << 31)) >> 32)


@numba.njit(cache=True, fastmath=_FAST, nogil=True)
def _fill(images, quadratic, offset, shared, first_column):  # type: ignore[no-untyped-def]
    ny, nx = shared.shape
    blocks = (nx + _BLOCK - 1) // _BLOCK
    for b in range(len(images)):
        xx, xy, yy = quadratic[b, 0], quadratic[b, 1], quadratic[b, 2]
        for row in range(ny):
            j = row - ny // 2
            for block in range(blocks):
                start, stop = nx * block // blocks, nx * (block + 1) // blocks
                middle = (start + stop) // 2
                i = first_column + middle
                p = offset[b] + yy * j * j + xy * i * j + xx * i * i
                q = xy * j + 2 * xx * i
                _fill_block(
                    images[b, row, start:stop],
                    shared[row, start:stop],
                    _upper(p),
                    _upper(q),
                    _upper(xx),
                    _i32(start - middle),
                )


@numba.njit(cache=True, fastmath=_FAST, nogil=True)
def _fill_block(sines, shared, p, q, r, first):  # type: ignore[no-untyped-def]
    for k in range(len(sines)):
        # Numba widens every sum and product of integers to 64 bits; narrowed at once, they stay vectors of 32
        place = _i32(first + _i32(k))
        slope = _i32(q + _i32(r * place))
        phase = _i32(_i32(p + shared[k]) + _i32(slope * place))
        x = _f32(phase) * _HALF_TURNS
        u = x * x
        tail = _f32(0.52378045) + u * (_f32(-0.07445937) + u * _f32(0.00597329))
        polynomial = _f32(3.1415913) + u * (_f32(-2.02608378) + u * tail)
        sines[k] = (x - x * u) * polynomial
