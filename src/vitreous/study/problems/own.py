"""A learner's own function, checked: its cases run in another Python, what they gave is compared and explained."""

import ast
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from vitreous.study.problems.boundary import load, save
from vitreous.study.problems.comparison import difference
from vitreous.study.problems.problem import Case, OwnFunction

__all__ = ["Outcome", "check_file", "hidden_cases", "parameter_names", "recognised", "run_source"]

_SEED = 20201119
_LIMIT_S = 20.0


@dataclass(frozen=True)
class Outcome:
    """What came of one case: nothing ``told`` is a pass; ``hint`` where a known wrong version gives the same."""

    number: int
    about: str
    told: str | None
    hint: str | None = None
    seconds: float = 0.0
    printed: str = ""

    @property
    def passed(self) -> bool:
        """Whether the case passed."""
        return self.told is None


def hidden_cases(problem: OwnFunction) -> tuple[Case, ...]:
    """The cases that a learner's function is tried on; the same ones every time.

    Parameters
    ----------
    problem
        The problem.

    Returns
    -------
    tuple of Case
        In their order; a learner counts them from 1.
    """
    return tuple(problem.cases(np.random.default_rng(_SEED)))


def parameter_names(problem: OwnFunction) -> tuple[str, ...]:
    """The names of the function's parameters, read from its starter.

    Parameters
    ----------
    problem
        The problem.

    Returns
    -------
    tuple of str
        In their order.
    """
    for node in ast.walk(ast.parse(problem.starter)):
        if isinstance(node, ast.FunctionDef) and node.name == problem.function:
            return tuple(argument.arg for argument in (*node.args.posonlyargs, *node.args.args))
    return ()


def run_source(problem: OwnFunction, source: str, case: Case) -> Any:
    """Run a version of the function that the curriculum itself holds; never what a learner wrote.

    Parameters
    ----------
    problem
        The problem that the version belongs to.
    source
        The version: its solution or one of its mistakes.
    case
        What to call it with.

    Returns
    -------
    object
        What it returned.
    """
    names: dict[str, Any] = {"__name__": "version"}
    exec(compile(source, "<a version of the curriculum>", "exec"), names)  # noqa: S102
    arguments = [argument.copy() if isinstance(argument, np.ndarray) else argument for argument in case.arguments]
    with np.errstate(all="ignore"):
        return names[problem.function](*arguments)


def recognised(problem: OwnFunction, case: Case, result: Any) -> str | None:
    """The hint of the known wrong version that gives the same result on a case.

    Parameters
    ----------
    problem, case
        The problem and one of its cases.
    result
        What the learner's function returned.

    Returns
    -------
    str or None
        The hint; None where no version gives that.
    """
    for mistake in problem.mistakes:
        try:
            version = run_source(problem, mistake.answer, case)
        except (ArithmeticError, LookupError, TypeError, ValueError):
            continue
        wrong = difference(version, case.expected, case.absolute) is not None
        if wrong and difference(result, version, case.absolute) is None:
            return mistake.hint
    return None


def check_file(problem: OwnFunction, file: Path, only: int | None = None) -> Iterator[Outcome]:
    """Run a learner's file on the cases, each as soon as it is done.

    Parameters
    ----------
    problem
        The problem.
    file
        The learner's Python file; it runs in a Python of its own, with a time limit for each case and, where the
        platform has one, a limit of memory.
    only
        The number of a single case, counted from 1.

    Yields
    ------
    Outcome
        Of each case; of the file alone, numbered 0, where it cannot be loaded.
    """
    cases = dict(enumerate(hidden_cases(problem), start=1))
    if only is not None:
        cases = {only: cases[only]}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number, case in cases.items():
            save(folder, f"arguments{number}", case.arguments)
        words = [str(folder), str(file.resolve()), problem.function, *map(str, cases)]
        command = [sys.executable, "-P", "-m", "vitreous.study.problems.own_child", *words]
        with (
            (folder / "said").open("wb") as said,
            subprocess.Popen(  # noqa: S603
                command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said
            ) as process,
        ):
            try:
                yield from _outcomes(problem, cases, folder, process)
            finally:
                process.kill()


def _outcomes(
    problem: OwnFunction, cases: dict[int, Case], folder: Path, process: "subprocess.Popen[bytes]"
) -> Iterator[Outcome]:
    for number, case in cases.items():
        found = _awaited(folder, number, process)
        if found is None:
            yield Outcome(number, case.about, _lost(folder, process))
            return
        if (folder / "outcome.json").exists():
            kind, words, _, printed = load(folder, "outcome")
            yield Outcome(0, "your file", _trouble(kind, words, problem.function), printed=printed)
            return
        yield _judged(problem, number, case, found)


def _awaited(folder: Path, number: int, process: "subprocess.Popen[bytes]") -> Any:
    """The outcome of a case once it is there; None where the process ended or took too long without one."""
    names = (f"outcome{number}", "outcome")
    end = time.monotonic() + _LIMIT_S
    while time.monotonic() < end:
        over = process.poll() is not None
        for name in names:
            if (folder / f"{name}.json").exists():
                return load(folder, name)
        if over:
            return None
        time.sleep(0.01)
    return None


def _lost(folder: Path, process: "subprocess.Popen[bytes]") -> str:
    if process.poll() is None:
        return f"Your function was stopped after {_LIMIT_S:g} s. Is there a loop that does not end, or is too slow?"
    said = (folder / "said").read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return f"Python ended in the middle of this case (status {process.returncode}). {said[-1] if said else ''}".strip()


def _judged(problem: OwnFunction, number: int, case: Case, found: Sequence[Any]) -> Outcome:
    kind, result, seconds, printed = found
    if kind != "returned":
        return Outcome(number, case.about, _trouble(kind, result, problem.function), None, seconds, printed)
    told = difference(result, case.expected, case.absolute)
    hint = None if told is None else recognised(problem, case, result)
    return Outcome(number, case.about, told, hint, seconds, printed)


def _trouble(kind: str, words: str, function: str) -> str:
    told = {
        "file": f"The file cannot be read as Python: {words}.",
        "syntax": f"The file is not Python yet: {words}.",
        "missing": f"There is no function called {function} in the file"
        + (f"; it has {words}." if words else ". Write it with `def`."),
        "raised": f"Your lines raised {words}.",
        "memory": f"Your function needs too much memory: {words}.",
        "kind": f"Your function returned {words}; numbers, NumPy arrays, or tuples of those can be compared.",
    }
    return told[kind]
