"""Superposition: the rotation and shift that bring points nearest to others, and how far apart they stay."""

from typing import NamedTuple

from jaxtyping import Float

from vitreous._array import as_arrays, namespace
from vitreous._typing import Array, Real
from vitreous.rotations import nearest_rotation

__all__ = ["Superposition", "rmsd_angstrom", "superposition"]


class Superposition(NamedTuple):
    """The motion x' = R x + t that superposes, and what remains."""

    rotation: Array
    """R, (3, 3)."""
    shift_angstrom: Array
    """t, (3,), Å."""
    rmsd_angstrom: Real
    """The root mean squared distance that remains, Å."""


def rmsd_angstrom(
    one: Float[Array, "n 3"], two: Float[Array, "n 3"], weights: Float[Array, " n"] | None = None
) -> Float[Array, ""]:
    """The root mean squared distance of points from their partners, √(Σ wᵢ |xᵢ − yᵢ|² / Σ wᵢ), where they are.

    Parameters
    ----------
    one, two
        Positions (n, 3), Å.
    weights
        (n,), such as masses; None counts all alike.

    Returns
    -------
    array without axes
        Å.
    """
    one, two, weights = _with_weights(one, two, weights)
    xp = namespace(one)
    return xp.sqrt(xp.sum(weights[:, None] * (one - two) ** 2))


def superposition(
    moving: Float[Array, "n 3"], fixed: Float[Array, "n 3"], weights: Float[Array, " n"] | None = None
) -> Superposition:
    """The rotation and shift that bring points nearest to their partners in the sense of least squares.

    R is the rotation nearest to Σ wᵢ (yᵢ − ȳ)(xᵢ − x̄)ᵀ, and t = ȳ − R x̄.

    Parameters
    ----------
    moving, fixed
        Positions (n, 3), Å, at least three and not on one line; row i belongs to row i.
    weights
        (n,), such as masses, or 1 for a core and 0 for what moves; None counts all alike.

    Returns
    -------
    Superposition
        R, t and the root mean squared distance that remains; gradients pass.

    Raises
    ------
    ValueError
        If there are fewer than three points.

    References
    ----------
    Kabsch, Acta Cryst. A34 (1978) 827; Umeyama, IEEE TPAMI 13 (1991) 376.
    """
    if moving.shape[0] < 3:
        raise ValueError(f"{moving.shape[0]} points: a rotation takes at least three that are not on one line")
    moving, fixed, weights = _with_weights(moving, fixed, weights)
    xp = namespace(moving)
    centres = [xp.sum(weights[:, None] * points, axis=0) for points in (moving, fixed)]
    products = xp.matmul(xp.matrix_transpose(weights[:, None] * (fixed - centres[1])), moving - centres[0])
    rotation = nearest_rotation(products)
    shift = centres[1] - xp.matmul(rotation, centres[0])
    moved = xp.matmul(moving, xp.matrix_transpose(rotation)) + shift
    return Superposition(rotation, shift, rmsd_angstrom(moved, fixed, weights))


def _with_weights(one: Array, two: Array, weights: Array | None) -> tuple[Array, Array, Array]:
    """Points and weights of one library and precision; the weights sum to 1."""
    xp = namespace(one, two)
    one, two = as_arrays(one, two)
    (weights, _) = as_arrays(xp.ones_like(one[:, 0]) if weights is None else weights, one)
    return one, two, weights / xp.sum(weights)
