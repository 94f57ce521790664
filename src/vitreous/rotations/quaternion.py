"""Unit quaternions q = (w, x, y, z), scalar first, with Hamilton's product: q and −q are one rotation."""

from collections.abc import Sequence
from typing import Any

from jaxtyping import Float

from vitreous._array import as_arrays, as_float, namespace
from vitreous._typing import Array, Quaternions, Rotations

__all__ = [
    "canonical_quaternion",
    "matrix_to_quaternion",
    "quaternion_conjugate",
    "quaternion_multiply",
    "quaternion_to_matrix",
    "rotate_by_quaternion",
]


def quaternion_multiply(
    first: Float[Array, "*#batch 4"] | Sequence[Any], second: Float[Array, "*#batch 4"] | Sequence[Any]
) -> Float[Array, "*#batch 4"]:
    """Hamilton's product p q, i² = j² = k² = ijk = −1: the rotation q followed by the rotation p.

    (p₀, **p**)(q₀, **q**) = (p₀q₀ − **p**·**q**, p₀**q** + q₀**p** + **p** × **q**).

    Parameters
    ----------
    first, second
        Quaternions (..., 4), scalar first; the leading dimensions broadcast.

    Returns
    -------
    array (..., 4)
        The products, scalar first.
    """
    first, second = as_arrays(first, second)
    a, b, c, d = (first[..., part] for part in range(4))
    w, x, y, z = (second[..., part] for part in range(4))
    product = [
        a * w - b * x - c * y - d * z,
        a * x + b * w + c * z - d * y,
        a * y - b * z + c * w + d * x,
        a * z + b * y - c * x + d * w,
    ]
    return namespace(first).stack(product, axis=-1)


def quaternion_conjugate(quaternion: Quaternions | Sequence[Any]) -> Quaternions:
    """The conjugate (w, −x, −y, −z), which for a unit quaternion is the inverse rotation.

    Parameters
    ----------
    quaternion
        Quaternions (..., 4), scalar first.

    Returns
    -------
    array (..., 4)
        The conjugates.
    """
    quaternion = as_float(quaternion)
    return namespace(quaternion).concat([quaternion[..., :1], -quaternion[..., 1:]], axis=-1)


def canonical_quaternion(quaternion: Quaternions | Sequence[Any]) -> Quaternions:
    """The one of q and −q whose first component that is not zero is positive.

    Parameters
    ----------
    quaternion
        Quaternions (..., 4), scalar first.

    Returns
    -------
    array (..., 4)
        The same rotations; the scalar part is ≥ 0.
    """
    quaternion = as_float(quaternion)
    xp = namespace(quaternion)
    sign = xp.ones_like(quaternion[..., 0])
    for part in (3, 2, 1, 0):
        component = quaternion[..., part]
        sign = xp.where(component == 0.0, sign, xp.sign(component))
    return quaternion * sign[..., None]


def quaternion_to_matrix(quaternion: Quaternions | Sequence[Any]) -> Rotations:
    """The rotation matrix of a quaternion: R = (w² − |u|²) 1 + 2 u uᵀ + 2 w [u]×, divided by w² + |u|².

    Parameters
    ----------
    quaternion
        Quaternions (..., 4), scalar first; q = (cos θ/2, u sin θ/2) turns by θ about u, counter-clockwise seen with u
        pointing at the viewer. Any length but zero: the length is divided out.

    Returns
    -------
    array (..., 3, 3)
        Rotation matrices.

    References
    ----------
    Diebel, "Representing attitude" (2006), eq. 125, transposed.
    """
    quaternion = as_float(quaternion)
    xp = namespace(quaternion)
    w, x, y, z = (quaternion[..., part] for part in range(4))
    scale = 2.0 / (w * w + x * x + y * y + z * z)
    entries = [
        1.0 - scale * (y * y + z * z),
        scale * (x * y - w * z),
        scale * (x * z + w * y),
        scale * (x * y + w * z),
        1.0 - scale * (x * x + z * z),
        scale * (y * z - w * x),
        scale * (x * z - w * y),
        scale * (y * z + w * x),
        1.0 - scale * (x * x + y * y),
    ]
    return xp.reshape(xp.stack(entries, axis=-1), (*quaternion.shape[:-1], 3, 3))


def matrix_to_quaternion(matrix: Rotations) -> Quaternions:
    """The unit quaternion of a rotation matrix, with scalar part ≥ 0.

    The entries of R give all products 4 qᵢqⱼ; the row of this 4 × 4 table with the largest diagonal is a multiple of q
    that is far from zero for every rotation.

    Parameters
    ----------
    matrix
        Rotation matrices (..., 3, 3).

    Returns
    -------
    array (..., 4)
        Unit quaternions, scalar first, in the sign of `canonical_quaternion`.

    References
    ----------
    Shepperd, J. Guidance and Control 1 (1978) 223.
    """
    xp = namespace(matrix)
    ((a, b, c), (d, e, f), (g, h, i)) = ([matrix[..., row, column] for column in range(3)] for row in range(3))
    table = [
        [1.0 + a + e + i, h - f, c - g, d - b],
        [h - f, 1.0 + a - e - i, b + d, c + g],
        [c - g, b + d, 1.0 - a + e - i, f + h],
        [d - b, c + g, f + h, 1.0 - a - e + i],
    ]
    diagonal = xp.stack([table[part][part] for part in range(4)], axis=-1)
    largest = xp.argmax(diagonal, axis=-1)
    best = xp.stack(table[0], axis=-1)
    for part in (1, 2, 3):
        best = xp.where((largest == part)[..., None], xp.stack(table[part], axis=-1), best)
    return canonical_quaternion(best / xp.sqrt(xp.sum(best * best, axis=-1, keepdims=True)))


def rotate_by_quaternion(
    quaternion: Float[Array, "*#batch 4"] | Sequence[Any], vectors: Float[Array, "*#batch 3"] | Sequence[Any]
) -> Float[Array, "*#batch 3"]:
    """Vectors turned by unit quaternions: (0, v') = q (0, v) q⁻¹.

    Parameters
    ----------
    quaternion
        Unit quaternions (..., 4), scalar first.
    vectors
        Vectors (..., 3) in any unit; the leading dimensions broadcast with those of the quaternions.

    Returns
    -------
    array (..., 3)
        The turned vectors, in the unit of the vectors.
    """
    quaternion, vectors = as_arrays(quaternion, vectors)
    xp = namespace(quaternion)
    pure = xp.concat([xp.zeros_like(vectors[..., :1]), vectors], axis=-1)
    turned = quaternion_multiply(quaternion_multiply(quaternion, pure), quaternion_conjugate(quaternion))
    return turned[..., 1:]
