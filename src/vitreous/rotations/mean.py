"""Averages of rotations: the rotation nearest to the mean matrix, and the main axis of the quaternions."""

from jaxtyping import Float

from vitreous._array import as_arrays, namespace
from vitreous._typing import Array, Quaternions, Rotations
from vitreous.rotations.matrix import nearest_rotation
from vitreous.rotations.quaternion import canonical_quaternion

__all__ = ["chordal_mean", "quaternion_mean"]


def chordal_mean(matrices: Float[Array, "*batch n 3 3"], weights: Float[Array, "*#batch n"] | None = None) -> Rotations:
    """The rotation with the least weighted sum of squared chords to the given ones: the projection of Σ w R on SO(3).

    Parameters
    ----------
    matrices
        Rotation matrices (..., n, 3, 3).
    weights
        Weights (..., n), not negative; all equal if absent.

    Returns
    -------
    array (..., 3, 3)
        The mean of the n rotations. It is not unique where the sum is singular, as for two opposite turns.

    References
    ----------
    Hartley, Trumpf, Dai, Li, Int. J. Computer Vision 103 (2013) 267, section 5.3.
    """
    xp = namespace(matrices)
    if weights is not None:
        matrices, weights = as_arrays(matrices, weights)
        matrices = matrices * weights[..., None, None]
    return nearest_rotation(xp.sum(matrices, axis=-3))


def quaternion_mean(
    quaternions: Float[Array, "*batch n 4"], weights: Float[Array, "*#batch n"] | None = None
) -> Quaternions:
    """The mean rotation of unit quaternions: the eigenvector of Σ w q qᵀ with the largest eigenvalue.

    It is the rotation of `chordal_mean`, and does not depend on the signs of the quaternions.

    Parameters
    ----------
    quaternions
        Unit quaternions (..., n, 4), scalar first.
    weights
        Weights (..., n), not negative; all equal if absent.

    Returns
    -------
    array (..., 4)
        The unit quaternion of the mean of the n rotations, with scalar part ≥ 0.

    References
    ----------
    Markley, Cheng, Crassidis, Oshman, J. Guidance, Control, and Dynamics 30 (2007) 1193, eq. 13.
    """
    xp = namespace(quaternions)
    weighted = quaternions
    if weights is not None:
        quaternions, weights = as_arrays(quaternions, weights)
        weighted = quaternions * weights[..., None]
    moments = xp.matmul(xp.matrix_transpose(weighted), quaternions)
    _, vectors = xp.linalg.eigh(moments)
    return canonical_quaternion(vectors[..., -1])
