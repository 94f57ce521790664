"""The compiled channels do what the readable ones say, on awkward sizes and far beyond the edge."""

import numpy as np
import pytest

from vitreous.heterogeneity import channels as reference
from vitreous.kernels.numba import channels as compiled


def views(rng, m):
    return np.linalg.qr(rng.normal(size=(m, 3, 3)))[0].astype(np.float32) if m else np.zeros((0, 3, 3), np.float32)


def points(rng, p, reach):
    return rng.uniform(-reach, reach, (p, 2)).astype(np.float32)


@pytest.mark.parametrize(
    ("m", "p", "c", "radius", "reach"), [(0, 5, 1, 3, 2), (1, 0, 2, 3, 2), (3, 7, 1, 4, 3), (5, 9, 3, 3, 40)]
)
def test_slices(rng, m, p, c, radius, reach):
    ball = rng.normal(size=(2 * radius + 1, 2 * radius + 1, radius + 1, 2 * c)).astype(np.float32)
    arguments = (ball, views(rng, m), points(rng, p, reach))
    np.testing.assert_allclose(compiled.slice_channels(*arguments), reference.slice_channels(*arguments), atol=2e-5)


@pytest.mark.parametrize(
    ("m", "p", "q", "radius", "reach"), [(0, 5, 1, 3, 2), (1, 0, 2, 3, 2), (3, 7, 1, 4, 3), (5, 9, 3, 3, 40)]
)
def test_insertion(rng, m, p, q, radius, reach):
    s = q * (q + 1) // 2
    data = (rng.normal(size=(m, p)) + 1j * rng.normal(size=(m, p))).astype(np.complex64)
    observed = (views(rng, m), points(rng, p, reach), data, rng.uniform(size=(m, p)).astype(np.float32))
    moments = (rng.normal(size=(m, q)).astype(np.float32), rng.normal(size=(m, s)).astype(np.float32))
    totals = [np.ones((2 * radius + 1, 2 * radius + 1, radius + 1, 2 * q + s), np.float32) for _ in range(2)]
    for total, module in zip(totals, (compiled, reference), strict=True):
        module.insert_channels(total, *observed, *moments)
    np.testing.assert_allclose(totals[0], totals[1], atol=2e-5)


@pytest.mark.parametrize("q", [1, 2, 5])
def test_solution(rng, q):
    radius = 3
    shape = (2 * radius + 1, 2 * radius + 1, radius + 1)
    factors = rng.normal(size=(*shape, q, q + 3))
    lower = reference.lower_triangle(factors @ np.swapaxes(factors, -1, -2))
    total = np.concatenate([rng.normal(size=(*shape, 2 * q)), lower], axis=-1).astype(np.float32)
    damping = rng.uniform(0.1, 1, (2 * radius**2, q)).astype(np.float32)
    damping[10] = np.inf
    found, wanted = (module.solve_moments(total, damping) for module in (compiled, reference))
    np.testing.assert_allclose(found, wanted, atol=2e-3)
    assert (found[radius, radius - 1, 3] == 0).all()  # 1 + 9 = 10
