"""The engine's own lines beside the figure that they compute."""

import ast
import inspect
import textwrap
from collections.abc import Callable
from html import escape
from typing import Any

import marimo as mo
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

__all__ = ["code_of", "see_the_code"]


def code_of(function: Callable[..., Any]) -> str:
    """Return the source of a function as it was written, without its docstring and whatever wraps it."""
    source = textwrap.dedent(inspect.getsource(inspect.unwrap(function)))
    node = ast.parse(source).body[0]
    lines = source.splitlines()
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and ast.get_docstring(node) is not None:
        text = node.body[0]
        del lines[text.lineno - 1 : text.end_lineno]
    return "\n".join(lines)


def see_the_code(function: Callable[..., Any]) -> mo.Html:
    """Return a closed box that opens on the lines of a public function of the engine and links to its lessons."""
    name = _public_name(function)
    lines = highlight(code_of(function), PythonLexer(), HtmlFormatter(nowrap=True))
    lessons = f'<p class="where"><a href="/engine/#{escape(name)}" target="_top">Arguments, sources and lessons</a></p>'
    summary = f"<summary>See the code: <code>{escape(name)}</code></summary>"
    return mo.Html(f'<details class="code">{summary}<pre tabindex="0">{lines}</pre>{lessons}</details>')


def _public_name(function: Callable[..., Any]) -> str:
    """The name by which a reader imports it: from the package, not from the module inside it."""
    package = ".".join(function.__module__.split(".")[:2])
    return f"{package}.{function.__name__}"
