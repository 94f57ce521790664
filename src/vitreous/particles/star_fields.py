"""Fields of STAR rows: where they stand in the bytes, and the numbers that they spell."""

import re

import numpy as np

from vitreous._typing import NumpyArray

__all__ = [
    "DECIMAL",
    "INTEGER",
    "TEXT",
    "field_bounds",
    "gather_texts",
    "join_rows",
    "parse_numbers",
    "plain_texts",
    "spell_decimals",
    "split_rows",
]

TEXT = 0
"""The kind of a field that spells no number."""
INTEGER = 1
"""The kind of a field that spells a whole number of at most 18 digits."""
DECIMAL = 2
"""The kind of a field that spells a number for float64."""

_FIELD = re.compile(rb"""\s*(?:\#.*|'(.*?)'(?=\s|\Z)|"(.*?)"(?=\s|\Z)|([^\s'"\#]\S*)|\Z)""")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f]")
_RESERVED = re.compile(rb"\s*(?:_|(?:data_\S*|loop_)\s*(?:\s#.*)?\Z)", re.IGNORECASE)
_PLAIN = re.compile(rb"(?!data_|loop_)[^\x01-\x20'\"#;_][^\x01-\x20]*", re.IGNORECASE)
_INTEGER = re.compile(rb"[+-]?(?:0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(
    rb"[+-]?(?:(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?|[0-9]+e[+-]?[0-9]+|nan|inf(?:inity)?)", re.IGNORECASE
)


def field_bounds(line: bytes) -> list[tuple[int, int]] | None:
    """Where the fields of a line stand, without their quotes; None if a quote is not closed.

    Fields are parted by blanks; a quote opens at the start of a field and closes before a blank or the end of the line;
    ``#`` at the start of a field opens a comment.
    """
    bounds, at = [], 0
    while at < len(line):
        match = _FIELD.match(line, at)
        if match is None:
            return None
        if match.lastindex:
            bounds.append(match.span(match.lastindex))
        at = max(match.end(), at + 1)
    return bounds


def split_rows(data: NumpyArray, columns: int) -> tuple[NumpyArray, NumpyArray, int]:
    """Where the fields of the rows of a table stand, up to the first line that is not such a row.

    Blank lines and comments are passed over. Not a row is a line with another number of fields, one that opens a block
    or a table or begins with a label, one that begins with ``;`` or holds an open quote or a control character.

    Parameters
    ----------
    data
        (bytes,) uint8: whole lines.
    columns
        The number of fields in a row.

    Returns
    -------
    starts, ends
        (rows, columns) int32: the first byte of each field and the byte behind its last, quotes left out.
    stop
        The offset of the first line that is not a row; the number of bytes where all are.
    """
    found: list[list[tuple[int, int]]] = []
    at = 0
    for line in data.tobytes().split(b"\n"):
        bounds = None if _CONTROL.search(line) or line.startswith(b";") else field_bounds(line)
        if bounds is None or (bounds and (len(bounds) != columns or _RESERVED.match(line))):
            break
        if bounds:
            found.append([(at + start, at + end) for start, end in bounds])
        at += len(line) + 1
    table = np.array(found, dtype=np.int32).reshape(len(found), columns, 2)
    return table[:, :, 0].copy(), table[:, :, 1].copy(), min(at, len(data))


def parse_numbers(data: NumpyArray, starts: NumpyArray, ends: NumpyArray) -> tuple[NumpyArray, NumpyArray, NumpyArray]:
    """What fields spell.

    Parameters
    ----------
    data
        (bytes,) uint8: the text.
    starts, ends
        (...) int32: the first byte of each field and the byte behind its last.

    Returns
    -------
    kinds
        (...) uint8: ``TEXT``, ``INTEGER`` or ``DECIMAL``. A quoted field, a whole number with a leading zero ("0012")
        and one of more than 18 digits are text.
    integers
        (...) int64: the value of the whole numbers, 0 elsewhere.
    decimals
        (...) float64: the value of all numbers, correctly rounded; NaN for text.
    """
    text = data.tobytes()
    kinds = np.zeros(starts.shape, dtype=np.uint8)
    integers = np.zeros(starts.shape, dtype=np.int64)
    decimals = np.full(starts.shape, np.nan)
    for place in np.ndindex(starts.shape):
        start, end = int(starts[place]), int(ends[place])
        field = text[start:end]
        if start > 0 and text[start - 1] in b"'\"":
            continue
        if _INTEGER.fullmatch(field):
            kinds[place], integers[place] = INTEGER, int(field)
        elif _DECIMAL.fullmatch(field):
            kinds[place] = DECIMAL
        if kinds[place] != TEXT:
            decimals[place] = float(field)
    return kinds, integers, decimals


def gather_texts(data: NumpyArray, starts: NumpyArray, ends: NumpyArray) -> NumpyArray:
    """The fields of a column as bytes of fixed width.

    Parameters
    ----------
    data
        (bytes,) uint8: the text.
    starts, ends
        (n,) int32: the first byte of each field and the byte behind its last.

    Returns
    -------
    texts
        (n,) NumPy bytes, as wide as the longest.
    """
    text = data.tobytes()
    return np.array([text[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)], dtype=bytes)


def spell_decimals(values: NumpyArray) -> NumpyArray:
    """Numbers as text that reads back to the same float64.

    Parameters
    ----------
    values
        (n,) float64.

    Returns
    -------
    texts
        (n,) NumPy bytes: with six decimals, as RELION writes, where that is exact, else with as few digits as are.
    """
    return np.array([_spelling(value).encode() for value in values.tolist()], dtype="S25")


def _spelling(value: float) -> str:
    # up to here float64 tells six decimals apart
    fixed = f"{value:.6f}" if abs(value) < 2**32 else ""
    return fixed if fixed and float(fixed) == value else repr(value)


def plain_texts(texts: NumpyArray) -> NumpyArray:
    """Which texts need no quotes in a STAR file.

    Parameters
    ----------
    texts
        (n,) NumPy bytes.

    Returns
    -------
    plain
        (n,) bool: false for empty text, text with blanks, and text that begins with a quote, ``#``, ``;``, ``_``,
        ``data_`` or ``loop_``.
    """
    return np.array([_PLAIN.fullmatch(text) is not None for text in texts.tolist()], dtype=bool)


def join_rows(fields: list[NumpyArray]) -> NumpyArray:
    """The rows of a table, fields parted by blanks.

    Parameters
    ----------
    fields
        One array (n,) of NumPy bytes for each column, at least one.

    Returns
    -------
    text
        (bytes,) uint8.
    """
    rows = zip(*(texts.tolist() for texts in fields), strict=True)
    return np.frombuffer(b"".join(b" ".join(row) + b"\n" for row in rows), np.uint8)
