"""Point groups of rotations, with RELION's axes.

A map with symmetry is unchanged by each element S: V(S x) = V(x). A view R shows the same as the views R S.
"""

import math
import re

import numpy as np
from jaxtyping import Float64

from vitreous._typing import NumpyArray
from vitreous.rotations.axis_angle import axis_angle_to_matrix

__all__ = ["POLYHEDRAL_AXES", "symmetry_matrices"]

_GOLDEN = (1.0 + math.sqrt(5.0)) / 2.0

POLYHEDRAL_AXES: dict[str, tuple[tuple[int, tuple[float, float, float]], ...]] = {
    "T": ((3, (0.0, 0.0, 1.0)), (2, (0.0, math.sqrt(2.0), 1.0))),
    "O": ((4, (0.0, 0.0, 1.0)), (3, (1.0, 1.0, 1.0))),
    "I1": ((2, (1.0, 0.0, 0.0)), (5, (_GOLDEN, 0.0, -1.0)), (3, (_GOLDEN**2, 1.0, 0.0))),
    "I2": ((2, (0.0, 0.0, 1.0)), (5, (1.0, 0.0, _GOLDEN)), (3, (0.0, 1.0, _GOLDEN**2))),
    "I3": ((5, (0.0, 0.0, 1.0)), (2, (-1.0, 0.0, _GOLDEN))),
    "I4": ((5, (0.0, 0.0, 1.0)), (2, (1.0, 0.0, _GOLDEN))),
}
"""Group → axes that generate it, each with its order; their lengths do not matter. From RELION's ``symmetries.cpp``."""


def symmetry_matrices(group: str) -> Float64[NumpyArray, "order 3 3"]:
    """The rotations of a point group, the identity first.

    =====  ====================================================================================
    Cn     n-fold axis on z
    Dn     n-fold axis on z, 2-fold axis on x
    T      3-fold axis on z, 2-fold axis on (0, √2, 1), in the plane of y and z
    O      4-fold axes on x, y, z
    I, I2  2-fold axes on x, y, z; 5-fold axis on (1, 0, φ) with φ = (1 + √5)/2 ("Crowther's 222")
    I1     I2 turned by 90° about y (the same as by 90° about z): 5-fold axis on (φ, 0, −1)
    I3     5-fold axis on z, 2-fold axis on (−1, 0, φ)
    I4     5-fold axis on z, 2-fold axis on (1, 0, φ)
    =====  ====================================================================================

    Parameters
    ----------
    group
        Name of the group, in capital or small letters: ``"C1"``, ``"C7"``, ``"D2"``, ``"T"``, ``"O"``, ``"I1"`` …

    Returns
    -------
    NumPy array (order, 3, 3)
        Rotation matrices; the order is n for Cn, 2n for Dn, 12 for T, 24 for O, 60 for I.

    Raises
    ------
    ValueError
        If there is no such group.

    References
    ----------
    RELION, ``src/symmetries.cpp``; Crowther, Phil. Trans. R. Soc. B 261 (1971) 221, for the icosahedral setting.
    """
    generators = [
        axis_angle_to_matrix(np.asarray(axis), 360.0 / order) for order, axis in _generating_axes(group.upper())
    ]
    return _closure(np.asarray(generators))


def _generating_axes(group: str) -> tuple[tuple[int, tuple[float, float, float]], ...]:
    """Axes that generate a group, each with its order."""
    group = "I2" if group == "I" else group
    if group in POLYHEDRAL_AXES:
        return POLYHEDRAL_AXES[group]
    found = re.fullmatch(r"([CD])([1-9]\d*)", group)
    if not found:
        raise ValueError(f"no point group {group!r}: write Cn, Dn (n = 1, 2, 3 …), {', '.join(POLYHEDRAL_AXES)} or I")
    about_z = (int(found[2]), (0.0, 0.0, 1.0))
    return (about_z,) if found[1] == "C" else (about_z, (2, (1.0, 0.0, 0.0)))


def _closure(generators: NumpyArray) -> NumpyArray:
    """All products of some rotations, the identity first, in the order in which they are found."""
    members = [np.eye(3)]
    # each new member is multiplied by each generator, until nothing new comes of it
    for member in members:
        for product in member @ generators:
            if np.max(np.abs(np.stack(members) - product), axis=(-2, -1)).min() > 1e-6:
                members.append(product)
    return np.stack(members)
