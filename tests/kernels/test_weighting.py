"""The compiled weighting against its readable twin."""

import numpy as np
import pytest

from vitreous.kernels.numba import weighting as kernel
from vitreous.reconstruction import weighting as reference


@pytest.mark.parametrize("n", [1, 2, 7, 16, 33])
@pytest.mark.parametrize("m", [0, 1, 5])
def test_parity(m, n, rng):
    half = (n, n // 2 + 1)
    spectra = (rng.standard_normal((m, *half)) + 1j * rng.standard_normal((m, *half))).astype(np.complex64)
    transfer = rng.uniform(-1, 1, (m, *half)).astype(np.float32)
    factor = np.exp(1j * rng.uniform(-3, 3, half)).astype(np.complex64)
    shift = rng.normal(0, 1e3, (m, 2))
    data, weights = kernel.weigh(spectra, transfer, factor, shift)
    expected = reference.weigh(spectra, transfer, factor, shift)
    np.testing.assert_allclose(data, expected[0], atol=3e-6)
    np.testing.assert_allclose(weights, expected[1], rtol=1e-6)
    assert data.dtype == np.complex64
