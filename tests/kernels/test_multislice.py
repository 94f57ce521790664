"""The compiled multislice against the readable one in double precision."""

import numpy as np
import pytest

from vitreous.kernels.numba import multislice as kernel
from vitreous.optics.multislice import multislice_wave


def assert_parity(slices, *arguments, atol=3e-6):
    expected = multislice_wave(slices.astype(np.result_type(slices.dtype, np.float64)), *arguments)
    before = slices.copy()
    found = kernel.multislice_wave(slices, *arguments)
    assert found.dtype == np.complex64
    assert found.shape == expected.shape
    np.testing.assert_array_equal(slices, before)
    np.testing.assert_allclose(found, expected, rtol=0.0, atol=atol)


@pytest.mark.parametrize("band_limit", [2 / 3, None, 0.5, 1.0, 1.4])
@pytest.mark.parametrize("shape", [(3, 16, 16), (2, 15, 24), (1, 1, 1), (4, 7, 33), (2, 24, 24), (2, 2, 2), (2, 1, 5)])
def test_awkward_sizes(rng, shape, band_limit):
    slices = rng.uniform(-20.0, 200.0, shape).astype(np.float32)
    assert_parity(slices, 1.1, 4.0, 300.0, (3.0, -5.0), band_limit)


def test_absorbing_slices(rng):
    slices = (rng.uniform(-20.0, 200.0, (3, 12, 17)) * (1 + 0.1j)).astype(np.complex64)
    assert_parity(slices, 1.1, 4.0, 200.0)


def test_stacks_of_any_batch_and_layout(rng):
    wide = rng.uniform(0.0, 90.0, (2, 1, 5, 14, 20)).astype(np.float32)
    wide.flags.writeable = False
    assert_parity(wide, 1.1, 4.0, 300.0)
    assert_parity(wide[..., ::2, ::-1], 1.1, 4.0, 300.0)
    assert kernel.multislice_wave(np.zeros((0, 2, 4, 4), np.float32), 1.0, 2.0, 300.0).shape == (0, 4, 4)


def test_huge_phases(rng):
    """σv of some hundred radians; the rounding of the phase itself, 1e-7 of it, is what remains."""
    slices = rng.uniform(-3e5, 3e5, (2, 8, 8)).astype(np.float32)
    assert_parity(slices, 1.1, 4.0, 300.0, atol=2e-4)


def test_what_is_not_a_number_stays_so():
    slices = np.ones((2, 4, 4), np.float32)
    slices[0, 1, 1] = np.nan
    assert np.isnan(kernel.multislice_wave(slices, 1.0, 2.0, 300.0)).any()


def test_no_slice_is_refused():
    with pytest.raises(ValueError, match="no slice"):
        kernel.multislice_wave(np.zeros((0, 4, 4), np.float32), 1.0, 2.0, 300.0)
