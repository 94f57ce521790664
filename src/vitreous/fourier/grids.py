"""Where the pixels and the Fourier coefficients lie: coordinates, frequencies, radii and integer shells.

The origin is index n // 2 in every axis; of a half spectrum the last axis runs from 0 to n // 2 (`rft`). Vectors are
ordered (x, y, z), the reverse of the axes (…, z, y, x). With the default pixel size of 1, lengths are pixels and
frequencies are cycles/pixel; with a pixel size in Å they are Å and 1/Å. ``like`` is an array whose library, device and
precision the result takes; without it the result is NumPy float64.
"""

from jaxtyping import Float, Int

from vitreous._array import device_of, is_array, namespace, real_dtype
from vitreous._typing import Array, Real

__all__ = [
    "coordinate_radius",
    "coordinates",
    "frequencies",
    "frequency_grid",
    "frequency_radius",
    "frequency_shells",
    "pixel_shells",
    "positions",
]


def positions(n: int, pixel_size_angstrom: Real = 1.0, *, like: Array = None) -> Float[Array, " n"]:
    """The positions of the pixels along one axis, x_i = (i − n // 2) · pixel size.

    Parameters
    ----------
    n
        Number of pixels.
    pixel_size_angstrom
        Å/pixel; 1 gives pixels.
    like
        See the module.

    Returns
    -------
    Real array
        Shape (n,), Å or pixels.
    """
    xp = namespace(like)
    dtype = real_dtype(like) if is_array(like) else xp.float64
    return (xp.arange(n, dtype=dtype, device=device_of(like)) - n // 2) * pixel_size_angstrom


def frequencies(
    n: int, pixel_size_angstrom: Real = 1.0, *, half: bool = False, like: Array = None
) -> Float[Array, " k"]:
    """The frequencies along one axis, k_i = (i − n // 2)/(n · pixel size); with ``half`` k_i = i/(n · pixel size).

    Parameters
    ----------
    n
        Number of pixels of the image along this axis.
    pixel_size_angstrom
        Å/pixel; 1 gives cycles/pixel.
    half
        Whether the axis is the last one of a half spectrum.
    like
        See the module.

    Returns
    -------
    Real array
        Shape (n,), or (n // 2 + 1,) with ``half``; 1/Å or cycles/pixel. Nyquist of an even size is −½ cycle/pixel in
        the first place, with ``half`` +½ in the last.
    """
    xp = namespace(like)
    dtype = real_dtype(like) if is_array(like) else xp.float64
    if half:
        return xp.arange(n // 2 + 1, dtype=dtype, device=device_of(like)) / (n * pixel_size_angstrom)
    return positions(n, like=like) / (n * pixel_size_angstrom)


def _frequency_axes(shape: tuple[int, ...], pixel_size_angstrom: Real, half: bool, like: Array) -> list[Array]:
    last = len(shape) - 1
    return [frequencies(n, pixel_size_angstrom, half=half and i == last, like=like) for i, n in enumerate(shape)]


def _vectors(axes: list[Array]) -> Array:
    xp = namespace(*axes)
    return xp.stack(xp.meshgrid(*axes, indexing="ij")[::-1], axis=-1)


def _radius(axes: list[Array]) -> Array:
    xp = namespace(*axes)
    squared = xp.zeros((1,) * len(axes), dtype=axes[0].dtype, device=device_of(axes[0]))
    for i, axis in enumerate(axes):
        squared = squared + xp.reshape(axis**2, (-1,) + (1,) * (len(axes) - 1 - i))
    return xp.sqrt(squared)


def coordinates(
    shape: tuple[int, ...], pixel_size_angstrom: Real = 1.0, *, like: Array = None
) -> Float[Array, "*shape dim"]:
    """The position vector (x, y, z) of every pixel, from the origin at n // 2.

    Parameters
    ----------
    shape
        ([[nz,] ny,] nx).
    pixel_size_angstrom
        Å/pixel; 1 gives pixels.
    like
        See the module.

    Returns
    -------
    Real array
        Shape (*shape, dim), the last axis ordered (x, y, z); Å or pixels.
    """
    return _vectors([positions(n, pixel_size_angstrom, like=like) for n in shape])


def coordinate_radius(
    shape: tuple[int, ...], pixel_size_angstrom: Real = 1.0, *, like: Array = None
) -> Float[Array, "*shape"]:
    """The distance |x| of every pixel from the origin, in Å or, with a pixel size of 1, in pixels.

    Parameters
    ----------
    shape
        ([[nz,] ny,] nx).
    pixel_size_angstrom
        Å/pixel; 1 gives pixels.
    like
        See the module.

    Returns
    -------
    Real array
        The given shape.
    """
    return _radius([positions(n, pixel_size_angstrom, like=like) for n in shape])


def frequency_grid(
    shape: tuple[int, ...], pixel_size_angstrom: Real = 1.0, *, half: bool = False, like: Array = None
) -> Float[Array, "*grid dim"]:
    """The frequency vector (kx, ky, kz) of every coefficient of a spectrum.

    Parameters
    ----------
    shape
        The shape of the image, ([[nz,] ny,] nx).
    pixel_size_angstrom
        Å/pixel; 1 gives cycles/pixel.
    half
        Whether the spectrum is a half spectrum (`rft`).
    like
        See the module.

    Returns
    -------
    Real array
        Shape (*shape, dim), with ``half`` ([[nz,] ny,] nx // 2 + 1, dim); the last axis ordered (kx, ky, kz); 1/Å or
        cycles/pixel.
    """
    return _vectors(_frequency_axes(shape, pixel_size_angstrom, half, like))


def frequency_radius(
    shape: tuple[int, ...], pixel_size_angstrom: Real = 1.0, *, half: bool = False, like: Array = None
) -> Float[Array, "*grid"]:
    """The frequency |k| of every coefficient of a spectrum, in 1/Å or, with a pixel size of 1, in cycles/pixel.

    Parameters
    ----------
    shape
        The shape of the image, ([[nz,] ny,] nx).
    pixel_size_angstrom
        Å/pixel; 1 gives cycles/pixel.
    half
        Whether the spectrum is a half spectrum (`rft`).
    like
        See the module.

    Returns
    -------
    Real array
        The given shape, with ``half`` ([[nz,] ny,] nx // 2 + 1).
    """
    return _radius(_frequency_axes(shape, pixel_size_angstrom, half, like))


def _nearest_integer(radius: Array) -> Array:
    xp = namespace(radius)
    return xp.astype(xp.round(radius), xp.int64)


def _float64(like: Array) -> Array:
    """An array of the same library and device, in double precision: float32 cannot tell the shells of large boxes."""
    xp = namespace(like)
    return xp.zeros(0, dtype=xp.float64, device=device_of(like))


def pixel_shells(shape: tuple[int, ...], *, like: Array = None) -> Int[Array, "*shape"]:
    """The shell of every pixel, its distance from the origin rounded to whole pixels.

    Parameters
    ----------
    shape
        ([[nz,] ny,] nx).
    like
        See the module; its precision plays no part.

    Returns
    -------
    int64 array
        The given shape.
    """
    return _nearest_integer(coordinate_radius(shape, like=_float64(like)))


def frequency_shells(shape: tuple[int, ...], *, half: bool = False, like: Array = None) -> Int[Array, "*grid"]:
    """The shell of every coefficient of a spectrum, r = round(|k| · n).

    One shell is one step of the frequency grid, 1/(n · pixel size); n is the longest side where the sides differ. The
    coefficients beyond shell n // 2 are the corners, which lie beyond the Nyquist frequency.

    Parameters
    ----------
    shape
        The shape of the image, ([[nz,] ny,] nx).
    half
        Whether the spectrum is a half spectrum (`rft`).
    like
        See the module; its precision plays no part.

    Returns
    -------
    int64 array
        The given shape, with ``half`` ([[nz,] ny,] nx // 2 + 1).
    """
    return _nearest_integer(frequency_radius(shape, half=half, like=_float64(like)) * max(shape))
