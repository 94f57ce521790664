"""What the M-step leaves as it is, and what follows the data."""

import numpy as np
import pytest
import torch

from class_sets import class_set
from vitreous.classification import Options
from vitreous.classification.setup import set_up
from vitreous.classification.stage import stage_of
from vitreous.classification.start import first_state
from vitreous.classification.sweep import sweep
from vitreous.classification.update import updated


def _one_update(folder, changed=0.0, doubt=0.0, **options):
    known = class_set(folder, 60, 24, snr=1.0)
    setup = set_up(known.particles, Options(3, threads=1, shift_range_px=2.0, angle_step_deg=6.0, **options))
    state = first_state(setup, known.views.astype(np.float32))
    stage = stage_of(setup.grid, setup.options, setup.outer_radius_px, int(state.band))
    sums, _ = sweep(setup, state, stage)
    return state, updated(setup, state, stage, sums, changed, doubt), setup


def test_an_exact_run_freezes_the_hyperparameters(tmp_path):
    before, after, _ = _one_update(tmp_path, exact=True)
    for name in ("prior_power", "shift_sigma_px", "band"):
        assert np.array_equal(getattr(before, name), getattr(after, name))
    assert after.references.dtype == np.float64
    assert not np.allclose(after.noise_power, before.noise_power)
    assert after.iteration == 1


@pytest.mark.parametrize(("changed", "ahead"), [(0.0, 3), (0.9, 1)])
def test_frequencies_march_faster_once_classes_have_settled(tmp_path, changed, ahead):
    before, after, _ = _one_update(tmp_path, changed)
    assert int(after.band) == int(before.band) + ahead


def test_a_fast_run_follows_the_data(tmp_path):
    before, after, setup = _one_update(tmp_path)
    assert np.isfinite(after.prior_power[:, : int(before.band) + 1]).all()
    assert 0.5 <= after.shift_sigma_px < before.shift_sigma_px + 1
    # the mask, cut out in real space, spreads over a few rings
    assert abs(after.references[:, int(before.band) + 5 :]).max() < 0.05 * abs(after.references).max()
    # what lies outside the mask is gone
    images = torch.from_numpy(setup.images(after.references))
    assert images[:, 0, 0].abs().max() < 1e-6
    flat = _one_update(tmp_path / "flat", map_prior=False)[1]
    assert np.isinf(flat.prior_power).all()


def test_references_go_further_as_far_as_poses_are_in_doubt(tmp_path):
    before, plain, _ = _one_update(tmp_path)
    _, further, _ = _one_update(tmp_path, doubt=0.6)
    rings = int(before.band) + 1
    known = before.references[:, :rings].any(axis=-1)
    step, long_step = (after.references[:, :rings] - before.references[:, :rings] for after in (plain, further))
    assert known.any()
    np.testing.assert_allclose(long_step[known], 1.6 * step[known], rtol=1e-3, atol=1e-3 * abs(step).max())
    np.testing.assert_array_equal(further.noise_power, plain.noise_power)
    exact, same = (_one_update(tmp_path, exact=True, doubt=doubt)[1] for doubt in (0.0, 0.6))
    np.testing.assert_array_equal(exact.references, same.references)
