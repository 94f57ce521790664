"""The compiled multislice against the readable one in double precision."""

import numpy as np
import pytest

from vitreous.fourier import frequency_radius
from vitreous.kernels.numba import multislice as kernel
from vitreous.optics.multislice import step_through_slices
from vitreous.optics.propagation import propagator_along


def assert_parity(slices, band_limit=2 / 3, atol=3e-6):
    ny, nx = slices.shape[-2:]
    within = frequency_radius((ny, nx)) <= (0.5 * band_limit + 1e-6)

    def flight(distance):
        return tuple(
            propagator_along(n, 1.1, distance, 300.0, tilt).astype(np.complex64) for n, tilt in ((ny, -5.0), (nx, 3.0))
        )

    before = slices.copy()
    arguments = (7e-4, flight(40.0), flight(-90.0), within)
    expected = step_through_slices(slices.astype(np.result_type(slices.dtype, np.float64)), *arguments)
    found = kernel.step_through_slices(slices, *arguments)
    assert found.dtype == np.complex64
    assert found.shape == expected.shape
    np.testing.assert_array_equal(slices, before)
    np.testing.assert_allclose(found, expected, rtol=0.0, atol=atol)
    return found


@pytest.mark.parametrize("band_limit", [2 / 3, 9.0, 0.5, 1.0, 1.4])
@pytest.mark.parametrize("shape", [(3, 16, 16), (2, 15, 24), (1, 1, 1), (4, 7, 33), (2, 24, 24), (2, 2, 2), (2, 1, 5)])
def test_awkward_sizes(rng, shape, band_limit):
    slices = rng.uniform(-20.0, 200.0, shape).astype(np.float32)
    assert_parity(slices, band_limit)


def test_absorbing_slices(rng):
    slices = (rng.uniform(-20.0, 200.0, (3, 12, 17)) * (1 + 0.1j)).astype(np.complex64)
    assert_parity(slices)


def test_stacks_of_any_batch_and_layout(rng):
    wide = rng.uniform(0.0, 90.0, (2, 1, 5, 14, 20)).astype(np.float32)
    wide.flags.writeable = False
    assert_parity(wide)
    assert_parity(wide[..., ::2, ::-1])
    assert assert_parity(np.zeros((0, 2, 4, 4), np.float32)).shape == (0, 4, 4)


def test_huge_phases(rng):
    """σv of some hundred radians; the rounding of the phase itself, 1e-7 of it, is what remains."""
    slices = rng.uniform(-3e5, 3e5, (2, 8, 8)).astype(np.float32)
    assert_parity(slices, atol=2e-4)


def test_what_is_not_a_number_stays_so():
    slices = np.ones((2, 4, 4), np.float32)
    slices[0, 1, 1] = np.nan
    flight = (np.ones(4, np.complex64), np.ones(4, np.complex64))
    assert np.isnan(kernel.step_through_slices(slices, 7e-4, flight, flight, np.ones((4, 4), bool))).any()
