"""A crowd of classes, cut down to those that explain the images best together."""

import numpy as np

from class_sets import class_set
from vitreous.classification import Options, crowd
from vitreous.classification.crowd import choose_classes, class_evidence, crowded_start
from vitreous.classification.setup import set_up


def test_the_choice_complements_itself():
    """Two groups of images: the best class for each is chosen, not the two best for the larger one."""
    evidence = np.full((10, 4), -50.0)
    evidence[:7, 0], evidence[:7, 1], evidence[7:, 2], evidence[7:, 3] = 0.0, -1.0, -2.0, -5.0
    assert choose_classes(evidence, 2) == [0, 2]
    assert sorted(choose_classes(evidence, 4)) == [0, 1, 2, 3]


def test_a_crowded_start_has_a_class_for_each_view(tmp_path):
    known = class_set(tmp_path, 240, 24, shares=(0.5, 0.3, 0.2), snr=0.5)
    setup = set_up(known.particles, Options(3, threads=1, shift_range_px=3.0))
    state = crowded_start(setup)
    assert len(state.weights) == 3
    assert int(state.iteration) == 0
    assert (state.classes == -1).all()
    best = class_evidence(setup, state).argmax(axis=1)
    assert len(set(zip(known.classes, best, strict=True))) <= 5
    shares = np.stack(
        [np.bincount(best[known.classes == k], minlength=3) / (known.classes == k).sum() for k in range(3)]
    )
    assert (np.sort(shares.argmax(axis=1)) == np.arange(3)).all()
    assert shares.max(axis=1).min() > 0.9


def test_a_large_set_lends_a_share_of_itself_and_every_group_has_its_noise(tmp_path, monkeypatch):
    monkeypatch.setattr(crowd, "_LEAST_IMAGES", 60)
    monkeypatch.setattr(crowd, "_IMAGES_OF_A_CLASS", 1)
    known = class_set(tmp_path, 120, 24, snr=0.5)
    setup = set_up(known.particles, Options(2, threads=1, shift_range_px=2.0))
    state = crowded_start(setup)
    assert state.classes.shape == (120,)
    assert state.noise_power.shape == (setup.groups, setup.grid.rings)
    assert (state.noise_power > 0).all()


def test_where_poses_are_in_doubt_the_most_likely_of_some_draws_is_kept(tmp_path, monkeypatch):
    known = class_set(tmp_path, 60, 24, snr=0.5)
    setup = set_up(known.particles, Options(2, threads=1, shift_range_px=2.0))
    told, refined = [], crowd._refined

    def told_of(*arguments):
        result = refined(*arguments)
        told.append((arguments[2], float(result[2].log_likelihood.sum()), result[1]))
        return result

    monkeypatch.setattr(crowd, "_refined", told_of)
    monkeypatch.setattr(crowd, "_IN_DOUBT", 0.0)
    state = crowded_start(setup)
    last = [(likelihood, kept) for ring, likelihood, kept in told if ring == crowd._FURTHER[0]]
    assert len(last) == crowd._DRAWS
    assert len({likelihood for likelihood, _ in last}) > 1
    np.testing.assert_array_equal(state.references, max(last, key=lambda pair: pair[0])[1].references)
