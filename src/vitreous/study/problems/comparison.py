"""How a result differs from what was expected, in words: kind, shape, first wrong element, size of the error."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["difference", "shown"]

_NUMBERS = (bool, int, float, complex, np.number, np.bool_)


def difference(result: Any, expected: Any, absolute: float) -> str | None:
    """Say how a result differs from what was expected.

    Parameters
    ----------
    result
        What a learner's function returned.
    expected
        What it should have returned: a number, text, an array, or a list or tuple of those.
    absolute
        How far a number may be off.

    Returns
    -------
    str or None
        One or two sentences; None where there is no difference.
    """
    if result is None and expected is not None:
        return "Your function returned nothing (None). Does it end in `return`?"
    if isinstance(expected, list | tuple) and not _is_numbers(expected):
        return _of_lists(result, expected, absolute)
    if isinstance(expected, str) or expected is None:
        return (
            None
            if result == expected
            else f"Your function returned {shown(result)}, where {shown(expected)} was expected."
        )
    return _of_arrays(result, np.asarray(expected), absolute)


def shown(value: Any) -> str:
    """A value in a few words: numbers with six digits, arrays by shape and first elements."""
    if isinstance(value, bool | str | np.bool_) or value is None:
        return repr(value)
    if isinstance(value, complex | np.complexfloating):
        return f"{value.real:.6g} {value.imag:+.6g}i"
    if isinstance(value, _NUMBERS):
        return f"{value:.6g}"
    if isinstance(value, list | tuple):
        inner = ", ".join(shown(item) for item in value[:4]) + (", …" if len(value) > 4 else "")
        return f"[{inner}]" if isinstance(value, list) else f"({inner})"
    if isinstance(value, np.ndarray):
        return _shown_array(value)
    return f"a {type(value).__name__}"


def _shown_array(array: NDArray[Any]) -> str:
    if array.size <= 16:
        text = np.array2string(array, precision=6, suppress_small=True, separator=", ")
        return f"{text} ({array.dtype})"
    first = ", ".join(shown(item) for item in array.ravel()[:3])
    return f"an array of shape {array.shape} and type {array.dtype}, beginning {first}"


def _is_numbers(items: Sequence[Any]) -> bool:
    return all(isinstance(item, _NUMBERS) for item in items)


def _of_lists(result: Any, expected: Sequence[Any], absolute: float) -> str | None:
    if not isinstance(result, list | tuple | np.ndarray):
        return f"Your function returned {shown(result)}; {len(expected)} things were expected, as a tuple."
    if len(result) != len(expected):
        return f"Your function returned {len(result)} things; {len(expected)} were expected."
    for place, (one, other) in enumerate(zip(result, expected, strict=True)):
        told = difference(one, other, absolute)
        if told is not None:
            return f"In what you returned, number {place + 1} of {len(expected)}: {told}"
    return None


def _of_arrays(result: Any, expected: NDArray[Any], absolute: float) -> str | None:
    if isinstance(result, list | tuple) and not all(
        isinstance(item, (*_NUMBERS, np.ndarray, list, tuple)) for item in result
    ):
        return f"Your function returned {shown(result)}, which holds more than numbers."
    try:
        got = np.asarray(result)
    except ValueError:
        return f"The rows of what your function returned differ in length; shape {expected.shape} was expected."
    if got.dtype.kind not in "biufc":
        return f"Your function returned {shown(result)}; numbers were expected."
    if got.shape != expected.shape:
        found, wanted = (f"an array of shape {x.shape}" if x.ndim else "one number" for x in (got, expected))
        return f"Your function returned {found}; {wanted} was expected."
    if got.dtype.kind == "c" and expected.dtype.kind != "c" and np.abs(got.imag).max(initial=0) <= absolute:
        got = got.real
    if got.dtype.kind != "c" and expected.dtype.kind == "c" and np.abs(expected.imag).max(initial=0) > absolute:
        lost = "Was the imaginary part lost?"
        return f"Your function returned real numbers ({got.dtype}); complex ones were expected. {lost}"
    return _of_numbers(got, expected, absolute)


def _of_numbers(got: NDArray[Any], expected: NDArray[Any], absolute: float) -> str | None:
    error = np.abs(got.astype(np.complex128) - expected.astype(np.complex128))
    wrong = ~(error <= absolute)
    both_nan = np.isnan(got) & np.isnan(expected)
    wrong &= ~both_nan
    if not wrong.any():
        return None
    place = tuple(int(index) for index in np.argwhere(wrong)[0])
    where = f"Element {list(place) if len(place) != 1 else place[0]} is" if got.ndim else "The number is"
    told = f"{where} {shown(got[place])}; {shown(expected[place])} was expected."
    if np.isnan(got[wrong]).any():
        return f"{told} {np.count_nonzero(np.isnan(got))} of {got.size} are NaN."
    if got.ndim == 0:
        return f"{told} It is off by {error.max():.3g}; {absolute:.3g} is allowed."
    return (
        f"{told} {np.count_nonzero(wrong)} of {got.size} elements are wrong, "
        f"the worst by {error[wrong].max():.3g} ({absolute:.3g} is allowed)."
    )
