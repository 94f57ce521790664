"""Backbones of ideal geometry: the α-helix, and loops that join what is given.

A backbone is an array (residues, 4, 3) of N, Cα, C, O in Å.
"""

from functools import cache

import numpy as np
from jaxtyping import Float64
from scipy.optimize import brentq

from vitreous._typing import NumpyArray
from vitreous.rotations import axis_angle_to_matrix, matrix_to_rotation_vector, nearest_rotation
from vitreous.specimen.residues import carbonyl_oxygen, place_atom

__all__ = ["HELIX_RISE_ANGSTROM", "HELIX_TURN_DEG", "alpha_helix", "loop"]

_PHI_DEG, _PSI_DEG, _OMEGA_DEG = -57.8, -47.0, 180.0
# along an extended chain: atoms are this far apart along it, and this far from it in turn to either side
_STEP_ANGSTROM, _ZIGZAG_ANGSTROM = 1.2, 0.4


@cache
def _helix_unit() -> tuple[NumpyArray, float, float]:
    """One residue of a helix about the z axis, (4, 3); the rise and the turn that lead to the next."""
    bend = np.deg2rad(111.0)
    chain = [np.zeros(3), np.array([1.458, 0, 0]), np.array([1.458 - 1.525 * np.cos(bend), 1.525 * np.sin(bend), 0])]
    for bond, angle, torsion in [(1.329, 116.2, _PSI_DEG), (1.458, 121.7, _OMEGA_DEG), (1.525, 111.0, _PHI_DEG)] * 2:
        chain.append(place_atom(chain[-3], chain[-2], chain[-1], bond, angle, torsion))
    first, second = np.array(chain[:3]), np.array(chain[3:6])
    # the motion that takes a residue onto the next is a screw: turn about an axis, rise along it
    turn = nearest_rotation((second - second.mean(0)).T @ (first - first.mean(0)))
    shift = second.mean(0) - turn @ first.mean(0)
    vector = matrix_to_rotation_vector(turn)
    axis = vector / np.linalg.norm(vector)
    rise = float(axis @ shift)
    centre = np.linalg.pinv(np.eye(3) - turn) @ (shift - rise * axis)
    side = np.cross(axis, [1.0, 0.0, 0.0])
    side /= np.linalg.norm(side)
    to_axis = np.stack([np.cross(side, axis), side, axis])
    oxygen = carbonyl_oxygen(first[1], first[2], second[0])
    unit = (np.concatenate([first, oxygen[None]]) - centre) @ to_axis.T
    return unit - [0.0, 0.0, unit[1, 2]], rise, float(np.rad2deg(np.linalg.norm(vector)))


HELIX_RISE_ANGSTROM: float = _helix_unit()[1]
"""The rise of the ideal α-helix, 1.5 Å a residue."""
HELIX_TURN_DEG: float = _helix_unit()[2]
"""The turn of the ideal α-helix, 99° a residue: 3.6 residues a turn."""


def alpha_helix(n: int, phase_deg: float = 0.0) -> Float64[NumpyArray, "{n} 4 3"]:
    """A right-handed α-helix about the z axis, its N end at the bottom, its middle at z = 0.

    φ = −57.8°, ψ = −47.0°, ω = 180°, ideal bonds and angles.

    Parameters
    ----------
    n
        Number of residues.
    phase_deg
        A turn of the whole about its axis.

    Returns
    -------
    array (n, 4, 3)
        N, Cα, C, O of each residue, Å.

    References
    ----------
    Barlow & Thornton, J. Mol. Biol. 201 (1988) 601; Engh & Huber, Acta Cryst. A47 (1991) 392.
    """
    unit, rise, turn_deg = _helix_unit()
    steps = np.arange(n)
    turns = axis_angle_to_matrix(np.array([0.0, 0.0, 1.0]), phase_deg + turn_deg * steps)
    rises = rise * (steps - (n - 1) / 2)
    return np.asarray(unit @ turns.mT + np.stack([0 * rises, 0 * rises, rises], axis=-1)[:, None, :])


def loop(
    start: Float64[NumpyArray, "3"], end: Float64[NumpyArray, "3"], away: Float64[NumpyArray, "3"], slack: float = 1.4
) -> Float64[NumpyArray, "n 4 3"]:
    """A chain in an arc from the C of one residue to the N of another.

    The atoms lie at equal steps along a cubic arc in the plane of the ends and ``away``, in turn on either side of that
    plane, as in an extended chain; the arc bulges as far as its length asks.

    Parameters
    ----------
    start
        The position of C of the residue before, Å.
    end
        The position of N of the residue after, Å.
    away
        Unit vector towards which the arc bulges.
    slack
        The least ratio of the length of the arc to the distance of its ends.

    Returns
    -------
    array (n, 4, 3)
        N, Cα, C, O, Å; as many residues as the arc needs.
    """
    distance = float(np.linalg.norm(end - start))
    n = int(np.ceil((slack * distance / _STEP_ANGSTROM - 1) / 3))
    length = _STEP_ANGSTROM * (3 * n + 1)
    bulge = brentq(lambda height: _arc_length(_arc(start, end, height * away)) - length, 0.0, 2 * length)
    path = _arc(start, end, bulge * away)
    steps = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))])
    wanted = np.linspace(0.0, steps[-1], 3 * n + 2)[1:]
    points = np.stack([np.interp(wanted, steps, column) for column in path.T], axis=-1)
    side = np.cross(end - start, away)
    sign = np.where(np.arange(3 * n) % 2 == 0, 1.0, -1.0)[:, None]
    points[:-1] += _ZIGZAG_ANGSTROM * sign * side / np.linalg.norm(side)
    chain = points[:-1].reshape(n, 3, 3)
    following = np.concatenate([chain[1:, 0], points[-1:]])
    return np.concatenate([chain, carbonyl_oxygen(chain[:, 1], chain[:, 2], following)[:, None]], axis=1)


def _arc(start: NumpyArray, end: NumpyArray, bulge: NumpyArray) -> NumpyArray:
    """Points of the cubic Bézier curve whose inner control points lie ``bulge`` beyond its ends."""
    t = np.linspace(0.0, 1.0, 201)[:, None]
    path: NumpyArray = start + (3 * t**2 - 2 * t**3) * (end - start) + 3 * t * (1 - t) * bulge
    return path


def _arc_length(path: NumpyArray) -> float:
    return float(np.sum(np.linalg.norm(np.diff(path, axis=0), axis=1)))
