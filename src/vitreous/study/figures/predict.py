"""Guess first: a question with a few answers to choose from, and what happens behind a fold."""

from collections.abc import Sequence
from hashlib import blake2b
from html import escape

import marimo as mo

__all__ = ["predict"]


def predict(question: str, options: Sequence[str], reveal: str) -> mo.Html:
    """Return a question to answer before playing; the guess goes nowhere: it is for the learner alone.

    Parameters
    ----------
    question : str
        Asked before the figure; unique in the practical.
    options : sequence of str
        The answers to choose from.
    reveal : str
        Markdown behind a fold: what happens and why.
    """
    group = f"guess-{blake2b(question.encode(), digest_size=6).hexdigest()}"
    choices = "".join(f'<label><input type="radio" name="{group}"> {escape(option)}</label>' for option in options)
    return mo.Html(
        f'<section class="predict"><fieldset><legend>{escape(question)}</legend>{choices}</fieldset>'
        f"<details><summary>Then play, and compare</summary>{mo.md(reveal).text}</details></section>"
    )
