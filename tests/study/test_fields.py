"""Every field that is wrong is named with its file."""

from datetime import datetime
from pathlib import Path

import pytest

from vitreous._errors import InputError
from vitreous.study.fields import Fields, no_such, parse_toml, read_toml

FILE = Path("topic.toml")


def test_fields_come_with_their_kinds():
    table = parse_toml('a = "x"\nb = ["y"]\nc = 3\nd = true\ne = 2020-11-19T09:00:00\n[[f]]\ng = "z"', FILE)
    assert (table.text("a"), table.texts("b"), table.number("c"), table.flag("d")) == ("x", ("y",), 3, True)
    assert table.moment("e") == datetime(2020, 11, 19, 9)
    assert [item.text("g") for item in table.tables("f")] == ["z"]


def test_what_is_not_there_has_its_default():
    table = Fields({}, FILE)
    assert (table.text("a", "x"), table.texts("b"), table.number("c"), table.flag("d")) == ("x", (), None, False)
    assert table.moment("e") is None
    assert table.tables("f") == []


@pytest.mark.parametrize(
    ("text", "read", "said"),
    [
        ("", lambda table: table.text("title"), "title: the field is missing; add title = …"),
        ("title = 3", lambda table: table.text("title"), "found 3, expected a text in quotes"),
        ('title = " "', lambda table: table.text("title"), "the text is empty"),
        ('names = "x"', lambda table: table.texts("names"), "expected a list of texts"),
        ("names = [1]", lambda table: table.texts("names"), "found 1 in the list"),
        ("n = -1", lambda table: table.number("n"), "found -1, expected a number of at least 0"),
        ("n = true", lambda table: table.number("n"), "found True, expected a whole number"),
        ("n = 1.5", lambda table: table.number("n"), "found 1.5, expected a whole number"),
        ('d = "yes"', lambda table: table.flag("d"), "expected true or false"),
        ("e = 2020-11-19T09:00:00Z", lambda table: table.moment("e"), "carries an offset; give the local time"),
        ("e = 2020-11-19", lambda table: table.moment("e"), "expected a local date and time"),
        ("f = [1]", lambda table: table.tables("f"), "expected tables [[f]]"),
        ('titel = "x"', lambda table: table.known("title"), "no field 'titel'; did you mean 'title'?"),
    ],
)
def test_a_wrong_field_is_named(text, read, said):
    with pytest.raises(InputError) as caught:
        read(parse_toml(text, FILE))
    assert str(caught.value).startswith("topic.toml: ")
    assert said in str(caught.value)


def test_a_table_of_many_is_counted():
    table = parse_toml('[[terms]]\nname = "a"\n[[terms]]\n', FILE).tables("terms")[1]
    with pytest.raises(InputError, match=r"topic.toml: \[\[terms\]\] no. 2: name: the field is missing"):
        table.text("name")


def test_what_is_not_toml_is_told_by_its_line(tmp_path):
    file = tmp_path / "bad.toml"
    file.write_text("a = 1\nb = \n")
    with pytest.raises(InputError, match=r"not TOML: .*line 2"):
        read_toml(file)
    with pytest.raises(InputError, match="the file is not there"):
        read_toml(tmp_path / "none.toml")
    file.write_bytes(b"a = '\xff'")
    with pytest.raises(InputError, match="not UTF-8"):
        read_toml(file)


def test_near_names_are_suggested_and_far_ones_listed():
    assert no_such("stream", "blurr", ["blur", "sharpen"]) == "there is no stream 'blurr'; did you mean 'blur'?"
    assert no_such("stream", "x", ["blur", "sharpen"]) == "there is no stream 'x'; there is blur, sharpen"
    assert no_such("figure", "x", []) == "there is no figure 'x'; there is none at all"
