"""A practical is copied for editing, once, and never over a file that is there."""

import pytest

from vitreous._errors import InputError
from vitreous.study.edit import copied
from vitreous.study.site.practicals import practical_paths


def test_the_copy_is_the_practical(tmp_path):
    copy = copied("04-blur", tmp_path)
    assert copy == tmp_path / "04-blur.py"
    assert copy.read_bytes() == practical_paths()["04-blur"].read_bytes()


def test_a_file_that_is_there_is_opened_as_it_is(tmp_path, capsys):
    (tmp_path / "04-blur.py").write_text("mine")
    assert copied("04-blur", tmp_path).read_text() == "mine"
    assert "is here already" in capsys.readouterr().out


def test_an_unknown_practical_is_told_with_those_there_are(tmp_path):
    with pytest.raises(InputError, match=r"no practical called 4-blur; there are: .*04-blur"):
        copied("4-blur", tmp_path)
    assert not list(tmp_path.iterdir())
