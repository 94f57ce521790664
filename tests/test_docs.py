"""Prose executes: code in the documents runs, commands in them exist, and every test and file they name is there."""

import doctest
import importlib
import re
import shlex
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
IDS = [str(path.relative_to(ROOT)) for path in DOCUMENTS]
EXAMPLES = sorted(path for path in (ROOT / "src").rglob("*.py") if ">>> " in path.read_text())


def blocks(path: Path, language: str) -> list[str]:
    """The fenced code blocks of one language in a document."""
    return re.findall(rf"^```{language}\n(.*?)^```", path.read_text(), flags=re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("path", DOCUMENTS, ids=IDS)
def test_python_runs(path, tmp_path, monkeypatch):
    """The Python blocks of a document run in order, as one session, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    session: dict[str, object] = {}
    for block in blocks(path, "python"):
        exec(compile(block, str(path), "exec"), session)  # noqa: S102 - the repository's own text


@pytest.mark.parametrize("path", EXAMPLES, ids=[path.stem for path in EXAMPLES])
def test_examples_of_docstrings_run(path):
    parts = path.relative_to(ROOT / "src").with_suffix("").parts
    module = importlib.import_module(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    ran = doctest.testmod(module, optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    assert ran.attempted > 0
    assert ran.failed == 0


@pytest.mark.parametrize("path", DOCUMENTS, ids=IDS)
def test_commands_exist(path):
    """Every ``make`` target and ``vitreous`` command in a console block exists."""
    from vitreous.cli import app

    commands = {command.name or command.callback.__name__ for command in app.registered_commands}
    commands |= {group.name for group in app.registered_groups}
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    for block in blocks(path, "console"):
        for line in re.findall(r"^\$ (.+)$", block, flags=re.MULTILINE):
            words = shlex.split(line, comments=True)
            if words[0] == "make":
                assert words[1] in targets, line
            if words[0] == "vitreous" and not words[1].startswith("-"):
                assert words[1] in commands, line


@pytest.mark.parametrize("path", DOCUMENTS, ids=IDS)
def test_named_tests_and_links_are_there(path):
    """A test named as `tests/…::name` exists, and a relative link leads to a file."""
    text = path.read_text()
    for file, name in re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", text):
        source = (ROOT / file).read_text()
        assert not name or re.search(rf"^def {name}\(", source, flags=re.MULTILINE), f"{file}::{name}"
    for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", text):
        assert (path.parent / link).exists(), link


def test_each_convention_names_the_test_that_holds_it():
    """A convention may wait for its stage, but not once the stage is in the tree."""
    sections = re.split(r"^## ", (ROOT / "CONVENTIONS.md").read_text(), flags=re.MULTILINE)[1:]
    assert len(sections) >= 17
    for section in sections:
        title = section.splitlines()[0]
        waiting = re.search(r"^Waits for `(\w+)/`", section, flags=re.MULTILINE)
        if waiting:
            assert not (ROOT / "src" / "vitreous" / waiting[1]).exists(), (
                f"{title}: {waiting[1]} is here, its test is not"
            )
        else:
            assert re.search(r"^Held by .*`tests/[\w/]+\.py::\w+`", section, flags=re.MULTILINE), title
