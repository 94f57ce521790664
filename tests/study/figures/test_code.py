"""The engine's lines shown beside a figure."""

import functools

from vitreous.optics import ctf_1d
from vitreous.study.figures.code import code_of, see_the_code


def plain(x):
    """Say nothing."""
    return x + 1  # why


@functools.wraps(plain)
def wrapped(x):
    return plain(x)


def test_the_docstring_and_the_wrapping_are_left_out():
    assert code_of(plain) == "def plain(x):\n    return x + 1  # why"
    assert code_of(wrapped) == code_of(plain)


def test_the_engine_shows_the_function_as_written_and_links_to_its_lessons():
    lines = code_of(ctf_1d)
    assert lines.startswith("def ctf_1d(")
    assert '"""' not in lines
    shown = see_the_code(ctf_1d).text
    assert "<code>vitreous.optics.ctf_1d</code>" in shown
    assert 'href="/engine/#vitreous.optics.ctf_1d"' in shown
