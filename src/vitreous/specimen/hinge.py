"""A built-in molecule with a continuous motion: two domains that open about a hinge, joined by a flexible linker."""

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from jaxtyping import Float64, Int64

from vitreous._array import as_arrays, device_of, namespace, to_numpy
from vitreous._typing import ArrayLike, NumpyArray
from vitreous.rotations import axis_angle_to_matrix, rotate
from vitreous.specimen.atoms import Atoms, centre_of_mass
from vitreous.specimen.bundle import bundle_backbone, hexagonal_places, join_backbones
from vitreous.specimen.packing import pack_side_chains

__all__ = ["HINGE_RANGE_DEG", "Hinge", "hinge"]

HINGE_RANGE_DEG = (0.0, 60.0)
"""Closed and open: the angles that the molecule takes, degrees."""
_SEED = 7
# directions on the hexagonal lattice, residues of each helix; the first domain ends, the second begins at the cleft
_FIRST, _SECOND = (3, 5, 3, 5, 0, 1), (1, 0, 4, 0, 4)
_FIRST_LENGTHS, _SECOND_LENGTHS = (24, 26, 25, 27, 24, 26, 25), (19, 21, 18, 20, 19, 17)
_TURN_A_HELIX_DEG = 37.0
_CLEFT_ANGSTROM = 13.0
_LINKER_SLACK = 1.8


@dataclass(frozen=True, eq=False)
class Hinge:
    """The two-domain molecule in one state, and the truth about it."""

    atoms: Atoms
    """Its atoms, the first domain at rest whatever the angle."""
    angle_deg: ArrayLike
    """By how much the second domain is turned about the hinge from the closed state, degrees."""
    part: Int64[NumpyArray, " n"]
    """For each atom 0 in the first domain, 1 in the linker, 2 in the second domain."""
    axis: Float64[NumpyArray, "3"]
    """The direction (x, y, z) of the hinge, a unit vector: positive angles turn by the right-hand rule and open."""
    pivot_angstrom: Float64[NumpyArray, "3"]
    """A point of the hinge, Å."""


@dataclass(frozen=True, eq=False)
class _Closed:
    """The closed state: positions and elements, and what share of the angle each atom takes."""

    positions_angstrom: NumpyArray
    elements: NumpyArray
    part: NumpyArray
    share: NumpyArray
    axis: NumpyArray
    pivot_angstrom: NumpyArray


def hinge(angle_deg: ArrayLike = 0.0) -> Hinge:
    """The two-domain molecule with its hinge at an angle: x' = p + R(a, sᵢ θ)(x − p).

    13 α-helices of ideal geometry in two bundles, packed as tightly as a protein: about 340 residues, 2,600 atoms
    without hydrogens, 35 kDa. The first domain rests (sᵢ = 0), the second turns as a rigid body (sᵢ = 1), and sᵢ
    rises smoothly along the linker between them. The centre of mass of the state halfway is the origin.

    Parameters
    ----------
    angle_deg
        θ, a number or an array without axes of any library, within ``HINGE_RANGE_DEG``; gradients pass.

    Returns
    -------
    Hinge
        The atoms, and the true angle, parts and axis.

    Raises
    ------
    ValueError
        If the angle is outside the range.
    """
    (angle,) = as_arrays(angle_deg)
    low, high = HINGE_RANGE_DEG
    if not low <= (value := float(to_numpy(angle))) <= high:
        raise ValueError(f"angle_deg={value}: the hinge takes angles from {low} (closed) to {high} (open)")
    closed = _centred()
    constants = (closed.positions_angstrom, closed.share, closed.axis, closed.pivot_angstrom)
    like = {"dtype": angle.dtype, "device": device_of(angle)}
    positions, share, axis, pivot = (namespace(angle).asarray(value, **like) for value in constants)
    turned = pivot + rotate(axis_angle_to_matrix(axis, share * angle), positions - pivot)
    return Hinge(Atoms(turned, closed.elements), angle_deg, closed.part, closed.axis, closed.pivot_angstrom)


@cache
def _closed() -> _Closed:
    """The closed state, its side chains packed across the cleft, too."""
    chain, in_loop, first, linker = _backbone()
    peptide = pack_side_chains(chain, in_loop, np.random.default_rng(_SEED))
    residue = peptide.residue
    start, stop = first, first + linker
    part = np.where(residue < start, 0, np.where(residue < stop, 1, 2)).astype(np.int64)
    # along the linker: N at the start of its residue, Cα and side chain a third on, C and O two thirds
    within = np.arange(len(residue)) - np.searchsorted(residue, residue)
    along = (residue - start + np.where(within == 0, 0, np.where((within == 2) | (within == 3), 2, 1)) / 3) / linker
    along = np.clip(along, 0.0, 1.0)
    ends = chain[start - 1, 2], chain[stop, 0]
    axis = np.cross([0.0, 0.0, 1.0], ends[1] - ends[0])
    pivot = chain[start:stop, 1].mean(axis=0)
    return _Closed(
        peptide.positions_angstrom,
        peptide.elements,
        part,
        3 * along**2 - 2 * along**3,
        axis / np.linalg.norm(axis),
        pivot,
    )


def _backbone() -> tuple[NumpyArray, NumpyArray, int, int]:
    """The chain, which residues are in loops, and the lengths of the first domain and of the linker."""
    first_places, second_places = hexagonal_places(*_FIRST), hexagonal_places(*_SECOND)
    turns = [_TURN_A_HELIX_DEG * np.arange(len(lengths)) for lengths in (_FIRST_LENGTHS, _SECOND_LENGTHS)]
    one, one_loops = bundle_backbone(first_places - first_places[-1], _FIRST_LENGTHS, turns[0].tolist(), False)
    moved = second_places - second_places[0] + np.array([_CLEFT_ANGSTROM, 0.0])
    two, two_loops = bundle_backbone(moved, _SECOND_LENGTHS, turns[1].tolist(), True)
    # both begin at one height, where the linker runs
    two = two + np.array([0.0, 0.0, one[-1, 2, 2] - two[0, 0, 2]])
    chain, joined = join_backbones(one, two, np.array([0.0, 0.0, -1.0]), _LINKER_SLACK)
    joined[: len(one)] = one_loops
    joined[-len(two) :] = two_loops
    return chain, joined, len(one), len(chain) - len(one) - len(two)


@cache
def _centred() -> _Closed:
    """The closed state, placed so that the state halfway has its centre of mass at the origin."""
    closed = _closed()
    halfway = axis_angle_to_matrix(closed.axis, closed.share * (sum(HINGE_RANGE_DEG) / 2))
    turned = closed.pivot_angstrom + rotate(halfway, closed.positions_angstrom - closed.pivot_angstrom)
    centre = to_numpy(centre_of_mass(Atoms(turned, closed.elements)))
    return replace(
        closed,
        positions_angstrom=closed.positions_angstrom - centre,
        pivot_angstrom=closed.pivot_angstrom - centre,
    )
