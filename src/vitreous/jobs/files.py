"""Files that appear whole or not at all, and what is recorded of the files that a job read."""

import errno
import hashlib
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from vitreous._errors import InputError
from vitreous._typing import Path as AnyPath

__all__ = ["CHECKSUM_LIMIT_BYTES", "PARTIAL", "append_line", "as_json", "atomic_write", "describe_input", "write_json"]

PARTIAL = ".partial"
"""What stands in the name of a file that is not yet whole: ``.map.1f00.partial.mrc``."""
CHECKSUM_LIMIT_BYTES = 1 << 30
"""Metadata above this size are recorded by size and time alone, as images are."""
_IMAGES = {".mrc", ".mrcs", ".map", ".tif", ".tiff", ".eer"}


def _sync(path: Path) -> None:
    """Have the system write what it holds of a file or folder to the disk, where a full disk shows at the latest."""
    if os.name != "posix" and path.is_dir():
        return
    descriptor = os.open(path, os.O_RDONLY if os.name == "posix" else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _naming(path: Path, *aliases: Path) -> Iterator[None]:
    """Give the system's errors that name no file, or an alias of it, the name of ``path``."""
    try:
        yield
    except OSError as error:
        if error.errno is None or str(error.filename) not in {"None", *map(str, aliases)}:
            raise
        raise OSError(error.errno, error.strerror, str(path)) from error


def append_line(path: AnyPath, line: str) -> None:
    """Add a line to a text file; it is on its way to the disk when this returns."""
    with _naming(Path(path)), Path(path).open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")


@contextmanager
def atomic_write(path: AnyPath) -> Iterator[Path]:
    """A temporary path beside ``path``, renamed onto it when the block ends without an exception.

    Until then a file already at ``path`` stands as it was; after an exception (a full disk, an interrupt) the
    temporary file is removed. The temporary name has the same suffix, since some writers choose a format by it.

    Parameters
    ----------
    path
        The file to make; its folder exists.

    Yields
    ------
    pathlib.Path
        Where the block writes. The block must make this file.

    Raises
    ------
    OSError
        Whatever the writing raised, with ``path`` as its file name.
    """
    path = Path(path)
    temporary = path.with_name(f".{path.stem}.{secrets.token_hex(4)}{PARTIAL}{path.suffix}")
    if not path.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "no such folder", str(path.parent))
    try:
        with _naming(path, temporary):
            yield temporary
            _sync(temporary)
            os.replace(temporary, path)
            _sync(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def write_json(path: AnyPath, value: Any) -> None:
    """Write a value as JSON, whole or not at all; NaN and infinities, which JSON lacks, become null."""
    with atomic_write(path) as temporary:
        temporary.write_text(json.dumps(as_json(value), indent=2, allow_nan=False) + "\n", encoding="utf-8")


def as_json(value: Any) -> Any:
    """A value made of what JSON holds: paths become text, arrays lists, NaN and infinities null."""
    if isinstance(value, dict):
        return {str(key): as_json(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [as_json(item) for item in value]
    if hasattr(value, "tolist"):
        return as_json(value.tolist())
    if isinstance(value, float):
        return value if abs(value) < float("inf") else None
    return value if value is None or isinstance(value, (bool, int, str)) else str(value)


def describe_input(path: AnyPath) -> dict[str, Any]:
    """What ``run.json`` keeps of a file that a job read.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    dict
        ``path`` (absolute), ``bytes``, ``modified`` (UTC, ISO 8601) and ``sha256``, which is None for images and for
        files above ``CHECKSUM_LIMIT_BYTES``: reading gigabytes again would cost more than it tells.

    Raises
    ------
    InputError
        If there is no such file.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError("no such file", file=path, advice="check the name and the folder")
    status = path.stat()
    cheap = path.suffix.lower() not in _IMAGES and status.st_size <= CHECKSUM_LIMIT_BYTES
    with path.open("rb") as file:
        checksum = hashlib.file_digest(file, "sha256").hexdigest() if cheap else None
    return {
        "path": str(path.resolve()),
        "bytes": status.st_size,
        "modified": datetime.fromtimestamp(status.st_mtime, UTC).isoformat(),
        "sha256": checksum,
    }
