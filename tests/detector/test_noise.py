import numpy as np
import pytest

from vitreous._array import to_numpy
from vitreous.detector import noise_sigma, signal_variance


def test_snr_is_variance_over_variance(library, rng):
    """The variance of the clean image is that over the whole box, empty corners included."""
    clean = np.zeros((2, 64, 64))
    clean[:, 24:40, 24:40] = rng.standard_normal((2, 16, 16)) + 1
    sigma = to_numpy(noise_sigma(library(clean), 0.1))
    noise = sigma[:, None, None] * rng.standard_normal((2, 64, 64))
    np.testing.assert_allclose(clean.var((-2, -1)) / noise.var((-2, -1)), 0.1, rtol=0.1)
    np.testing.assert_allclose(to_numpy(signal_variance(library(clean))), clean.var((-2, -1)))


def test_an_snr_of_zero_is_refused():
    with pytest.raises(ValueError, match="positive"):
        noise_sigma(np.ones((4, 4)), 0)
