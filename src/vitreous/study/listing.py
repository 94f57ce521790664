"""What a practical and a problem file hold, read from their source without running it."""

import ast
from dataclasses import dataclass
from pathlib import Path

from vitreous._errors import InputError

__all__ = ["ListedProblem", "figures_in", "problems_in"]

_KINDS = {"Explain": "explain", "Derive": "derive", "OwnFunction": "own function"}


@dataclass(frozen=True)
class ListedProblem:
    """A problem as its file announces it; ``kind`` is compute, explain, derive or own function."""

    key: str
    title: str
    kind: str
    file: Path
    line: int


def figures_in(file: Path) -> tuple[str, ...]:
    """Return the names of a practical's figures in their order, from its calls ``figure("name", …)``.

    Raises
    ------
    InputError
        The file is not Python, or a figure's name is not written out as a text.
    """
    names = []
    for node in ast.walk(_parsed(file)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "figure":
            names.append((node.lineno, _literal(node, 0, "name", file)))
    return tuple(name for _, name in sorted(names))


def problems_in(file: Path) -> tuple[ListedProblem, ...]:
    """Return the problems that a file defines at its top, in their order.

    A function under ``@compute("title")`` is one, and so is a name that is given ``Explain(…)``, ``Derive(…)`` or
    ``OwnFunction(…)``; key and title are texts written out.

    Raises
    ------
    InputError
        The file is not Python, or a key or title is not written out as a text.
    """
    found = []
    for node in _parsed(file).body:
        if isinstance(node, ast.FunctionDef):
            for call in node.decorator_list:
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "compute":
                    key = node.name.replace("_", "-")
                    found.append(ListedProblem(key, _literal(call, 0, "title", file), "compute", file, node.lineno))
        elif isinstance(node, (ast.Assign, ast.AnnAssign)) and isinstance(node.value, ast.Call):
            call, name = node.value, getattr(node.value.func, "id", "")
            if name in _KINDS:
                key, title = _literal(call, 0, "key", file), _literal(call, 1, "title", file)
                found.append(ListedProblem(key, title, _KINDS[name], file, node.lineno))
    return tuple(found)


def _parsed(file: Path) -> ast.Module:
    try:
        return ast.parse(file.read_text(encoding="utf-8"))
    except SyntaxError as error:
        raise InputError(f"not Python: {error.msg}", file=file, place=f"line {error.lineno}") from error


def _literal(call: ast.Call, place: int, keyword: str, file: Path) -> str:
    """An argument of a call that is a text written out."""
    given = {item.arg: item.value for item in call.keywords}.get(keyword)
    if given is None and len(call.args) > place:
        given = call.args[place]
    if not isinstance(given, ast.Constant) or not isinstance(given.value, str):
        raise InputError(
            f"the {keyword} is not a text written out",
            file=file,
            place=f"line {call.lineno}",
            advice="write it in quotes",
        )
    return given.value
