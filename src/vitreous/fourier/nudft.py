"""The non-uniform discrete Fourier transform of types 1, 2 and 3: direct sums, and the same fast to a tolerance.

    type 1, points → grid     F(m) = Σ_j c_j exp(−2πi p_j·m)      m every pixel of a grid, counted from n // 2
    type 2, grid → points     F_j  = Σ_m f(m) exp(−2πi p_j·m)
    type 3, points → points   F_l  = Σ_j c_j exp(−2πi q_l·x_j)

Points on the other side of a grid are in cycles/pixel, so that points a whole cycle apart are one; the last axis of the
points is ordered (x, y, z), the axes of the grid (…, z, y, x) with the origin at n // 2. Every type has the kernel
exp(−2πi k·x) and no factor in front. Type 2 at the points of `frequency_grid` is `ft`. Which side is space and which
frequency is up to the reader: type 2 samples the spectrum of an image at frequencies p_j; type 1 gives the spectrum, at
the frequencies m/n, of atoms at positions n p_j pixels. The adjoint of type 2 is type 1 with the other sign:
conj(nudft1(conj(c), …)).

`nudft1`, `nudft2`, `nudft3` are the sums as they stand, for any array library and with gradients. `nufft1`, `nufft2`,
`nufft3` hand them to FINUFFT, which spreads the points onto a finer grid with a kernel as wide as the tolerance asks
for. FINUFFT runs on the CPU: CPU tensors are taken and given back, tensors that require a gradient or live on a GPU are
refused. In single precision the rounding of k·x alone makes a relative error of about 4e-8 n with n pixels a side (1e-5
at 256), in the direct and the fast sums and whatever the tolerance: give double precision where less is wanted.
"""

import math
from typing import Any

import numpy as np
from jaxtyping import Complex, Float, Inexact

from vitreous._array import as_arrays, complex_dtype, device_of, namespace, to_numpy
from vitreous._typing import Array, NumpyArray
from vitreous.fourier.grids import positions

__all__ = ["nudft1", "nudft2", "nudft3", "nufft1", "nufft2", "nufft3"]

_LARGE = 2**21
"""Numbers in a transform from which on it takes more than one thread: about a sixth of a second on one."""


def _require_points(points: Array, dim: int) -> None:
    if not 1 <= dim <= 3 or points.shape[-1] != dim:
        raise ValueError(
            f"points of shape {tuple(points.shape)} do not fit {dim} axes: "
            "there should be 1 to 3 axes and, in each row, as many coordinates"
        )


def _phases(points: Array, axis: int, n: int) -> Array:
    """exp(−2πi p m) of every point and every pixel along one axis of the grid (−1 is x), shape (points, n)."""
    xp = namespace(points)
    cycles = points[:, -axis - 1][:, None] * positions(n, like=points)[None, :]
    return xp.exp(-2j * xp.pi * xp.astype(cycles, complex_dtype(points)))


def nudft1(
    values: Inexact[Array, "*batch n"], points: Float[Array, "n dim"], shape: tuple[int, ...]
) -> Complex[Array, "*batch_grid"]:
    """Type 1, points → grid, summed directly: F(m) = Σ_j c_j exp(−2πi p_j·m).

    Parameters
    ----------
    values
        c_j, real or complex, shape (…, n).
    points
        p_j in cycles/pixel, shape (n, dim), ordered (x, y, z).
    shape
        The shape of the grid, ([[nz,] ny,] nx).

    Returns
    -------
    Complex array
        Shape (…, *shape), m = 0 at n // 2 of each axis.

    Raises
    ------
    ValueError
        If the points have not as many coordinates as the grid has axes.

    References
    ----------
    Barnett, Magland and af Klinteberg, SIAM J. Sci. Comput. 41, C479 (2019), section 1.
    """
    _require_points(points, len(shape))
    values, points = as_arrays(values, points)
    xp = namespace(values)
    spread = xp.astype(values, complex_dtype(values), copy=False)
    for axis in range(-len(shape), -1):
        spread = spread[..., None, :] * xp.matrix_transpose(_phases(points, axis, shape[axis]))
    return xp.matmul(spread, _phases(points, -1, shape[-1]))


def nudft2(image: Inexact[Array, "*grid"], points: Float[Array, "n dim"]) -> Complex[Array, "*batch n"]:
    """Type 2, grid → points, summed directly: F_j = Σ_m f(m) exp(−2πi p_j·m).

    Parameters
    ----------
    image
        f(m), real or complex, shape (…, [[z,] y,] x), m = 0 at n // 2 of each axis.
    points
        p_j in cycles/pixel, shape (n, dim), ordered (x, y, z). Their number of coordinates says how many axes the image
        has.

    Returns
    -------
    Complex array
        Shape (…, n).

    Raises
    ------
    ValueError
        If the points have not 1, 2 or 3 coordinates.

    References
    ----------
    Barnett, Magland and af Klinteberg, SIAM J. Sci. Comput. 41, C479 (2019), section 1.
    """
    dim = points.shape[-1]
    _require_points(points, min(dim, image.ndim))
    image, points = as_arrays(image, points)
    xp = namespace(image)
    shape = image.shape[-dim:]
    image = xp.astype(image, complex_dtype(image), copy=False)
    sums = xp.matmul(image, xp.matrix_transpose(_phases(points, -1, shape[-1])))
    for axis in range(-2, -dim - 1, -1):
        sums = xp.sum(sums * xp.matrix_transpose(_phases(points, axis, shape[axis])), axis=-2)
    return sums


def nudft3(
    values: Inexact[Array, "*batch n"], points: Float[Array, "n dim"], frequencies: Float[Array, "m dim"]
) -> Complex[Array, "*batch m"]:
    """Type 3, points → points, summed directly: F_l = Σ_j c_j exp(−2πi q_l·x_j).

    Parameters
    ----------
    values
        c_j, real or complex, shape (…, n).
    points
        x_j in pixels (or Å), shape (n, dim), ordered (x, y, z).
    frequencies
        q_l in cycles/pixel (or 1/Å), shape (m, dim), ordered (x, y, z).

    Returns
    -------
    Complex array
        Shape (…, m).

    Raises
    ------
    ValueError
        If points and frequencies have not 1, 2 or 3 coordinates.

    References
    ----------
    Barnett, Magland and af Klinteberg, SIAM J. Sci. Comput. 41, C479 (2019), section 1.
    """
    _require_points(points, frequencies.shape[-1])
    values, points, frequencies = as_arrays(values, points, frequencies)
    xp = namespace(values)
    cycles = xp.matmul(points, xp.matrix_transpose(frequencies))
    values = xp.astype(values, complex_dtype(values), copy=False)
    return xp.matmul(values, xp.exp(-2j * xp.pi * xp.astype(cycles, values.dtype)))


def _for_finufft(tolerance: float, *arrays: Array) -> list[NumpyArray]:
    """The arrays as NumPy's, of one precision, the first one complex; what cannot be served is refused."""
    for array in arrays:
        if getattr(array, "requires_grad", False):
            raise ValueError(
                "a tensor requires a gradient, which the fast transform does not have: "
                "take the direct sum (nudft1, nudft2, nudft3), or detach the tensor"
            )
        if any(name in str(device_of(array)).lower() for name in ("cuda", "gpu")):
            raise ValueError(
                f"a tensor lives on {device_of(array)}, and the fast transform runs on the CPU only (cuFINUFFT is not "
                "part of Vitreous): move it with .cpu(), or take the direct sum (nudft1, nudft2, nudft3)"
            )
    values, *points = (to_numpy(array) for array in as_arrays(*arrays))
    values = values.astype(np.result_type(values, np.complex64), order="C", copy=False)
    # below this, rounding is larger than the tolerance
    reachable = 1e-6 if values.dtype == np.complex64 else 1e-14
    if not reachable <= tolerance < 1:
        raise ValueError(f"tolerance={tolerance}: between {reachable} and 1 can be met in {values.dtype}")
    return [values, *points]


def _radians(points: NumpyArray) -> list[NumpyArray]:
    """Cycles → radians in −π … π, one contiguous array for each axis of the grid, z first."""
    return [np.ascontiguousarray(2 * np.pi * (p - np.round(p))) for p in points.T[::-1]]


def _call(kind: int, dim: int, *arguments: Any, tolerance: float) -> NumpyArray:
    import finufft  # here, because it costs a tenth of a second

    # threads that wait for each other take far longer than small transforms do, most of all on a busy machine
    size = max(argument.size if isinstance(argument, np.ndarray) else math.prod(argument) for argument in arguments)
    threads = 1 if size < _LARGE else 0
    transform = getattr(finufft, f"nufft{dim}d{kind}")
    result: NumpyArray = transform(*arguments, eps=tolerance, isign=-1, nthreads=threads)
    return result


def nufft1(
    values: Inexact[Array, "*batch n"], points: Float[Array, "n dim"], shape: tuple[int, ...], tolerance: float = 1e-6
) -> Complex[Array, "*batch_grid"]:
    """Type 1, points → grid, fast: `nudft1` to a tolerance, in O(n |log ε|^dim + N log N).

    Parameters
    ----------
    values
        c_j, real or complex, shape (…, n).
    points
        p_j in cycles/pixel, shape (n, dim), ordered (x, y, z).
    shape
        The shape of the grid, ([[nz,] ny,] nx).
    tolerance
        The error that is asked for, ‖error‖/‖result‖ in the 2-norm; at least 1e-14, or 1e-6 in single precision.

    Returns
    -------
    Complex array
        Shape (…, *shape), m = 0 at n // 2 of each axis.

    Raises
    ------
    ValueError
        If shapes do not fit, the tolerance cannot be met, or a tensor requires a gradient or lives on a GPU.

    References
    ----------
    Barnett, Magland and af Klinteberg, SIAM J. Sci. Comput. 41, C479 (2019).
    """
    _require_points(points, len(shape))
    c, p = _for_finufft(tolerance, values, points)
    if c.size and math.prod(shape):
        rows = c.reshape(-1, c.shape[-1])
        grid = _call(1, len(shape), *_radians(p), rows, tuple(shape), tolerance=tolerance)
    else:
        grid = np.zeros((*c.shape[:-1], *shape), c.dtype)
    return namespace(values).asarray(grid.reshape(*c.shape[:-1], *shape), device=device_of(values))


def nufft2(
    image: Inexact[Array, "*grid"], points: Float[Array, "n dim"], tolerance: float = 1e-6
) -> Complex[Array, "*batch n"]:
    """Type 2, grid → points, fast: `nudft2` to a tolerance, in O(n |log ε|^dim + N log N).

    Parameters
    ----------
    image
        f(m), real or complex, shape (…, [[z,] y,] x), m = 0 at n // 2 of each axis.
    points
        p_j in cycles/pixel, shape (n, dim), ordered (x, y, z).
    tolerance
        The error that is asked for, ‖error‖/‖result‖ in the 2-norm; at least 1e-14, or 1e-6 in single precision.

    Returns
    -------
    Complex array
        Shape (…, n).

    Raises
    ------
    ValueError
        If shapes do not fit, the tolerance cannot be met, or a tensor requires a gradient or lives on a GPU.

    References
    ----------
    Barnett, Magland and af Klinteberg, SIAM J. Sci. Comput. 41, C479 (2019).
    """
    dim = points.shape[-1]
    _require_points(points, min(dim, image.ndim))
    f, p = _for_finufft(tolerance, image, points)
    batch, shape = f.shape[:-dim], f.shape[-dim:]
    if f.size and len(p):
        sums = _call(2, dim, *_radians(p), np.ascontiguousarray(f).reshape(-1, *shape), tolerance=tolerance)
    else:
        sums = np.zeros((*batch, len(p)), f.dtype)
    return namespace(image).asarray(sums.reshape(*batch, len(p)), device=device_of(image))


def nufft3(
    values: Inexact[Array, "*batch n"],
    points: Float[Array, "n dim"],
    frequencies: Float[Array, "m dim"],
    tolerance: float = 1e-6,
) -> Complex[Array, "*batch m"]:
    """Type 3, points → points, fast: `nudft3` to a tolerance.

    Parameters
    ----------
    values
        c_j, real or complex, shape (…, n).
    points
        x_j in pixels (or Å), shape (n, dim), ordered (x, y, z).
    frequencies
        q_l in cycles/pixel (or 1/Å), shape (m, dim), ordered (x, y, z).
    tolerance
        The error that is asked for, ‖error‖/‖result‖ in the 2-norm; at least 1e-14, or 1e-6 in single precision.

    Returns
    -------
    Complex array
        Shape (…, m).

    Raises
    ------
    ValueError
        If shapes do not fit, the tolerance cannot be met, or a tensor requires a gradient or lives on a GPU.

    References
    ----------
    Barnett, Magland and af Klinteberg, SIAM J. Sci. Comput. 41, C479 (2019).
    """
    dim = frequencies.shape[-1]
    _require_points(points, dim)
    c, x, q = _for_finufft(tolerance, values, points, frequencies)
    if c.size and len(q):
        columns = [np.ascontiguousarray(axis) for axis in (*x.T, *(2 * np.pi * q).T)]
        sums = _call(3, dim, *columns[:dim], c.reshape(-1, c.shape[-1]), *columns[dim:], tolerance=tolerance)
    else:
        sums = np.zeros((*c.shape[:-1], len(q)), c.dtype)
    return namespace(values).asarray(sums.reshape(*c.shape[:-1], len(q)), device=device_of(values))
