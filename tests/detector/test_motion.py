import numpy as np
import pytest

from vitreous._array import to_numpy
from vitreous.detector import jitter_decay
from vitreous.fourier import b_factor_decay


def test_jitter_is_a_b_factor():
    k = np.linspace(0, 0.5, 6)
    np.testing.assert_allclose(jitter_decay(k, 0.7), b_factor_decay(k, 8 * np.pi**2 * 0.7**2))


def test_jitter_is_the_mean_over_random_shifts(rng):
    k, sigma = 0.2, 1.3
    mean = np.cos(2 * np.pi * k * sigma * rng.standard_normal(400_000)).mean()
    assert jitter_decay(k, sigma) == pytest.approx(mean, abs=4e-3)


def test_jitter_keeps_the_library(library):
    k = library(np.array([0.0, 0.25], np.float32))
    left = jitter_decay(k, 1.0)
    assert left.dtype == k.dtype
    np.testing.assert_allclose(to_numpy(left), [1, np.exp(-(np.pi**2) / 8)], rtol=1e-6)
