"""Tables in NumPy's .npy format, read without trust: no pickled objects, no memory for what the file does not hold."""

import ast
import warnings
from typing import Any, BinaryIO

import numpy as np

from vitreous._errors import InputError
from vitreous._typing import NumpyArray, Path

__all__ = ["read_numpy_table"]

_MAGIC = b"\x93NUMPY"
_OTHER_KINDS = {
    b"\x94CSDAT": ("a cryoSPARC stream", "save it with cryosparc-tools as a NumPy table (Dataset.save, format 1)"),
    b"\x80": ("a pickle", "choose the .cs file, not a .pkl"),
    b"PK\x03\x04": ("a zip archive", "unpack it first"),
}
_HEADER_LIMIT = 1 << 17


def read_numpy_table(path: Path) -> NumpyArray:
    """Read a table with named fields, one row after the other, from a file in NumPy's .npy format.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    table
        (n,) structured array, read-only.

    Raises
    ------
    InputError
        If the file cannot be read, is of another kind, has a header that cannot be understood, holds pickled objects,
        or another number of bytes than its header announces.

    References
    ----------
    NumPy Enhancement Proposal 1, "A simple file format for NumPy arrays".
    """
    try:
        with open(path, "rb") as file:
            return _read_table(file, path)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", file=path) from error


def _read_table(file: BinaryIO, path: Path) -> NumpyArray:
    """The one-dimensional table in NumPy's file format; nothing is made before its size is known to be there."""
    head = file.read(12)
    advice: str | None
    for magic, (kind, advice) in _OTHER_KINDS.items():
        if head.startswith(magic):
            raise InputError(f"the file is {kind}", file=path, advice=advice)
    if not head.startswith(_MAGIC) or len(head) < 12:
        advice = "a .csg file only names .cs files: choose one of those" if str(path).endswith(".csg") else None
        raise InputError("the file is not a .cs file (a table in NumPy's format)", file=path, advice=advice)
    small = head[6] == 1
    length = int.from_bytes(head[8:10] if small else head[8:12], "little")
    if length > _HEADER_LIMIT:
        raise InputError(
            f"the header claims {length} bytes, at most {_HEADER_LIMIT} are read", file=path, place="header"
        )
    file.seek(10 if small else 12)
    dtype, rows = _parse_header(file.read(length), path)
    start = file.tell()
    size = file.seek(0, 2) - start
    if size != rows * dtype.itemsize:
        raise InputError(
            f"{rows} rows of {dtype.itemsize} bytes are announced, {size} bytes are there",
            file=path,
            place=f"byte {start}",
            advice="the file is damaged: copy or write it again",
        )
    file.seek(start)
    return np.frombuffer(file.read(), dtype)


def _parse_header(text: bytes, path: Path) -> tuple[np.dtype[Any], int]:
    """The dtype of a row and the number of rows."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            header = ast.literal_eval(text.decode("utf-8").strip())
            if set(header) != {"descr", "fortran_order", "shape"}:
                raise ValueError(f"its keys are {', '.join(map(str, header))}")
            dtype = np.lib.format.descr_to_dtype(header["descr"])
            (rows,) = header["shape"]
    except (ValueError, TypeError, KeyError, IndexError, SyntaxError, OverflowError, AttributeError, Warning) as error:
        raise InputError(f"the header cannot be understood: {error}", file=path, place="header") from error
    except (RecursionError, MemoryError) as error:
        raise InputError("the header is nested without end", file=path, place="header") from error
    if dtype.hasobject:
        raise InputError(
            "the table holds pickled objects",
            file=path,
            place="header",
            advice="they are never loaded: write the file again with text of fixed width",
        )
    if dtype.names is None or type(rows) is not int or rows < 0 or dtype.itemsize == 0:
        raise InputError("the file does not hold a table with named fields", file=path, place="header")
    return dtype, rows
