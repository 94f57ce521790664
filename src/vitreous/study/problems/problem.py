"""What a problem is: fresh numbers for each attempt, an answer, wrong answers that people give, hints, a worked one."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from vitreous.study.problems.answers import Answer

__all__ = ["Attempt", "Case", "Compute", "Derive", "Explain", "Mistake", "OwnFunction", "Problem", "Step", "compute"]


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that people give, in the form the right one has, and what to tell whoever gives it."""

    answer: Any
    hint: str


@dataclass(frozen=True)
class Attempt:
    """One drawing of a problem: the numbers are in its words."""

    statement: str
    answer: Answer
    mistakes: Sequence[Mistake]
    hints: Sequence[str]
    worked: str


@dataclass(frozen=True)
class Compute:
    """A problem whose answer is checked; ``draw(rng)`` makes an attempt with fresh numbers.

    ``unit`` names the brush-up unit that a problem of the self-test belongs to.
    """

    key: str
    title: str
    draw: Callable[[np.random.Generator], Attempt]
    unit: str = ""


def compute(title: str, unit: str = "") -> Callable[[Callable[[np.random.Generator], Attempt]], Compute]:
    """Turn a function of a random generator into a problem; its name, with dashes, is the problem's key."""

    def made(draw: Callable[[np.random.Generator], Attempt]) -> Compute:
        return Compute(draw.__name__.replace("_", "-"), title, draw, unit)

    return made


@dataclass(frozen=True)
class Explain:
    """A question in words: a model answer, shown once an attempt is written, and points to compare it by."""

    key: str
    title: str
    question: str
    answer: str
    checklist: Sequence[str]


@dataclass(frozen=True)
class Step:
    """A step of a derivation: words, its equation in LaTeX, and a check, symbolic or numerical, that it holds."""

    text: str
    equation: str
    check: Callable[[], bool]


@dataclass(frozen=True)
class Derive:
    """A worked derivation, revealed step by step."""

    key: str
    title: str
    claim: str
    steps: Sequence[Step]


@dataclass(frozen=True)
class Case:
    """One call of a learner's function: arguments, what it should return, how near, and what the case tries."""

    arguments: tuple[Any, ...]
    expected: Any
    absolute: float
    about: str


@dataclass(frozen=True)
class OwnFunction:
    """A function for the learner to write, checked on the learner's machine against cases not shown.

    ``mistakes`` are wrong versions as source text: where the learner's results equal one's, its hint is given.
    """

    key: str
    title: str
    statement: str
    function: str
    starter: str
    solution: str
    cases: Callable[[np.random.Generator], Iterator[Case]]
    hints: Sequence[str]
    mistakes: Sequence[Mistake] = ()


Problem = Compute | Explain | Derive | OwnFunction
