"""From the best poses of a search to angles and origins in RELION's convention."""

import numpy as np
import torch
from jaxtyping import Int

from vitreous._typing import NumpyArray
from vitreous.classification.harmonics import harmonics
from vitreous.classification.search import origins_px
from vitreous.classification.setup import Setup
from vitreous.classification.stage import Stage
from vitreous.classification.state import Assignments
from vitreous.classification.sweep import Found

__all__ = ["assignments_of"]


def assignments_of(setup: Setup, stage: Stage, found: Found, rows: Int[NumpyArray, " b"] | None = None) -> Assignments:
    """The best poses in RELION's convention: its ψ turns the other way, its origin moves the image back.

    Parameters
    ----------
    setup
        Of the run.
    stage
        The search.
    found
        By that search.
    rows
        Of these particles; all where not given.

    Returns
    -------
    Assignments
        Of the particles asked for.
    """
    at = slice(None) if rows is None else rows
    steps = harmonics(stage.angles, 0, setup.grid.angles, torch.zeros(1)).steps
    row, t = np.divmod(found.best[at], len(stage.shifts_px))
    angle = 2 * np.pi * steps[row] / stage.angles
    origins = origins_px(angle, stage.shifts_px[t]) * setup.pixel_size_angstrom
    if setup.particles.shift_angstrom is not None:
        origins = origins + setup.particles.shift_angstrom[at]
    psi_deg = 180 - (180 + np.degrees(angle)) % 360
    sure = (found.max_probability[at], found.entropy[at], found.class_probability[at])
    return Assignments(found.classes[at], psi_deg, origins, *sure)
