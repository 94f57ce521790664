"""The compiled functions of the radius against their readable twins."""

import numba
import numpy as np
import pytest

from vitreous.kernels.numba import radial as kernel
from vitreous.reconstruction import radial as reference


@pytest.mark.parametrize(("size", "box"), [(2, 1), (7, 7), (12, 6), (33, 11)])
@pytest.mark.parametrize("threads", [1, 2])
def test_parity(size, box, threads, rng):
    sums = rng.uniform(0, 1, (size, size, size // 2 + 1, 3)).astype(np.float32)
    numerator, denominator = sums[..., :2].view(np.complex64)[..., 0], sums[..., 2]
    term = rng.uniform(0, 1, len(reference.squared_distances(size))).astype(np.float32)
    term[-1] = np.inf
    least = rng.uniform(0, 1, len(term)).astype(np.float32)
    before = numba.get_num_threads()
    numba.set_num_threads(min(threads, before))
    try:
        means, quotient = kernel.shell_means(denominator, box), kernel.divide(numerator, denominator, term, least)
    finally:
        numba.set_num_threads(before)
    np.testing.assert_allclose(means, reference.shell_means(denominator, box), rtol=1e-6)
    np.testing.assert_allclose(quotient, reference.divide(numerator, denominator, term, least), rtol=1e-5, atol=1e-7)
