"""Sums and means over shells: radial averages, power spectra.

Shell r holds what lies r steps from the origin, rounded to whole steps: rings of an image, shells of a volume, pairs ±r
in one dimension. Profiles run over r = 0 … n // 2, n the longest side; the corners beyond are left out. Of half
spectra, each coefficient counts as often as it stands for one of the full spectrum, so that both layouts give the same
sums.
"""

import math

from jaxtyping import Float, Inexact, Int

from vitreous._array import is_array, namespace, real_dtype, sum_by_label
from vitreous._typing import Array, Real
from vitreous.fourier.grids import frequencies, frequency_shells, pixel_shells
from vitreous.fourier.half_spectrum import hermitian_weights
from vitreous.fourier.transform import require_half, rft

__all__ = [
    "half_shell_sum",
    "power_spectrum",
    "radial_average",
    "shell_count",
    "shell_frequencies",
    "shell_sizes",
    "shell_sum",
]


def shell_count(shape: tuple[int, ...]) -> int:
    """The number of shells of an image of this shape from the origin to Nyquist, n // 2 + 1, n the longest side."""
    return max(shape) // 2 + 1


def shell_frequencies(
    shape: tuple[int, ...], pixel_size_angstrom: Real = 1.0, *, like: Array = None
) -> Float[Array, " shell"]:
    """The frequency of each shell of a spectrum, r/(n · pixel size), n the longest side.

    Parameters
    ----------
    shape
        The shape of the image.
    pixel_size_angstrom
        Å/pixel; 1 gives cycles/pixel.
    like
        An array whose library, device and precision the result takes; NumPy float64 where absent.

    Returns
    -------
    Real array
        Shape (shells,), 1/Å or cycles/pixel.
    """
    return frequencies(max(shape), pixel_size_angstrom, half=True, like=like)


def shell_sum(
    values: Inexact[Array, "*values"], shells: Int[Array, "*grid"], count: int
) -> Inexact[Array, "*batch shell"]:
    """The sums of the values in each shell, S(r) = Σ_{i in shell r} values_i.

    Parameters
    ----------
    values
        Real or complex, shape (…, *grid).
    shells
        The shell of each value, as `pixel_shells` or `frequency_shells` give it.
    count
        The number of shells; values in shells beyond are left out.

    Returns
    -------
    Array
        Shape (…, count).

    Raises
    ------
    ValueError
        If the trailing axes of the values are not those of the shells.
    """
    if tuple(values.shape[-shells.ndim :]) != tuple(shells.shape):
        raise ValueError(
            f"values of shape {tuple(values.shape)} do not end in the shape of the shells, {tuple(shells.shape)}"
        )
    xp, batch = namespace(values), values.shape[: values.ndim - shells.ndim]
    flat = xp.reshape(values, (*batch, math.prod(shells.shape)))
    return sum_by_label(flat, xp.reshape(shells, (-1,)), count)


def half_shell_sum(values: Inexact[Array, "*values"], shape: tuple[int, ...]) -> Inexact[Array, "*batch shell"]:
    """The sums over the shells of the full spectrum, of values given on the half spectrum, S(r) = Σ w values.

    Parameters
    ----------
    values
        On the half grid of real images of ``shape``, the same at k and −k (|F|², Re F G*), shape (…, *half).
    shape
        The shape of the image.

    Returns
    -------
    Array
        Shape (…, shells), r = 0 … n // 2.

    Raises
    ------
    ValueError
        If the values are not on the half grid of that shape.
    """
    require_half(values, shape)
    shells = frequency_shells(shape, half=True, like=values)
    return shell_sum(values * hermitian_weights(shape, like=values), shells, shell_count(shape))


def shell_sizes(shape: tuple[int, ...], *, like: Array = None) -> Float[Array, " shell"]:
    """The number of coefficients in each shell of the full spectrum.

    Parameters
    ----------
    shape
        The shape of the image.
    like
        An array whose library, device and precision the result takes; NumPy float64 where absent.

    Returns
    -------
    Real array
        Shape (shells,), r = 0 … n // 2.
    """
    xp, shells = namespace(like), frequency_shells(shape, like=like)
    ones = xp.ones_like(shells, dtype=real_dtype(like) if is_array(like) else xp.float64)
    return shell_sum(ones, shells, shell_count(shape))


def radial_average(image: Inexact[Array, "*image"], dim: int) -> Inexact[Array, "*batch shell"]:
    """The mean of an image or volume over each ring or shell about its origin, r in whole pixels.

    Parameters
    ----------
    image
        Real or complex, shape (…, [[z,] y,] x), origin at n // 2.
    dim
        How many trailing axes are averaged over: 1, 2 or 3.

    Returns
    -------
    Array
        Shape (…, n // 2 + 1), n the longest side.
    """
    shape = tuple(image.shape[-dim:])
    xp, shells, count = namespace(image), pixel_shells(shape, like=image), shell_count(shape)
    sizes = shell_sum(xp.ones_like(shells, dtype=real_dtype(image)), shells, count)
    return shell_sum(image, shells, count) / sizes


def power_spectrum(image: Float[Array, "*image"], dim: int) -> Float[Array, "*batch shell"]:
    """The mean of |F(k)|² over each shell of frequencies, with the unnormalised transform.

    White noise of variance σ² a pixel has the level N σ², N the number of pixels of the transformed axes.

    Parameters
    ----------
    image
        Real, shape (…, [[z,] y,] x).
    dim
        How many trailing axes are transformed: 1, 2 or 3.

    Returns
    -------
    Real array
        Shape (…, n // 2 + 1), at the frequencies of `shell_frequencies`.

    References
    ----------
    Bracewell, The Fourier Transform and Its Applications (2000), chapter 6.
    """
    xp, shape = namespace(image), tuple(image.shape[-dim:])
    return half_shell_sum(xp.abs(rft(image, dim)) ** 2, shape) / shell_sizes(shape, like=image)
