"""Map against model: the map that atoms would give, and how far a measured map agrees with it."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from vitreous._array import to_numpy
from vitreous._typing import Array, NumpyArray
from vitreous.fourier import fsc, shell_frequencies, shell_sizes
from vitreous.reconstruction.resolution import claimed_resolution_angstrom, mask_share
from vitreous.specimen import Atoms, potential

__all__ = ["MODEL_THRESHOLD", "ModelAgreement", "map_model_fsc"]

MODEL_THRESHOLD = 0.5
"""A full map correlates √(2F/(1 + F)) with a model without noise where its halves correlate F: 0.5 where F is 0.143."""


@dataclass(frozen=True, eq=False)
class ModelAgreement:
    """How far a map agrees with the potential of atoms.

    Parameters
    ----------
    frequencies_per_angstrom
        (shells,) 1/Å.
    fsc
        (shells,).
    resolution_angstrom
        Where it falls below 0.5, Å; None where it claims nothing.
    """

    frequencies_per_angstrom: Float[NumpyArray, " shell"]
    fsc: Float[NumpyArray, " shell"]
    resolution_angstrom: float | None


def map_model_fsc(
    volume: Float[Array, "z y x"],
    atoms: Atoms,
    mask: Float[Array, "_ _ _"] | None = None,
    *,
    pixel_size_angstrom: float,
) -> ModelAgreement:
    """The FSC of a map and the electrostatic potential of atoms, both under the mask.

    Parameters
    ----------
    volume
        Shape (z, y, x).
    atoms
        The origin of their coordinates at voxel n // 2 of each axis; their B factors blur them.
    mask
        0 … 1, same shape.
    pixel_size_angstrom
        Å/voxel.

    Returns
    -------
    ModelAgreement
        NumPy arrays.

    Raises
    ------
    ValueError
        If the mask has another shape.
    """
    measured = to_numpy(volume)
    shape: tuple[int, int, int] = measured.shape
    expected = to_numpy(potential(atoms, shape, pixel_size_angstrom)).astype(measured.dtype)
    share = 1.0
    if mask is not None:
        cut = to_numpy(mask).astype(measured.dtype)
        if cut.shape != shape:
            raise ValueError(f"a mask of shape {cut.shape} for a map of shape {shape}: bring both to one box first")
        measured, expected, share = measured * cut, expected * cut, mask_share(cut)
    curve, k = fsc(measured, expected), shell_frequencies(shape, pixel_size_angstrom)
    found = claimed_resolution_angstrom(curve, k, shell_sizes(shape) * share, MODEL_THRESHOLD)
    return ModelAgreement(k, np.asarray(curve), found)
