"""Every practical runs at rest and at every extreme of every control without a warning and keeps the course's form."""

import ast
import sys
from functools import cache

import numpy as np
import pytest

from playing import Playing
from vitreous.study.site.practicals import practical_paths

PATHS = practical_paths()
MOST_LINES = 40
MAY_IMPORT = {"marimo", "numpy", "scipy", "vitreous"}
"""A practical holds no engine code: beside these it may import the standard library. SciPy is there to be timed."""


@cache
def playing(name: str) -> Playing:
    return Playing(PATHS[name])


def imports_of(source: str) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module.split(".")[0])
    return names


def length(source: str) -> int:
    """The lines of a cell without its imports, which a formatter may spread over any number of lines."""
    imports = [node for node in ast.parse(source).body if isinstance(node, (ast.Import, ast.ImportFrom))]
    return len(source.splitlines()) - sum(node.end_lineno - node.lineno + 1 for node in imports)


def bytes_of(message) -> list[bytes]:
    """The arrays in what was drawn."""
    if isinstance(message, bytes):
        return [message]
    inner = message.values() if isinstance(message, dict) else message if isinstance(message, list) else []
    return [found for item in inner for found in bytes_of(item)]


@pytest.mark.parametrize("name", PATHS)
def test_a_practical_draws_its_figures_at_rest(name):
    practical = playing(name)
    assert practical.figures
    for figure in practical.figures.values():
        assert figure.serial > 0, f"{figure.spec['name']} was never drawn"
        missing = [panel for panel in figure._panels if not getattr(figure, f"panel_{panel}")]
        assert not missing, f"{figure.spec['name']} never draws {missing}"


@pytest.mark.parametrize("name", PATHS)
def test_a_practical_draws_at_every_extreme(name):
    practical = playing(name)
    tried = 0
    for figure, control, extreme in practical.settings():
        before = practical.figures[figure].serial
        try:
            practical.play(figure, **{control: extreme})
        except Exception as error:
            error.add_note(f"{name}: {figure}.{control} = {extreme!r}")
            raise
        assert practical.figures[figure].serial > before, f"{figure}.{control} = {extreme!r} draws nothing"
        tried += 1
    for figure in practical.figures:
        practical.play(figure)
    assert tried


@pytest.mark.parametrize("name", PATHS)
def test_what_is_drawn_is_numbers(name):
    """Curves and points are float32: none of them is not a number at rest."""
    for figure in playing(name).figures.values():
        for panel in figure._panels:
            drawn = getattr(figure, f"panel_{panel}")
            for item in drawn.get("items", []):
                for array in bytes_of(item):
                    values = np.frombuffer(array, "<f4")
                    assert np.isfinite(values).any() or values.size == 0, f"{figure.spec['name']}.{panel}"


@pytest.mark.parametrize("name", PATHS)
def test_cells_are_short_and_hold_no_engine_code(name):
    for cell in playing(name).cells:
        assert length(cell.code) <= MOST_LINES, f"{name}: a cell has at most {MOST_LINES} lines:\n{cell.code}"
        foreign = imports_of(cell.code) - MAY_IMPORT
        assert foreign <= set(sys.stdlib_module_names), f"{name} imports {foreign}"


@pytest.mark.parametrize("name", PATHS)
def test_a_practical_opens_with_a_claim_asks_before_it_shows_and_ends_with_a_question(name):
    source = PATHS[name].read_text(encoding="utf-8")
    texts = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) > 40
    ]
    words = [node.value for node in sorted(texts, key=lambda node: node.lineno)]  # the walk goes by depth
    assert source.count("predict(") >= 1, "nothing is predicted"
    assert "see_the_code(" in source, "no engine function is shown"
    assert "?" in " ".join(words[-2:]), "the last words ask nothing"
