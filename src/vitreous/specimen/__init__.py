"""The specimen: atoms, what they do to electrons, the ice around them, and molecules made by code.

Å, V and degrees. Vectors are (x, y, z), volumes (…, z, y, x); the beam travels towards +z.
"""

from vitreous.specimen.atoms import (
    Atoms,
    atomic_masses_da,
    centre_atoms,
    centre_of_mass,
    centroid,
    concatenate_atoms,
    diameter_angstrom,
    extent_angstrom,
    molecular_mass_da,
    move_atoms,
    select_atoms,
)

__all__ = [
    "Atoms",
    "atomic_masses_da",
    "centre_atoms",
    "centre_of_mass",
    "centroid",
    "concatenate_atoms",
    "diameter_angstrom",
    "extent_angstrom",
    "molecular_mass_da",
    "move_atoms",
    "select_atoms",
]
