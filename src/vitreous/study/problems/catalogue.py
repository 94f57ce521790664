"""The problems of the curriculum, read from its folders: ``04_phase_contrast/blur/problems.py``."""

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from vitreous.study.problems.problem import Compute, Derive, Explain, OwnFunction, Problem

__all__ = ["CURRICULUM", "Placed", "every_problem", "find", "problems_in", "problems_of", "topics"]

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
def problems_of(topic: str, curriculum: Path = CURRICULUM) -> Mapping[str, Placed]:
    """The problems of one topic by their address, in the order of streams and files.

    Parameters
    ----------
    topic
        The name of its folder.
    curriculum
        The folder that holds the topics.

    Returns
    -------
    mapping
        ``04-b-factor`` → the problem and its place.

    Raises
    ------
    ValueError
        Where two problems share a key.
    """
    found: dict[str, Placed] = {}
    for file in sorted((curriculum / topic).glob("*/problems.py")):
        for problem in problems_in(file):
            placed = Placed(topic[:2], topic, file.parent.name, problem)
            other = found.setdefault(placed.address, placed)
            if other is not placed:
                raise ValueError(f"{topic}: {placed.stream} and {other.stream} both have a problem {problem.key}")
    return found


def every_problem(curriculum: Path = CURRICULUM) -> Mapping[str, Placed]:
    """Every problem of the curriculum by its address, topic by topic; see ``problems_of``."""
    return {
        address: placed for topic in topics(curriculum) for address, placed in problems_of(topic, curriculum).items()
    }


def find(address: str, curriculum: Path = CURRICULUM) -> Placed | None:
    """The problem of an address; only the files of its topic are read.

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
    number = number.zfill(2)
    for topic in topics(curriculum):
        if topic[:2] == number:
            return problems_of(topic, curriculum).get(f"{number}-{key}")
    return None
