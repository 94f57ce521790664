"""The spectral prior finds the power that stands in the averages."""

import numpy as np
import torch

from vitreous.classification.prior import prior_power, signal_to_noise


def test_known_signal_under_known_noise(rng):
    """E N² = τ² D² + D: drawn so, the estimate is τ²."""
    power, depth = np.array([4.0, 1.0, 0.25])[None, :, None], 50.0
    signal = np.sqrt(power) * rng.normal(size=(2, 3, 20000))
    numerator = depth * signal + np.sqrt(depth) * rng.normal(size=signal.shape)
    denominator = torch.full((2, 3, 20000), depth)
    found = prior_power(torch.from_numpy(numerator), denominator)
    np.testing.assert_allclose(found.numpy(), np.broadcast_to(power[..., 0], (2, 3)), rtol=0.1)
    np.testing.assert_allclose(signal_to_noise(found, denominator).numpy(), depth * found.numpy(), rtol=1e-12)


def test_noise_alone_leaves_next_to_nothing_but_never_nothing(rng):
    numerator = torch.from_numpy(rng.normal(size=(1, 2, 50000)) * 10)
    numerator[0, 0] += 1000
    found = prior_power(numerator, torch.full((1, 2, 50000), 100.0)).numpy()
    assert 0 < found[0, 1] < 1e-3 * found[0, 0]
