"""The fast path loses less than it says, and next to nothing."""

from dataclasses import replace

import numpy as np
import pytest

from class_sets import class_set
from vitreous.classification import Options, classify
from vitreous.classification import sweep as sweep_module
from vitreous.classification.setup import set_up
from vitreous.classification.stage import stage_of
from vitreous.classification.sweep import sweep


@pytest.mark.parametrize("snr", [0.1, 0.5])
def test_looking_only_where_the_posterior_is_gives_the_sums_of_the_full_search(tmp_path, monkeypatch, snr):
    known = class_set(tmp_path, 80, 32, snr=snr)
    options = Options(3, iterations=4, threads=1, shift_range_px=3.0, crowd=1)
    *_, last = classify(known.particles, options, references=known.views.astype(np.float32))
    setup = set_up(known.particles, options)
    stage = stage_of(setup.grid, options, setup.outer_radius_px, 15)
    monkeypatch.setattr(sweep_module, "_WORTH_PRUNING", 1.0)
    fast, found = sweep(setup, last.state, stage)
    full, wanted = sweep(setup, last.state, replace(stage, coarse=None))
    assert np.mean(found.retained) >= 0.999
    assert not wanted.retained
    assert (found.classes == wanted.classes).mean() >= 0.98
    lost = wanted.log_likelihood - found.log_likelihood
    assert lost.min() > -1e-3
    assert lost.mean() < 1e-3
    for name in ("numerator", "denominator", "mass"):
        a, b = getattr(fast, name), getattr(full, name)
        assert (a - b).norm() < 0.02 * b.norm(), name
    np.testing.assert_allclose(fast.mass.sum(), 80, rtol=1e-4)


def test_chosen_blocks_alone_are_looked_at(tmp_path):
    known = class_set(tmp_path, 20, 16)
    options = Options(2, threads=1, crowd=1, iterations=1)
    state = next(classify(known.particles, options)).state
    setup = set_up(known.particles, options)
    sums, found = sweep(setup, state, stage_of(setup.grid, options, setup.outer_radius_px, 5), np.array([1]))
    rows = setup.parts[1][2]
    assert sums.count.sum() == len(rows)
    assert (np.flatnonzero(found.max_probability) == np.sort(rows)).all()
