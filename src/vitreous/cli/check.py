"""``vitreous check``: a learner's own function, tried on the cases of a problem of the course."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vitreous._errors import InputError

if TYPE_CHECKING:
    from rich.console import Console

    from vitreous.study.problems import OwnFunction
    from vitreous.study.problems.own import Outcome

__all__ = ["check"]

_NOT_YET = 1


def check(
    problem: Annotated[str | None, typer.Argument(help="The problem, as on its page: 02-dft.")] = None,
    file: Annotated[Path | None, typer.Argument(help="Your Python file.", show_default=False)] = None,
    start: Annotated[bool, typer.Option("--start", help="Write a file to start from; nothing is overwritten.")] = False,
    case: Annotated[int | None, typer.Option(help="Run this case alone, and print its arguments.", min=1)] = None,
    hint: Annotated[int | None, typer.Option(help="Print this hint of the problem.", min=1)] = None,
    listed: Annotated[bool, typer.Option("--list", help="List the problems that ask for a function.")] = False,
) -> None:
    """Check your own function against the cases of a problem, on this machine.

    Exit status: 0 every case passes; 1 not yet; 2 the problem or the file cannot be found or read.
    """
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=True)
    if listed or problem is None:
        _list(console)
        return
    address, found = _found(problem)
    if hint is not None:
        _give_hint(console, found, hint)
    elif start:
        _start(console, address, found, file)
    else:
        _check(console, address, found, _readable(address, file), case)


def _list(console: "Console") -> None:
    from vitreous.study.problems import OwnFunction
    from vitreous.study.problems.catalogue import every_problem

    for address, placed in every_problem().items():
        if isinstance(placed.problem, OwnFunction):
            console.print(f"{address:<28} {placed.problem.title}", markup=False)
    console.print("\nvitreous check PROBLEM --start   writes a file to start from")


def _found(name: str) -> "tuple[str, OwnFunction]":
    from difflib import get_close_matches

    from vitreous.study.problems import OwnFunction
    from vitreous.study.problems.catalogue import every_problem, find

    placed = find(name)
    if placed is None:
        own = [key for key, other in every_problem().items() if isinstance(other.problem, OwnFunction)]
        near = get_close_matches(name, own, 1, 0.5)
        advice = f"did you mean {near[0]}?" if near else "vitreous check --list shows the problems"
        raise InputError(f"there is no problem {name!r}", advice=advice)
    if not isinstance(placed.problem, OwnFunction):
        raise InputError(f"{placed.address} is answered on its page", advice=f"open /problems/{placed.address}/")
    return placed.address, placed.problem


def _give_hint(console: "Console", problem: "OwnFunction", number: int) -> None:
    if number > len(problem.hints):
        raise InputError(f"there is no hint {number}", advice=f"the problem has {len(problem.hints)}")
    console.print(f"Hint {number} of {len(problem.hints)}: {_plain(problem.hints[number - 1])}", markup=False)


def _start(console: "Console", address: str, problem: "OwnFunction", file: Path | None) -> None:
    target = file or Path(f"{problem.key.replace('-', '_')}.py")
    try:
        with target.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(problem.starter)
    except FileExistsError:
        raise InputError("is there already and is left as it is", file=target, advice="give another name") from None
    except OSError as error:
        raise InputError(f"cannot be written ({error.strerror})", file=target) from None
    console.print(
        f"{target} is ready. Fill in {problem.function}, then:\n\n  vitreous check {address} {target}", markup=False
    )


def _readable(address: str, file: Path | None) -> Path:
    if file is None:
        raise InputError("which file?", advice=f"vitreous check {address} FILE, or --start to write one to begin with")
    if not file.is_file():
        raise InputError("there is no such file", file=file, advice=f"vitreous check {address} --start writes one")
    return file


def _check(console: "Console", address: str, problem: "OwnFunction", file: Path, only: int | None) -> None:
    from vitreous.study.problems.own import check_file, hidden_cases

    cases = hidden_cases(problem)
    if only is not None and only > len(cases):
        raise InputError(f"there is no case {only}", advice=f"{address} has {len(cases)}")
    console.print(f"\n[bold]{address}[/bold]  {problem.title}\n")
    if only is not None:
        _print_arguments(console, problem, only)
    outcomes: list[Outcome] = []
    for outcome in check_file(problem, file, only):
        _say(console, outcome, outcomes)
        outcomes.append(outcome)
    wanted = 1 if only is not None else len(cases)
    passed = sum(outcome.passed for outcome in outcomes)
    if passed == wanted:
        _say_right(console, address, only)
        return
    _say_not_yet(console, f"{address} {file}", outcomes, (passed, wanted), only)
    raise typer.Exit(_NOT_YET)


def _print_arguments(console: "Console", problem: "OwnFunction", number: int) -> None:
    import numpy as np

    from vitreous.study.problems.own import hidden_cases, parameter_names

    case = hidden_cases(problem)[number - 1]
    names = parameter_names(problem)
    with np.printoptions(threshold=400, linewidth=100):
        for place, argument in enumerate(case.arguments):
            name = names[place] if place < len(names) else f"argument {place + 1}"
            shape = f"  # shape {argument.shape}, {argument.dtype}" if isinstance(argument, np.ndarray) else ""
            console.print(f"    {name} = {argument!r}{shape}", markup=False)
    console.print()


def _say(console: "Console", outcome: "Outcome", before: "list[Outcome]") -> None:
    """Say what came of a case: its mark, what it tries, what was found, and the hint where it is new."""
    mark = "[green]✓[/green]" if outcome.passed else "[red]✗[/red]"
    time = f"  [dim]{outcome.seconds * 1e3:.3g} ms[/dim]" if outcome.passed else ""
    console.print(f"  {mark} {outcome.number or '':<2} {_escaped(outcome.about)}{time}")
    for line in outcome.printed.splitlines()[:20]:
        console.print(f"       [dim]printed: {_escaped(line)}[/dim]")
    same = next((other.number for other in before if other.told == outcome.told), None)
    if same is not None and not outcome.passed:
        console.print(f"       The same as case {same}.")
    elif outcome.told is not None:
        console.print("\n".join(f"       {line}" for line in outcome.told.splitlines()), markup=False)
    if outcome.hint is not None and outcome.hint not in {other.hint for other in before}:
        console.print(f"       [yellow]A known mistake:[/yellow] {_escaped(_plain(outcome.hint))}")


def _say_right(console: "Console", address: str, only: int | None) -> None:
    if only is not None:
        console.print(f"\nCase {only} passes. Now all of them: leave out --case.")
    else:
        console.print(
            f"\n[green]Every case passes.[/green] /problems/{address}/ shows our version, to compare with yours."
        )


def _say_not_yet(
    console: "Console", words: str, outcomes: "list[Outcome]", count: tuple[int, int], only: int | None
) -> None:
    passed, wanted = count
    first = next((outcome.number for outcome in outcomes if not outcome.passed), 0)
    console.print(f"\n{passed} of {wanted} cases pass." if only is None else f"\nCase {only} does not pass yet.")
    if first and only is None:
        console.print(
            f"Next: vitreous check {words} --case {first}   prints what that case hands to your function.", markup=False
        )
    console.print(f"A hint: vitreous check {words.split()[0]} --hint 1", markup=False)


def _escaped(text: str) -> str:
    from rich.markup import escape

    return escape(text)


def _plain(text: str) -> str:
    """Mathematics for a terminal: the signs around it are left out."""
    return text.replace("$", "").replace("`", "")
