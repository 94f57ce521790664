"""Purity that is expected and purity that is true agree where the model holds."""

import numpy as np
import pytest

from vitreous.classification.purity import class_purity


def test_the_expected_purity_is_the_true_one(rng):
    """Two Gaussian clouds that overlap, with their exact posterior."""
    kind = rng.choice(2, 40_000, p=[0.7, 0.3])
    x = rng.standard_normal(len(kind)) + 1.5 * kind
    odds = 0.3 / 0.7 * np.exp(1.5 * x - 1.5**2 / 2)
    second = odds / (1 + odds)
    classes = (second > 0.5).astype(int)
    found = class_purity(classes, np.where(classes == 1, second, 1 - second), 3)
    true = [np.mean(kind[classes == k] == k) for k in range(2)]
    np.testing.assert_allclose(found[:2], true, atol=0.01)
    assert true[1] < 0.85
    assert np.isnan(found[2])


def test_a_class_that_is_none_is_refused():
    with pytest.raises(ValueError, match="classes from 0 to 2: 2 classes"):
        class_purity(np.array([0, 2]), np.ones(2), 2)
