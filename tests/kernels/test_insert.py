"""The compiled insertion against the readable one, and against the compiled slice whose adjoint it is."""

import numba
import numpy as np
import pytest

from vitreous.fourier import hermitian_weights, rft
from vitreous.interpolation import B_SPLINE, CATMULL_ROM, LINEAR, NEAREST, kaiser_bessel, prolate
from vitreous.kernels.numba import _samples
from vitreous.kernels.numba import insert as kernel_module
from vitreous.kernels.numba import slice as slice_module
from vitreous.projection import insert_slices
from vitreous.projection.insert import add_slices
from vitreous.rotations import random_rotations

KERNELS = [NEAREST, LINEAR, CATMULL_ROM, B_SPLINE, kaiser_bessel(4), kaiser_bessel(3), prolate(4)]
TURN = np.array([[[0.28, -0.96], [0.96, 0.28]]]) @ np.array([[0.8, -0.6], [0.6, 0.8]])


def random_half(rng, m, n):
    return rng.standard_normal((m, n, n // 2 + 1)) + 1j * rng.standard_normal((m, n, n // 2 + 1))


def close(found, expected):
    # spectra are of size 1, and may cancel
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5 * np.abs(expected).max(initial=1.0))


@pytest.mark.parametrize("n", [6, 7, 1, 2])
@pytest.mark.parametrize("kernel", KERNELS, ids=lambda kernel: kernel.name)
def test_parity(kernel, n, rng):
    for rotations in (random_rotations(4, 1), TURN):
        spectra = random_half(rng, len(rotations), n)
        for padding in (1, 2):
            for cutoff in (0.5, 1.0):
                for values, dtype in ((spectra, np.complex64), (spectra.real, np.float32)):
                    expected = insert_slices(values, rotations, kernel, padding, cutoff_cycles=cutoff)
                    found = kernel_module.insert_slices(
                        values.astype(dtype), rotations, kernel, padding, cutoff_cycles=cutoff
                    )
                    assert found.dtype == dtype
                    close(found, expected)


@pytest.mark.parametrize("cutoff", [0.5, 1.0])
@pytest.mark.parametrize("n", [24, 25])
@pytest.mark.parametrize("kernel", KERNELS, ids=lambda kernel: kernel.name)
def test_adjoint_of_the_slice_to_a_millionth_in_single_precision(kernel, n, cutoff, rng):
    """|⟨slice T, S⟩ − ⟨T, insert S⟩| ≤ 1e-6 |slice T| |S|, Nyquist and the plane x = 0 included."""
    transform = rft(rng.standard_normal((2 * n,) * 3), 3).astype(np.complex64)
    spectra, rotations = random_half(rng, 20, n).astype(np.complex64), random_rotations(20, 1)
    slices = slice_module.slice_transform(transform, rotations, n, kernel, cutoff_cycles=cutoff).astype(complex)
    inserted = kernel_module.insert_slices(spectra, rotations, kernel, cutoff_cycles=cutoff).astype(complex)
    image, volume = hermitian_weights((n, n)), hermitian_weights((2 * n,) * 3)
    left = np.sum(image * np.real(np.conj(slices) * spectra))
    right = np.sum(volume * np.real(np.conj(transform) * inserted))
    norms = np.sqrt(np.sum(image * np.abs(slices) ** 2) * np.sum(image * np.abs(spectra) ** 2))
    assert abs(left - right) <= 1e-6 * norms
    assert abs(left) > 1e-4 * norms


def test_a_running_total(rng):
    data, weights = random_half(rng, 6, 10).astype(np.complex64), rng.uniform(0, 1, (6, 10, 6)).astype(np.float32)
    expected, found = np.zeros((20, 20, 11, 3), np.float32), np.zeros((20, 20, 11, 3), np.float32)
    for part in (slice(0, 2), slice(2, 6), slice(6, 6)):
        for module, total in ((add_slices, expected), (kernel_module.add_slices, found)):
            module(total, data[part], weights[part], random_rotations(6, 1)[part], LINEAR)
    close(found, expected)


def test_other_sizes_and_matrices(rng):
    spectra, matrices = random_half(rng, 3, 14), 2.3 * random_rotations(3, 2)
    for size in (18, 19):
        expected = insert_slices(spectra, matrices, kaiser_bessel(4), size=size)
        close(kernel_module.insert_slices(spectra, matrices, kaiser_bessel(4), size=size), expected)


@pytest.mark.parametrize("kernel", [LINEAR, kaiser_bessel(4)], ids=lambda kernel: kernel.name)
@pytest.mark.parametrize("stretch", [1.0, 1.1, 2.3])
def test_threads_do_not_change_a_bit(kernel, stretch, rng, monkeypatch):
    """Blocks that threads fill at a time stay apart, also where views reach beyond the period."""
    spectra, rotations, found = random_half(rng, 40, 40), random_rotations(40, 3), []
    rotations[::2] *= stretch
    monkeypatch.setattr(_samples, "_WORTH_A_THREAD", 1)
    before = numba.get_num_threads()
    try:
        for threads in {1, before}:
            numba.set_num_threads(threads)
            found.append(kernel_module.insert_slices(spectra, rotations, kernel))
    finally:
        numba.set_num_threads(before)
    assert len({each.tobytes() for each in found}) == 1
    close(found[0], insert_slices(spectra, rotations, kernel))


def test_the_ewald_sphere(rng):
    spectra, rotations = random_half(rng, 4, 9), random_rotations(4, 3)
    for kernel in (LINEAR, kaiser_bessel(4)):
        for curvature in (-0.3, 0.3, 4.0):
            expected = insert_slices(spectra, rotations, kernel, curvature_pixels=curvature)
            close(kernel_module.insert_slices(spectra, rotations, kernel, curvature_pixels=curvature), expected)
