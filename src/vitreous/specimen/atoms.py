"""Atoms: where they are, which elements they are, how far they stray; and what is asked of them or done to them."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float, Int, Int64
from scipy.spatial import ConvexHull, QhullError
from scipy.spatial.distance import pdist

from vitreous._array import as_arrays, device_of, namespace, to_numpy
from vitreous._typing import Array, ArrayLike, NumpyArray
from vitreous.rotations import rotate

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


@dataclass(frozen=True, eq=False)
class Atoms:
    """n atoms.

    Positions, B factors and occupancies may belong to any array library, and gradients pass through them; what the
    atoms are is known on the CPU.

    Raises
    ------
    ValueError
        If the arrays are not of one length, or an element is not an atomic number.
    """

    positions_angstrom: Array
    """(n, 3): x, y, z, Å."""
    elements: NumpyArray
    """(n,) int64: atomic numbers, from 1."""
    b_factors_angstrom2: Array | None = None
    """(n,): isotropic B factors, Å²: the scattering falls as exp(−B k²/4). None: no motion."""
    occupancies: Array | None = None
    """(n,): the fraction of the molecules in which the atom is there, 0 to 1. None: all."""

    def __post_init__(self) -> None:
        if self.elements.ndim != 1 or self.elements.dtype != np.int64:
            found = f"{self.elements.dtype} of shape {self.elements.shape}"
            raise ValueError(f"elements are {found}: give atomic numbers, int64 of shape (n,)")
        n = len(self.elements)
        if tuple(self.positions_angstrom.shape) != (n, 3):
            raise ValueError(
                f"positions of shape {tuple(self.positions_angstrom.shape)} for {n} elements, not ({n}, 3)"
            )
        for name in ("b_factors_angstrom2", "occupancies"):
            values = getattr(self, name)
            if values is not None and tuple(values.shape) != (n,):
                raise ValueError(f"{name} of shape {tuple(values.shape)} for {n} elements, not ({n},)")
        if n and not (self.elements.min() >= 1 and self.elements.max() <= 118):
            raise ValueError(
                f"elements from {self.elements.min()} to {self.elements.max()}: atomic numbers are 1 … 118"
            )

    def __len__(self) -> int:
        return len(self.elements)


def select_atoms(atoms: Atoms, chosen: Bool[NumpyArray, " n"] | Int[NumpyArray, " m"]) -> Atoms:
    """Some of the atoms.

    Parameters
    ----------
    atoms
        n atoms.
    chosen
        (n,) booleans, or the indices of the atoms wanted, in the order wanted.

    Returns
    -------
    Atoms
        Copies of the rows chosen.

    Raises
    ------
    ValueError
        If there is not one boolean for each atom.
    """
    if chosen.dtype == np.bool_:
        if len(chosen) != len(atoms):
            raise ValueError(f"{len(chosen)} booleans for {len(atoms)} atoms: give one for each, or indices")
        chosen = np.flatnonzero(chosen)

    def rows(array: Array | None) -> Array | None:
        if array is None:
            return None
        xp = namespace(array)
        return xp.take(array, xp.asarray(chosen, device=device_of(array)), axis=0)

    return Atoms(
        rows(atoms.positions_angstrom), atoms.elements[chosen], rows(atoms.b_factors_angstrom2), rows(atoms.occupancies)
    )


def concatenate_atoms(*parts: Atoms) -> Atoms:
    """The atoms of several sets as one set, in the order given.

    Parameters
    ----------
    *parts
        At least one set; all positions of one array library.

    Returns
    -------
    Atoms
        B factors (or occupancies) are kept where any set has them: sets without have 0 (or 1) there.

    Raises
    ------
    ValueError
        If there is nothing to concatenate.
    """
    if not parts:
        raise ValueError("no atoms to concatenate: give at least one set")

    positions = as_arrays(*[part.positions_angstrom for part in parts])
    xp = namespace(*positions)

    def joined(name: str, fill: float) -> Array | None:
        if all(getattr(part, name) is None for part in parts):
            return None
        columns = [getattr(part, name) for part in parts]
        blanks = [xp.full_like(rows[:, 0], fill) for rows in positions]
        return xp.concat(as_arrays(*[b if c is None else c for b, c in zip(blanks, columns, strict=True)]))

    return Atoms(
        xp.concat(positions),
        np.concatenate([part.elements for part in parts]),
        joined("b_factors_angstrom2", 0.0),
        joined("occupancies", 1.0),
    )


def move_atoms(
    atoms: Atoms, rotation: Float[Array, "3 3"] | None = None, shift_angstrom: ArrayLike | None = None
) -> Atoms:
    """The atoms rotated about the origin, then shifted: x' = R x + t.

    Parameters
    ----------
    atoms
        n atoms.
    rotation
        (3, 3); None leaves them as they are turned.
    shift_angstrom
        (x, y, z), Å; None leaves them where they are.

    Returns
    -------
    Atoms
        The same atoms elsewhere; gradients pass for the positions, the rotation and the shift.
    """
    positions = atoms.positions_angstrom
    if rotation is not None:
        positions = rotate(rotation, positions)
    if shift_angstrom is not None:
        positions, shift = as_arrays(positions, shift_angstrom)
        positions = positions + shift
    return replace(atoms, positions_angstrom=positions)


def centroid(atoms: Atoms) -> Float[Array, "3"]:
    """The mean of the positions, each atom counted alike.

    Parameters
    ----------
    atoms
        At least one atom.

    Returns
    -------
    array (3,)
        (x, y, z), Å.
    """
    return namespace(atoms.positions_angstrom).mean(atoms.positions_angstrom, axis=0)


def atomic_masses_da(elements: Int64[NumpyArray, " n"]) -> Float[NumpyArray, " n"]:
    """The standard atomic weights of elements.

    Parameters
    ----------
    elements
        Atomic numbers, (n,).

    Returns
    -------
    array (n,)
        Dalton.

    References
    ----------
    The IUPAC's standard atomic weights, as tabulated in gemmi.
    """
    import gemmi

    distinct, places = np.unique(elements, return_inverse=True)
    return np.asarray([gemmi.Element(int(number)).weight for number in distinct])[places]


def molecular_mass_da(atoms: Atoms) -> float:
    """The sum of the atoms' masses; an atom of occupancy one half counts half.

    Parameters
    ----------
    atoms
        n atoms.

    Returns
    -------
    float
        Dalton.
    """
    occupancies = 1.0 if atoms.occupancies is None else to_numpy(atoms.occupancies)
    return float(np.sum(atomic_masses_da(atoms.elements) * occupancies))


def centre_of_mass(atoms: Atoms) -> Float[Array, "3"]:
    """The mean of the positions weighted by the masses, Σ mᵢ xᵢ / Σ mᵢ, whatever the occupancies.

    Parameters
    ----------
    atoms
        At least one atom.

    Returns
    -------
    array (3,)
        (x, y, z), Å.
    """
    positions, masses = as_arrays(atoms.positions_angstrom, atomic_masses_da(atoms.elements).tolist())
    xp = namespace(positions)
    return xp.sum(masses[:, None] * positions, axis=0) / xp.sum(masses)


def centre_atoms(atoms: Atoms) -> Atoms:
    """The atoms moved so that their centre of mass is the origin.

    Parameters
    ----------
    atoms
        At least one atom.

    Returns
    -------
    Atoms
        The same atoms elsewhere.
    """
    return replace(atoms, positions_angstrom=atoms.positions_angstrom - centre_of_mass(atoms))


def extent_angstrom(atoms: Atoms) -> Float[Array, "3"]:
    """The sides of the smallest box along x, y, z that holds the centres of all atoms.

    Parameters
    ----------
    atoms
        At least one atom.

    Returns
    -------
    array (3,)
        Along x, y, z, Å.
    """
    xp = namespace(atoms.positions_angstrom)
    return xp.max(atoms.positions_angstrom, axis=0) - xp.min(atoms.positions_angstrom, axis=0)


def diameter_angstrom(atoms: Atoms) -> float:
    """The largest distance between the centres of two atoms: what a box has to hold in every orientation.

    Parameters
    ----------
    atoms
        n atoms.

    Returns
    -------
    float
        Å; 0 for a single atom.
    """
    positions = to_numpy(atoms.positions_angstrom)
    try:
        positions = positions[ConvexHull(positions).vertices]
    except QhullError:
        # flat, straight or fewer than four: the hull has no inside, and all pairs are looked at
        positions = np.unique(positions, axis=0)
    return float(pdist(positions).max(initial=0.0))
