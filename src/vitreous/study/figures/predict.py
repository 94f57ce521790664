"""Guess first: a question with a few answers to choose from, and what happens behind a fold."""

from collections.abc import Sequence
from html import escape

import marimo as mo

__all__ = ["predict"]


def predict(question: str, options: Sequence[str], reveal: str) -> mo.Html:
    """Return a question to answer before playing; ``reveal`` (Markdown) says what happens and why.

    The guess goes nowhere: it is for the learner alone.
    """
    group = f"guess-{abs(hash(question))}"
    choices = "".join(f'<label><input type="radio" name="{group}"> {escape(option)}</label>' for option in options)
    return mo.Html(
        f'<section class="predict"><fieldset><legend>{escape(question)}</legend>{choices}</fieldset>'
        f"<details><summary>Then play, and compare</summary>{mo.md(reveal).text}</details></section>"
    )
