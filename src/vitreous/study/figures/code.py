"""The engine's own lines beside the figure that they compute."""

import ast
import inspect
import textwrap
from collections.abc import Callable
from typing import Any

import marimo as mo
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

__all__ = ["code_of", "see_the_code"]


def code_of(function: Callable[..., Any]) -> str:
    """Return the source of a function without its docstring."""
    source = textwrap.dedent(inspect.getsource(inspect.unwrap(function)))
    node = ast.parse(source).body[0]
    lines = source.splitlines()
    if ast.get_docstring(node) is not None:  # type: ignore[arg-type]
        text = node.body[0]  # type: ignore[attr-defined]
        del lines[text.lineno - 1 : text.end_lineno]
    return "\n".join(lines)


def see_the_code(function: Callable[..., Any]) -> mo.Html:
    """Return a closed box that opens on the few lines of the engine at hand."""
    name = f"{function.__module__}.{function.__name__}"
    lines = highlight(code_of(function), PythonLexer(), HtmlFormatter(nowrap=True))
    return mo.Html(
        f'<details class="code"><summary>See the code: <code>{name}</code></summary><pre tabindex="0">{lines}</pre></details>'
    )
