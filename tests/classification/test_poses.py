"""Best poses of a search as RELION's angles and origins."""

from dataclasses import replace

import numpy as np

from class_sets import class_set
from vitreous.classification import Options
from vitreous.classification.poses import assignments_of
from vitreous.classification.setup import set_up
from vitreous.classification.stage import stage_of
from vitreous.classification.start import first_state
from vitreous.classification.sweep import sweep


def test_angles_and_origins_are_relions_and_rows_are_chosen(tmp_path):
    known = class_set(tmp_path, 30, 24, shares=(1.0,), snr=20.0)
    setup = set_up(known.particles, Options(1, shift_range_px=4.0, angle_step_deg=6.0, threads=1))
    state = replace(first_state(setup, known.views.astype(np.float32)), band=np.asarray(setup.grid.rings - 1))
    state = replace(state, references=first_state(replace(setup, options=replace(setup.options, exact=True)),
                                                  known.views.astype(np.float32)).references)  # fmt: skip
    stage = stage_of(setup.grid, setup.options, setup.outer_radius_px, int(state.band))
    _, found = sweep(setup, state, stage)
    got = assignments_of(setup, stage, found)
    turn = np.abs((got.psi_deg - known.psi_deg + 180) % 360 - 180)
    assert np.median(turn) < 4
    off = np.hypot(*(got.shifts_angstrom - known.shift_angstrom).T)
    assert np.median(off) < known.particles.pixel_size_angstrom
    some = assignments_of(setup, stage, found, np.array([7, 3]))
    np.testing.assert_array_equal(some.shifts_angstrom, got.shifts_angstrom[[7, 3]])
    assert (got.class_probability > 0.999).all()
