"""Cells, what survives the coarse look, and the posterior over cells against the posterior in full."""

from types import SimpleNamespace

import numpy as np
import torch

from class_sets import class_set
from vitreous.classification import Options, pruning
from vitreous.classification.expectation import empty_sums, expect
from vitreous.classification.pruning import Cell, cells_of, coarse_survivors, expect_in_cells, retained_share
from vitreous.classification.setup import set_up
from vitreous.classification.stage import stage_of
from vitreous.classification.start import first_state
from vitreous.classification.sweep import model_for


def test_cells_go_class_by_class():
    assert cells_of(np.array([0, 2, 3]), 2) == [Cell(0, 0, 2), Cell(0, 2, 3), Cell(1, 0, 2), Cell(1, 2, 3)]


def test_all_but_a_small_share_of_the_posterior_survives(monkeypatch, rng):
    joint = torch.from_numpy(rng.normal(scale=6, size=(4, 6, 50)))
    model = SimpleNamespace(classes=2, shifts=3, by=SimpleNamespace(angles=4))
    monkeypatch.setattr(pruning, "_of_class", lambda model, k: slice(3 * k, 3 * k + 3))
    monkeypatch.setattr(pruning, "log_joint", lambda own, block, part: joint[:, own, part])
    survivors = coarse_survivors.__wrapped__(model, range(50), np.array([0, 2, 3]))
    best = joint.amax(dim=0).view(2, 3, 50)
    cells = torch.stack([best[:, :2].logsumexp(1), best[:, 2]], dim=1).flatten(0, 1).T
    share = torch.softmax(cells, dim=1)
    kept = (share * survivors).sum(dim=1)
    assert kept.min() > 0.999
    # nothing survives that could be spared
    smallest = torch.where(survivors, share, 2.0).amin(dim=1)
    assert (kept - smallest < 1 - 3e-4 + 1e-9).all()
    assert survivors.sum() < 200


def test_with_every_cell_it_is_the_posterior_in_full(tmp_path, monkeypatch):
    known = class_set(tmp_path, 12, 32, snr=0.3)
    options = Options(3, threads=1, shift_range_px=3.0, crowd=1)
    setup = set_up(known.particles, options)
    state = first_state(setup, known.views.astype(np.float32) * 50)
    stage = stage_of(setup.grid, options, setup.outer_radius_px, 14)
    model, block = model_for(setup, state, stage, 0), next(setup.blocks())
    full, whole = empty_sums(model), slice(0, len(block))
    wanted = expect(model, block, whole, full)
    cells = cells_of(stage.edges, 3)
    everywhere = torch.ones((len(block), len(cells)), dtype=torch.bool)
    for most in (2**25, 0):
        monkeypatch.setattr(pruning, "_KEPT_ELEMENTS", most)
        sums = empty_sums(model)
        found = expect_in_cells(model, block, cells, everywhere, sums)
        for name in ("log_evidence", "max_probability", "entropy"):
            np.testing.assert_allclose(getattr(found, name), getattr(wanted, name), rtol=2e-3, atol=2e-3)
        assert (found.classes == wanted.classes).all()
        assert (found.best == wanted.best).all()
        assert (sums.transfer - full.transfer).norm() < 1e-3 * full.transfer.norm()
        np.testing.assert_allclose(sums.mass, full.mass, atol=5e-3)
    shares = retained_share(model, block, cells, everywhere, np.array([0, 5]))
    np.testing.assert_allclose(shares, 1, atol=1e-12)
    none_but_one = torch.zeros_like(everywhere)
    none_but_one[:, 3] = True
    assert (retained_share(model, block, cells, none_but_one, np.array([0, 5])) < 1).all()
