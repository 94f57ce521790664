"""Bundles of α-helices, packed as tightly as a protein and joined by loops: the folds of the built-in molecules."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float, Float64

from vitreous._typing import NumpyArray
from vitreous.specimen.backbone import alpha_helix, loop
from vitreous.specimen.residues import carbonyl_oxygen

__all__ = ["HELIX_SPACING_ANGSTROM", "bundle_backbone", "hexagonal_places", "join_backbones"]

HELIX_SPACING_ANGSTROM = 10.0
"""Distance of the axes of neighbouring helices: it gives the density of a protein."""
_UP = np.array([0.0, 0.0, 1.0])


def hexagonal_places(*steps: int) -> Float64[NumpyArray, "n 2"]:
    """Places of helices on a hexagonal lattice, each a neighbour of the one before it.

    Parameters
    ----------
    *steps
        For each helix after the first, the direction from the helix before it, in units of 60° from +x towards +y.

    Returns
    -------
    array (n, 2)
        (x, y), Å, about their mean.
    """
    angles = np.deg2rad(60.0 * np.asarray(steps, dtype=float))
    moves = HELIX_SPACING_ANGSTROM * np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    places = np.concatenate([np.zeros((1, 2)), np.cumsum(moves, axis=0)])
    centred: NumpyArray = places - places.mean(axis=0)
    return centred


def bundle_backbone(
    places: Float[NumpyArray, "k 2"], lengths: Sequence[int], phases_deg: Sequence[float], first_up: bool
) -> tuple[Float64[NumpyArray, "n 4 3"], Bool[NumpyArray, " n"]]:
    """A chain of helices along z, in turn up and down, joined by loops.

    Parameters
    ----------
    places
        (k, 2): where each helix crosses the xy plane, Å.
    lengths
        Residues of each helix.
    phases_deg
        The turn of each helix about its axis.
    first_up
        Whether the first helix runs towards +z.

    Returns
    -------
    backbone: array (n, 4, 3)
        N, Cα, C, O of each residue, Å.
    in_loop: array (n,) of booleans
        Whether the residue is part of a loop.
    """
    parts = []
    for i, (place, length, phase) in enumerate(zip(places, lengths, phases_deg, strict=True)):
        up = first_up == (i % 2 == 0)
        helix = alpha_helix(length, phase) * (1.0 if up else np.array([1.0, -1.0, -1.0]))
        parts.append(helix + np.array([*place, 0.0]))
    chain, in_loop = parts[0], np.zeros(len(parts[0]), dtype=bool)
    for i, helix in enumerate(parts[1:]):
        ended_up = first_up == (i % 2 == 0)
        chain, joined = join_backbones(chain, helix, _UP if ended_up else -_UP)
        in_loop = np.concatenate([in_loop, joined[len(in_loop) :]])
    return chain, in_loop


def join_backbones(
    before: Float64[NumpyArray, "n 4 3"],
    after: Float64[NumpyArray, "m 4 3"],
    away: Float64[NumpyArray, "3"],
    slack: float = 1.4,
) -> tuple[Float64[NumpyArray, "k 4 3"], Bool[NumpyArray, " k"]]:
    """Two backbones as one chain, with a loop from the end of the first to the start of the second.

    Parameters
    ----------
    before, after
        Backbones (n, 4, 3) and (m, 4, 3), Å.
    away
        Unit vector towards which the loop bulges.
    slack
        As in ``loop``.

    Returns
    -------
    backbone: array (k, 4, 3)
        Both and the loop between them, Å.
    in_loop: array (k,) of booleans
        Whether the residue is part of the loop.
    """
    between = loop(before[-1, 2], after[0, 0], away, slack)
    # the last carbonyl turns towards the residue that now follows it
    before = before.copy()
    before[-1, 3] = carbonyl_oxygen(before[-1, 1], before[-1, 2], between[0, 0])
    in_loop = np.zeros(len(before) + len(between) + len(after), dtype=bool)
    in_loop[len(before) : len(before) + len(between)] = True
    return np.concatenate([before, between, after]), in_loop
