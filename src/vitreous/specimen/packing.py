"""Side chains for a backbone: which residue stands where, and which of its shapes clashes least."""

from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np
from jaxtyping import Bool, Float64, Int64
from scipy.spatial.distance import cdist

from vitreous._typing import NumpyArray
from vitreous.specimen.residues import SIDE_CHAINS, beta_carbon, side_chain

__all__ = ["Peptide", "pack_side_chains"]

# frequencies in the inside, on the surface and in the loops of small soluble proteins, in percent
_FREQUENCIES = {
    "inside": {"LEU": 28, "ALA": 20, "VAL": 15, "ILE": 13, "PHE": 9, "MET": 6, "SER": 4, "THR": 3, "CYS": 2},
    "surface": {
        "LYS": 18,
        "GLU": 17,
        "ARG": 14,
        "GLN": 10,
        "ALA": 12,
        "ASP": 8,
        "ASN": 6,
        "TYR": 7,
        "LEU": 4,
        "SER": 4,
    },
    "loop": {"LYS": 15, "ASN": 14, "ALA": 14, "ASP": 12, "SER": 10, "THR": 10, "VAL": 10, "GLN": 8, "GLU": 7},
}
_STAGGERED = (-60.0, 180.0, 60.0)
# no side chain touches what is farther from its Cβ than the first, nor residues whose Cβ is farther than the second
_REACH_ANGSTROM, _REACH_OF_BOTH_ANGSTROM = 10.5, 17.5
_TOUCH_ANGSTROM = 3.5
_CLASH_ANGSTROM = 2.6
_FAR_ANGSTROM = 1e4
_MOST_ATOMS = max(len(atoms) for atoms in SIDE_CHAINS.values())


@dataclass(frozen=True, eq=False)
class Peptide:
    """Atoms of residues without hydrogens, in the order N, Cα, C, O, Cβ and outwards."""

    positions_angstrom: Float64[NumpyArray, "n 3"]
    """Å."""
    elements: Int64[NumpyArray, " n"]
    """Atomic numbers."""
    residue: Int64[NumpyArray, " n"]
    """The number of each atom's residue, from 0."""
    names: tuple[str, ...]
    """The name of each residue."""


def pack_side_chains(
    backbone: Float64[NumpyArray, "n 4 3"], in_loop: Bool[NumpyArray, " n"], rng: np.random.Generator, sweeps: int = 5
) -> Peptide:
    """Residues on a backbone: hydrophobic inside, polar outside, each in the staggered shape that clashes least.

    Residues are drawn by how many others lie before their Cβ; then each in turn takes, out of the staggered torsions,
    those of the least Σ (3.5 Å − d)² over all closer contacts. What clashes is drawn anew, and in the last sweep
    becomes alanine.

    Parameters
    ----------
    backbone
        (n, 4, 3): N, Cα, C, O, Å.
    in_loop
        (n,) booleans: whether the residue is part of a loop.
    rng
        Draws the residues.
    sweeps
        How many times all residues are gone through.

    Returns
    -------
    Peptide
        The atoms.
    """
    beta = beta_carbon(backbone)
    places = _places(backbone[:, 1], beta, in_loop)
    names = [_draw(place, rng) for place in places]
    fixed = np.concatenate([backbone, beta[:, None]], axis=1)
    distance = cdist(beta, beta)
    nearby = [np.flatnonzero((row < _REACH_OF_BOTH_ANGSTROM) & (row > 0)) for row in distance]
    shapes = _all_shapes(names, backbone)
    chains = np.full((len(names), _MOST_ATOMS, 3), _FAR_ANGSTROM)
    for sweep in range(sweeps):
        for i, place in enumerate(places):
            chains[i] = _FAR_ANGSTROM
            others = np.concatenate([fixed[nearby[i]], chains[nearby[i]]], axis=1).reshape(-1, 3)
            best, gap = _best_shape(shapes[i], others[cdist(beta[i : i + 1], others)[0] < _REACH_ANGSTROM])
            if gap < _CLASH_ANGSTROM:
                names[i] = _draw(place, rng) if sweep + 1 < sweeps else "ALA"
                shapes[i] = side_chain(names[i], backbone[i], _torsions(names[i]))
            else:
                chains[i, : len(best)] = best
    return _collect(fixed, chains, names)


def _all_shapes(names: list[str], backbone: Float64[NumpyArray, "n 4 3"]) -> list[NumpyArray]:
    """For each residue the shapes (shapes, atoms, 3) that its side chain may take."""
    shapes = [backbone[:0]] * len(names)
    for name in sorted(set(names)):
        rows = [i for i, other in enumerate(names) if other == name]
        for i, shape in zip(rows, side_chain(name, backbone[rows][:, None], _torsions(name)), strict=True):
            shapes[i] = shape
    return shapes


def _best_shape(
    shapes: Float64[NumpyArray, "shapes atoms 3"], others: Float64[NumpyArray, "n 3"]
) -> tuple[Float64[NumpyArray, "atoms 3"], float]:
    """The shape of a side chain that clashes least with other atoms, and its least distance to one of them."""
    if not shapes.size:
        return shapes[0], np.inf
    gaps = cdist(shapes.reshape(-1, 3), others).reshape(*shapes.shape[:2], -1)
    best = int(np.argmin(np.sum(np.clip(_TOUCH_ANGSTROM - gaps, 0, None) ** 2, axis=(1, 2))))
    return shapes[best], float(gaps[best].min(initial=np.inf))


@cache
def _torsions(name: str) -> Float64[NumpyArray, "shapes 4"]:
    """The shapes tried: staggered about the first three bonds (rings: upright), the rest stretched out."""
    used = {atom.chi for atom in SIDE_CHAINS[name]}
    first, second, third = (_STAGGERED if chi in used else (180.0,) for chi in (1, 2, 3))
    if name in {"PHE", "TYR"}:
        second = (90.0,)
    return np.array([[*torsions, 180.0] for torsions in product(first, second, third)])


def _places(
    alpha: Float64[NumpyArray, "n 3"], beta: Float64[NumpyArray, "n 3"], in_loop: Bool[NumpyArray, " n"]
) -> list[str]:
    """Inside is where more than the median number of Cα lie within 12 Å in the half space that Cβ points to."""
    to_others = alpha[None] - beta[:, None]
    outwards = np.einsum("ijk,ik->ij", to_others, beta - alpha)
    before = np.sum((outwards > 0) & (np.linalg.norm(to_others, axis=-1) < 12.0), axis=1)
    inside = before > np.median(before)
    return [str(place) for place in np.where(in_loop, "loop", np.where(inside, "inside", "surface"))]


def _draw(place: str, rng: np.random.Generator) -> str:
    frequencies = _FREQUENCIES[place]
    weights = np.array(list(frequencies.values()), dtype=float)
    return str(rng.choice(list(frequencies), p=weights / weights.sum()))


def _collect(fixed: Float64[NumpyArray, "n 5 3"], chains: Float64[NumpyArray, "n most 3"], names: list[str]) -> Peptide:
    counts = [len(SIDE_CHAINS[name]) for name in names]
    positions = [np.concatenate([fixed[i], chains[i, :count]]) for i, count in enumerate(counts)]
    numbers = [[7, 6, 6, 8, 6, *(atom.atomic_number for atom in SIDE_CHAINS[name])] for name in names]
    residue = np.repeat(np.arange(len(names)), [5 + count for count in counts])
    return Peptide(np.concatenate(positions), np.concatenate(numbers).astype(np.int64), residue, tuple(names))
