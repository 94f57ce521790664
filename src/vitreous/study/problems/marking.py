"""Marking: right, a mistake that is known, or one of those that people make everywhere."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import pi
from typing import Any

import numpy as np

from vitreous.study.problems.answers import Answer, Complex, Expression, Matrix, Number, Quaternion, Vector
from vitreous.study.problems.grammar import Apply, Literal, Name
from vitreous.study.problems.problem import Attempt, Compute
from vitreous.study.problems.quantity import read_unit

__all__ = ["Verdict", "draw", "mark", "mark_attempt"]


@dataclass(frozen=True)
class Verdict:
    """What is said to a learner: whether the answer is right, in words, and what the mistake may have been."""

    right: bool
    message: str
    mistake_hint: str | None = None


_RIGHT = "That is right."
_WRONG = "Not yet."

_FACTORS = (
    (-1.0, "Your number has the right size and the wrong sign."),
    (2.0, "Your number is twice the right one: has a factor of 2 come in?"),
    (0.5, "Your number is half of the right one: is a factor of 2 missing?"),
    (4.0, "Your number is four times the right one: has a factor of 4 come in?"),
    (0.25, "Your number is a quarter of the right one: is a factor of 4 missing?"),
    (2 * pi, "Your number is 2π times the right one: cycles or radians?"),
    (1 / (2 * pi), "Your number is the right one divided by 2π: cycles or radians?"),
    (180 / pi, "Your number is 180/π times the right one: degrees where radians are meant?"),
    (pi / 180, "Your number is π/180 times the right one: radians where degrees are meant?"),
)
_SHARES = (
    (100.0, "Your number is a hundred times the right one: a fraction, or percent?"),
    (0.01, "Your number is a hundredth of the right one: a fraction, or percent?"),
)
_UNITS = (
    (10.0, "Your number is ten times the right one: Å or nm?"),
    (0.1, "Your number is a tenth of the right one: Å or nm?"),
    (1000.0, "Your number is a thousand times the right one: look at the prefix of the unit."),
    (0.001, "Your number is a thousandth of the right one: look at the prefix of the unit."),
    (1e4, "Your number is 10⁴ times the right one: Å or µm?"),
    (1e-4, "Your number is 10⁻⁴ of the right one: Å or µm?"),
)


def draw(problem: Compute, seed: int) -> Attempt:
    """The attempt of a problem that a seed stands for.

    Parameters
    ----------
    problem
        The problem.
    seed
        A number ≥ 0: the same one gives the same numbers.

    Returns
    -------
    Attempt
        Statement, answer, mistakes, hints and worked answer.
    """
    return problem.draw(np.random.default_rng(seed))


def mark(problem: Compute, seed: int, typed: str) -> Verdict:
    """Mark what was typed as the answer to a problem drawn by a seed.

    Parameters
    ----------
    problem, seed
        The problem and the numbers it was asked with.
    typed
        What the learner typed.

    Returns
    -------
    Verdict
        Right or not, in words, with a hint where the mistake is recognised.

    Raises
    ------
    AnswerError
        Where what was typed cannot be read: no attempt was made then.
    """
    return mark_attempt(draw(problem, seed), typed)


def mark_attempt(attempt: Attempt, typed: str) -> Verdict:
    """Mark what was typed as the answer to an attempt; see ``mark``."""
    answer = attempt.answer
    value = answer.read(typed)
    if answer.accepts(value):  # type: ignore[arg-type]
        return Verdict(True, _RIGHT)
    for mistake in attempt.mistakes:
        if replace(answer, value=mistake.answer).accepts(value):  # type: ignore[arg-type]
            return Verdict(False, _WRONG, mistake.hint)
    for other, hint in _usual(answer):
        if other.accepts(value) and not other.accepts(answer.value):
            return Verdict(False, _WRONG, hint)
    return Verdict(False, _WRONG)


def _usual(answer: Answer) -> Iterator[tuple[Any, str]]:
    """The mistakes that people make everywhere, as answers of the same kind, each with its hint."""
    if isinstance(answer, Number | Complex) and answer.value != 0:
        if isinstance(answer, Complex):
            yield replace(answer, value=answer.value.conjugate()), "That is the complex conjugate of the right answer."
        for factor, hint in _factors(answer):
            scaled: Any = replace(answer, absolute=abs(factor) * answer.absolute)
            yield replace(scaled, value=factor * answer.value), hint
    elif isinstance(answer, Vector):
        yield _changed(answer, lambda x: -x, "All signs are the other way round.")
        yield _changed(answer, lambda x: 2 * x, "Every component is twice the right one.")
        yield _changed(answer, lambda x: x / 2, "Every component is half of the right one.")
        if len(answer.value) > 1:
            yield replace(answer, value=tuple(answer.value)[::-1]), "The components stand in the opposite order."
    elif isinstance(answer, Quaternion):
        w, x, y, z = answer.value
        yield (
            replace(answer, value=(w, -x, -y, -z)),
            "That is the inverse rotation: the same axis, turned the other way.",
        )
        yield replace(answer, value=(x, y, z, w)), "The scalar part stands last; it is asked for first: w, x, y, z."
    elif isinstance(answer, Matrix):
        transposed = tuple(zip(*answer.value, strict=True))
        if len(transposed) == len(answer.value):
            yield replace(answer, value=transposed), "That is the transpose: for a rotation, the turn the other way."
        negative = tuple(tuple(-entry for entry in row) for row in answer.value)
        yield replace(answer, value=negative), "Every entry has the wrong sign."
    elif isinstance(answer, Expression):
        yield from _usual_formulas(answer)


def _factors(answer: Number | Complex) -> Iterator[tuple[float, str]]:
    """The factors that a wrong number may be off by; those of units where the answer has one that they fit."""
    yield from _FACTORS
    if answer.unit == "%" or (not answer.unit and abs(answer.value) <= 1):
        yield from _SHARES
    if "m" in dict(read_unit(answer.unit).powers):
        yield from _UNITS


def _changed(answer: Vector, change: Callable[[float], float], hint: str) -> tuple[Vector, str]:
    return replace(answer, value=tuple(change(component) for component in answer.value)), hint


@dataclass(frozen=True)
class _Scaled:
    """A formula that is the right one times a number."""

    answer: Expression
    factor: float

    def accepts(self, value: Any) -> bool:
        tree = self.answer.read(value) if isinstance(value, str) else value
        return self.answer.accepts(Apply("/", (tree, Literal(self.factor))))


@dataclass(frozen=True)
class _Conjugate:
    """A formula that becomes the right one where i turns into −i."""

    answer: Expression

    def accepts(self, value: Any) -> bool:
        tree = self.answer.read(value) if isinstance(value, str) else value
        return self.answer.accepts(_conjugate(tree, self.answer.variables))


def _conjugate(tree: Any, variables: Sequence[str]) -> Any:
    if isinstance(tree, Apply):
        return Apply(tree.function, tuple(_conjugate(operand, variables) for operand in tree.operands))
    return Apply("negative", (tree,)) if tree == Name("i") and "i" not in variables else tree


def _usual_formulas(answer: Expression) -> Iterator[tuple[Any, str]]:
    yield _Scaled(answer, -1.0), "The formula has the wrong sign."
    yield _Conjugate(answer), "That is the complex conjugate of the right answer: look at the sign before i."
    for factor, hint in _FACTORS[1:]:
        yield _Scaled(answer, factor), hint.replace("Your number", "Your formula")
