"""The curriculum's own rules: practicals hold no engine code, and problems say what they ask."""

import ast
import sys

import pytest

from vitreous.study.meetings import CURRICULUM

PRACTICALS = sorted(CURRICULUM.glob("*/*/practical.py"))
PROBLEMS = sorted(CURRICULUM.glob("*/*/problems.py"))
MOST_LINES = 30


def named(files):
    return {"argvalues": files, "ids": ["/".join(file.parts[-3:-1]) for file in files]}


def imports(tree):
    """The first part of every module that is imported."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").split(".")[0]


def is_cell(function):
    """Whether a function is a cell of a marimo notebook, ``@app.cell`` or ``@app.cell(…)``."""
    return any("app" in ast.unparse(decorator).split(".")[0] for decorator in function.decorator_list)


@pytest.mark.parametrize("file", **named(PRACTICALS))
def test_a_practical_imports_the_engine_and_little_else(file):
    # SciPy is what the engine is compared with in the topics on interpolation and transforms
    allowed = {"vitreous", "marimo", "numpy", "scipy", *sys.stdlib_module_names}
    assert set(imports(ast.parse(file.read_text()))) <= allowed


@pytest.mark.parametrize("file", **named(PRACTICALS))
def test_a_practical_holds_no_engine_code(file):
    """Its own functions are short glue between the engine and a figure."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.FunctionDef) and not is_cell(node):
            lines = node.end_lineno - node.lineno + 1
            assert lines <= MOST_LINES, f"{node.name} has {lines} lines: it belongs into the engine"


@pytest.mark.parametrize("file", **named(PROBLEMS))
def test_problems_say_what_they_ask(file):
    tree = ast.parse(file.read_text())
    assert ast.get_docstring(tree), "a file of problems says what it holds"
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{node.name} has no docstring"
