"""Arguments and results between two Pythons: a tree in JSON, arrays beside it in .npz; no pickles."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["BoundaryError", "load", "save"]


class BoundaryError(TypeError):
    """A value that cannot cross: it is no number, text, array, or list or tuple of those."""


def save(folder: Path, name: str, value: Any) -> None:
    """Write a value into a folder; the JSON file comes last, whole, so that whoever sees it finds everything.

    Parameters
    ----------
    folder
        Where to write.
    name
        The stem of the two files.
    value
        Numbers, text, booleans, None, NumPy arrays of numbers, lists and tuples of those.

    Raises
    ------
    BoundaryError
        Where the value holds anything else.
    """
    arrays: dict[str, NDArray[Any]] = {}
    tree = _packed(value, arrays, 0)
    np.savez(folder / f"{name}.npz", **arrays)  # type: ignore[arg-type]
    half = folder / f"{name}.part"
    half.write_text(json.dumps(tree), encoding="utf-8")
    half.replace(folder / f"{name}.json")


def load(folder: Path, name: str) -> Any:
    """Read back what ``save`` wrote.

    Parameters
    ----------
    folder, name
        As handed to ``save``.

    Returns
    -------
    object
        The value; arrays are fresh copies.
    """
    tree = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    with np.load(folder / f"{name}.npz", allow_pickle=False) as arrays:
        return _unpacked(tree, arrays)


def _packed(value: Any, arrays: dict[str, NDArray[Any]], depth: int) -> Any:
    if depth > 20:
        raise BoundaryError("lists nested more than 20 deep")
    if value is None or isinstance(value, bool | int | float | str):
        # NumPy's float64 is a float: JSON would read it back as a plain number, which compares equal
        return {"is": value}
    if isinstance(value, list | tuple):
        return {type(value).__name__: [_packed(item, arrays, depth + 1) for item in value]}
    if type(value).__module__.split(".")[0] not in ("numpy", "builtins") and hasattr(value, "__array__"):
        value = np.asarray(value)
    if isinstance(value, complex | np.generic | np.ndarray):
        array = np.asarray(value)
        if array.dtype.kind not in "biufc":
            raise BoundaryError(f"an array of type {array.dtype}")
        arrays[f"a{len(arrays)}"] = array
        return {"array": f"a{len(arrays) - 1}"}
    raise BoundaryError(f"a {type(value).__name__}")


def _unpacked(tree: Any, arrays: Any) -> Any:
    ((kind, value),) = tree.items()
    if kind == "list":
        return [_unpacked(item, arrays) for item in value]
    if kind == "tuple":
        return tuple(_unpacked(item, arrays) for item in value)
    return arrays[value] if kind == "array" else value
