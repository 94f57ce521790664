"""The engine's names are read without importing it, and are those that it exports."""

import importlib
import inspect
import subprocess
import sys

import pytest

from vitreous.study.engine import engine_names

PACKAGES = sorted({item.package for item in engine_names().values()})


@pytest.mark.parametrize("package", PACKAGES)
def test_every_public_function_and_class_of_a_package_is_there(package):
    module = importlib.import_module(package)
    # a function may be wrapped: one for each type, or one that remembers
    exported = {name for name in module.__all__ if callable(inspect.unwrap(getattr(module, name)))}
    assert {name.rpartition(".")[2] for name in engine_names() if name.startswith(f"{package}.")} == exported


def test_an_entry_says_what_the_source_says():
    entry = engine_names()["vitreous.optics.ctf_1d"]
    from vitreous.optics import ctf_1d

    assert entry.kind == "function"
    assert entry.signature.replace("*, ", "") == f"ctf_1d({', '.join(inspect.signature(ctf_1d).parameters)})"
    assert " ".join(inspect.getdoc(ctf_1d).split("\n\n")[0].split()) == entry.summary
    assert inspect.getsourcelines(inspect.unwrap(ctf_1d))[1] in {entry.line, entry.line - 1}


def test_every_entry_has_a_sentence():
    assert [name for name, entry in engine_names().items() if not entry.summary] == []


def test_reading_the_names_imports_nothing_heavy():
    code = (
        "import sys; from vitreous.study.engine import engine_names;"
        "from vitreous.study.meetings import read_curriculum;"
        "engine_names(); read_curriculum();"
        "sys.exit(str({'torch', 'scipy', 'numba', 'sympy', 'marimo', 'django'} & set(sys.modules) or '') or 0)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
