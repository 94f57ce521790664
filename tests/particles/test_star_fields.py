"""What the fields of a STAR row are, by the readable functions."""

import numpy as np
import pytest

from vitreous.particles.star_fields import (
    DECIMAL,
    INTEGER,
    TEXT,
    field_bounds,
    gather_texts,
    join_rows,
    parse_numbers,
    plain_texts,
    spell_decimals,
    split_rows,
)


def fields(line):
    bounds = field_bounds(line)
    return None if bounds is None else [line[start:end] for start, end in bounds]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"", []),
        (b"  \t ", []),
        (b"a b\tc \r", [b"a", b"b", b"c"]),
        (b"a # b", [b"a"]),
        (b"#a b", []),
        (b"a#b c", [b"a#b", b"c"]),
        (b"'a b' c", [b"a b", b"c"]),
        (b'"a b" c', [b"a b", b"c"]),
        (b"'it's' b", [b"it's", b"b"]),
        (b"5'-DNA 3'-DNA", [b"5'-DNA", b"3'-DNA"]),
        (b"'' \"\"", [b"", b""]),
        (b"'#a' \"'\"", [b"#a", b"'"]),
        (b"'a", None),
        (b"a 'b c", None),
        (b"'a'b", None),
        ("Å 'é ü'".encode(), ["Å".encode(), "é ü".encode()]),
    ],
)
def test_fields_of_a_line(line, expected):
    assert fields(line) == expected


def rows(text, columns):
    data = np.frombuffer(text, np.uint8)
    starts, ends, stop = split_rows(data, columns)
    found = [[text[s:e] for s, e in zip(*row, strict=True)] for row in zip(starts, ends, strict=True)]
    return found, text[stop:]


@pytest.mark.parametrize(
    ("text", "columns", "expected", "left"),
    [
        (b"a b\nc d\n", 2, [[b"a", b"b"], [b"c", b"d"]], b""),
        (b"a b\r\nc d", 2, [[b"a", b"b"], [b"c", b"d"]], b""),
        (b"\n # x\n a b\n\n c d\n \n", 2, [[b"a", b"b"], [b"c", b"d"]], b""),
        (b"a b\nc\n", 2, [[b"a", b"b"]], b"c\n"),
        (b"a b\nc d e\n", 2, [[b"a", b"b"]], b"c d e\n"),
        (b"a b\ndata_x\n", 2, [[b"a", b"b"]], b"data_x\n"),
        (b"a\ndata_x # c\n", 1, [[b"a"]], b"data_x # c\n"),
        (b"a\nLOOP_\n", 1, [[b"a"]], b"LOOP_\n"),
        (b"data_set/a.mrc 1\n", 2, [[b"data_set/a.mrc", b"1"]], b""),
        (b"'data_x'\n'_y'\nloop_x\n", 1, [[b"data_x"], [b"_y"], [b"loop_x"]], b""),
        (b"a b\n_x 1\n", 2, [[b"a", b"b"]], b"_x 1\n"),
        (b"a b\n;c d\n", 2, [[b"a", b"b"]], b";c d\n"),
        (b"a b\n'c d\n", 2, [[b"a", b"b"]], b"'c d\n"),
        (b"a b\nc \x00d\n", 2, [[b"a", b"b"]], b"c \x00d\n"),
        (b"", 3, [], b""),
    ],
)
def test_rows_end_where_something_else_begins(text, columns, expected, left):
    assert rows(text, columns) == (expected, left)


def parsed(*texts):
    data = np.frombuffer(b" ".join(texts), np.uint8)
    ends = np.cumsum([len(text) + 1 for text in texts]) - 1
    return parse_numbers(data, (ends - [len(text) for text in texts]).astype(np.int32), ends.astype(np.int32))


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        (b"0", INTEGER, 0),
        (b"-12", INTEGER, -12),
        (b"+3", INTEGER, 3),
        (b"999999999999999999", INTEGER, 999999999999999999),
        (b"1.5", DECIMAL, 1.5),
        (b".5", DECIMAL, 0.5),
        (b"5.", DECIMAL, 5.0),
        (b"-0.000000", DECIMAL, -0.0),
        (b"1e5", DECIMAL, 1e5),
        (b"1E-5", DECIMAL, 1e-5),
        (b"0.1e+3", DECIMAL, 100.0),
        (b"nan", DECIMAL, np.nan),
        (b"-nan", DECIMAL, np.nan),
        (b"inf", DECIMAL, np.inf),
        (b"-INF", DECIMAL, -np.inf),
        (b"Infinity", DECIMAL, np.inf),
        (b"1e999", DECIMAL, np.inf),
        (b"0.1000000000000000055511151231257827", DECIMAL, 0.1),
        *((text, TEXT, None) for text in (b"0012", b"1234567890123456789", b"1.5D3", b"1e", b"1e+", b"-", b".", b"")),
        *((text, TEXT, None) for text in (b"1_000", b"0x10", b"1.5.2", b"--1", b"infinit", b"nano", b"1,5", b"e5")),
    ],
)
def test_what_a_field_spells(text, kind, value):
    kinds, integers, decimals = parsed(text)
    assert kinds[0] == kind
    if kind == TEXT:
        assert integers[0] == 0
        assert np.isnan(decimals[0])
    else:
        np.testing.assert_array_equal(decimals[0], float(value))
        assert np.isnan(value) or np.signbit(decimals[0]) == text.startswith(b"-")
        assert kind == DECIMAL or integers[0] == value


def test_a_quoted_number_is_text():
    data = np.frombuffer(b"'12' 12", np.uint8)
    kinds, _, _ = parse_numbers(data, np.array([1, 5], np.int32), np.array([3, 7], np.int32))
    assert kinds.tolist() == [TEXT, INTEGER]


def test_texts_are_gathered_by_their_bounds():
    data = np.frombuffer(b"ab c def", np.uint8)
    texts = gather_texts(data, np.array([0, 3, 5, 5], np.int32), np.array([2, 4, 8, 5], np.int32))
    assert texts.tolist() == [b"ab", b"c", b"def", b""]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.0, b"0.000000"),
        (-0.0, b"-0.000000"),
        (21186.804688, b"21186.804688"),
        (0.1 + 0.2, b"0.30000000000000004"),
        (1 / 3, b"0.3333333333333333"),
        (45591.37109375, b"45591.37109375"),
        (1e-7, b"1e-07"),
        (2.0**60, b"1.152921504606847e+18"),
        (np.nan, b"nan"),
        (-np.inf, b"-inf"),
    ],
)
def test_decimals_are_spelled_with_six_places_or_as_many_as_it_takes(value, expected):
    assert spell_decimals(np.array([value])).tolist() == [expected]


def test_texts_that_a_reader_would_take_for_something_else_are_not_plain():
    odd = ["", "a b", "a\tb", "'a", '"a', "#a", ";a", "_a", "data_a", "Data_", "loop_"]
    fine = ["a", "a'b", "a#b", "a_b", "dat", "é", "[1,2]", "1.5", "x" * 50]
    texts = np.array([text.encode() for text in odd + fine])
    assert plain_texts(texts).tolist() == [False] * len(odd) + [True] * len(fine)


def test_rows_are_joined_with_blanks():
    columns = [np.array([b"1", b"22"]), np.array([b"abc", b""])]
    assert join_rows(columns).tobytes() == b"1 abc\n22 \n"
