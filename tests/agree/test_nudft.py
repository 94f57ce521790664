"""The non-uniform transforms against sums written out here and against FINUFFT called by its own conventions."""

import itertools

import finufft
import numpy as np
import pytest

from vitreous.fourier import nudft1, nudft2, nudft3, nufft1, nufft2, nufft3

SHAPES = [(32,), (33,), (12, 15), (16, 9), (8, 9, 10), (7, 6, 5)]
TOLERANCES = [1e-3, 1e-6, 1e-9, 1e-12]


def draw(rng, shape, n=60):
    values = rng.standard_normal(n) + 1j * rng.standard_normal(n)
    image = rng.standard_normal(shape) + 1j * rng.standard_normal(shape)
    points = rng.uniform(-0.5, 0.5, (n, len(shape)))
    return values, image, points, rng.uniform(-9, 9, (40, len(shape)))


def pixels(shape):
    """The positions (x, y, z) of all pixels, one a row, in the order of the array's memory."""
    axes = np.indices(shape).reshape(len(shape), -1)
    return np.stack([i - n // 2 for i, n in zip(axes, shape, strict=True)][::-1], axis=-1)


def relative_error(result, expected):
    return np.linalg.norm(result - expected) / np.linalg.norm(expected)


def written_out(rng, shape):
    """Arguments of the three types, and their sums as one matrix each."""
    values, image, points, far = draw(rng, shape)
    phases = np.exp(-2j * np.pi * points @ pixels(shape).T)
    sums = (values @ phases).reshape(shape), phases @ image.ravel(), np.exp(-2j * np.pi * far @ points.T) @ values
    return ((values, points, shape), (image, points), (values, points, far)), sums


@pytest.mark.parametrize("shape", SHAPES)
def test_direct_sums_are_the_sums(rng, shape):
    arguments, sums = written_out(rng, shape)
    for direct, given, expected in zip((nudft1, nudft2, nudft3), arguments, sums, strict=True):
        assert relative_error(direct(*given), expected) < 1e-13


@pytest.mark.parametrize("tolerance", TOLERANCES)
@pytest.mark.parametrize("shape", SHAPES)
def test_the_error_is_the_one_that_was_asked_for(rng, shape, tolerance):
    arguments, sums = written_out(rng, shape)
    for fast, given, expected in zip((nufft1, nufft2, nufft3), arguments, sums, strict=True):
        assert relative_error(fast(*given, tolerance), expected) < 10 * tolerance


@pytest.mark.parametrize("kind", [1, 2, 3])
def test_a_looser_tolerance_is_a_larger_error(rng, kind):
    # otherwise the tolerance would not have reached FINUFFT
    arguments, sums = written_out(rng, (16, 18))
    fast = (nufft1, nufft2, nufft3)[kind - 1]
    errors = [relative_error(fast(*arguments[kind - 1], tolerance), sums[kind - 1]) for tolerance in TOLERANCES]
    assert all(loose > 10 * tight for loose, tight in itertools.pairwise(errors))


@pytest.mark.parametrize("tolerance", [1e-3, 1e-5])
def test_single_precision(rng, tolerance):
    arguments, sums = written_out(rng, (16, 18))
    for fast, given, expected in zip((nufft1, nufft2, nufft3), arguments, sums, strict=True):
        single = [
            array.astype(np.complex64 if np.iscomplexobj(array) else np.float32)
            if isinstance(array, np.ndarray)
            else array
            for array in given
        ]
        result = fast(*single, tolerance)
        assert result.dtype == np.complex64
        assert relative_error(result, expected) < 10 * tolerance


@pytest.mark.parametrize("shape", SHAPES)
def test_finufft_by_its_own_conventions(rng, shape):
    # FINUFFT: radians, one array a coordinate, the first one along the slowest axis, exp(+ikx) unless isign = −1
    values, image, points, far = draw(rng, shape)
    dim, tolerance = len(shape), 1e-12
    radians = [2 * np.pi * points[:, axis] for axis in reversed(range(dim))]
    slow_first = [np.ascontiguousarray(2 * np.pi * far[:, axis]) for axis in reversed(range(dim))]
    positions = [np.ascontiguousarray(points[:, axis]) for axis in reversed(range(dim))]
    one, two, three = (getattr(finufft, f"nufft{dim}d{kind}") for kind in (1, 2, 3))
    expected = (
        one(*radians, values, shape, eps=tolerance, isign=-1),
        two(*radians, image, eps=tolerance, isign=-1),
        three(*positions, values, *slow_first, eps=tolerance, isign=-1),
    )
    ours = nudft1(values, points, shape), nudft2(image, points), nudft3(values, points, far)
    fast = (
        nufft1(values, points, shape, tolerance),
        nufft2(image, points, tolerance),
        nufft3(values, points, far, tolerance),
    )
    for theirs, direct, quick in zip(expected, ours, fast, strict=True):
        assert relative_error(direct, theirs) < 1e-11
        assert relative_error(quick, theirs) < 1e-11
