"""Kinds of answers: how what was typed is read, and when it is right."""

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Answer", "Choose", "Complex", "Expression", "Matrix", "Number", "Order", "Quaternion", "Vector"]


@dataclass(frozen=True)
class Number:
    """A number in ``unit``; right within the larger of the two tolerances."""

    value: float
    unit: str = ""
    relative: float = 0.01
    absolute: float = 0.0


@dataclass(frozen=True)
class Complex:
    """A complex number, typed as ``a + bi``; right within the larger tolerance of its modulus."""

    value: complex
    unit: str = ""
    relative: float = 0.01
    absolute: float = 1e-6


@dataclass(frozen=True)
class Vector:
    """Components separated by commas; each within ``absolute``."""

    value: Sequence[float]
    unit: str = ""
    absolute: float = 0.01


@dataclass(frozen=True)
class Quaternion:
    """Four components w, x, y, z; q and −q are one rotation and both are right."""

    value: Sequence[float]
    absolute: float = 0.01


@dataclass(frozen=True)
class Matrix:
    """Rows on lines of their own (or after semicolons); each entry within ``absolute``."""

    value: Sequence[Sequence[float]]
    absolute: float = 0.01


@dataclass(frozen=True)
class Choose:
    """One of the options, by its place in the list."""

    options: Sequence[str]
    value: int


@dataclass(frozen=True)
class Order:
    """The items put into order; ``value`` is the right sequence of places in ``items``."""

    items: Sequence[str]
    value: Sequence[int]


@dataclass(frozen=True)
class Expression:
    """A formula in named variables, equal to ``value`` (written in the same grammar) wherever both are defined."""

    value: str
    variables: Sequence[str]


Answer = Number | Complex | Vector | Quaternion | Matrix | Choose | Order | Expression
