import array_api_strict
import numpy as np
import pytest
import torch

from vitreous import _array


def test_namespace_is_that_of_the_argument(library):
    array = library(np.zeros(3, np.float32))
    assert type(_array.namespace(array).zeros(1)) is type(array) or isinstance(array, torch.Tensor)


def test_no_array_means_numpy():
    assert isinstance(_array.namespace(1.0, [2, 3]).zeros(1), np.ndarray)


def test_two_libraries_are_refused():
    with pytest.raises(TypeError, match="namespace"):
        _array.namespace(np.zeros(1), torch.zeros(1))


@pytest.mark.parametrize(
    ("given", "real", "cplx"),
    [
        ("float32", "float32", "complex64"),
        ("complex64", "float32", "complex64"),
        ("float64", "float64", "complex128"),
        ("int16", "float64", "complex128"),
    ],
)
def test_precision_is_kept(library, given, real, cplx):
    array = library(np.zeros(3, given))
    xp = _array.namespace(array)
    assert _array.real_dtype(array) == getattr(xp, real)
    assert _array.complex_dtype(array) == getattr(xp, cplx)


def test_numbers_follow_the_arrays(library):
    array, number, row = _array.as_arrays(library(np.ones(2, np.float32)), 2.5, [1, 2])
    xp = _array.namespace(array)
    assert array.dtype == number.dtype == row.dtype == xp.float32
    assert float((array * number + row)[1]) == 4.5


def test_widest_precision_wins():
    narrow, wide = _array.as_arrays(np.ones(2, np.float32), np.ones(2))
    assert narrow.dtype == wide.dtype == np.float64


def test_all_numbers_become_float64():
    assert _array.as_arrays(1, [1, 2])[1].dtype == np.float64


def test_gradients_pass():
    x = torch.ones(2, requires_grad=True)
    (y,) = _array.as_arrays(x)
    y.sum().backward()
    assert x.grad is not None


def test_device_is_kept():
    assert _array.device_of(1.0) is None
    assert _array.device_of(1.0, torch.zeros(1, device="meta")).type == "meta"
    strict = array_api_strict.zeros(1, device=array_api_strict.Device("device1"))
    assert _array.as_arrays(strict, 2.0)[1].device == strict.device


def test_to_numpy(library):
    np.testing.assert_array_equal(_array.to_numpy(library(np.arange(3.0))), np.arange(3.0))
    assert _array.to_numpy(torch.ones(2, requires_grad=True)).tolist() == [1, 1]


@pytest.mark.parametrize("dtype", ["float32", "float64", "complex64", "complex128"])
def test_sums_by_label(library, rng, dtype):
    values = (rng.standard_normal((2, 3, 50)) * (1 + 1j if "complex" in dtype else 1)).astype(dtype)
    labels = rng.integers(-1, 6, 50)
    sums = _array.sum_by_label(library(values), library(labels), 5)
    expected = np.stack([values[..., labels == label].sum(axis=-1) for label in range(5)], axis=-1)
    assert _array.to_numpy(sums).dtype == dtype
    np.testing.assert_allclose(_array.to_numpy(sums), expected, atol=1e-5)


def test_gradients_pass_through_sums_by_label(rng):
    values = torch.tensor(rng.standard_normal((2, 7)), requires_grad=True)
    labels = torch.tensor([0, 2, 2, 1, 5, 0, 1])
    assert torch.autograd.gradcheck(lambda x: _array.sum_by_label(x, labels, 4) ** 2, values)
