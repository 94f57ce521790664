"""The problems of the curriculum, read from its folders: ``04_phase_contrast/blur/problems.py``."""

import importlib.util
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from vitreous.study.problems.problem import Compute, Derive, Explain, OwnFunction, Problem

__all__ = ["CURRICULUM", "Placed", "every_problem", "find", "problems_in", "topics"]

CURRICULUM = Path(__file__).parents[1] / "curriculum"


@dataclass(frozen=True)
class Placed:
    """A problem and where it stands: ``04`` of ``04_phase_contrast``, the folder's name, the stream's folder."""

    number: str
    topic: str
    stream: str
    problem: Problem

    @property
    def address(self) -> str:
        """What the problem is called everywhere: ``04-b-factor``."""
        return f"{self.number}-{self.problem.key}"


def topics(curriculum: Path = CURRICULUM) -> tuple[str, ...]:
    """The names of the topics' folders, in their order.

    Parameters
    ----------
    curriculum
        The folder that holds them.

    Returns
    -------
    tuple of str
        ``00_prerequisites``, ``01_background`` ...
    """
    return tuple(sorted(path.name for path in curriculum.iterdir() if path.is_dir() and path.name[:2].isdecimal()))


@cache
def problems_in(file: Path) -> tuple[Problem, ...]:
    """The problems that one ``problems.py`` defines, in its order.

    Parameters
    ----------
    file
        Its path.

    Returns
    -------
    tuple of Problem
        Every object of it that is a problem.
    """
    spec = importlib.util.spec_from_file_location(f"_problems_{file.parts[-3]}_{file.parts[-2]}", file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} is no Python file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    kinds = (Compute, Explain, Derive, OwnFunction)
    return tuple(value for name, value in vars(module).items() if isinstance(value, kinds) and not name.startswith("_"))


@cache
def every_problem(curriculum: Path = CURRICULUM) -> Mapping[str, Placed]:
    """Every problem of the curriculum by its address, in the order of topics, streams and files.

    Parameters
    ----------
    curriculum
        The folder that holds the topics.

    Returns
    -------
    mapping
        ``04-b-factor`` → the problem and its place.

    Raises
    ------
    ValueError
        Where two problems of one topic share a key.
    """
    found: dict[str, Placed] = {}
    for placed in _placed(curriculum):
        if placed.address in found:
            other = found[placed.address]
            raise ValueError(
                f"{placed.topic}: {placed.stream} and {other.stream} both have a problem {placed.problem.key}"
            )
        found[placed.address] = placed
    return found


def _placed(curriculum: Path) -> Iterator[Placed]:
    for topic in topics(curriculum):
        for file in sorted((curriculum / topic).glob("*/problems.py")):
            for problem in problems_in(file):
                yield Placed(topic[:2], topic, file.parent.name, problem)


def find(address: str, curriculum: Path = CURRICULUM) -> Placed | None:
    """The problem of an address.

    Parameters
    ----------
    address
        ``04-b-factor``; ``4-b-factor`` is understood.
    curriculum
        The folder that holds the topics.

    Returns
    -------
    Placed or None
        The problem and its place; None where there is none.
    """
    number, _, key = address.partition("-")
    return every_problem(curriculum).get(f"{number.zfill(2)}-{key}")
