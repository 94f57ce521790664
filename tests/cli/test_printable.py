import pytest

from vitreous.cli.printable import printable


@pytest.mark.parametrize("text", ["particles.star", "Å ≤ µm – “é” 粒子", ""])
def test_text_stays(text):
    assert printable(text) == text


def test_control_characters_are_spelled_out():
    assert printable("a\x1b[2Jb\n\x07\u2028\u202e") == "a\\x1b[2Jb\\n\\x07\\u2028\\u202e"


def test_a_lone_surrogate_of_an_odd_file_name():
    assert printable("a\udcff") == "a\\udcff"
