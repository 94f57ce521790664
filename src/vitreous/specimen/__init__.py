"""The specimen: atoms, what they do to electrons, the ice around them, and molecules made by code.

Å, V and degrees. Vectors are (x, y, z), volumes (…, z, y, x); the beam travels towards +z.
"""

from vitreous.specimen.assembly import SUBUNIT_COUNT, Assembly, assembly
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
from vitreous.specimen.coordinates import read_atoms, read_structure, states_elements
from vitreous.specimen.hinge import HINGE_RANGE_DEG, Hinge, hinge
from vitreous.specimen.morph import morph_atoms
from vitreous.specimen.phantoms import helix_bundle, point, siemens_star, sine_grating
from vitreous.specimen.potential import (
    iterate_slices,
    potential,
    potential_slices,
    projected_potential,
    slice_count,
    slice_positions,
)
from vitreous.specimen.potential_fourier import (
    potential_fourier,
    structure_factors,
)
from vitreous.specimen.scattering_factors import (
    PARAMETRISATIONS,
    VOLT_ANGSTROM2,
    Kirkland,
    Lobato,
    Peng,
    ScatteringFactor,
    element_symbol,
    gaussian_sum,
    scattering_factor,
)
from vitreous.specimen.superposition import Superposition, rmsd_angstrom, superposition

__all__ = [
    "HINGE_RANGE_DEG",
    "PARAMETRISATIONS",
    "SUBUNIT_COUNT",
    "VOLT_ANGSTROM2",
    "Assembly",
    "Atoms",
    "Hinge",
    "Kirkland",
    "Lobato",
    "Peng",
    "ScatteringFactor",
    "Superposition",
    "assembly",
    "atomic_masses_da",
    "centre_atoms",
    "centre_of_mass",
    "centroid",
    "concatenate_atoms",
    "diameter_angstrom",
    "element_symbol",
    "extent_angstrom",
    "gaussian_sum",
    "helix_bundle",
    "hinge",
    "iterate_slices",
    "molecular_mass_da",
    "morph_atoms",
    "move_atoms",
    "point",
    "potential",
    "potential_fourier",
    "potential_slices",
    "projected_potential",
    "read_atoms",
    "read_structure",
    "rmsd_angstrom",
    "scattering_factor",
    "select_atoms",
    "siemens_star",
    "sine_grating",
    "slice_count",
    "slice_positions",
    "states_elements",
    "structure_factors",
    "superposition",
]
