"""Kinds of answers: how what was typed is read, and when it is right."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from vitreous.study.problems.expression import same
from vitreous.study.problems.grammar import AnswerError, Tree, parse
from vitreous.study.problems.quantity import read_quantity, split_unit

__all__ = ["Answer", "Choose", "Complex", "Expression", "Matrix", "Number", "Order", "Quaternion", "Vector"]

_LONGEST = 2000


@dataclass(frozen=True)
class Number:
    """A number in ``unit``; right within the larger of the two tolerances."""

    value: float
    unit: str = ""
    relative: float = 0.01
    absolute: float = 0.0

    def form(self) -> str:
        """What is to be typed, in words."""
        unit = f" in {self.unit}" if self.unit else ""
        return f"a number{unit}, for example 2.5, 1.5e-3, 3/8 or 2*pi"

    def read(self, typed: str) -> float:
        """The number that was typed, in ``unit``; AnswerError where there is none."""
        return _real(typed, self.unit, self.form())

    def accepts(self, value: float) -> bool:
        """Whether a number is right."""
        return abs(value - self.value) <= max(self.absolute, self.relative * abs(self.value))

    def written(self) -> str:
        """The right answer as one would type it."""
        return f"{self.value:.12g} {self.unit}".strip()


@dataclass(frozen=True)
class Complex:
    """A complex number, typed as ``a + bi``; right within the larger tolerance of its modulus."""

    value: complex
    unit: str = ""
    relative: float = 0.01
    absolute: float = 1e-6

    def form(self) -> str:
        """What is to be typed, in words."""
        return f"a complex number{f' in {self.unit}' if self.unit else ''}, for example 1.5 - 2i or 2*exp(i*pi/3)"

    def read(self, typed: str) -> complex:
        """The complex number that was typed, in ``unit``; AnswerError where there is none."""
        return _wanted(lambda: read_quantity(_short(typed), self.unit), self.form())

    def accepts(self, value: complex) -> bool:
        """Whether a complex number is right."""
        return abs(value - self.value) <= max(self.absolute, self.relative * abs(self.value))

    def written(self) -> str:
        """The right answer as one would type it."""
        return f"({self.value.real:.12g} {self.value.imag:+.12g}i) {self.unit}".strip()


@dataclass(frozen=True)
class Vector:
    """Components separated by commas; each within ``absolute``."""

    value: Sequence[float]
    unit: str = ""
    absolute: float = 0.01

    def form(self) -> str:
        """What is to be typed, in words."""
        unit = f" in {self.unit}" if self.unit else ""
        example = ", ".join(("1", "0", "-0.5", "2")[place % 4] for place in range(len(self.value)))
        return f"{len(self.value)} numbers{unit} with commas between them, for example {example}"

    def read(self, typed: str) -> tuple[float, ...]:
        """The components that were typed; AnswerError where they are none or too few."""
        return _row(typed, len(self.value), self.unit, self.form())

    def accepts(self, value: Sequence[float]) -> bool:
        """Whether every component is right."""
        return _near(value, self.value, self.absolute)

    def written(self) -> str:
        """The right answer as one would type it."""
        return _listed(self.value)


@dataclass(frozen=True)
class Quaternion:
    """Four components w, x, y, z; q and −q are one rotation and both are right."""

    value: Sequence[float]
    absolute: float = 0.01

    def form(self) -> str:
        """What is to be typed, in words."""
        return "four numbers w, x, y, z with commas between them, the scalar part first, for example 1, 0, 0, 0"

    def read(self, typed: str) -> tuple[float, ...]:
        """The components that were typed; AnswerError where they are not four numbers."""
        return _row(typed, 4, "", self.form())

    def accepts(self, value: Sequence[float]) -> bool:
        """Whether a quaternion, or its negative, is right."""
        return _near(value, self.value, self.absolute) or _near([-x for x in value], self.value, self.absolute)

    def written(self) -> str:
        """The right answer as one would type it."""
        return _listed(self.value)


@dataclass(frozen=True)
class Matrix:
    """Rows on lines of their own (or after semicolons); each entry within ``absolute``."""

    value: Sequence[Sequence[float]]
    absolute: float = 0.01

    def form(self) -> str:
        """What is to be typed, in words."""
        rows, columns = len(self.value), len(self.value[0])
        return f"{rows} rows of {columns} numbers: a line for each row, commas or spaces between the numbers"

    def read(self, typed: str) -> tuple[tuple[float, ...], ...]:
        """The rows that were typed; AnswerError where their number or lengths are not those wanted."""
        inner = re.sub(r"\]\s*,?\s*\[|\)\s*,\s*\(", ";", _short(typed))
        rows = [row for row in re.split(r"[;\n]", inner.strip("[]() \t\r\n")) if row.strip()]
        if len(rows) != len(self.value):
            raise AnswerError(f"Found {len(rows)} rows where {len(self.value)} are wanted. Type {self.form()}.")
        return tuple(_row(row, len(wanted), "", self.form()) for row, wanted in zip(rows, self.value, strict=True))

    def accepts(self, value: Sequence[Sequence[float]]) -> bool:
        """Whether every entry is right."""
        return all(_near(row, wanted, self.absolute) for row, wanted in zip(value, self.value, strict=True))

    def written(self) -> str:
        """The right answer as one would type it."""
        return "\n".join(_listed(row) for row in self.value)


@dataclass(frozen=True)
class Choose:
    """One of the options, by its place in the list, counted from 0; a learner counts from 1."""

    options: Sequence[str]
    value: int

    def form(self) -> str:
        """What is to be typed, in words."""
        return f"one of the {len(self.options)} options, by its number"

    def read(self, typed: str) -> int:
        """The option that was chosen, counted from 0; AnswerError where there is none of that number."""
        found = re.fullmatch(r"\s*([0-9]{1,3})\s*\.?\s*", typed, re.ASCII)
        if found is None or not 1 <= int(found[1]) <= len(self.options):
            raise AnswerError(f"{_quoted(typed)} Choose {self.form()}.")
        return int(found[1]) - 1

    def accepts(self, value: int) -> bool:
        """Whether it is the right option."""
        return value == self.value

    def written(self) -> str:
        """The right answer as one would type it."""
        return str(self.value + 1)


@dataclass(frozen=True)
class Order:
    """The items put into order; ``value`` is the right sequence of places in ``items``, counted from 0."""

    items: Sequence[str]
    value: Sequence[int]

    def form(self) -> str:
        """What is to be typed, in words."""
        return f"the numbers 1 to {len(self.items)} of the items, each once, in their order, with commas between them"

    def read(self, typed: str) -> tuple[int, ...]:
        """The order that was typed, as places counted from 0; AnswerError where an item is missing or named twice."""
        words = [word for word in re.split(r"[,;\s]+", _short(typed).strip()) if word]
        places = [int(word) - 1 for word in words if re.fullmatch("[0-9]{1,3}", word)]
        if len(places) != len(words) or sorted(places) != list(range(len(self.items))):
            raise AnswerError(f"{_quoted(typed)} Give {self.form()}.")
        return tuple(places)

    def accepts(self, value: Sequence[int]) -> bool:
        """Whether it is the right order."""
        return tuple(value) == tuple(self.value)

    def written(self) -> str:
        """The right answer as one would type it."""
        return ", ".join(str(place + 1) for place in self.value)


@dataclass(frozen=True)
class Expression:
    """A formula in named variables, equal to ``value`` (written in the same grammar) wherever both are defined.

    Variables are real; those that are ``positive`` are tried with positive values only.
    """

    value: str
    variables: Sequence[str]
    positive: Sequence[str] = ()

    def form(self) -> str:
        """What is to be typed, in words."""
        names = ", ".join(self.variables)
        return (
            f"a formula in {names}, for example exp(-2*{self.variables[0]}^2)/3; pi, i, sqrt(), sin(), |x| may be used"
        )

    def read(self, typed: str) -> Tree:
        """The formula that was typed, as a tree; AnswerError where it cannot be read."""
        return _wanted(lambda: parse(typed, self.variables), self.form())

    def accepts(self, value: Tree | str) -> bool:
        """Whether a formula (a tree, or its text) is equal to the right one."""
        tree = parse(value, self.variables) if isinstance(value, str) else value
        return same(tree, _known(self.value, tuple(self.variables)), self.variables, self.positive)

    def written(self) -> str:
        """The right answer as one would type it."""
        return self.value


Answer = Number | Complex | Vector | Quaternion | Matrix | Choose | Order | Expression


@lru_cache(maxsize=512)
def _known(text: str, variables: tuple[str, ...]) -> Tree:
    return parse(text, variables)


def _wanted(read: Any, form: str) -> Any:
    """Add to the message of a failure which form is wanted."""
    try:
        return read()
    except AnswerError as error:
        raise AnswerError(f"{error} Type {form}.") from None


def _real(typed: str, unit: str, form: str) -> float:
    value = _wanted(lambda: read_quantity(_short(typed), unit), form)
    if abs(value.imag) > 1e-12 * (1 + abs(value)):
        raise AnswerError(f"“{typed.strip()}” is complex; the answer is real. Type {form}.")
    return float(value.real)


def _row(typed: str, count: int, unit: str, form: str) -> tuple[float, ...]:
    """Read numbers with commas, semicolons or spaces between them, perhaps in brackets, perhaps with a unit behind."""
    text = _short(typed).strip()
    behind = re.fullmatch(r"[\[(](.*)[\])]\s*([^()\[\]]*)", text, re.DOTALL)
    text, after = (behind[1], behind[2]) if behind else (text, "")
    words = [word for word in re.split(r"[,;]" if re.search("[,;]", text) else r"\s+", text.strip()) if word.strip()]
    if len(words) != count:
        raise AnswerError(f"Found {len(words)} numbers where {count} are wanted. Type {form}.")
    units = [split_unit(word, unit)[1] for word in words]
    if not after and not any(units[:-1]):
        # a unit behind the last number is meant for all
        words, after = [*words[:-1], split_unit(words[-1], unit)[0]], units[-1]
    return tuple(_real(f"{word} {after}", unit, form) for word in words)


def _short(typed: str) -> str:
    if len(typed) > _LONGEST:
        raise AnswerError(f"The answer is {len(typed)} characters long; at most {_LONGEST} are read.")
    return typed


def _quoted(typed: str) -> str:
    return f"“{typed.strip()[:40]}” is not among them." if typed.strip() else "Nothing was chosen."


def _near(value: Sequence[float], wanted: Sequence[float], absolute: float) -> bool:
    return len(value) == len(wanted) and all(abs(a - b) <= absolute for a, b in zip(value, wanted, strict=True))


def _listed(row: Sequence[float]) -> str:
    return ", ".join(f"{float(value):.12g}" for value in row)
