"""Projections in real space: of rotated atoms, and of a map that is rotated and then summed along the beam.

They share nothing with the central slice but the convention, and so hold it.
"""

import math

from jaxtyping import Float

from vitreous._array import as_arrays, namespace
from vitreous._typing import Array, Image, Real, Rotations
from vitreous.fourier import coordinates
from vitreous.interpolation import LINEAR, Kernel, sample
from vitreous.specimen import Atoms, move_atoms, projected_potential

__all__ = ["project_atoms", "project_rotated"]


def project_atoms(
    atoms: Atoms,
    rotations: Rotations,
    shape: tuple[int, int],
    pixel_size_angstrom: float,
    *,
    parametrisation: str = "peng",
) -> Image:
    """The projected potentials of rotated atoms, ∫ V(Rᵀx) dz, the exact mean over each pixel.

    Parameters
    ----------
    atoms
        n atoms in reference coordinates, the origin at the centre of rotation.
    rotations
        Shape (…, 3, 3).
    shape
        (ny, nx) of the images.
    pixel_size_angstrom
        Å/pixel.
    parametrisation
        As in `vitreous.specimen.projected_potential`.

    Returns
    -------
    Real array
        V·Å, shape (…, ny, nx); gradients pass for positions and rotations.

    Raises
    ------
    ValueError
        As `vitreous.specimen.projected_potential`.
    """
    xp, flat = namespace(atoms.positions_angstrom), _flat(rotations)
    images = [
        projected_potential(
            move_atoms(atoms, flat[i, ...]), shape, pixel_size_angstrom, parametrisation=parametrisation
        )
        for i in range(flat.shape[0])
    ]
    return xp.reshape(xp.stack(images), (*rotations.shape[:-2], *shape))


def project_rotated(
    volume: Float[Array, "n n n"], rotations: Rotations, pixel_size_angstrom: Real = 1.0, *, kernel: Kernel = LINEAR
) -> Image:
    """The projections of a map that is rotated in real space by interpolation, Σ_z f(Rᵀ(x, y, z)) Δz.

    Parameters
    ----------
    volume
        The map, shape (n, n, n), zero beyond.
    rotations
        Shape (…, 3, 3).
    pixel_size_angstrom
        Δz, Å/pixel.
    kernel
        Of the interpolation.

    Returns
    -------
    Real array
        Shape (…, n, n), in the unit of the map times Å; gradients pass for map and rotations.
    """
    volume, rotations = as_arrays(volume, rotations)
    xp, flat = namespace(volume), _flat(rotations)
    places = coordinates(tuple(volume.shape), like=volume)
    images = [
        xp.sum(sample(volume, xp.matmul(places, flat[i, ...]), kernel), axis=0) * pixel_size_angstrom
        for i in range(flat.shape[0])
    ]
    return xp.reshape(xp.stack(images), (*rotations.shape[:-2], *volume.shape[1:]))


def _flat(rotations: Rotations) -> Float[Array, "m 3 3"]:
    """The stack of rotations in one row."""
    return namespace(rotations).reshape(rotations, (math.prod(rotations.shape[:-2]), 3, 3))
