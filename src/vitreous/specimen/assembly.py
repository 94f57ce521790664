"""A built-in molecule with discrete states: an assembly whose subunits may each be there or not."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
from jaxtyping import Float64, Int64
from scipy.spatial import KDTree

from vitreous._typing import NumpyArray
from vitreous.rotations import axis_angle_to_matrix
from vitreous.specimen.atoms import Atoms, centre_atoms, concatenate_atoms, move_atoms, select_atoms
from vitreous.specimen.bundle import bundle_backbone, hexagonal_places
from vitreous.specimen.packing import pack_side_chains

__all__ = ["SUBUNIT_COUNT", "Assembly", "assembly"]


class _Subunit(NamedTuple):
    """A bundle of helices, how it is turned, and on which side of the core it sits."""

    steps: tuple[int, ...]
    lengths: tuple[int, ...]
    turned_about: tuple[float, float, float]
    turned_by_deg: float
    towards: tuple[float, float, float]


# directions on the hexagonal lattice, residues of each helix, pose, side; the first is the core
_SUBUNITS = (
    _Subunit((3, 5, 3, 5, 0, 1), (25, 27, 24, 26, 25, 27, 24), (0, 0, 1), 0.0, (0, 0, 0)),
    _Subunit((0, 1, 3, 1), (20, 22, 19, 21, 20), (1, 0, 0), 90.0, (1.0, 0.2, 0.3)),
    _Subunit((1, 5, 1), (24, 22, 25, 23), (0, 1, 0.3), 60.0, (-0.6, 0.9, -0.4)),
    _Subunit((0, 2), (27, 26, 28), (0.2, 0, 1), 140.0, (-0.4, -1.0, 0.5)),
)
SUBUNIT_COUNT = len(_SUBUNITS)
"""How many subunits the complete assembly has; the first is the core that the others sit on."""
_SEED = 11
_TURN_A_HELIX_DEG = 37.0
_CONTACT_ANGSTROM, _TOLERANCE_ANGSTROM = 3.2, 0.01
_FAR_ANGSTROM = 200.0


@dataclass(frozen=True, eq=False)
class Assembly:
    """The assembly in one state, and the truth about it."""

    atoms: Atoms
    """The atoms of the subunits that are there, where they are in the complete assembly."""
    present: tuple[bool, ...]
    """For each subunit whether it is there."""
    subunit: Int64[NumpyArray, " n"]
    """For each atom the number of its subunit, from 0."""


def assembly(present: Sequence[bool] = (True,) * SUBUNIT_COUNT) -> Assembly:
    """The assembly of four subunits, some of which may be missing.

    A core of seven α-helices, and subunits of five, four and three that each touch it: about 500 residues, 3,900 atoms
    without hydrogens, 52 kDa in all. What is there does not move when the rest goes; the centre of mass of the
    complete assembly is the origin.

    Parameters
    ----------
    present
        For each of the ``SUBUNIT_COUNT`` subunits, the core first, whether it is there.

    Returns
    -------
    Assembly
        The atoms, NumPy float64, and the true composition.

    Raises
    ------
    ValueError
        If there are not as many answers as subunits, or none is there.
    """
    if len(present) != SUBUNIT_COUNT or not any(present):
        raise ValueError(f"present={tuple(present)}: say True or False for {SUBUNIT_COUNT} subunits, once True")
    atoms, subunit = _complete()
    chosen = np.asarray(present, dtype=bool)[subunit]
    return Assembly(select_atoms(atoms, chosen), tuple(bool(answer) for answer in present), subunit[chosen])


@cache
def _complete() -> tuple[Atoms, Int64[NumpyArray, " n"]]:
    rng = np.random.default_rng(_SEED)
    placed: list[Atoms] = []
    for plan in _SUBUNITS:
        alone = _fold(plan, rng)
        if placed:
            alone = move_atoms(alone, None, _docking_shift(placed, alone, np.asarray(plan.towards, dtype=float)))
        placed.append(alone)
    labels = np.repeat(np.arange(SUBUNIT_COUNT), [len(part) for part in placed])
    return centre_atoms(concatenate_atoms(*placed)), labels


def _fold(plan: _Subunit, rng: np.random.Generator) -> Atoms:
    """A subunit by itself, turned as planned, about the origin."""
    turns = _TURN_A_HELIX_DEG * np.arange(len(plan.lengths))
    backbone, in_loop = bundle_backbone(hexagonal_places(*plan.steps), plan.lengths, turns.tolist(), True)
    peptide = pack_side_chains(backbone, in_loop, rng)
    turn = axis_angle_to_matrix(np.asarray(plan.turned_about, dtype=float), plan.turned_by_deg)
    return move_atoms(centre_atoms(Atoms(peptide.positions_angstrom, peptide.elements)), turn)


def _docking_shift(
    placed: Sequence[Atoms], alone: Atoms, towards: Float64[NumpyArray, "3"]
) -> Float64[NumpyArray, "3"]:
    """The shift along a direction that brings a subunit from far away to its first contact with those placed."""
    tree = KDTree(np.concatenate([part.positions_angstrom for part in placed]))
    direction = towards / np.linalg.norm(towards)
    distance = _FAR_ANGSTROM

    def gap() -> float:
        return float(tree.query(alone.positions_angstrom + distance * direction)[0].min()) - _CONTACT_ANGSTROM

    # no step is longer than the gap, so that nothing is jumped over
    while (step := gap()) > _TOLERANCE_ANGSTROM:
        distance -= step
    return np.asarray(distance * direction)
