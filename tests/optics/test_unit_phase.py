"""exp(iφ) in every library and precision."""

import numpy as np
import pytest

from vitreous._array import to_numpy
from vitreous.optics.unit_phase import unit_phase


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_it_is_the_exponential_in_its_own_precision(library, rng, dtype):
    phase = rng.uniform(-10, 10, (3, 4)).astype(dtype)
    found = to_numpy(unit_phase(library(phase)))
    assert found.dtype == (np.complex64 if dtype == np.float32 else np.complex128)
    np.testing.assert_allclose(found, np.exp(1j * phase), atol=4 * np.finfo(dtype).eps)
