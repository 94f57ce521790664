"""STAR files: what is read is what stands in the text, what is written reads back, what is broken is named."""

import contextlib
import threading
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.dtypes import StringDType

import needs
from vitreous._errors import InputError
from vitreous.particles import star
from vitreous.particles.star import StarTable, read_star, write_star


@pytest.fixture(params=["readable", "compiled"])
def functions(request, monkeypatch):
    """Both ways to read and write: with the readable functions and with their compiled twins, in small chunks."""
    monkeypatch.setattr(star, "_SMALL_BYTES", 1 << 19 if request.param == "readable" else -1)
    monkeypatch.setattr(star, "_CHUNK_BYTES", 64)
    monkeypatch.setattr(star, "_ROWS", 3)


def read(text, folder):
    path = folder / "x.star"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_star(path)


def as_lists(tables):
    return {name: {label: column.tolist() for label, column in table.columns.items()} for name, table in tables.items()}


PARTICLES = """
# version 30001

data_optics

loop_
_rlnOpticsGroup #1
_rlnOpticsGroupName #2
           1 group1

# version 30001

data_particles

loop_
_rlnImageName #1
_rlnDefocusU #2
_rlnClassNumber #3
000001@a/b.mrcs  10352.805929            1
000002@a/b.mrcs  -1.5e3                  2
'000003@a b.mrcs'  nan   3   # why not

data_general
_rlnFinalResolution   3.25
_rlnBodyStarFile      "a file.star"
"""


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("end", ["\n", ""])
def test_blocks_loops_and_pairs(newline, end, functions, tmp_path):
    tables = read((PARTICLES.rstrip() + end).replace("\n", newline), tmp_path)
    assert list(tables) == ["optics", "particles", "general"]
    assert as_lists({"optics": tables["optics"]}) == {
        "optics": {"rlnOpticsGroup": [1], "rlnOpticsGroupName": ["group1"]}
    }
    columns = tables["particles"].columns
    assert columns["rlnImageName"].tolist() == ["000001@a/b.mrcs", "000002@a/b.mrcs", "000003@a b.mrcs"]
    np.testing.assert_array_equal(columns["rlnDefocusU"], [10352.805929, -1500.0, np.nan], strict=True)
    np.testing.assert_array_equal(columns["rlnClassNumber"], np.array([1, 2, 3]), strict=True)
    assert as_lists(tables)["general"] == {"rlnFinalResolution": [3.25], "rlnBodyStarFile": ["a file.star"]}
    assert [table.is_loop for table in tables.values()] == [True, True, False]
    assert [len(table) for table in tables.values()] == [1, 3, 1]


def test_the_type_of_a_column_is_that_of_all_its_values(functions, tmp_path):
    """Also where the value that decides comes many rows, and so chunks, behind the first."""
    rows = [f"{i} {i}.5 {i} 12 {'x' if i == 80 else i} 00{i} 1.0 {i if i < 70 else 0.25}" for i in range(100)]
    labels = ["int", "float", "someName", "same", "late", "zeros", "ones", "mixed"]
    text = "data_\nloop_\n" + "".join(f"_{label}\n" for label in labels) + "\n".join(rows)
    columns = read(text, tmp_path)[""].columns
    kinds = {label: column.dtype.kind for label, column in columns.items()}
    assert kinds == dict(zip(labels, "ifTiTTff", strict=True))
    assert columns["late"].tolist() == [str(i) if i != 80 else "x" for i in range(100)]
    assert columns["zeros"].tolist() == [f"00{i}" for i in range(100)]
    assert columns["mixed"].tolist() == [float(i if i < 70 else 0.25) for i in range(100)]
    assert all(len(column) == 100 for column in columns.values())


def test_a_numeric_name_is_text(tmp_path):
    columns = read("data_\nloop_\n_rlnMicrographName\n12\n13\n", tmp_path)[""].columns
    assert columns["rlnMicrographName"].tolist() == ["12", "13"]


def test_empty_tables(functions, tmp_path):
    tables = read("data_a\n\nloop_\n_x\n_yName\n\ndata_b\n\ndata_c\nloop_\n_z\n", tmp_path)
    assert {name: (len(table), list(table.columns)) for name, table in tables.items()} == {
        "a": (0, ["x", "yName"]),
        "b": (0, []),
        "c": (0, ["z"]),
    }
    assert tables["a"].columns["yName"].dtype == StringDType()
    assert read("", tmp_path) == {}


def test_odd_but_legal(functions, tmp_path):
    header = b"\xef\xbb\xbfDATA_x\n \tLOOP_ # c\n\t_a\t#1 [Comment]\n_b#2\n"
    rows = b" \t1\t\t'' \x0b\n\n#c\n\n2 \"b\" #c\r\n data_set/x 'data_y'\n"
    text = header + rows
    assert as_lists(read(text, tmp_path)) == {"x": {"a": ["1", "2", "data_set/x"], "b#2": ["", "b", "data_y"]}}


def test_a_quoted_word_opens_nothing(functions, tmp_path):
    words = ["'_a'", "'data_x'", "'loop_'", "'#'"]
    for i, word in enumerate(words):
        rows = [word, *words[:i]]
        tables = read("data_\nloop_\n_a\n" + "\n".join(rows), tmp_path)
        assert tables[""].columns["a"].tolist() == [row[1:-1] for row in rows]


def test_text_in_any_alphabet(functions, tmp_path):
    text = "data_é\nloop_\n_Å\n_rlnMicrographName\nß 'µ m'\n" + "漢 字\n" * 30
    columns = read(text, tmp_path)["é"].columns
    assert columns["Å"].tolist() == ["ß"] + ["漢"] * 30
    assert columns["rlnMicrographName"].tolist() == ["µ m"] + ["字"] * 30


def test_one_long_value_among_many_short_ones_takes_little_memory(tmp_path):
    text = "data_\nloop_\n_a\n_b\n" + "".join(f"x{i} 1\n" for i in range(30000)) + "y" * 300_000 + " 1\n"
    path = tmp_path / "x.star"
    path.write_text(text)
    read_star(path)
    tracemalloc.start()
    columns = read_star(path)[""].columns
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert columns["a"][-1] == "y" * 300_000
    assert columns["a"][29_999] == "x29999"
    assert peak < 60e6


BROKEN = {
    "too few fields": ("data_\nloop_\n_a\n_b\n1 2\n\n3\n", 7, "the row has 1 fields, expected 2"),
    "too many fields": ("data_\nloop_\n_a\n_b\n1 2\n3 4 5\n", 6, "the row has 3 fields, expected 2"),
    "rows of key and value": ("data_\nloop_\n_a\n1\n\n_b 2\n", 6, "second table"),
    "second loop": ("data_x\nloop_\n_a\n1\nloop_\n_b\n1\n", 5, "second table in block data_x"),
    "pairs, then a loop": ("data_x\n_a 1\nloop_\n_b\n1\n", 3, "second table in block data_x"),
    "label twice in a loop": ("data_\nloop_\n_a\n_b\n_a\n1 2 3\n", 5, "label _a stands twice"),
    "label twice in a list": ("data_\n_a 1\n_a 2\n", 3, "label _a stands twice"),
    "block twice": ("data_x\n_a 1\n\ndata_x\n_a 2\n", 4, "second block data_x"),
    "no data_ line": ("\nloop_\n_a\n1\n", 2, "before the first data_ line"),
    "a table of another kind": ("x,y\n1,2\n", 1, "before the first data_ line"),
    "loop without labels": ("data_\nloop_\n1 2\n", 3, "not followed by labels"),
    "loop without anything": ("data_\nloop_\n", 3, "not followed by labels"),
    "value in the header": ("data_\nloop_\n_a 1\n", 3, "behind label _a"),
    "label without value": ("data_\n_a\n", 2, "label _a has 0 values"),
    "two values": ("data_\n_a 1 2\n", 2, "label _a has 2 values"),
    "words in a list": ("data_\n_a 1\nhello\n", 3, "expected a label"),
    "open quote": ("data_\nloop_\n_a\n1\n'2\n", 5, "quote"),
    "open quote in the header": ("data_\nloop_\n_a\n'_b\n", 4, "quote"),
    "text block": ("data_\nloop_\n_a\n1\n;2\n;\n", 5, "text block"),
    "text block as a value": ("data_\n_a\n;2\n;\n", 2, "0 values"),
    "control character": ("data_\nloop_\n_a\n1\n2\x01\n", 5, "control character"),
    "another encoding": ("data_\nloop_\n_a\n1\né\n".encode("latin-1"), 5, "not UTF-8"),
    "another encoding in a header": ("data_\nloop_\n_é\n1\n".encode("latin-1"), 3, "not UTF-8"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_is_named_with_its_line(name, functions, tmp_path):
    text, line, words = BROKEN[name]
    with pytest.raises(InputError, match=rf"x\.star: line {line}: .*{words}"):
        read(text, tmp_path)


@pytest.mark.parametrize("row", [40, 99, 149])
def test_a_broken_row_is_found_in_any_chunk(row, functions, tmp_path):
    rows = [f"{i} {i} text{i}" for i in range(150)]
    rows[row] = "1 2"
    with pytest.raises(InputError, match=rf"line {row + 6}: the row has 2 fields, expected 3"):
        read("data_\nloop_\n_a\n_b\n_c\n" + "\n".join(rows), tmp_path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("data_\n_a 1\n".encode("utf-16"), "UTF-16"),
        (b"\x1f\x8b\x08\x00", "gzip.*gunzip"),
        (b"data_\n\x00\x00", "binary"),
        (b"\x93NUMPY\x01\x00v\x00{'descr'", "binary"),
    ],
)
def test_what_is_not_text_is_refused(content, words, tmp_path):
    with pytest.raises(InputError, match=words):
        read(content, tmp_path)


def test_a_file_of_one_endless_line_is_refused(tmp_path):
    with pytest.raises(InputError, match="line 4: the line is longer"):
        read(b"data_\nloop_\n_a\n" + b"x" * (1 << 25), tmp_path)
    with pytest.raises(InputError, match="line 2: the line is longer"):
        read(b"data_\n_" + b"x" * (1 << 25), tmp_path)


def test_an_absent_file_and_a_folder_are_named(tmp_path):
    for path in (tmp_path / "absent.star", tmp_path):
        with pytest.raises(InputError, match=r"cannot be read"):
            read_star(path)


def test_no_thread_is_left_behind(functions, tmp_path):
    before = threading.active_count()
    with pytest.raises(InputError):
        read("data_\nloop_\n_a\n" + "1\n" * 500 + "1 2\n" + "1\n" * 500, tmp_path)
    assert threading.active_count() == before


def test_the_odd_sample_is_refused_at_its_odd_row():
    path = needs.data("real_particles/sample.star")
    with pytest.raises(InputError, match=r"sample\.star: line 20: the row has 5 fields, expected 4"):
        read_star(path)
    assert path.read_text().splitlines()[19].split() == ["Mars", "6794", "0.38", "2", "extra"]


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"], include_characters="\t"), max_size=12)
WRITABLE = TEXT.filter(lambda text: not ("' " in text or "'\t" in text) or not ('" ' in text or '"\t' in text))
COLUMNS = {
    "float": st.floats(),
    "integer": st.integers(-(10**18) + 1, 10**18 - 1),
    "text": WRITABLE,
    "numbers as text": st.from_regex(r"-?[0-9]{1,3}(\.[0-9])?", fullmatch=True),
}
DTYPES = {"float": np.float64, "integer": np.int64, "text": StringDType(), "numbers as text": StringDType()}


@st.composite
def tables(draw):
    n = draw(st.integers(1, 8))
    kinds = draw(st.lists(st.sampled_from(sorted(COLUMNS)), min_size=1, max_size=4))
    columns = {
        f"c{i}": np.array(draw(st.lists(COLUMNS[kind], min_size=n, max_size=n)), dtype=DTYPES[kind])
        for i, kind in enumerate(kinds)
    }
    return StarTable("x", columns, is_loop=n > 1 or draw(st.booleans()))


@pytest.mark.parametrize("small", [1 << 19, -1])
@settings(max_examples=80, deadline=None)
@given(table=tables(), second=tables())
def test_what_is_written_reads_back(small, table, second, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "round_trip.star"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(star, "_SMALL_BYTES", small)
        patch.setattr(star, "_ROWS", 3)
        patch.setattr(star, "atomic_write", contextlib.nullcontext)  # which waits for the disk
        write_star(path, {"x": table, "": second})
        back = read_star(path)
    assert list(back) == ["x", ""]
    for written, read_back in zip((table, second), back.values(), strict=True):
        assert read_back.is_loop == written.is_loop
        assert list(read_back.columns) == list(written.columns)
        for label, column in written.columns.items():
            np.testing.assert_array_equal(read_back.columns[label], column, strict=True)


def test_writing_other_dtypes(tmp_path):
    columns = {
        "b": np.array([True, False]),
        "u": np.array([2**64 - 1, 1], np.uint64),
        "f": np.array([0.07, 2.95], np.float32),
        "s": np.array(["a b", "c"]),
    }
    write_star(tmp_path / "x.star", {"t": StarTable("t", columns)})
    back = read_star(tmp_path / "x.star")["t"].columns
    assert back["b"].tolist() == [1, 0]
    assert back["u"].tolist() == ["18446744073709551615", "1"]
    assert back["f"].astype(np.float32).tolist() == columns["f"].tolist()
    assert back["s"].tolist() == ["a b", "c"]


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"a": np.zeros(2), "b": np.zeros(3)}, "differ in length"),
        ({"a b": np.zeros(2)}, "label 'a b'"),
        ({"a": np.array(["x\ny", "z"])}, r"column a: the value 'x\\ny' cannot be written"),
        ({"a": np.array(["both ' and \" .", "z"])}, "cannot be written"),
        ({"a": np.zeros(2, complex)}, "neither numbers nor text"),
    ],
)
def test_what_cannot_be_written_is_named_and_the_old_file_stays(columns, words, tmp_path):
    path = tmp_path / "x.star"
    path.write_text("old")
    with pytest.raises(InputError, match=words):
        write_star(path, {"t": StarTable("t", columns)})
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_mutations_are_read_or_refused(rng, functions, tmp_path):
    source = PARTICLES.encode()
    for _ in range(200):
        data = bytearray(source)
        place = int(rng.integers(len(data)))
        match rng.integers(4):
            case 0:
                data[place] = rng.integers(256)
            case 1:
                del data[place:]
            case 2:
                del data[place : place + int(rng.integers(1, 30))]
            case _:
                data[place:place] = bytes(rng.choice([*b"'\";#_ \n\t\r\x00\xff"], 3).tolist())
        try:
            read(bytes(data), tmp_path)
        except InputError as error:
            refused = str(error)
            if "x.star" not in refused or "\n" in refused:
                raise
