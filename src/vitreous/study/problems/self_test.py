"""The self-test of the prerequisites: which stream fits and which units to brush up, by a rule that is stated."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from vitreous.study.problems.catalogue import CURRICULUM, Placed, problems_of
from vitreous.study.problems.problem import Compute

__all__ = ["RULE", "Suggestion", "Unit", "asked", "suggestion", "units"]

RULE = (
    "Sharpen is suggested to whoever has three quarters of all problems right, and among them every one of linear "
    "algebra and of complex numbers, which the sharpen stream uses in every meeting. Blur is suggested to everybody "
    "else: it explains those as it goes. A unit is worth brushing up where one of its problems is wrong or left out."
)
_PREREQUISITES = "00_prerequisites"
_NEEDED = ("linear-algebra", "complex-numbers")
_SHARE = 0.75


@dataclass(frozen=True)
class Unit:
    """A piece of mathematics that the course stands on, and where to brush it up."""

    key: str
    title: str
    links: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Suggestion:
    """What the self-test says: the stream, why, and the units to brush up."""

    stream: str
    reason: str
    brush_up: tuple[Unit, ...]


@cache
def units(curriculum: Path = CURRICULUM) -> tuple[Unit, ...]:
    """The units of the prerequisites, from ``units.toml``.

    Parameters
    ----------
    curriculum
        The folder of the curriculum.

    Returns
    -------
    tuple of Unit
        In their order; each link is a text and an address.
    """
    table = tomllib.loads((curriculum / _PREREQUISITES / "everyone" / "units.toml").read_text(encoding="utf-8"))
    return tuple(
        Unit(unit["key"], unit["title"], tuple((link["text"], link["url"]) for link in unit["links"]))
        for unit in table["units"]
    )


def asked(curriculum: Path = CURRICULUM) -> tuple[Placed, ...]:
    """The problems of the self-test.

    Parameters
    ----------
    curriculum
        The folder of the curriculum.

    Returns
    -------
    tuple of Placed
        The computed problems of the prerequisites, in their order.
    """
    every = problems_of(_PREREQUISITES, curriculum).values()
    return tuple(item for item in every if isinstance(item.problem, Compute))


def suggestion(right: Mapping[str, Sequence[bool]], known: Sequence[Unit]) -> Suggestion:
    """What fits, from what was right.

    Parameters
    ----------
    right
        For each unit's key, whether each of its problems was answered rightly; left out counts as not right.
    known
        The units.

    Returns
    -------
    Suggestion
        By ``RULE``.
    """
    results = [one for unit in right.values() for one in unit]
    share = sum(results) / max(len(results), 1)
    lacking = [unit for unit in known if not all(right.get(unit.key, ()))]
    needed = [unit.title.lower() for unit in lacking if unit.key in _NEEDED]
    count = f"{sum(results)} of {len(results)} are right"
    if share >= _SHARE and not needed:
        return Suggestion("sharpen", f"{count}, with all of linear algebra and complex numbers.", tuple(lacking))
    without = f", and {' and '.join(needed)} {'are' if len(needed) > 1 else 'is'} not yet whole" if needed else ""
    return Suggestion("blur", f"{count}{without}.", tuple(lacking))
