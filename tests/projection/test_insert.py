"""Insertion is the adjoint of the slice, to rounding, whatever the kernel, the padding and the box."""

import numpy as np
import pytest

from vitreous._array import complex_dtype, to_numpy
from vitreous.fourier import half_to_full, hermitian_weights, irft, rft
from vitreous.interpolation import B_SPLINE, CATMULL_ROM, LINEAR, NEAREST, kaiser_bessel, prolate
from vitreous.projection import insert_slices, padded_transform, slice_map, slice_transform
from vitreous.rotations import random_rotations

KERNELS = [NEAREST, LINEAR, CATMULL_ROM, B_SPLINE, kaiser_bessel(4), kaiser_bessel(3), prolate(4)]
EVERYTHING = 1.0
"""Cycles/pixel: a cut-off beyond the corners, so that Nyquist is in."""


def inner(a, b, shape):
    """Re Σ conj(a) b over the full spectra."""
    return np.sum(hermitian_weights(shape) * np.real(np.conj(a) * b))


def random_half(rng, *shape):
    return rng.standard_normal(shape) + 1j * rng.standard_normal(shape)


@pytest.mark.parametrize("cutoff", [0.5, EVERYTHING])
@pytest.mark.parametrize("padding", [1, 2, 3])
@pytest.mark.parametrize("n", [6, 7])
@pytest.mark.parametrize("kernel", KERNELS, ids=lambda kernel: kernel.name)
def test_insertion_is_the_adjoint_of_the_slice(kernel, n, padding, cutoff, rng):
    size, rotations = padding * n, random_rotations(3, 1)
    transform, spectra = rft(rng.standard_normal((size,) * 3), 3), random_half(rng, 3, n, n // 2 + 1)
    slices = slice_transform(transform, rotations, n, kernel, padding, cutoff_cycles=cutoff)
    inserted = insert_slices(spectra, rotations, kernel, padding, cutoff_cycles=cutoff)
    left, right = inner(slices, spectra, (n, n)), inner(transform, inserted, (size,) * 3)
    assert left == pytest.approx(right, rel=1e-11, abs=1e-9)
    assert abs(left) > 1


@pytest.mark.parametrize("n", [8, 9])
def test_adjoint_in_the_plane_and_for_another_box(n, rng):
    angle = np.array([0.3, 2.0])
    turns = np.stack([np.cos(angle), np.sin(angle), -np.sin(angle), np.cos(angle)], -1).reshape(2, 2, 2)
    for rotations, dim in ((turns, 2), (random_rotations(2, 1), 3)):
        transform, spectra = rft(rng.standard_normal((2 * n,) * dim), dim), random_half(rng, 2, 5, 3)
        slices = slice_transform(transform, rotations, 5, LINEAR, cutoff_cycles=EVERYTHING)
        inserted = insert_slices(spectra, rotations, LINEAR, cutoff_cycles=EVERYTHING, size=2 * n)
        assert inner(slices, spectra, (5, 5)) == pytest.approx(inner(transform, inserted, (2 * n,) * dim))


@pytest.mark.parametrize("n", [8, 9])
@pytest.mark.parametrize("curvature", [-0.8, 0.8])
def test_adjoint_on_the_ewald_sphere(n, curvature, rng):
    transform, spectra = rft(rng.standard_normal((2 * n,) * 3), 3), random_half(rng, 3, n, n // 2 + 1)
    rotations, options = random_rotations(3, 1), {"cutoff_cycles": EVERYTHING, "curvature_pixels": curvature}
    slices = slice_transform(transform, rotations, n, kaiser_bessel(4), **options)
    inserted = insert_slices(spectra, rotations, kaiser_bessel(4), **options)
    assert inner(slices, spectra, (n, n)) == pytest.approx(inner(transform, inserted, (2 * n,) * 3), rel=1e-11)
    flat = slice_transform(transform, rotations, n, kaiser_bessel(4), cutoff_cycles=EVERYTHING)
    assert np.abs(slices - flat).max() > 0.1


@pytest.mark.parametrize("n", [8, 9])
def test_what_is_inserted_is_hermitian(n, rng):
    inserted = insert_slices(random_half(rng, 4, n, n // 2 + 1), random_rotations(4, 2), LINEAR, cutoff_cycles=1.0)
    np.testing.assert_allclose(rft(irft(inserted, (2 * n,) * 3), 3), inserted, atol=1e-9)


def test_weights_count_every_coefficient_of_the_full_spectrum_once():
    """NEAREST without padding puts each of the n² coefficients of an unrotated image into one voxel of its plane."""
    n = 7
    counts = insert_slices(np.ones((1, n, n // 2 + 1)), np.eye(3)[None], NEAREST, 1, cutoff_cycles=EVERYTHING)
    assert counts.dtype == np.float64
    full = half_to_full(counts + 0j, (n, n, n)).real
    np.testing.assert_allclose(full[n // 2], 1)
    assert full.sum() == pytest.approx(n * n)


def test_libraries_and_precisions(library, rng):
    spectra, rotations = random_half(rng, 2, 6, 4), random_rotations(2, 4)
    expected = insert_slices(spectra, rotations, LINEAR)
    for dtype in (np.float32, np.float64):
        pair = library(spectra.astype(complex_dtype(np.empty(0, dtype)))), library(rotations.astype(dtype))
        inserted = insert_slices(*pair, LINEAR)
        assert inserted.dtype == pair[0].dtype
        np.testing.assert_allclose(to_numpy(inserted), expected, atol=1e-5)
        assert insert_slices(library(np.ones((2, 6, 4), dtype)), pair[1], LINEAR).dtype == pair[1].dtype


def test_a_map_comes_back_from_its_slices():
    """Slices in, divided by how often each voxel was seen, corrected for the kernel."""
    from vitreous.fourier import coordinates, crop_box
    from vitreous.interpolation import fourier_correction

    n, rotations = 16, random_rotations(300, 1)
    volume = np.exp(-np.sum((coordinates((n,) * 3) - [1.0, -2.0, 1.5]) ** 2, axis=-1) / 8)
    slices = slice_map(volume, rotations)
    seen = insert_slices(np.ones(slices.shape), rotations, LINEAR)
    found = irft(insert_slices(slices, rotations, LINEAR) / (seen + 1e-3), (2 * n,) * 3)
    found = crop_box(found, (n,) * 3) / fourier_correction(LINEAR, (n,) * 3, 2)
    assert np.corrcoef(found.ravel(), volume.ravel())[0, 1] > 0.98
    assert padded_transform(volume, LINEAR).shape == (32, 32, 17)
