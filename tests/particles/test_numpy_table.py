"""Tables in NumPy's format are read as NumPy reads them; a header that lies, or objects, are refused."""

import tracemalloc

import numpy as np
import pytest

from vitreous._errors import InputError
from vitreous.particles.numpy_table import read_numpy_table

DTYPE = [("uid", "<u8"), ("pose", "<f4", (3,)), ("path", "S7")]


def make_table(n=5):
    table = np.zeros(n, DTYPE)
    table["uid"] = np.arange(n)
    table["pose"] = np.arange(3.0 * n).reshape(n, 3)
    table["path"] = b"a.mrc"
    return table


@pytest.mark.parametrize("version", [(1, 0), (2, 0), (3, 0)])
@pytest.mark.parametrize("n", [0, 1, 5])
def test_reads_what_numpy_writes(version, n, tmp_path):
    path = tmp_path / "x.cs"
    with open(path, "wb") as file:
        np.lib.format.write_array(file, make_table(n), version=version)
    read = read_numpy_table(path)
    assert read.dtype == np.dtype(DTYPE)
    np.testing.assert_array_equal(read, make_table(n))


def saved(array, tmp_path, **options):
    path = tmp_path / "x.cs"
    with open(path, "wb") as file:
        np.save(file, array, **options)
    return path


def refused(path, words):
    with pytest.raises(InputError, match=words):
        read_numpy_table(path)


def test_pickled_objects_are_refused_unseen(tmp_path):
    class Evil:
        def __reduce__(self):
            return (pytest.fail, ("a pickle ran",))

    objects = np.zeros(2, [("uid", "<u8"), ("path", "O")])
    objects["path"] = Evil()
    refused(saved(objects, tmp_path, allow_pickle=True), "pickled objects")
    refused(saved(np.array([Evil()], dtype=object), tmp_path, allow_pickle=True), "pickled objects")


@pytest.mark.parametrize("array", [np.zeros(3), np.zeros((2, 2), DTYPE), np.array(1.0)])
def test_what_is_no_table_is_refused(array, tmp_path):
    refused(saved(array, tmp_path), "table|header")


@pytest.mark.parametrize("change", [-1, 1, -40])
def test_another_size_than_announced_is_refused(change, tmp_path):
    path = saved(make_table(), tmp_path)
    data = path.read_bytes()
    path.write_bytes(data[:change] if change < 0 else data + b"x")
    refused(path, r"5 rows of 27 bytes are announced, \d+ bytes are there")


def test_a_header_that_claims_much_takes_no_memory(tmp_path):
    path = saved(make_table(), tmp_path)
    data = path.read_bytes()
    huge = data.replace(b"(5,), }              ", b"(999999999999999,), }")
    assert len(huge) == len(data)
    assert huge != data
    lies = [huge, data[:6] + b"\x02\x00" + b"\xff\xff\xff\x7f" + data[12:], data.replace(b"'<u8'", b"'<9u8'")]
    tracemalloc.start()
    for lie in lies:
        path.write_bytes(lie)
        refused(path, "announced|claims|header")
    assert tracemalloc.get_traced_memory()[1] < 1e6
    tracemalloc.stop()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not a .cs file"),
        (b"\x93NUMPY", "not a .cs file"),
        (b"created: 2020\ngroup: particles\n", "not a .cs file"),
        (b"\x94CSDAT" + b"\x00" * 20, "stream"),
        (b"\x80\x04" + b"\x00" * 20, "a pickle"),
        (b"PK\x03\x04" + b"\x00" * 20, "zip"),
        (b"\x93NUMPY\x01\x00\x20\x00" + b"(" * 32, "header"),
        (b"\x93NUMPY\x01\x00\x10\x00{'descr': '<f4'}", "header"),
        (b"\x93NUMPY\x01\x00\x02\x00__", "header"),
    ],
)
def test_other_files_are_named(content, words, tmp_path):
    path = tmp_path / "x.cs"
    path.write_bytes(content)
    refused(path, words)


def test_a_group_file_gets_advice(tmp_path):
    path = tmp_path / "x.csg"
    path.write_text("created: 2020\ngroup: particles\nresults:\n")
    refused(path, "csg file only names .cs files")


def test_an_absent_file_is_named(tmp_path):
    refused(tmp_path / "absent.cs", "cannot be read")
