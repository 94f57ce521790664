"""Interpolation on regular grids, and its adjoint, gridding: readable formulas for any array library.

Coordinates are vectors (x, y, z) in pixels from the origin, pixel n // 2 of each axis, while arrays have their axes in
the order (…, z, y, x): x runs along the *last* axis.
"""

import itertools
import math
from collections.abc import Callable, Iterator

import numpy as np
from jaxtyping import Float, Inexact

from vitreous._array import as_arrays, as_float, device_of, namespace, sum_by_label
from vitreous._typing import Array, NumpyArray, Real
from vitreous.interpolation.kernels import LINEAR, Kernel

__all__ = ["EDGES", "prefilter", "resize", "sample", "spread"]


def _reflect(place: Array, n: int) -> Array:
    """Mirrored about the centres of the outermost pixels, which are not repeated: (c b) a b c (b a)."""
    xp = namespace(place)
    period = max(2 * (n - 1), 1)
    folded = xp.remainder(place, period)
    return xp.where(folded > n - 1, period - folded, folded)


EDGES: dict[str, Callable[[Array, int], Array]] = {
    "constant": lambda place, n: namespace(place).clip(place, 0, n - 1),
    "nearest": lambda place, n: namespace(place).clip(place, 0, n - 1),
    "wrap": lambda place, n: namespace(place).remainder(place, n),
    "reflect": _reflect,
}
"""Edge → the pixel in 0 … n − 1 that stands for any place on an axis of n pixels.

``"constant"``: beyond the grid all pixels hold a fill value, and the interpolant runs into it (SciPy: grid-constant);
``"nearest"``: the outermost pixel (NumPy's pad: edge); ``"wrap"``: periodic (SciPy: grid-wrap); ``"reflect"``: mirrored
about the centre of the outermost pixel (NumPy's pad: reflect, SciPy: mirror).
"""


def _axis_taps(coordinate: Array, n: int, kernel: Kernel, edge: str) -> list[tuple[Array, Array, Array]]:
    """For each pixel of one axis that a target draws on: its index, its weight and whether it lies on the grid."""
    xp = namespace(coordinate)
    # infinity becomes NaN, which passes through the arithmetic in silence and ends in the weights
    at = xp.where(xp.isfinite(coordinate), coordinate, xp.nan) + n // 2
    first = xp.floor(at - kernel.support / 2) + 1
    taps = []
    for j in range(kernel.support):
        place = first + j
        known = xp.where(xp.isnan(place), xp.zeros_like(place), place)
        index = xp.astype(EDGES[edge](known, n), xp.int64)
        inside = (known >= 0) & (known <= n - 1) if edge == "constant" else xp.ones_like(known, dtype=xp.bool)
        # place − place is 0, or NaN where the coordinate is
        taps.append((index, kernel.profile(at - place) + (place - place), inside))
    return taps


def _taps(
    coordinates: Array, shape: tuple[int, ...], kernel: Kernel, edge: str
) -> Iterator[tuple[Array, Array, Array]]:
    """For each pixel that a target draws on: its index in the flattened grid, its weight, whether it is on the grid."""
    dim = len(shape)
    # coordinate 0 is x, the last axis
    axes = [_axis_taps(coordinates[:, dim - 1 - axis], n, kernel, edge) for axis, n in enumerate(shape)]
    for parts in itertools.product(*axes):
        index, weight, inside = parts[0]
        for n, (next_index, next_weight, next_inside) in zip(shape[1:], parts[1:], strict=True):
            index, weight, inside = index * n + next_index, weight * next_weight, inside & next_inside
        yield index, weight, inside


def _check(coordinates: Array, shape: tuple[int, ...], edge: str) -> None:
    """Refuse dimensions and edges that are none."""
    if edge not in EDGES:
        raise ValueError(f"edge {edge!r} is none of {', '.join(EDGES)}")
    dim = coordinates.shape[-1] if coordinates.ndim else 0
    if dim not in (1, 2, 3) or len(shape) != dim or 0 in shape:
        raise ValueError(
            f"coordinates of shape {tuple(coordinates.shape)} and a grid of shape {shape} do not fit: coordinates "
            "(x), (x, y) or (x, y, z) on the last axis go with a grid of 1, 2 or 3 axes, none empty"
        )


def sample(
    values: Inexact[Array, "*grid"],
    coordinates: Float[Array, "*points dim"],
    kernel: Kernel = LINEAR,
    edge: str = "constant",
    fill: complex | Real = 0,
) -> Inexact[Array, "*batch_and_points"]:
    """Values between the pixels of a regular grid in 1, 2 or 3 dimensions.

    f(x, y) = Σ_mn f_mn φ(y − m) φ(x − n), with the pixels first turned into coefficients where the kernel asks for it
    (see ``prefilter``), so that every interpolating kernel passes through them.

    Parameters
    ----------
    values
        Real or complex, shape (*batch, [[z,] y,] x); gradients pass.
    coordinates
        Where to interpolate, (x[, y[, z]]) on the last axis, in pixels from the origin n // 2; shape (*points, dim),
        the same for the whole batch; gradients pass. Below 1/ε in size; what is not finite gives NaN.
    kernel
        ``NEAREST``, ``LINEAR``, ``CATMULL_ROM``, ``B_SPLINE``, ``kaiser_bessel(…)``, ``prolate(…)``, or one's own.
    edge
        What lies beyond the grid; ``EDGES`` says what each name means.
    fill
        The value there for ``edge="constant"``.

    Returns
    -------
    Array
        Shape (*batch, *points); in single precision where values and coordinates are.

    Raises
    ------
    ValueError
        If dimensions do not fit, or the edge has no such name.

    References
    ----------
    P. Thévenaz, T. Blu, M. Unser, Interpolation revisited, IEEE Trans. Med. Imaging 19 (2000) 739.
    """
    values, coordinates = as_arrays(values, coordinates)
    dim = coordinates.shape[-1] if coordinates.ndim else 0
    shape, batch = tuple(values.shape[values.ndim - dim :]), tuple(values.shape[: values.ndim - dim])
    _check(coordinates, shape, edge)
    xp = namespace(values)
    if kernel.prefilter:
        # beyond the grid the coefficients are the fill value too; NaN there leaves those inside as if it were 0
        base = fill if np.isfinite(fill) else 0.0
        values = prefilter(values - base, dim, kernel, edge) + base
    flat = xp.reshape(values, (*batch, math.prod(shape)))
    beyond = xp.asarray(fill, dtype=values.dtype, device=device_of(values))
    result = 0.0
    for index, weight, inside in _taps(xp.reshape(coordinates, (-1, dim)), shape, kernel, edge):
        # a pixel without weight is not looked at: NaN beyond the grid must not reach targets on its last pixel
        pixel = xp.where(inside | (weight == 0), xp.take(flat, index, axis=-1), beyond)
        result = result + weight * pixel
    return xp.reshape(result, (*batch, *coordinates.shape[:-1]))


def spread(
    values: Inexact[Array, "*batch_and_points"],
    coordinates: Float[Array, "*points dim"],
    shape: tuple[int, ...],
    kernel: Kernel = LINEAR,
    edge: str = "constant",
) -> Inexact[Array, "*grid"]:
    """The adjoint of ``sample``: values at points are added onto the pixels that they would have been drawn from.

    f_mn = Σ_i v_i φ(y_i − m) φ(x_i − n), then the transposed prefilter where the kernel has one; with fill 0,
    Σ conj(v) · sample(f) = Σ conj(spread(v)) · f. Called gridding in Fourier space. What falls beyond a constant edge
    is lost.

    Parameters
    ----------
    values
        Real or complex, shape (*batch, *points); gradients pass.
    coordinates
        As for ``sample``, shape (*points, dim), all finite.
    shape
        The grid, ([[z,] y,] x).
    kernel, edge
        As for ``sample``.

    Returns
    -------
    Array
        Shape (*batch, *shape); in single precision where values and coordinates are.

    Raises
    ------
    ValueError
        If dimensions do not fit, or the edge has no such name.

    References
    ----------
    J. D. O'Sullivan, A fast sinc function gridding algorithm, IEEE Trans. Med. Imaging 4 (1985) 200.
    """
    values, coordinates = as_arrays(values, coordinates)
    _check(coordinates, tuple(shape), edge)
    points = tuple(coordinates.shape[:-1])
    batch = tuple(values.shape[: values.ndim - len(points)])
    if tuple(values.shape) != batch + points:
        raise ValueError(f"values of shape {tuple(values.shape)} do not end in the shape of the points, {points}")
    xp = namespace(values)
    flat = xp.reshape(values, (*batch, math.prod(points)))
    result = 0.0
    for index, weight, inside in _taps(xp.reshape(coordinates, (-1, len(shape))), tuple(shape), kernel, edge):
        landed = flat * xp.where(inside, weight, xp.zeros_like(weight))
        result = result + sum_by_label(landed, index, math.prod(shape))
    result = xp.reshape(result, (*batch, *shape))
    return _along_axes(result, len(shape), kernel, edge, transposed=True) if kernel.prefilter else result


def prefilter(
    values: Inexact[Array, "*grid"], dim: int, kernel: Kernel, edge: str = "constant"
) -> Inexact[Array, "*grid"]:
    """The coefficients c for which Σ_n c_n φ(m − n) gives back the pixels f_m on each axis: c = A⁻¹ f, A_mn = φ(m − n).

    ``edge`` says how the coefficients go on beyond the grid, and is to be the one that they are sampled with. The
    inverse is a full matrix on each axis (n² operations a line), which holds for every kernel and edge.

    Parameters
    ----------
    values
        Real or complex, shape (*batch, [[z,] y,] x); gradients pass.
    dim
        How many of the last axes are the grid's.
    kernel
        One with φ(m) ≠ 0 on some m ≠ 0, such as ``B_SPLINE``.
    edge
        As for ``sample``; the fill value of a constant edge is 0.

    Returns
    -------
    Array
        Shape and dtype of the values.

    References
    ----------
    M. Unser, Splines: a perfect fit for signal and image processing, IEEE Signal Processing Magazine 16 (1999) 22.
    """
    return _along_axes(as_float(values), dim, kernel, edge, transposed=False)


def _along_axes(values: Array, dim: int, kernel: Kernel, edge: str, *, transposed: bool) -> Array:
    """The prefilter, or its transpose, applied along each of the last axes."""
    xp = namespace(values)
    for axis in range(-dim, 0):
        inverse = np.linalg.inv(_pixels_from_coefficients(values.shape[axis], kernel, edge))
        matrix = xp.asarray(inverse if transposed else inverse.T, dtype=values.dtype, device=device_of(values))
        values = xp.moveaxis(xp.matmul(xp.moveaxis(values, axis, -1), matrix), -1, axis)
    return values


def _pixels_from_coefficients(n: int, kernel: Kernel, edge: str) -> NumpyArray:
    """A_mn = Σ φ(m − n'), over all places n' that the edge maps onto pixel n: ``sample`` at the pixels, as a matrix."""
    matrix = np.zeros((n, n))
    for index, weight, inside in _axis_taps(np.arange(n) - float(n // 2), n, kernel, edge):
        np.add.at(matrix, (np.arange(n), index), weight * inside)
    return matrix


def resize(
    image: Inexact[Array, "*grid"], shape: tuple[int, ...], kernel: Kernel = LINEAR, edge: str = "nearest"
) -> Inexact[Array, "*resized"]:
    """An image or volume shown with another number of pixels over the same field: nearest, bilinear, bicubic.

    Pixel j of n' is centred on the place (j + ½) n/n' − ½ of the old axis, so that the outer edges coincide. This
    samples: made smaller, an image aliases unless it is low-pass filtered first (``fourier.resample`` does both).

    Parameters
    ----------
    image
        Real or complex, shape (*batch, *old); gradients pass.
    shape
        The new shape of the last one, two or three axes.
    kernel, edge
        As for ``sample``.

    Returns
    -------
    Array
        Shape (*batch, *shape).
    """
    image = as_float(image)
    xp = namespace(image)
    old = image.shape[image.ndim - len(shape) :]
    axes = [
        (xp.arange(new, dtype=as_arrays(image, 0.0)[1].dtype, device=device_of(image)) + 0.5) * (n / new) - 0.5 - n // 2
        for n, new in zip(old, shape, strict=True)
    ]
    grids = xp.meshgrid(*axes, indexing="ij")
    return sample(image, xp.stack(grids[::-1], axis=-1), kernel, edge)
