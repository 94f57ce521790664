"""Anisotropic magnification: which frequency of the specimen stands at a frequency of the image.

RELION's matrix M takes a frequency of the image to the frequency of the specimen, k_specimen = M k_image, and the
image's spectrum at k is the specimen's at M k. What lies at x in the specimen therefore appears at Mᵀ x in the image:
M = 1.01 · identity is an image 1 % too large. Aberrations are functions of the specimen's frequency.
"""

from jaxtyping import Float

from vitreous._array import as_arrays, namespace
from vitreous._typing import Array, ArrayLike

__all__ = ["image_position", "specimen_frequency"]


def specimen_frequency(
    frequency_xy: Float[Array, "*batch 2"], magnification_matrix: ArrayLike
) -> Float[Array, "*batch 2"]:
    """The frequency of the specimen that stands at a frequency of the image, k_specimen = M k_image.

    Parameters
    ----------
    frequency_xy
        (kx, ky) of the image, shape (…, 2), 1/Å.
    magnification_matrix
        RELION's M (`rlnMagMat00`, `01`; `10`, `11`), shape (2, 2).

    Returns
    -------
    Real array
        (kx, ky) of the specimen, shape (…, 2), 1/Å.

    References
    ----------
    Zivanov, Nakane and Scheres, IUCrJ 7, 253 (2020), section 2.4.
    """
    frequency, matrix = as_arrays(frequency_xy, magnification_matrix)
    xp = namespace(frequency)
    return xp.matmul(frequency, xp.matrix_transpose(matrix))


def image_position(position_xy: Float[Array, "*batch 2"], magnification_matrix: ArrayLike) -> Float[Array, "*batch 2"]:
    """Where a place of the specimen appears in the image, x_image = Mᵀ x_specimen.

    Parameters
    ----------
    position_xy
        (x, y) from the origin, shape (…, 2), Å.
    magnification_matrix
        RELION's M, shape (2, 2).

    Returns
    -------
    Real array
        (x, y) in the image, shape (…, 2), Å.
    """
    position, matrix = as_arrays(position_xy, magnification_matrix)
    return namespace(position).matmul(position, matrix)
