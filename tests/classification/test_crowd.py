"""A crowd of classes, cut down to those that explain the images best together."""

import numpy as np

from class_sets import class_set
from vitreous.classification import Options
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
