"""``vitreous study`` is told apart from ``vitreous study edit``, and says how the course is installed."""

import importlib.util

import pytest

from vitreous._errors import InputError
from vitreous.cli import main
from vitreous.cli.study import check_installed


def test_help_names_both(capsys):
    assert main(["study", "--help"]) == 0
    said = capsys.readouterr().out
    assert "--no-browser" in said
    assert "edit" in said


def test_what_is_missing_is_named_with_the_way_to_install_it(monkeypatch):
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "marimo" else found(name))
    with pytest.raises(InputError, match=r"no marimo.*pip install \"vitreous\[study\]\""):
        check_installed()


def test_an_unknown_practical_is_bad_input(capsys):
    assert main(["study", "edit", "04-teal"]) == 2
    assert "no practical called 04-teal" in capsys.readouterr().err


@pytest.mark.parametrize("port", ["-1", "65536", "http"])
def test_a_port_is_a_port(port, capsys):
    assert main(["study", "--port", port]) == 2
    assert "--port" in capsys.readouterr().err
