"""How finely an iteration looks: rings, angles, harmonics and shifts that go with a resolution."""

import math
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Int

from vitreous._typing import NumpyArray
from vitreous.classification.options import Options
from vitreous.classification.polar import PolarGrid
from vitreous.classification.search import cells_of_shifts, shift_disc

__all__ = ["Stage", "first_rings", "stage_of"]

_MARGIN = 4
"""Harmonics beyond 2π r ρ/box that a ring of a particle of radius ρ still has: Bessel functions fall fast there."""
_PHASE = 1.2
"""Radians between neighbouring shifts at the highest ring; angles are finer than a radian there by as much."""


_SMALL = 9
"""Rings up to which a search is done in full."""


@dataclass(frozen=True, eq=False)
class Stage:
    """The search of one iteration.

    Parameters
    ----------
    rings
        r = 0 … rings − 1 are compared.
    angles
        Evenly over the circle.
    band
        The highest harmonic of the angle.
    first_ring
        For each harmonic, the first ring that has it.
    shifts_px
        (t, 2) t′.
    coarse
        The look that goes before, at the same shifts: half the rings and half the angles. None where the search is
        small or nothing may be left out.
    edges
        Neighbouring shifts make a cell: shifts_px[edges[c]:edges[c + 1]].
    """

    rings: int
    angles: int
    band: int
    first_ring: Int[NumpyArray, " m"]
    shifts_px: Float[NumpyArray, "t 2"]
    coarse: "Stage | None" = None
    edges: Int[NumpyArray, " edges"] | None = None


def stage_of(grid: PolarGrid, options: Options, radius_px: float, band: int) -> Stage:
    """The search that goes with a highest ring.

    An exact run takes all of the grid always. Else angles and shifts are as fine as the highest ring needs, at most as
    fine as the options say, and harmonics that a particle within the mask cannot have are left out.

    Parameters
    ----------
    grid
        The polar grid.
    options
        Of the run.
    radius_px
        Of the mask, its soft edge counted in.
    band
        The highest ring.

    Returns
    -------
    Stage
    """
    if options.exact:
        top = grid.angles // 2
        shifts = shift_disc(options.shift_range_px, options.shift_step_px)
        return Stage(grid.rings, grid.angles, top, np.zeros(top + 1, np.int64), shifts)
    band = min(band, grid.rings - 1)
    finest = options.shift_step_px
    step = min(max(_PHASE * grid.box / (2 * math.pi * band), finest), max(2.0, finest))
    fine = _search(grid, radius_px, band, shift_disc(options.shift_range_px, step))
    if options.point_estimate or fine.rings <= _SMALL or len(fine.shifts_px) == 1:
        return fine
    order, edges = cells_of_shifts(shift_disc(options.shift_range_px, 2 * step), fine.shifts_px)
    shifts = fine.shifts_px[order]
    coarse = _search(grid, radius_px, max(_SMALL, math.ceil(fine.rings / 2)) - 1, shifts)
    return replace(fine, shifts_px=shifts, coarse=coarse, edges=edges)


def _search(grid: PolarGrid, radius_px: float, band: int, shifts_px: NumpyArray) -> Stage:
    top = min(grid.angles // 2, math.ceil(2 * math.pi * band * radius_px / grid.box) + _MARGIN)
    angles = min(grid.angles, 8 * math.ceil(_PHASE * 2 * math.pi * band / 8))
    return Stage(band + 1, angles, top, first_rings(grid, radius_px, top, band), shifts_px)


def first_rings(grid: PolarGrid, radius_px: float, top: int, last: int) -> Int[NumpyArray, " m"]:
    """For each harmonic m = 0 … top, the first ring that has it: m ≤ 2π r ρ/box + a margin.

    Parameters
    ----------
    grid
        The polar grid.
    radius_px
        ρ.
    top
        The highest harmonic.
    last
        The highest ring, which every harmonic keeps.

    Returns
    -------
    NumPy array (top + 1,)
        Ring numbers.
    """
    order = np.arange(top + 1)
    lowest = np.floor((order - _MARGIN) * grid.box / (2 * np.pi * radius_px))
    return np.clip(lowest, 0, last).astype(np.int64)
