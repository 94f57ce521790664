"""The array library, device and dtype of what was handed in.

Formulas take and return whatever array library they are given (NumPy, array-api-strict, PyTorch with gradients, JAX):
there is no global switch. This is the one file that imports ``array_api_compat``; everything else asks it.
"""

import importlib
import itertools
import math
from typing import Any

import array_api_compat
import numpy as np

from vitreous._typing import Array, ArrayLike, Namespace, NumpyArray

__all__ = [
    "as_arrays",
    "as_float",
    "complex_dtype",
    "device_of",
    "erf",
    "is_array",
    "namespace",
    "on_cpu_without_gradient",
    "real_dtype",
    "sum_by_label",
    "to_numpy",
]


def is_array(value: object) -> bool:
    """Whether a value is an array of a library that follows the array API standard."""
    return bool(array_api_compat.is_array_api_obj(value))


def namespace(*values: ArrayLike) -> Namespace:
    """The functions of the library that the arrays among the values belong to; NumPy where none is an array.

    Raises
    ------
    TypeError
        If arrays of two libraries are mixed.
    """
    arrays = [value for value in values if is_array(value)]
    return array_api_compat.array_namespace(*arrays) if arrays else array_api_compat.array_namespace(np.empty(0))


def device_of(*values: ArrayLike) -> Any:
    """The device of the first array among the values; None (the library's default) where none is an array."""
    return next((array_api_compat.device(value) for value in values if is_array(value)), None)


def real_dtype(array: Array) -> Any:
    """The real floating dtype of the same precision: float32 for float32 and complex64, float64 for all else."""
    xp = namespace(array)
    return xp.float32 if array.dtype in (xp.float32, xp.complex64) else xp.float64


def complex_dtype(array: Array) -> Any:
    """The complex dtype of the same precision: complex64 for float32 and complex64, complex128 for all else."""
    xp = namespace(array)
    return xp.complex64 if array.dtype in (xp.float32, xp.complex64) else xp.complex128


def as_float(value: ArrayLike) -> Array:
    """The value as a real or complex floating array; integers, Python numbers and nested lists become float64."""
    xp = namespace(value)
    array = value if is_array(value) else xp.asarray(value)
    if xp.isdtype(array.dtype, ("real floating", "complex floating")):
        return array
    return xp.astype(array, xp.float64)


def as_arrays(*values: ArrayLike) -> tuple[Array, ...]:
    """All values as floating arrays of one library, device and precision.

    The arrays among the values decide: Python numbers and lists take their library, device and the widest of their
    precisions. Values that are all Python numbers or lists become NumPy float64.

    Raises
    ------
    TypeError
        If arrays of two libraries are mixed.
    """
    xp, device = namespace(*values), device_of(*values)
    given = [as_float(value) for value in values if is_array(value)]
    wide = not given or any(real_dtype(array) == xp.float64 for array in given)
    real, cplx = (xp.float64, xp.complex128) if wide else (xp.float32, xp.complex64)

    def convert(value: ArrayLike) -> Array:
        if not is_array(value):
            # the dtype is given, because PyTorch would take Python numbers in single precision
            return xp.asarray(np.asarray(value).tolist(), dtype=cplx if np.iscomplexobj(value) else real, device=device)
        array = as_float(value)
        return xp.astype(array, cplx if xp.isdtype(array.dtype, "complex floating") else real, copy=False)

    return tuple(convert(value) for value in values)


def to_numpy(array: ArrayLike) -> NumpyArray:
    """A NumPy view or copy of an array of any library, detached from gradients and moved to the CPU."""
    if array_api_compat.is_torch_array(array):
        array = array.detach().cpu().resolve_conj()
    return np.asarray(array)


def on_cpu_without_gradient(array: Array) -> bool:
    """Whether a compiled kernel can stand in: a NumPy array, or a CPU tensor that requires no gradient."""
    if array_api_compat.is_torch_array(array):
        return array.device.type == "cpu" and not array.requires_grad
    return isinstance(array, np.ndarray)


def erf(array: Array) -> Array:
    """The error function of real values, element by element; the array standard has none, so each library's own."""
    if array_api_compat.is_torch_array(array):
        return namespace(array).special.erf(array)
    if array_api_compat.is_jax_array(array):
        return importlib.import_module("jax.scipy.special").erf(array)
    from scipy.special import erf as scipy_erf  # here, because it costs a tenth of a second

    return namespace(array).asarray(scipy_erf(to_numpy(array)), dtype=array.dtype, device=device_of(array))


def sum_by_label(values: Array, labels: Array, count: int) -> Array:
    """The sums of the values that share a label, out[..., r] = Σ_{i: labels[i] = r} values[..., i].

    The array standard has no scatter, so each library's own is taken; sums are formed in double precision. Labels
    outside 0 … count − 1 are left out.

    Parameters
    ----------
    values
        Real or complex, shape (…, n); gradients pass.
    labels
        Integers, shape (n,).
    count
        The number of labels.

    Returns
    -------
    Array
        Shape (…, count), in the dtype of the values.
    """
    xp = namespace(values)
    if xp.isdtype(values.dtype, "complex floating"):
        real, imag = (sum_by_label(part, labels, count) for part in (xp.real(values), xp.imag(values)))
        return xp.astype(real, values.dtype) + 1j * xp.astype(imag, values.dtype)
    batch = values.shape[:-1]
    rows = xp.astype(xp.reshape(values, (math.prod(batch), values.shape[-1])), xp.float64)
    bins = xp.where((labels >= 0) & (labels < count), labels, count)
    sums = xp.reshape(_sums_of_rows(rows, bins, count + 1)[:, :count], (*batch, count))
    return xp.astype(sums, values.dtype)


def _sums_of_rows(rows: Array, labels: Array, count: int) -> Array:
    xp = namespace(rows)
    if array_api_compat.is_torch_array(rows):
        zeros = xp.zeros((rows.shape[0], count), dtype=rows.dtype, device=rows.device)
        return zeros.scatter_add(-1, labels.expand(rows.shape[0], -1), rows)
    if array_api_compat.is_numpy_array(rows):
        return np.reshape([np.bincount(labels, row, count) for row in rows], (-1, count))
    # bring equal labels together, then sum each run
    order = xp.argsort(labels, stable=True)
    ends = xp.searchsorted(xp.take(labels, order), xp.arange(count, device=device_of(rows)), side="right")
    ordered, edges = xp.take(rows, order, axis=-1), [0, *(int(end) for end in ends)]
    return xp.stack([xp.sum(ordered[:, start:stop], axis=-1) for start, stop in itertools.pairwise(edges)], axis=-1)
