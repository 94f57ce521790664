"""Columns of a STAR table as numbers and texts, refused with file, row and value where they are something else."""

import numpy as np
from jaxtyping import Float64, Int64

from vitreous._errors import InputError
from vitreous._typing import NumpyArray, Path
from vitreous.particles.star import StarTable

__all__ = ["place_in", "read_integers", "read_numbers", "read_texts", "read_vectors", "to_column"]


def place_in(table: StarTable, label: str, row: int | None = None) -> str:
    """The words that lead a reader to a column, or to one of its rows (from 0)."""
    where = f"data_{table.name}" if row is None else f"data_{table.name}, row {row + 1}"
    return f"{where}, column {label}"


def read_texts(table: StarTable, label: str, file: Path) -> NumpyArray:
    """A column as text, whatever it holds.

    Raises
    ------
    InputError
        If the table has no such column.
    """
    return _column(table, label, file).astype(np.dtypes.StringDType())


def read_numbers(table: StarTable, label: str, file: Path) -> Float64[np.ndarray, " n"]:
    """A column as float64.

    Raises
    ------
    InputError
        If the table has no such column, or it holds text.
    """
    column = _column(table, label, file)
    if column.dtype.kind == "T":
        for row, value in enumerate(column.tolist()):
            if not _is_number(value):
                place = place_in(table, label, row)
                raise InputError(f"{value!r} is not a number", file=file, place=place, advice="correct the value")
    return column.astype(np.float64, copy=False)


def read_integers(table: StarTable, label: str, file: Path) -> Int64[np.ndarray, " n"]:
    """A column as int64; decimals that are whole are taken.

    Raises
    ------
    InputError
        If the table has no such column, or a value is no whole number.
    """
    numbers = read_numbers(table, label, file)
    bad = np.flatnonzero(~(np.isfinite(numbers) & (numbers == np.round(numbers)) & (np.abs(numbers) < 2**53)))
    if len(bad):
        raise InputError(
            f"{numbers[bad[0]]:g} is not a whole number",
            file=file,
            place=place_in(table, label, int(bad[0])),
            advice="correct the value",
        )
    return numbers.astype(np.int64)


def read_vectors(table: StarTable, label: str, file: Path) -> list[tuple[float, ...]]:
    """A column of vectors written ``[a,b,c]``.

    Raises
    ------
    InputError
        If the table has no such column, or a value is something else.
    """
    vectors = []
    for row, text in enumerate(read_texts(table, label, file).tolist()):
        inside = text.removeprefix("[").removesuffix("]")
        if len(inside) != len(text) - 2 or not all(_is_number(part) for part in inside.split(",") if inside.strip()):
            raise InputError(
                f"{text!r} is not a vector [a,b,…]",
                file=file,
                place=place_in(table, label, row),
                advice="correct the value",
            )
        vectors.append(tuple(float(part) for part in inside.split(",") if inside.strip()))
    return vectors


def to_column(values: NumpyArray) -> NumpyArray | None:
    """Values as a STAR column: int64, float64 or text; None where a column cannot hold them."""
    if values.ndim != 1:
        return None
    if values.dtype.kind in "bi" or (values.dtype.kind == "u" and (not values.size or values.max() < 2**63)):
        return values.astype(np.int64)
    if values.dtype.kind == "f":
        return values.astype(np.float64)
    if values.dtype.kind == "S":
        values = np.char.decode(values, "utf-8", "replace")
    return values.astype(np.dtypes.StringDType()) if values.dtype.kind in "uUT" else None


def _column(table: StarTable, label: str, file: Path) -> NumpyArray:
    if label not in table.columns:
        raise InputError(
            f"there is no column {label}",
            file=file,
            place=f"data_{table.name}",
            advice="choose a file that has it",
        )
    return table.columns[label]


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
