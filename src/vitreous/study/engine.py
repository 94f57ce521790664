"""The engine's public functions, read from its source without importing it: name, first sentence, where it stands."""

import ast
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import vitreous

__all__ = ["EngineName", "engine_names"]

_ROOT = Path(vitreous.__file__).parent
_NOT_ENGINE = {"cli", "kernels", "show", "study"}


@dataclass(frozen=True)
class EngineName:
    """A public function or class: ``name`` as it is imported, ``vitreous.optics.ctf``, and what its docstring says."""

    name: str
    package: str
    kind: str
    signature: str
    summary: str
    source: str
    file: Path
    line: int


@lru_cache(maxsize=1)
def engine_names() -> dict[str, EngineName]:
    """Return every public function and class of the engine's packages by its name, in the packages' order."""
    found = {}
    for folder in sorted(path.parent for path in _ROOT.glob("*/__init__.py")):
        if folder.name not in _NOT_ENGINE:
            for entry in _names_of(folder):
                found[entry.name] = entry
    return found


def _names_of(folder: Path) -> list[EngineName]:
    """The public names of one package, from the modules that its ``__init__`` takes them from."""
    package = f"vitreous.{folder.name}"
    tree = ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))
    listed = next(node.value for node in tree.body if isinstance(node, ast.Assign) and _is_all(node))
    exported = set(ast.literal_eval(listed))
    entries = []
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(package):
            file = _ROOT.joinpath(*node.module.split(".")[1:]).with_suffix(".py")
            wanted = {alias.name for alias in node.names} & exported
            if file.exists():
                entries += [entry for entry in _definitions(package, file) if entry.name.rpartition(".")[2] in wanted]
    return entries


def _is_all(node: ast.Assign) -> bool:
    return isinstance(node.targets[0], ast.Name) and node.targets[0].id == "__all__"


def _definitions(package: str, file: Path) -> list[EngineName]:
    """The functions and classes that a module defines at its top, and other names that it gives them."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    defined = {node.name: node for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    named = [(node.name, node.lineno, node) for node in defined.values()]
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name) and node.value.id in defined:
            names = [target.id for target in node.targets if isinstance(target, ast.Name)]
            named += [(name, node.lineno, defined[node.value.id]) for name in names]
    return [
        EngineName(
            name=f"{package}.{name}",
            package=package,
            kind="class" if isinstance(node, ast.ClassDef) else "function",
            signature=f"{name}({', '.join(_arguments(node))})",
            summary=_summary(node),
            source=_section(ast.get_docstring(node) or "", ("References", "Notes")),
            file=file.relative_to(_ROOT.parent),
            line=line,
        )
        for name, line, node in named
    ]


def _arguments(node: ast.FunctionDef | ast.ClassDef) -> list[str]:
    """The names of the arguments; a class of data has its fields for them."""
    if isinstance(node, ast.ClassDef):
        targets = [item.target for item in node.body if isinstance(item, ast.AnnAssign)]
        return [target.id for target in targets if isinstance(target, ast.Name) and not target.id.startswith("_")]
    given = node.args
    names = [argument.arg for argument in [*given.posonlyargs, *given.args]]
    names += [f"*{given.vararg.arg}"] if given.vararg else ["*"] if given.kwonlyargs else []
    return names + [argument.arg for argument in given.kwonlyargs]


def _summary(node: ast.FunctionDef | ast.ClassDef) -> str:
    return " ".join((ast.get_docstring(node) or "").split("\n\n")[0].split())


def _section(docstring: str, headings: tuple[str, ...]) -> str:
    """The text of the first of these numpydoc sections that a docstring has; empty where it has none."""
    lines = docstring.splitlines()
    for heading in headings:
        for place in range(len(lines) - 1):
            if lines[place].strip() == heading and lines[place + 1].startswith("---"):
                body = lines[place + 2 :]
                end = next((n for n in range(1, len(body)) if body[n].startswith("---")), len(body) + 1)
                return " ".join(" ".join(body[: end - 1]).split())
    return ""
