"""A path between two states of the same atoms."""

from dataclasses import replace

import numpy as np
from jaxtyping import Int

from vitreous._array import as_arrays, to_numpy
from vitreous._typing import ArrayLike, NumpyArray
from vitreous.specimen.atoms import Atoms, move_atoms, select_atoms
from vitreous.specimen.superposition import superposition

__all__ = ["morph_atoms"]


def morph_atoms(start: Atoms, end: Atoms, fraction: ArrayLike, core: Int[NumpyArray, " m"] | None = None) -> Atoms:
    """The atoms on a straight path from one state to another, x(f) = (1 − f) x₀ + f (R x₁ + t).

    The end is first superposed on the start. Paths of a linear morph are continuous and can be differentiated, but they
    shrink what turns: at f = ½ an arc of 60° is 13 % too short. For a rigid motion see ``hinge``.

    Parameters
    ----------
    start, end
        The same atoms in the same order in two states.
    fraction
        f, 0 at the start and 1 at the end, a number or an array without axes; gradients pass.
    core
        Indices of the atoms that are superposed, such as a domain that rests; None takes all.

    Returns
    -------
    Atoms
        In the frame of the start, with its B factors and occupancies.

    Raises
    ------
    ValueError
        If the atoms are not the same, or the fraction is outside 0 … 1.

    Examples
    --------
    >>> from vitreous.specimen import hinge, morph_atoms
    >>> halfway = morph_atoms(hinge(0.0).atoms, hinge(60.0).atoms, 0.5)
    """
    if not np.array_equal(start.elements, end.elements):
        found = f"states of {len(start)} and {len(end)} atoms"
        raise ValueError(f"{found} are not the same atoms in the same order: select what they share")
    if not 0 <= (value := float(to_numpy(fraction))) <= 1:
        raise ValueError(f"fraction={value}: the path runs from 0 (start) to 1 (end)")
    ends = [atoms if core is None else select_atoms(atoms, core) for atoms in (end, start)]
    fit = superposition(ends[0].positions_angstrom, ends[1].positions_angstrom)
    moved = move_atoms(end, fit.rotation, fit.shift_angstrom)
    one, two, part = as_arrays(start.positions_angstrom, moved.positions_angstrom, fraction)
    return replace(start, positions_angstrom=one + part * (two - one))
