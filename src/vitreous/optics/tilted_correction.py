"""Undoing the contrast transfer of a tilted or wavy specimen, whose defocus varies over the micrograph."""

from collections.abc import Callable

from jaxtyping import Float

from vitreous._array import namespace
from vitreous._typing import Array
from vitreous.optics.tilted import HeightTransfer, height_adjoint, height_image

__all__ = ["correct_height"]


def correct_height(
    contrast: Float[Array, "*batch y x"], transfer: HeightTransfer, snr: float, iterations: int = 30
) -> Float[Array, "*batch y x"]:
    """The phase that explains the contrast best, each place at its own defocus: a Wiener filter that varies.

    φ = argmin |Mφ − I|² + |φ|²/SNR, the solution of (MᵀM + 1/SNR) φ = MᵀI by conjugate gradients.

    Parameters
    ----------
    contrast
        I − 1, shape (…, ny, nx).
    transfer
        M (`vitreous.optics.height_transfer`).
    snr
        The variance of the phase divided by that of the noise in the image.
    iterations
        Steps of conjugate gradients at most; they end where the residual is down to rounding.

    Returns
    -------
    Real array
        φ, rad, shape (…, ny, nx).

    Raises
    ------
    ValueError
        If the ratio is not positive.

    References
    ----------
    Hestenes & Stiefel, J. Res. Nat. Bur. Stand. 49, 409 (1952).
    """
    if not snr > 0:
        raise ValueError(f"snr={snr}: the variance of the phase over that of the noise is a positive number")

    def normal(phase: Array) -> Array:
        return height_adjoint(height_image(phase, transfer), transfer) + phase / snr

    return _conjugate_gradients(normal, height_adjoint(contrast, transfer), iterations)


def _conjugate_gradients(matrix: Callable[[Array], Array], right: Array, iterations: int) -> Array:
    """Solve A x = b for a symmetric positive A, each image of a batch by itself."""
    xp = namespace(right)

    def dot(a: Array, b: Array) -> Array:
        return xp.sum(a * b, axis=(-2, -1), keepdims=True)

    solution, residual, direction = 0 * right, right, right
    norm = dot(residual, residual)
    smallest = xp.finfo(right.dtype).eps ** 2 * norm
    for _ in range(iterations):
        if not xp.any(norm > smallest):
            break
        image = matrix(direction)
        step = norm / xp.where(norm > smallest, dot(direction, image), 0 * norm + 1)
        solution, residual = solution + step * direction, residual - step * image
        before, norm = norm, dot(residual, residual)
        direction = residual + norm / xp.where(before > 0, before, 0 * before + 1) * direction
    return solution
