"""The loop: when it ends, what it says of classes that began anew."""

from dataclasses import replace

import numpy as np

from class_sets import class_set
from vitreous.classification import Options
from vitreous.classification.run import run, score, step
from vitreous.classification.setup import set_up
from vitreous.classification.start import first_state


def test_an_empty_class_takes_half_of_the_heaviest_and_says_so(tmp_path):
    known = class_set(tmp_path, 80, 24, snr=1.0)
    setup = set_up(known.particles, Options(3, threads=1, shift_range_px=2.0))
    state = first_state(setup, known.views.astype(np.float32))
    state = replace(state, weights=np.array([0.5, 0.5, 0.0]))
    done = step(setup, state)
    (reseeding,) = done.reseeded
    assert reseeding.filled == 2
    assert reseeding.split in (0, 1)
    assert done.weights[2] > 0.1
    assert np.isfinite(done.assignments.entropy).all()


def test_a_run_ends_when_classes_stay_with_all_frequencies_in_use(tmp_path):
    known = class_set(tmp_path, 60, 16, shares=(0.6, 0.4), snr=1.0)
    options = Options(2, iterations=25, threads=1, shift_range_px=2.0)
    iterations = list(run(known.particles, options, None, None))
    assert len(iterations) < 25
    assert iterations[-1].changed < options.convergence
    assert iterations[-1].band == 7


def test_scores_are_those_of_particles_not_seen(tmp_path):
    known = class_set(tmp_path, 80, 16, shares=(0.6, 0.4), snr=1.0)
    options = Options(2, iterations=4, threads=1, shift_range_px=2.0)
    *_, last = run(known.particles[:60], options, None, None)
    assignments, likelihood = score(known.particles[60:], options, last.state)
    assert len(assignments.classes) == len(likelihood) == 20
    assert np.isfinite(likelihood).all()
