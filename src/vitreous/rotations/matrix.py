"""Rotation matrices: compose, invert, apply, recognise, and the rotation nearest to a matrix."""

from collections.abc import Sequence
from functools import reduce
from typing import Any

from jaxtyping import Bool, Float

from vitreous._array import as_arrays, device_of, namespace
from vitreous._typing import Array, ArrayLike, Rotations

__all__ = ["compose", "inverse", "is_rotation", "nearest_rotation", "rotate"]


def compose(*matrices: Float[Array, "*#batch 3 3"]) -> Float[Array, "*#batch 3 3"]:
    """The rotation that results from the last of some rotations, then the one before it, and so to the first.

    Parameters
    ----------
    *matrices
        Rotation matrices (..., 3, 3) whose leading dimensions broadcast.

    Returns
    -------
    array (..., 3, 3)
        The product R = R₁ R₂ … Rₙ, which acts on a column vector as R₁(R₂(… Rₙ v)).
    """
    xp = namespace(*matrices)
    return reduce(xp.matmul, matrices)


def inverse(matrix: Rotations) -> Rotations:
    """The rotation that undoes a rotation: R⁻¹ = Rᵀ.

    Parameters
    ----------
    matrix
        Rotation matrices (..., 3, 3).

    Returns
    -------
    array (..., 3, 3)
        The transposed matrices; a view where the library has views.
    """
    return namespace(matrix).matrix_transpose(matrix)


def rotate(
    matrix: Float[Array, "*#batch 3 3"], vectors: Float[Array, "*#batch 3"] | Sequence[Any]
) -> Float[Array, "*#batch 3"]:
    """Vectors turned by rotations: v' = R v.

    Parameters
    ----------
    matrix
        Rotation matrices (..., 3, 3).
    vectors
        Vectors (..., 3) in any unit; the leading dimensions broadcast with those of the matrices.

    Returns
    -------
    array (..., 3)
        The turned vectors, in the unit of the vectors.
    """
    matrix, vectors = as_arrays(matrix, vectors)
    return namespace(matrix).matmul(matrix, vectors[..., None])[..., 0]


def is_rotation(matrix: ArrayLike, tolerance: float = 1e-6) -> Bool[Array, "*batch"]:
    """Whether matrices are rotations and neither reflections nor stretched: RᵀR = 1 and det R = +1.

    Parameters
    ----------
    matrix
        Matrices (..., 3, 3).
    tolerance
        How far an entry of RᵀR, or the determinant, may be from its value.

    Returns
    -------
    array (...) of booleans
        One answer a matrix.
    """
    (matrix,) = as_arrays(matrix)
    xp = namespace(matrix)
    gram = xp.matmul(xp.matrix_transpose(matrix), matrix)
    off = xp.max(xp.abs(gram - xp.eye(3, dtype=matrix.dtype, device=device_of(matrix))), axis=(-2, -1))
    return (off <= tolerance) & (xp.abs(xp.linalg.det(matrix) - 1.0) <= tolerance)


def nearest_rotation(matrix: ArrayLike) -> Rotations:
    """The rotation nearest to a matrix in the sense of the squared differences of the entries.

    With the singular value decomposition M = U S Vᵀ it is R = U diag(1, 1, det(U Vᵀ)) Vᵀ.

    Parameters
    ----------
    matrix
        Matrices (..., 3, 3), such as a rotation with rounding errors or a sum of rotations.

    Returns
    -------
    array (..., 3, 3)
        Rotation matrices. Derivatives exist where the singular values differ from one another.

    References
    ----------
    Kabsch, Acta Cryst. A34 (1978) 827; Umeyama, IEEE TPAMI 13 (1991) 376, eq. 43.
    """
    (matrix,) = as_arrays(matrix)
    xp = namespace(matrix)
    left, _, right = xp.linalg.svd(matrix, full_matrices=True)
    handedness = xp.linalg.det(xp.matmul(left, right))
    ones = xp.ones_like(handedness)
    return xp.matmul(left * xp.stack([ones, ones, handedness], axis=-1)[..., None, :], right)
