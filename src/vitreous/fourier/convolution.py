"""Convolution as a direct sum in real space and as a product in Fourier space: the same numbers.

    (f * g)(x) = Σ_j g(j) f(x − j),  x and j in pixels from the origins at n // 2 of image and kernel.

The result has the size of the image. What lies beyond its edges is named: ``"zero"``, nothing, the sum of a finite
image with a kernel that may hang over the edge; or ``"wrap"``, the image again, which is what the product of two
discrete spectra does by itself. For ``"zero"`` both are put into a box that holds the whole sum, at least n + m − 1
pixels, so that nothing comes round to the other side; then the product in Fourier space is the direct sum to rounding.
The kernel may be smaller or larger than the image, of odd or even size.
"""

import itertools
import math
from typing import Literal

from jaxtyping import Inexact

from vitreous._array import as_arrays, namespace
from vitreous._typing import Array
from vitreous.fourier.box import crop_box, fast_size, pad_box
from vitreous.fourier.transform import ft, ift, irft, rft

__all__ = ["Edge", "convolve_direct", "convolve_fourier", "wrap_box"]

Edge = Literal["zero", "wrap"]
"""What lies beyond the edge of an image: nothing, or the image again."""


def _padded(image: Array, kernel: Array) -> Array:
    """The image in a box where the linear convolution does not come round to the other side."""
    sizes = zip(image.shape[-kernel.ndim :], kernel.shape, strict=True)
    return pad_box(image, tuple(fast_size(n + m - 1) for n, m in sizes))


def _check(image: Array, kernel: Array, edge: str) -> None:
    if edge not in ("zero", "wrap"):
        raise ValueError(f'edge={edge!r}; the edges are "zero" and "wrap"')
    if not 1 <= kernel.ndim <= min(3, image.ndim):
        raise ValueError(
            f"a kernel of shape {tuple(kernel.shape)} has {kernel.ndim} axes; it should have 1 to 3, "
            f"and no more than the image, whose shape is {tuple(image.shape)}"
        )


def wrap_box(image: Inexact[Array, "*old"], shape: tuple[int, ...]) -> Inexact[Array, "*new"]:
    """The image laid on a periodic grid of any size, what hangs over added up: g(x) = Σ_m f(x + m n).

    Parameters
    ----------
    image
        Shape (…, *old).
    shape
        The trailing shape of the grid; along an axis that grows this is `pad_box`.

    Returns
    -------
    Array
        Shape (…, *shape), origin at n // 2.
    """
    xp = namespace(image)
    for axis, new in zip(range(-len(shape), 0), shape, strict=True):
        # an odd number of periods: the origin of the whole is then that of the period in the middle
        periods = 2 * math.ceil((image.shape[axis] - new) / (2 * new)) + 1
        before, after = image.shape[: image.ndim + axis], image.shape[image.ndim + axis + 1 :]
        row = pad_box(image, (periods * new, *after))
        image = xp.sum(xp.reshape(row, (*before, periods, new, *after)), axis=len(before))
    return image


def convolve_direct(
    image: Inexact[Array, "*image"], kernel: Inexact[Array, "*kernel"], edge: Edge = "zero"
) -> Inexact[Array, "*image"]:
    """The convolution of an image with a kernel, summed in real space: one moved copy for each pixel of the kernel.

    (f * g)(x) = Σ_j g(j) f(x − j); the work is (pixels of the image) × (pixels of the kernel).

    Parameters
    ----------
    image
        Real or complex, shape (…, [[z,] y,] x).
    kernel
        Real or complex, its number of axes (1, 2 or 3) is that of the convolution; any size, origin at m // 2.
    edge
        What lies beyond the image: ``"zero"`` or ``"wrap"``.

    Returns
    -------
    Array
        The shape of the image.

    Raises
    ------
    ValueError
        If the edge is unknown or the kernel has more axes than the image.

    References
    ----------
    Bracewell, The Fourier Transform and Its Applications (2000), chapter 3.
    """
    _check(image, kernel, edge)
    image, kernel = as_arrays(image, kernel)
    shape, axes = tuple(image.shape[-kernel.ndim :]), tuple(range(-kernel.ndim, 0))
    grid = _padded(image, kernel) if edge == "zero" else image
    xp = namespace(image)
    total = xp.zeros_like(grid)
    for index in itertools.product(*(range(m) for m in kernel.shape)):
        offset = tuple(i - m // 2 for i, m in zip(index, kernel.shape, strict=True))
        total = total + kernel[index] * xp.roll(grid, offset, axis=axes)
    return crop_box(total, shape)


def convolve_fourier(
    image: Inexact[Array, "*image"], kernel: Inexact[Array, "*kernel"], edge: Edge = "zero"
) -> Inexact[Array, "*image"]:
    """The convolution of an image with a kernel, as the product of their spectra; equal to `convolve_direct`.

    f * g = F⁻¹[F(k) G(k)], both on one grid; the work hardly depends on the size of the kernel.

    Parameters
    ----------
    image
        Real or complex, shape (…, [[z,] y,] x).
    kernel
        Real or complex, its number of axes (1, 2 or 3) is that of the convolution; any size, origin at m // 2.
    edge
        What lies beyond the image: ``"zero"`` or ``"wrap"``.

    Returns
    -------
    Array
        The shape of the image.

    Raises
    ------
    ValueError
        If the edge is unknown or the kernel has more axes than the image.

    References
    ----------
    Bracewell, The Fourier Transform and Its Applications (2000), chapter 6, the convolution theorem.
    """
    _check(image, kernel, edge)
    image, kernel = as_arrays(image, kernel)
    dim, shape = kernel.ndim, tuple(image.shape[-kernel.ndim :])
    grid = _padded(image, kernel) if edge == "zero" else image
    same_grid = tuple(grid.shape[-dim:])
    kernel = wrap_box(kernel, same_grid)
    if any(namespace(image).isdtype(array.dtype, "complex floating") for array in (image, kernel)):
        return crop_box(ift(ft(grid, dim) * ft(kernel, dim), dim), shape)
    return crop_box(irft(rft(grid, dim) * rft(kernel, dim), same_grid), shape)
