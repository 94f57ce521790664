"""STAR files as cryo-EM programs write them: named blocks, each a loop of rows or a list of labels with values."""

import os
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from types import ModuleType
from typing import BinaryIO, NoReturn, TypeVar

import numpy as np
from numpy.dtypes import StringDType

from vitreous._errors import InputError
from vitreous._typing import NumpyArray, Path
from vitreous.jobs.files import atomic_write
from vitreous.particles import star_fields
from vitreous.particles.star_fields import INTEGER, TEXT, field_bounds

__all__ = ["StarTable", "read_star", "write_star"]

_CHUNK_BYTES = 1 << 20
_SMALL_BYTES = 1 << 19
"""Below this size of text, importing the compiled kernels takes longer than doing without."""
_WIDEST_FIELD = 1 << 12
_ROWS = 1 << 14
_THREADS = 4
_LONGEST_LINE = 1 << 24
_STAMP = "\n# version 30001\n"

_T = TypeVar("_T")
_S = TypeVar("_S")


@dataclass(frozen=True, eq=False)
class StarTable:
    """One block of a STAR file.

    Parameters
    ----------
    name
        The name of the block, without ``data_``; may be empty.
    columns
        The columns by label, without the leading underscore ("rlnAngleRot"), in the order of the file: arrays of one
        length, int64, float64 or text (``StringDType``).
    is_loop
        Whether the block is a loop of rows; if not, it lists labels with one value each.
    """

    name: str
    columns: dict[str, NumpyArray]
    is_loop: bool = True

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), ()))


def read_star(path: Path) -> dict[str, StarTable]:
    """Read every table of a STAR file.

    The grammar is the part of CIF that cryo-EM programs write: one row a line, fields parted by blanks, quotes,
    comments. A column is numeric only if each of its values is (``0012`` and more than 18 digits are not); one whose
    label ends in ``Name`` is always text.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    tables
        The tables by block name, in the order of the file.

    Raises
    ------
    InputError
        If the file cannot be opened, is not text, or breaks the grammar: file, line, what was found and expected.

    References
    ----------
    S. R. Hall, "The STAR file: a new format for electronic data transfer and archiving", J. Chem. Inf. Comput. Sci. 31,
    326–333 (1991).
    """
    try:
        with open(path, "rb") as file:
            source = _Source(file, path)
            _check_is_text(source)
            return _read_blocks(source)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", file=path) from error


@dataclass(frozen=True)
class _Source:
    """An open file with the name that a person knows it by."""

    file: BinaryIO
    path: Path

    def refuse(self, offset: int, problem: str, advice: str | None = None) -> NoReturn:
        """Raise the error for the line that begins at an offset."""
        self.file.seek(0)
        line, left = 1, offset
        while left > 0 and (data := self.file.read(min(left, _CHUNK_BYTES))):
            line += data.count(b"\n")
            left -= len(data)
        raise InputError(problem, file=self.path, place=f"line {line}", advice=advice)

    def read_line(self, offset: int) -> bytes:
        """The line, or the rest of the line that begins at an offset, where the file is."""
        line = self.file.readline(_LONGEST_LINE + 1)
        if len(line) > _LONGEST_LINE:
            self.refuse(offset, f"the line is longer than {_LONGEST_LINE} bytes")
        return line

    def next_line(self) -> tuple[int, bytes]:
        """The next line that is not blank or a comment, with its offset; empty at the end of the file."""
        while True:
            offset = self.file.tell()
            line = self.read_line(offset)
            if not line or line.split(b"#", 1)[0].strip():
                return offset, line

    def words(self, offset: int, line: bytes) -> list[str]:
        """The fields of a line, with their quotes."""
        if line.startswith(b";"):
            self.refuse(
                offset, "a text block that begins with ; is not read", "put the value between quotes, on one line"
            )
        bounds = field_bounds(line)
        if bounds is None:
            self.refuse(offset, "a quote is opened and not closed", "close it before the end of the line")
        try:
            return [line[start - quoted : end + quoted].decode() for start, end, quoted in _with_quotes(line, bounds)]
        except UnicodeDecodeError as error:
            self.refuse(offset, f"byte 0x{error.object[error.start]:02x} is not UTF-8 text", "save the file as UTF-8")


def _with_quotes(line: bytes, bounds: list[tuple[int, int]]) -> list[tuple[int, int, bool]]:
    return [(start, end, start > 0 and line[start - 1] in b"'\"") for start, end in bounds]


def _check_is_text(source: _Source) -> None:
    head = source.file.read(4096)
    marks = {b"\xff\xfe": "UTF-16 text", b"\xfe\xff": "UTF-16 text", b"\x1f\x8b": "compressed by gzip"}
    found = marks.get(head[:2], "binary" if b"\0" in head else None)
    if found is not None:
        advice = "unpack it with gunzip" if "gzip" in found else "a STAR file is UTF-8 text"
        raise InputError(f"the file is {found}, not a STAR file", file=source.path, advice=advice)
    source.file.seek(3 if head.startswith(b"\xef\xbb\xbf") else 0)


def _read_blocks(source: _Source) -> dict[str, StarTable]:
    tables: dict[str, StarTable] = {}
    name = None
    while True:
        offset, line = source.next_line()
        if not line:
            return tables
        words = source.words(offset, line)
        keyword = words[0].lower() if len(words) == 1 else ""
        if keyword.startswith("data_"):
            name = words[0][len("data_") :]
            if name in tables:
                source.refuse(offset, f"a second block {words[0]}", "give each block its own name")
            tables[name] = StarTable(name, {}, is_loop=False)
        elif name is None:
            source.refuse(
                offset, f"found {words[0][:40]!r} before the first data_ line", "a block begins with data_NAME"
            )
        elif tables[name].is_loop or (keyword == "loop_" and tables[name].columns):
            source.refuse(offset, f"a second table in block data_{name}", "begin each table with its own data_ line")
        elif keyword == "loop_":
            tables[name] = StarTable(name, _read_loop(source))
        else:
            _read_pair(source, offset, line, tables[name].columns)


def _read_pair(source: _Source, offset: int, line: bytes, columns: dict[str, NumpyArray]) -> None:
    """Add a label and its value to the columns of a block."""
    words = source.words(offset, line)
    if not words[0].startswith("_") or words[0] == "_":
        source.refuse(offset, f"found {words[0][:40]!r}, expected a label that begins with _, loop_ or data_NAME")
    if len(words) != 2:
        source.refuse(offset, f"label {words[0]} has {len(words) - 1} values, expected 1", "quote a value with blanks")
    label = words[0][1:]
    if label in columns:
        source.refuse(offset, f"label {words[0]} stands twice in its block", "keep one of them")
    bounds = np.array(field_bounds(line), dtype=np.int32)[1:]
    column = _Growing(is_text=_is_name(label))
    data = np.frombuffer(line, np.uint8)
    (value,) = _columns(star_fields, data, bounds[:, :1], bounds[:, 1:], [_is_name(label)])
    column.add(value, 1.0)
    columns[label] = column.array


def _is_name(label: str) -> bool:
    return label.endswith("Name")


def _read_loop(source: _Source) -> dict[str, NumpyArray]:
    """The columns of the loop whose labels and rows come next."""
    labels: list[str] = []
    while True:
        offset, line = source.next_line()
        words = source.words(offset, line)
        if not words or not words[0].startswith("_") or words[0] == "_":
            break
        if len(words) != 1:
            source.refuse(offset, f"found {words[1][:40]!r} behind label {words[0]}", "a loop has one label a line")
        if words[0][1:] in labels:
            source.refuse(offset, f"label {words[0]} stands twice in its loop", "keep one of them")
        labels.append(words[0][1:])
    if not labels:
        source.refuse(offset, "loop_ is not followed by labels", "write one _label a line below loop_")
    return _read_rows(source, labels, offset)


def _read_rows(source: _Source, labels: list[str], start: int) -> dict[str, NumpyArray]:
    """The columns of the rows from an offset to the end of the table; the file is left behind them."""
    as_text = {label for label in labels if _is_name(label)}
    size = source.file.seek(0, 2) - start
    fields = _fields_for(size)
    while True:
        columns = [_Growing(is_text=label in as_text) for label in labels]
        end, chunks = start, _chunks(source, start)
        for pieces, stop, ended in _in_turn(partial(_read_chunk, fields, labels, as_text), chunks):
            end = stop
            for column, piece in zip(columns, pieces, strict=bool(pieces)):
                column.add(piece, 1.0 if ended else size / (end - start))
            if ended:
                break
        mixed = {label for label, column in zip(labels, columns, strict=True) if column.is_mixed}
        if not mixed:
            break
        # a column that looked numeric in some chunks is read again, as the text that it is
        as_text |= mixed
    source.file.seek(end)
    _check_end(source, end, len(labels))
    return {label: column.array[: column.rows] for label, column in zip(labels, columns, strict=True)}


class _Growing:
    """A column while it is read, in one array from the start, so that it never stands in memory twice."""

    def __init__(self, *, is_text: bool) -> None:
        self.array: NumpyArray = np.empty(0, StringDType() if is_text else np.int64)
        self.rows = 0
        self.is_mixed = False

    def add(self, piece: NumpyArray, expected: float) -> None:
        """Append the fields of a chunk; about so many times as many rows are expected in all as there are then."""
        is_text = piece.dtype.kind in "ST"
        self.is_mixed |= self.rows > 0 and is_text != (self.array.dtype.kind == "T")
        if self.is_mixed:
            return
        rows = self.rows + len(piece)
        dtype = StringDType() if is_text else np.result_type(self.array, piece)
        if rows > len(self.array) or dtype != self.array.dtype:
            larger = np.empty(max(rows, int(1.02 * expected * rows)) if expected > 1 else rows, dtype)
            larger[: self.rows] = self.array[: self.rows]
            self.array = larger
        self.array[self.rows : rows] = piece
        self.rows = rows


def _fields_for(size: int) -> ModuleType:
    """The functions for a text of a size: compiled ones where they are worth their import."""
    if size <= _SMALL_BYTES:
        return star_fields
    from vitreous.kernels.numba import star_fields as compiled

    return compiled


def _in_turn(function: Callable[[_T], _S], items: Iterable[_T]) -> Iterator[_S]:
    """The results of a function that sets the interpreter free, in the order of the items, some threads ahead."""
    threads = min(_THREADS, os.cpu_count() or 1)
    with ThreadPoolExecutor(threads) as pool:
        waiting: deque[Future[_S]] = deque()
        for item in items:
            waiting.append(pool.submit(function, item))
            if len(waiting) > threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _read_chunk(
    fields: ModuleType, labels: list[str], as_text: set[str], chunk: tuple[int, NumpyArray]
) -> tuple[list[NumpyArray], int, bool]:
    """The columns of a chunk's rows, the offset behind the last, and whether the table ends there."""
    offset, data = chunk
    starts, ends, stop = fields.split_rows(data, len(labels))
    columns = _columns(fields, data, starts, ends, [label in as_text for label in labels]) if len(starts) else []
    return columns, offset + stop, stop < len(data)


def _chunks(source: _Source, start: int) -> Iterator[tuple[int, NumpyArray]]:
    """Runs of whole lines from an offset to the end of the file, with their offsets."""
    source.file.seek(start)
    offset = start
    while data := source.file.read(_CHUNK_BYTES):
        data += source.read_line(offset + data.rfind(b"\n") + 1)
        if not data.isascii():
            _check_utf8(source, offset, data)
        yield offset, np.frombuffer(data, np.uint8)
        offset += len(data)


def _check_utf8(source: _Source, offset: int, data: bytes) -> None:
    try:
        data.decode()
    except UnicodeDecodeError as error:
        source.refuse(
            offset + error.start, f"byte 0x{data[error.start]:02x} is not UTF-8 text", "save the file as UTF-8"
        )


def _check_end(source: _Source, offset: int, columns: int) -> None:
    """Refuse the line behind the rows unless something new begins there."""
    offset, line = source.next_line()
    source.file.seek(offset)
    if not line:
        return
    words = source.words(offset, line)
    opens = len(words) == 1 and words[0].lower().startswith(("data_", "loop_"))
    if opens or words[0].startswith("_"):
        return
    if len(words) != columns:
        source.refuse(offset, f"the row has {len(words)} fields, expected {columns}", "quote a value that holds blanks")
    source.refuse(offset, "the row holds a control character")


def _columns(
    fields: ModuleType, data: NumpyArray, starts: NumpyArray, ends: NumpyArray, is_text: list[bool]
) -> list[NumpyArray]:
    """The fields of rows by column: int64, float64, or text as UTF-8 bytes (StringDType where one is much longer)."""
    # all numbers in one call: threads that often hand over the interpreter wait for it
    others = [i for i, text in enumerate(is_text) if not text]
    kinds, integers, decimals = fields.parse_numbers(data, starts.T[others], ends.T[others])
    columns: dict[int, NumpyArray] = {}
    for i, least, most, whole, decimal in zip(
        others, kinds.min(axis=1), kinds.max(axis=1), integers, decimals, strict=True
    ):
        if least != TEXT:
            columns[i] = whole if most == INTEGER else decimal
    return [
        columns[i] if i in columns else _texts(fields, data, start, end)
        for i, (start, end) in enumerate(zip(starts.T, ends.T, strict=True))
    ]


def _texts(fields: ModuleType, data: NumpyArray, starts: NumpyArray, ends: NumpyArray) -> NumpyArray:
    lengths = ends - starts
    # NumPy takes a hundred times a field's width to turn bytes into text
    if lengths.max() <= _WIDEST_FIELD and int(lengths.max()) * len(lengths) <= 4 * int(lengths.sum()) + _SMALL_BYTES:
        return fields.gather_texts(data, starts, ends)  # type: ignore[no-any-return]
    texts = [data[start:end].tobytes().decode() for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
    return np.array(texts, dtype=StringDType())


def write_star(path: Path, tables: Mapping[str, StarTable], *, stamp: bool = True) -> None:
    """Write tables as a STAR file that reads back to the same values; it appears whole or not at all.

    Parameters
    ----------
    path
        The file; one that exists is replaced.
    tables
        The tables by block name, written in this order.
    stamp
        Whether the comment by which RELION knows its files of version 3.1 and later stands above each table.

    Raises
    ------
    InputError
        If columns of a table differ in length, or a name, label or value cannot be written on one line.
    OSError
        If the disk is full or the folder cannot be written to.
    """
    with atomic_write(path) as temporary, open(temporary, "wb") as file:
        for name, table in tables.items():
            _check_table(name, table, path)
            file.write(f"{_STAMP if stamp else ''}\ndata_{name}\n\n".encode())
            if not table.is_loop:
                for label, column in table.columns.items():
                    file.write(f"_{label} ".encode() + _spell(star_fields, label, column, path)[0] + b"\n")
                continue
            file.write("".join(["loop_\n", *(f"_{label} #{i}\n" for i, label in enumerate(table.columns, 1))]).encode())
            for rows in _in_turn(partial(_spell_rows, _fields_for(_row_bytes(table)), table, path), _row_runs(table)):
                file.write(rows.data)
            file.write(b"\n")


def _check_table(name: str, table: StarTable, path: Path) -> None:
    place = f"data_{name}"
    for word, what in ((f"data_{name}", "block name"), *((label, "label") for label in table.columns)):
        if not word or re.search(r"\s", word):
            raise InputError(f"the {what} {word!r} is empty or holds blanks", file=path, place=place)
    lengths = {label: len(column) for label, column in table.columns.items()}
    if len(set(lengths.values())) > 1 or any(column.ndim != 1 for column in table.columns.values()):
        raise InputError(f"columns differ in length: {lengths}", file=path, place=place)
    if not table.is_loop and table.columns and len(table) != 1:
        raise InputError(f"a block without loop has one value for each label, not {len(table)}", file=path, place=place)


def _row_bytes(table: StarTable) -> int:
    return 10 * len(table) * len(table.columns)


def _row_runs(table: StarTable) -> Iterator[slice]:
    """The rows of a table in runs."""
    return (slice(start, start + _ROWS) for start in range(0, len(table) if table.columns else 0, _ROWS))


def _spell_rows(fields: ModuleType, table: StarTable, path: Path, rows: slice) -> NumpyArray:
    """The text of some rows."""
    columns = [_spell(fields, label, column[rows], path) for label, column in table.columns.items()]
    return fields.join_rows(columns)  # type: ignore[no-any-return]


def _spell(fields: ModuleType, label: str, column: NumpyArray, path: Path) -> NumpyArray:
    """The fields of a column as they stand in the file, as bytes."""
    kind = column.dtype.kind
    if kind == "f":
        return fields.spell_decimals(np.ascontiguousarray(column, dtype=np.float64))  # type: ignore[no-any-return]
    if kind in "biu":
        return (column.astype(np.uint8) if kind == "b" else column).astype(bytes)
    if kind not in "TU":
        raise InputError(f"{column.dtype} is neither numbers nor text", file=path, place=f"column {label}")
    encoded = [text.encode() for text in column.tolist()]
    texts = np.array(encoded, dtype=bytes) if encoded else np.empty(0, "S1")
    plain = fields.plain_texts(texts)
    # one quoted value makes a column text whose every value looks like a number
    if len(texts) and not _is_name(label) and _looks_numeric(encoded[0]):
        plain[0] = False
    if plain.all():
        return texts
    return np.array(
        [text if good else _quoted(text, label, path) for text, good in zip(encoded, plain.tolist(), strict=True)]
    )


def _looks_numeric(text: bytes) -> bool:
    data = np.frombuffer(text, np.uint8)
    kinds, _, _ = star_fields.parse_numbers(data, np.zeros(1, np.int32), np.array([len(data)], np.int32))
    return bool(kinds[0] != TEXT)


def _quoted(text: bytes, label: str, path: Path) -> bytes:
    """A text between quotes that it does not close itself."""
    for quote in (b"'", b'"'):
        if not re.search(quote + rb"\s|[\x00-\x08\x0a\x0e-\x1f]", text):
            return quote + text + quote
    raise InputError(f"the value {text.decode()!r} cannot be written on one line", file=path, place=f"column {label}")
