"""The form of an answer: which fields each kind has, and what was typed into them as one text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vitreous.study.problems import Answer, Choose, Expression, Matrix, Number, Order, Quaternion, Vector

__all__ = ["Field", "Item", "field_of", "typed_in"]

_LETTERS = {2: ("x", "y"), 3: ("x", "y", "z")}


@dataclass(frozen=True)
class Field:
    """What a template needs to draw the form of an answer; ``kind`` chooses the widget."""

    kind: str
    name: str
    unit: str = ""
    help: str = ""
    typed: str = ""
    parts: Sequence[tuple[str, str]] = ()
    columns: int = 0
    options: Sequence["Item"] = ()


@dataclass(frozen=True)
class Item:
    """An option to choose, or an item to put in order, with the orders that moving it up or down makes."""

    number: int
    text: str
    chosen: bool = False
    up: str = ""
    down: str = ""


def field_of(answer: Answer, typed: str = "", name: str = "typed") -> Field:
    """Return the form's field for an answer of some kind, filled with what was typed before.

    Parameters
    ----------
    answer
        The right answer; only its kind, size, unit and options are shown.
    typed
        What the learner typed, as one text.
    name
        The name that the field has in the form.
    """
    help_text = f"Type {answer.form()}."
    if isinstance(answer, Choose):
        items = [Item(place + 1, text, typed.strip() == str(place + 1)) for place, text in enumerate(answer.options)]
        return Field("choose", name, options=items)
    if isinstance(answer, Order):
        return _order(answer, typed, name)
    if isinstance(answer, Matrix):
        rows, columns = len(answer.value), len(answer.value[0])
        labels = [f"row {row + 1}, column {column + 1}" for row in range(rows) for column in range(columns)]
        words = typed.replace("\n", ",").split(",")
        return Field("matrix", name, parts=_parts(labels, words), columns=columns)
    if isinstance(answer, Vector | Quaternion):
        size = len(answer.value)
        letters = ("w", "x", "y", "z") if isinstance(answer, Quaternion) else _LETTERS.get(size)
        labels = list(letters or (str(place + 1) for place in range(size)))
        unit = answer.unit if isinstance(answer, Vector) else ""
        return Field("vector", name, unit=unit, parts=_parts(labels, typed.split(",")))
    if isinstance(answer, Expression):
        return Field("expression", name, help=help_text, typed=typed)
    return Field("number" if isinstance(answer, Number) else "complex", name, answer.unit, help_text, typed)


def typed_in(fields: Mapping[str, Any], answer: Answer, name: str = "typed") -> str:
    """Return what a form sent for an answer as one text, in the form that the answer reads.

    Parameters
    ----------
    fields
        The form's data, with ``getlist`` as Django's have it.
    answer
        The answer that the form was made for.
    name
        The name of its field.
    """
    parts = [part.strip() for part in fields.getlist(name)]  # type: ignore[attr-defined]
    if isinstance(answer, Matrix):
        columns = len(answer.value[0])
        return "\n".join(", ".join(parts[start : start + columns]) for start in range(0, len(parts), columns))
    return ", ".join(parts) if isinstance(answer, Vector | Quaternion) else "".join(parts[:1])


def _parts(labels: Sequence[str], words: Sequence[str]) -> list[tuple[str, str]]:
    """Each label with what was typed for it; nothing was where the number of words is another."""
    filled = [word.strip() for word in words] if len(words) == len(labels) else [""] * len(labels)
    return list(zip(labels, filled, strict=True))


def _order(answer: Order, typed: str, name: str) -> Field:
    words = [word.strip() for word in typed.split(",")]
    numbers = [str(place + 1) for place in range(len(answer.items))]
    present = words if sorted(words) == sorted(numbers) else numbers

    def swapped(place: int, other: int) -> str:
        if not 0 <= other < len(present):
            return ""
        moved = list(present)
        moved[place], moved[other] = moved[other], moved[place]
        return ", ".join(moved)

    items = [
        Item(int(word), answer.items[int(word) - 1], False, swapped(place, place - 1), swapped(place, place + 1))
        for place, word in enumerate(present)
    ]
    return Field("order", name, typed=", ".join(present), options=items)
