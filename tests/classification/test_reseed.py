"""Empty classes begin anew from the heaviest, nothing is lost, and it is said."""

import numpy as np

from vitreous.classification.reseed import Reseeding, empty_classes, reseed


def test_classes_without_particles_are_empty_and_the_heaviest_never_is():
    weights = np.array([0.6, 0.399, 0.0005, 0.0005])
    assert empty_classes(weights, 1000).tolist() == [False, False, True, True]
    assert empty_classes(weights, 1_000_000).tolist() == [False, False, True, True]
    assert empty_classes(np.full(50, 0.02), 100).sum() == 0
    assert not empty_classes(np.array([1.0]), 0).any()


def test_an_empty_class_takes_one_half_of_the_heaviest(rng):
    halves = rng.standard_normal((2, 3, 4, 5))
    references, weights = halves.mean(axis=0), np.array([0.7, 0.299, 0.001])
    after, shares, done = reseed(references, halves, weights, np.array([False, False, True]))
    assert done == (Reseeding(2, 0, 0.001),)
    np.testing.assert_allclose(after, [halves[0, 0], references[1], halves[1, 0]])
    np.testing.assert_allclose(shares, [0.3505, 0.299, 0.3505])
    np.testing.assert_allclose(after[0] + after[2], 2 * references[0])
    assert weights[2] == 0.001


def test_several_empty_classes_split_several(rng):
    halves, weights = rng.standard_normal((2, 4, 8)), np.array([0.6, 0.4, 0.0, 0.0])
    _, shares, done = reseed(halves.mean(axis=0), halves, weights, weights == 0)
    assert [(step.filled, step.split) for step in done] == [(2, 0), (3, 1)]
    np.testing.assert_allclose(shares, [0.3, 0.2, 0.3, 0.2])


def test_nothing_empty_changes_nothing(rng):
    halves, weights = rng.standard_normal((2, 2, 8)), np.array([0.5, 0.5])
    after, shares, done = reseed(halves.mean(axis=0), halves, weights, np.zeros(2, bool))
    np.testing.assert_array_equal(after, halves.mean(axis=0))
    np.testing.assert_array_equal(shares, weights)
    assert done == ()
