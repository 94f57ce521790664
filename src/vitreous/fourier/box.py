"""Boxes of another size about the same origin: zero padding and cropping, and sizes that the FFT likes."""

from jaxtyping import Inexact

from vitreous._array import device_of, namespace
from vitreous._typing import Array

__all__ = ["crop_box", "fast_size", "pad_box", "slice_axis"]


def slice_axis(array: Array, axis: int, start: int | None, stop: int | None) -> Array:
    """The part array[…, start:stop, …] along one axis, which is counted from the end (axis < 0)."""
    return array[(..., slice(start, stop), *(slice(None) for _ in range(-axis - 1)))]


def _check(array: Array, shape: tuple[int, ...], grow: bool) -> None:
    old = tuple(array.shape[-len(shape) :])
    if len(old) < len(shape) or any((new < n) if grow else (new > n) for n, new in zip(old, shape, strict=True)):
        verb, other = ("pad", "crop") if grow else ("crop", "pad")
        raise ValueError(f"cannot {verb} an array of shape {tuple(array.shape)} to {tuple(shape)}; {other} it instead")


def crop_box(image: Inexact[Array, "*old"], shape: tuple[int, ...]) -> Inexact[Array, "*new"]:
    """The middle of an image: the pixel at n // 2 comes to n′ // 2, f′(x) = f(x) for every x that remains.

    Parameters
    ----------
    image
        Shape (…, *old); a centred spectrum may be cropped just so.
    shape
        The trailing shape of the result, no axis longer than it was.

    Returns
    -------
    Array
        Shape (…, *shape); a view where the library has views.

    Raises
    ------
    ValueError
        If an axis would grow.
    """
    _check(image, shape, grow=False)
    for axis, new in zip(range(-len(shape), 0), shape, strict=True):
        start = image.shape[axis] // 2 - new // 2
        image = slice_axis(image, axis, start, start + new)
    return image


def pad_box(image: Inexact[Array, "*old"], shape: tuple[int, ...]) -> Inexact[Array, "*new"]:
    """The image in a larger box of zeros: the pixel at n // 2 comes to n′ // 2; the adjoint of `crop_box`.

    Parameters
    ----------
    image
        Shape (…, *old); a centred spectrum may be padded just so.
    shape
        The trailing shape of the result, no axis shorter than it was.

    Returns
    -------
    Array
        Shape (…, *shape).

    Raises
    ------
    ValueError
        If an axis would shrink.
    """
    _check(image, shape, grow=True)
    xp = namespace(image)
    for axis, new in zip(range(-len(shape), 0), shape, strict=True):
        n = image.shape[axis]
        if n == new:
            continue
        before = new // 2 - n // 2
        sizes = [
            (*image.shape[:axis], width, *image.shape[image.ndim + axis + 1 :]) for width in (before, new - n - before)
        ]
        left, right = (xp.zeros(size, dtype=image.dtype, device=device_of(image)) for size in sizes)
        image = xp.concat([left, image, right], axis=axis)
    return image


def fast_size(n: int) -> int:
    """The smallest size ≥ n that has no prime factor above 5, for which every FFT library is quick.

    Parameters
    ----------
    n
        The size that is needed, ≥ 1.

    Returns
    -------
    int
        2^a 3^b 5^c ≥ n.
    """
    size = n
    while True:
        rest = size
        for prime in (2, 3, 5):
            while rest % prime == 0:
                rest //= prime
        if rest == 1:
            return size
        size += 1
