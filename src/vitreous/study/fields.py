"""Fields of a TOML table, each with its kind: what is missing, misspelt or of another kind is named with its file."""

import difflib
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from vitreous._errors import InputError

__all__ = ["Fields", "no_such", "parse_toml", "read_toml"]


def read_toml(file: Path) -> "Fields":
    """Return the table that a TOML file holds.

    Raises
    ------
    InputError
        The file is not there, is not UTF-8, or is not TOML; line and column are named.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise InputError("the file is not there", file=file) from error
    except UnicodeDecodeError as error:
        raise InputError("the file is not UTF-8 text", file=file, advice="save it as UTF-8") from error
    return parse_toml(text, file)


def parse_toml(text: str, file: Path) -> "Fields":
    """Return the table that a text in TOML holds; ``file`` is named where it does not hold one."""
    try:
        return Fields(tomllib.loads(text), file)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"not TOML: {error}", file=file, advice='texts stand in quotes: title = "…"') from error


def no_such(what: str, given: str, known: Collection[str]) -> str:
    """Return the sentence that ``given`` is not among the known, with the nearest of them or all."""
    near = difflib.get_close_matches(given, list(known), n=1)
    if near:
        return f"there is no {what} {given!r}; did you mean {near[0]!r}?"
    listed = ", ".join(sorted(known)) or "none at all"
    return f"there is no {what} {given!r}; there is {listed}"


@dataclass(frozen=True)
class Fields:
    """A table of a TOML file and the place it was read from."""

    values: Mapping[str, Any]
    file: Path
    place: str = ""

    def error(self, name: str, problem: str, advice: str | None = None) -> InputError:
        """Return the error of one field, for the caller to raise."""
        return InputError(problem, file=self.file, place=" ".join(filter(None, (self.place, name))), advice=advice)

    def known(self, *names: str) -> "Fields":
        """Return the table itself; an error where a field has none of these names, for it would be lost in silence."""
        for name in self.values:
            if name not in names:
                raise self.error(name, no_such("field", name, names))
        return self

    def text(self, name: str, default: str | None = None) -> str:
        """Return a text that is not empty; ``default`` where the field is not there, an error where there is none."""
        if name not in self.values and default is not None:
            return default
        value = self._value(name, str, "a text in quotes")
        if not value.strip():
            raise self.error(name, "the text is empty", advice="write it")
        return str(value)

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts, none where the field is not there."""
        values = self._value(name, list, 'a list of texts: ["…", "…"]', default=[])
        for value in values:
            if not isinstance(value, str) or not value.strip():
                raise self.error(name, f"found {value!r} in the list, expected texts in quotes")
        return tuple(values)

    def number(self, name: str, default: int | None = None) -> int | None:
        """Return a whole number of at least 0; ``default`` where the field is not there."""
        if name not in self.values:
            return default
        value = self._value(name, int, "a whole number")
        if value < 0:
            raise self.error(name, f"found {value}, expected a number of at least 0")
        return int(value)

    def flag(self, name: str) -> bool:
        """Return true or false; false where the field is not there."""
        return bool(self._value(name, bool, "true or false", default=False))

    def moment(self, name: str) -> datetime | None:
        """Return a local date and time, which carries no zone; None where the field is not there."""
        if name not in self.values:
            return None
        value = self._value(name, datetime, "a local date and time: 2020-11-19T09:00:00")
        if value.tzinfo is not None:
            raise self.error(name, f"{value} carries an offset", advice="give the local time, and the zone by its name")
        return value

    def tables(self, name: str) -> list["Fields"]:
        """Return the tables ``[[name]]`` in their order, none where there is none."""
        values = self._value(name, list, f"tables [[{name}]]", default=[])
        if not all(isinstance(value, dict) for value in values):
            raise self.error(name, f"expected tables [[{name}]], one for each")
        return [Fields(value, self.file, f"[[{name}]] no. {place}:") for place, value in enumerate(values, 1)]

    def _value(self, name: str, kind: type, wanted: str, default: Any = None) -> Any:
        if name not in self.values:
            if default is not None:
                return default
            raise self.error(name, "the field is missing", advice=f"add {name} = … ({wanted})")
        value = self.values[name]
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise self.error(name, f"found {value!r}, expected {wanted}")
        return value
