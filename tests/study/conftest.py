"""The site's tests run on a data folder of their own, and on a small curriculum where they write one."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

_FOLDER = tempfile.mkdtemp(prefix="vitreous-study-")
atexit.register(shutil.rmtree, _FOLDER, ignore_errors=True)
os.environ["VITREOUS_STUDY_DATA"] = _FOLDER
os.environ["DJANGO_SETTINGS_MODULE"] = "vitreous.study.site.settings"

import django  # noqa: E402 (it reads the environment)

django.setup()

STREAMS = """
[[streams]]
key = "blur"
title = "blur"
summary = "s"
audience = "a"
[[streams]]
key = "sharpen"
title = "sharpen"
summary = "s"
audience = "a"
"""
TOPIC = 'number = 1\ntitle = "Waves"\nsummary = "About waves."\n'
PAGE = """+++
title = "Waves"
stream = "blur"
minutes = 60
aim = "Add two waves."
engine = ["vitreous.optics.ctf"]
[[readings]]
text = "A book"
url = "https://example.org/book"
doi = "10.1016/j.jsb.2013.05.008"
minutes = 20
[[questions]]
id = "two-waves"
kind = ["see", "compute"]
text = "What is their sum?"
figures = ["sum"]
problems = ["a-sum"]
+++
Waves add.
"""
PRACTICAL = 'sum = figure("sum", panels=[], controls=[])\n'
PROBLEMS = '@compute("A sum")\ndef a_sum(rng):\n    """Ask."""\n'


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """The folder of a curriculum with one topic of one page."""
    page = tmp_path / "01_waves" / "blur"
    page.mkdir(parents=True)
    (tmp_path / "streams.toml").write_text(STREAMS)
    (page.parent / "topic.toml").write_text(TOPIC)
    (page / "page.md").write_text(PAGE)
    (page / "practical.py").write_text(PRACTICAL)
    (page / "problems.py").write_text(PROBLEMS)
    return tmp_path


@pytest.fixture(scope="session")
def database() -> None:
    """The tables, made once."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


@pytest.fixture
def browser(database: None) -> Callable[[], object]:
    """A browser that nobody used before."""
    from django.test import Client

    return Client(headers={"host": "localhost"})
