"""Amino acids as data: which atoms hang on which, with what bond length, angle and torsion.

Hydrogens are left out, as in most deposited models. Backbones are arrays (residues, 4, 3) of N, Cα, C, O.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Float64

from vitreous._typing import NumpyArray

__all__ = ["SIDE_CHAINS", "SideAtom", "beta_carbon", "carbonyl_oxygen", "place_atom", "side_chain"]


class SideAtom(NamedTuple):
    """An atom of a side chain, placed from three that stand before it.

    ``bonded`` is the atom it hangs on, ``angle_at`` and ``torsion_from`` are the next two back; the torsion is that of
    chi number ``chi`` (from 1; 0 for none) plus ``torsion_deg``.
    """

    name: str
    bonded: str
    angle_at: str
    torsion_from: str
    bond_angstrom: float
    angle_deg: float
    chi: int
    torsion_deg: float

    @property
    def atomic_number(self) -> int:
        """From the first letter of the name: 6, 7, 8 or 16."""
        return {"C": 6, "N": 7, "O": 8, "S": 16}[self.name[0]]


def _gamma(name: str, bond: float, angle: float, torsion: float = 0.0) -> SideAtom:
    return SideAtom(name, "CB", "CA", "N", bond, angle, 1, torsion)


def _delta(name: str, bond: float, angle: float, torsion: float = 0.0, gamma: str = "CG") -> SideAtom:
    return SideAtom(name, gamma, "CB", "CA", bond, angle, 2, torsion)


_CARBOXYL_OR_AMIDE = {"ASP": ("OD1", "OD2"), "ASN": ("OD1", "ND2"), "GLU": ("OE1", "OE2"), "GLN": ("OE1", "NE2")}
_RING = (
    _gamma("CG", 1.50, 113.8),
    _delta("CD1", 1.39, 120.8),
    _delta("CD2", 1.39, 120.8, 180.0),
    SideAtom("CE1", "CD1", "CG", "CB", 1.39, 120.8, 0, 180.0),
    SideAtom("CE2", "CD2", "CG", "CB", 1.39, 120.8, 0, 180.0),
    SideAtom("CZ", "CE1", "CD1", "CG", 1.39, 120.0, 0, 0.0),
)

SIDE_CHAINS: dict[str, tuple[SideAtom, ...]] = {
    "ALA": (),
    "SER": (_gamma("OG", 1.42, 110.8),),
    "CYS": (_gamma("SG", 1.81, 114.0),),
    "THR": (_gamma("OG1", 1.43, 109.0), _gamma("CG2", 1.52, 111.0, -120.0)),
    "VAL": (_gamma("CG1", 1.52, 110.7), _gamma("CG2", 1.52, 110.7, 122.0)),
    "ILE": (_gamma("CG1", 1.53, 110.7), _gamma("CG2", 1.52, 110.7, -122.0), _delta("CD1", 1.51, 113.8, gamma="CG1")),
    "LEU": (_gamma("CG", 1.53, 116.3), _delta("CD1", 1.52, 110.7), _delta("CD2", 1.52, 110.7, 122.0)),
    "MET": (
        _gamma("CG", 1.52, 114.1),
        _delta("SD", 1.80, 112.7),
        SideAtom("CE", "SD", "CG", "CB", 1.79, 100.9, 3, 0.0),
    ),
    "ASP": (_gamma("CG", 1.52, 112.6), _delta("OD1", 1.25, 118.4), _delta("OD2", 1.25, 118.4, 180.0)),
    "ASN": (_gamma("CG", 1.52, 112.6), _delta("OD1", 1.23, 120.8), _delta("ND2", 1.33, 116.4, 180.0)),
    "GLU": (
        _gamma("CG", 1.52, 114.1),
        _delta("CD", 1.52, 112.6),
        SideAtom("OE1", "CD", "CG", "CB", 1.25, 118.4, 3, 0.0),
        SideAtom("OE2", "CD", "CG", "CB", 1.25, 118.4, 3, 180.0),
    ),
    "GLN": (
        _gamma("CG", 1.52, 114.1),
        _delta("CD", 1.52, 112.6),
        SideAtom("OE1", "CD", "CG", "CB", 1.23, 120.8, 3, 0.0),
        SideAtom("NE2", "CD", "CG", "CB", 1.33, 116.4, 3, 180.0),
    ),
    "LYS": (
        _gamma("CG", 1.52, 114.1),
        _delta("CD", 1.52, 111.3),
        SideAtom("CE", "CD", "CG", "CB", 1.52, 111.3, 3, 0.0),
        SideAtom("NZ", "CE", "CD", "CG", 1.49, 111.9, 4, 0.0),
    ),
    "ARG": (
        _gamma("CG", 1.52, 114.1),
        _delta("CD", 1.52, 111.3),
        SideAtom("NE", "CD", "CG", "CB", 1.46, 112.0, 3, 0.0),
        SideAtom("CZ", "NE", "CD", "CG", 1.33, 124.2, 4, 0.0),
        SideAtom("NH1", "CZ", "NE", "CD", 1.33, 120.0, 0, 0.0),
        SideAtom("NH2", "CZ", "NE", "CD", 1.33, 119.7, 0, 180.0),
    ),
    "PHE": _RING,
    "TYR": (*_RING, SideAtom("OH", "CZ", "CE1", "CD1", 1.38, 119.9, 0, 180.0)),
}
"""What hangs on Cβ, by the residue's name; lengths and angles after Engh & Huber, Acta Cryst. A47 (1991) 392."""


def place_atom(
    first: Float[NumpyArray, "*#batch 3"],
    second: Float[NumpyArray, "*#batch 3"],
    third: Float[NumpyArray, "*#batch 3"],
    bond_angstrom: float,
    angle_deg: float,
    torsion_deg: float | Float[NumpyArray, "*#batch"],
) -> Float[NumpyArray, "*batch 3"]:
    """The place of an atom from its bond to the third of three others, the angle there and the torsion.

    x₄ = x₃ + b (−cos θ û + sin θ cos τ n̂×û + sin θ sin τ n̂), û along x₃ − x₂, n̂ normal to the three.

    Parameters
    ----------
    first, second, third
        Positions (..., 3), Å.
    bond_angstrom
        Distance from the third.
    angle_deg
        Angle second, third, new atom.
    torsion_deg
        Torsion first, second, third, new atom; positive clockwise looking from the second to the third. A number or
        an array (...).

    Returns
    -------
    array (..., 3)
        Å.

    References
    ----------
    Parsons et al., J. Comput. Chem. 26 (2005) 1063, eq. 1.
    """
    along = third - second
    along = along / np.linalg.norm(along, axis=-1, keepdims=True)
    normal = np.cross(second - first, along)
    normal = normal / np.linalg.norm(normal, axis=-1, keepdims=True)
    angle, torsion = np.deg2rad(angle_deg), np.deg2rad(torsion_deg)[..., None]
    across = np.cos(torsion) * np.cross(normal, along) + np.sin(torsion) * normal
    placed: NumpyArray = third + bond_angstrom * (-np.cos(angle) * along + np.sin(angle) * across)
    return placed


def beta_carbon(backbone: Float64[NumpyArray, "*batch 4 3"]) -> Float64[NumpyArray, "*batch 3"]:
    """The place of Cβ of L-amino acids from N, Cα and C.

    Parameters
    ----------
    backbone
        (..., 4, 3): N, Cα, C, O, Å.

    Returns
    -------
    array (..., 3)
        Å.
    """
    n, alpha, c = backbone[..., 0, :], backbone[..., 1, :], backbone[..., 2, :]
    return place_atom(c, n, alpha, 1.53, 110.5, -122.6)


def carbonyl_oxygen(
    alpha: Float64[NumpyArray, "*batch 3"], c: Float64[NumpyArray, "*batch 3"], n: Float64[NumpyArray, "*batch 3"]
) -> Float64[NumpyArray, "*batch 3"]:
    """The place of O on the carbon of a peptide bond: in the plane of Cα, C and the next N, away from both.

    Parameters
    ----------
    alpha, c, n
        Positions (..., 3) of Cα, C and the next residue's N, Å.

    Returns
    -------
    array (..., 3)
        Å, 1.23 Å from C.
    """
    arms = [(other - c) / np.linalg.norm(other - c, axis=-1, keepdims=True) for other in (alpha, n)]
    away = -(arms[0] + arms[1])
    oxygen: NumpyArray = c + 1.23 * away / np.linalg.norm(away, axis=-1, keepdims=True)
    return oxygen


def side_chain(
    name: str, backbone: Float64[NumpyArray, "*#batch 4 3"], chi_deg: Float64[NumpyArray, "*#batch 4"]
) -> Float64[NumpyArray, "*batch atoms 3"]:
    """The atoms beyond Cβ of residues of one kind.

    Parameters
    ----------
    name
        A key of ``SIDE_CHAINS``.
    backbone
        (..., 4, 3): N, Cα, C, O, Å.
    chi_deg
        (..., 4): χ₁ … χ₄; those that the residue lacks are not looked at. Leading dimensions broadcast.

    Returns
    -------
    array (..., atoms, 3)
        Å, in the order of the table.
    """
    batch = np.broadcast_shapes(backbone.shape[:-2], chi_deg.shape[:-1])
    first = {"N": backbone[..., 0, :], "CA": backbone[..., 1, :], "CB": beta_carbon(backbone)}
    placed = {atom: np.broadcast_to(position, (*batch, 3)) for atom, position in first.items()}
    for atom in SIDE_CHAINS[name]:
        torsion = np.zeros(batch) + atom.torsion_deg + (chi_deg[..., atom.chi - 1] if atom.chi else 0.0)
        before = placed[atom.torsion_from], placed[atom.angle_at], placed[atom.bonded]
        placed[atom.name] = place_atom(*before, atom.bond_angstrom, atom.angle_deg, torsion)
    chain = [placed[atom.name] for atom in SIDE_CHAINS[name]]
    return np.stack(chain, axis=-2) if chain else np.zeros((*batch, 0, 3))
