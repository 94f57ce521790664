"""The kernels for graphics cards against the readable formulas: on a card, or in Triton's interpreter."""

import os

import numpy as np
import pytest
import torch

from vitreous._array import to_numpy
from vitreous.fourier import rft
from vitreous.interpolation import LINEAR, NEAREST, kaiser_bessel
from vitreous.projection import insert_slices, slice_transform
from vitreous.rotations import random_rotations

# read when Triton is imported
os.environ.setdefault("TRITON_INTERPRET", "0" if torch.cuda.is_available() else "1")
pytest.importorskip("triton", reason="Triton is not installed")

from vitreous.kernels.triton import insert as insert_kernel
from vitreous.kernels.triton import slice as slice_kernel

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
TURN = np.array([[[0.28, -0.96], [0.96, 0.28]], [[0.64, 0.77], [-0.77, 0.64]]]) @ np.array([[0.8, -0.6], [0.6, 0.8]])
CASES = [
    pytest.param(random_rotations(2, 1), LINEAR, 6, 0.5, 0.0, id="linear, even"),
    pytest.param(random_rotations(2, 1), LINEAR, 7, 1.0, 0.0, id="linear, odd, corners"),
    pytest.param(random_rotations(2, 1), kaiser_bessel(4), 6, 1.0, 0.8, id="Kaiser-Bessel, Ewald sphere"),
    pytest.param(2.3 * random_rotations(2, 1), kaiser_bessel(3), 5, 0.5, 0.0, id="beyond the period"),
    pytest.param(TURN, kaiser_bessel(4), 6, 1.0, 0.0, id="image"),
    pytest.param(np.zeros((0, 3, 3)), NEAREST, 1, 0.5, 0.0, id="none"),
]


def tensors(*arrays):
    return [torch.from_numpy(np.ascontiguousarray(array)).to(DEVICE) for array in arrays]


@pytest.mark.parametrize(("rotations", "kernel", "n", "cutoff", "curvature"), CASES)
def test_slices_and_insertion_are_the_readable_ones(rotations, kernel, n, cutoff, curvature, rng):
    dim, options = rotations.shape[-1], {"cutoff_cycles": cutoff, "curvature_pixels": curvature}
    transform = rft(rng.standard_normal((2 * n,) * dim), dim)
    given, views = tensors(transform.astype(np.complex64), rotations.astype(np.float32))
    slices = slice_kernel.slice_transform(given, views, n, kernel, **options)
    expected = slice_transform(transform, rotations, n, kernel, **options)
    np.testing.assert_allclose(to_numpy(slices), expected, rtol=0, atol=1e-5 * np.abs(transform).max())
    shape = (len(rotations), n, n // 2 + 1)
    spectra = rng.standard_normal(shape) + 1j * rng.standard_normal(shape)
    for values, kind in ((spectra, np.complex64), (spectra.real, np.float32)):
        inserted = insert_kernel.insert_slices(*tensors(values.astype(kind)), views, kernel, **options)
        assert to_numpy(inserted).dtype == kind
        expected = insert_slices(values, rotations, kernel, **options)
        np.testing.assert_allclose(to_numpy(inserted), expected, rtol=0, atol=2e-5)


def test_what_was_not_padded_so_is_refused():
    with pytest.raises(ValueError, match="not padded 3 times"):
        slice_kernel.slice_transform(*tensors(np.zeros((8, 8, 5), np.complex64), np.eye(3)), 4, LINEAR, 3)
