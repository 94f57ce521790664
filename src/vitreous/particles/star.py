"""STAR files as cryo-EM programs write them: named blocks, each a loop of rows or a list of labels with values."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import BinaryIO, NoReturn

import numpy as np
from numpy.dtypes import StringDType

from vitreous._errors import InputError
from vitreous._typing import NumpyArray, Path
from vitreous.particles import star_fields
from vitreous.particles.star_fields import INTEGER, TEXT, field_bounds

__all__ = ["StarTable", "read_star", "write_star"]

_CHUNK_BYTES = 1 << 23


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

    The grammar is the part of CIF that cryo-EM programs write: one row a line, fields parted by blanks, quotes, comments.
    A column is numeric only if each of its values is (``0012`` and more than 18 digits are not); one
    whose label ends in ``Name`` is always text.

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

    def next_line(self) -> tuple[int, bytes]:
        """The next line that is not blank or a comment, with its offset; empty at the end of the file."""
        while True:
            offset = self.file.tell()
            line = self.file.readline()
            if not line or line.split(b"#", 1)[0].strip():
                return offset, line

    def words(self, offset: int, line: bytes) -> list[str]:
        """The fields of a line, quotes left out."""
        if line.startswith(b";"):
            self.refuse(
                offset, "a text block that begins with ; is not read", "put the value between quotes, on one line"
            )
        bounds = field_bounds(line)
        if bounds is None:
            self.refuse(offset, "a quote is opened and not closed", "close it before the end of the line")
        try:
            return [line[start:end].decode() for start, end in bounds]
        except UnicodeDecodeError as error:
            self.refuse(offset, f"byte 0x{error.object[error.start]:02x} is not UTF-8 text", "save the file as UTF-8")


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
    if not words[0].startswith("_"):
        source.refuse(offset, f"found {words[0][:40]!r}, expected a label that begins with _, loop_ or data_NAME")
    if len(words) != 2:
        source.refuse(offset, f"label {words[0]} has {len(words) - 1} values, expected 1", "quote a value with blanks")
    label = words[0][1:]
    if label in columns:
        source.refuse(offset, f"label {words[0]} stands twice in its block", "keep one of them")
    bounds = np.array(field_bounds(line), dtype=np.int32)[1:]
    columns[label] = _column(np.frombuffer(line, np.uint8), bounds[:, 0], bounds[:, 1], is_text=_is_name(label))


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
    while True:
        pieces: list[list[NumpyArray]] = []
        for offset, data in _chunks(source, start):
            starts, ends, stop = star_fields.split_rows(data, len(labels))
            if len(starts):
                columns = enumerate(labels)
                pieces.append(
                    [_column(data, starts[:, i], ends[:, i], is_text=label in as_text) for i, label in columns]
                )
            if stop < len(data):
                break
        mixed = {label for i, label in enumerate(labels) if len({piece[i].dtype.kind == "T" for piece in pieces}) > 1}
        if not mixed:
            break
        as_text |= mixed
    end = offset + stop
    source.file.seek(end)
    _check_end(source, end, len(labels))
    empty = {label: np.empty(0, StringDType() if label in as_text else np.int64) for label in labels}
    return {label: np.concatenate([p[i] for p in pieces]) if pieces else empty[label] for i, label in enumerate(labels)}


def _chunks(source: _Source, start: int) -> Iterator[tuple[int, NumpyArray]]:
    """Runs of whole lines from an offset to the end of the file, with their offsets."""
    source.file.seek(start)
    offset, rest = start, b""
    while data := source.file.read(_CHUNK_BYTES):
        data = rest + data
        cut = data.rfind(b"\n") + 1
        if cut:
            yield offset, _text(source, offset, data[:cut])
            offset += cut
        rest = data[cut:]
    yield offset, _text(source, offset, rest)


def _text(source: _Source, offset: int, data: bytes) -> NumpyArray:
    try:
        str(memoryview(data), "utf-8")
    except UnicodeDecodeError as error:
        source.refuse(
            offset + error.start, f"byte 0x{data[error.start]:02x} is not UTF-8 text", "save the file as UTF-8"
        )
    return np.frombuffer(data, np.uint8)


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


def _column(data: NumpyArray, starts: NumpyArray, ends: NumpyArray, *, is_text: bool) -> NumpyArray:
    """The fields of a column as int64, float64 or text."""
    if not is_text:
        kinds, integers, decimals = star_fields.parse_numbers(data, starts, ends)
        if (kinds == INTEGER).all():
            return integers
        if (kinds != TEXT).all():
            return decimals
    text = data.tobytes()
    fields = [text[start:end].decode() for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
    return np.array(fields, dtype=StringDType())


def write_star(path: Path, tables: Mapping[str, StarTable]) -> None:
    """Write tables as a STAR file that reads back to the same values; it appears whole or not at all.

    Parameters
    ----------
    path
        The file; one that exists is replaced.
    tables
        The tables by block name, written in this order.

    Raises
    ------
    InputError
        If columns of a table differ in length, or a name, label or value cannot be written on one line.
    """
    path = FilePath(path)
    partial = path.with_name(f".{path.name}.partial")
    with open(partial, "wb") as file:
        for name, table in tables.items():
            file.write(f"\n# version 30001\n\ndata_{name}\n\n".encode())
            _write_table(file, table, path)
    partial.replace(path)


def _write_table(file: BinaryIO, table: StarTable, path: Path) -> None:
    fields = [_spell(column, label, path) for label, column in table.columns.items()]
    if not table.is_loop:
        lines = [f"_{label} {field[0]}\n" for label, field in zip(table.columns, fields, strict=True)]
    else:
        lines = ["loop_\n", *(f"_{label} #{i}\n" for i, label in enumerate(table.columns, 1))]
        lines += [" ".join(row) + "\n" for row in zip(*fields, strict=True)]
    file.write("".join(lines).encode())


def _spell(column: NumpyArray, label: str, path: Path) -> list[str]:
    """The fields of a column as they stand in the file."""
    if column.dtype.kind != "T":
        return [repr(value) for value in column.tolist()]
    return [_quote(value, label, path) for value in column.tolist()]


def _quote(value: str, label: str, path: Path) -> str:
    if value and not re.search(r"\s", value) and value[0] not in "'\"#_;" and not value.lower().startswith("data_"):
        return value
    for quote in "'\"":
        if not re.search(rf"{quote}\s|\n", value):
            return f"{quote}{value}{quote}"
    raise InputError(f"the value {value!r} cannot be written on one line", file=path, place=f"column {label}")
