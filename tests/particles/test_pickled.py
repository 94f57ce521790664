"""Pickles of arrays are read as pickle reads them; whatever else a pickle asks for is refused before it happens."""

import contextlib
import pickle
import tracemalloc
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy

import needs
from vitreous._errors import InputError
from vitreous.particles.pickled import load_arrays

PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)
SAMPLES = {
    "array": np.arange(6.0).reshape(2, 3),
    "tuple": (np.eye(3, dtype=np.float32), np.zeros((4, 2))),
    "nested": {"a": [np.arange(3), 1, 2.5, None, True], "b": ("text", b"bytes", -(10**30)), 7: []},
    "order": [np.asfortranarray(np.ones((2, 3))), np.arange(3, dtype=">f8"), np.arange(12)[::3]],
    "scalars": [np.float32(2.5), np.int64(-3), np.bool_(True), np.complex128(1j)],
    "empty": [np.zeros((0, 3)), np.array(5.0), ()],
}


def assert_same(left, right):
    if isinstance(right, np.ndarray):
        assert left.dtype == right.dtype
        assert left.flags.f_contiguous == right.copy("K").flags.f_contiguous
        np.testing.assert_array_equal(left, right, strict=True)
    elif isinstance(right, dict):
        assert list(left) == list(right)
        for key in right:
            assert_same(left[key], right[key])
    elif isinstance(right, (list, tuple)):
        assert type(left) is type(right)
        assert len(left) == len(right)
        for a, b in zip(left, right, strict=True):
            assert_same(a, b)
    else:
        assert type(left) is type(right)
        assert left == right


def load(data, folder):
    path = folder / "x.pkl"
    path.write_bytes(data)
    return load_arrays(path)


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("name", SAMPLES)
def test_reads_what_pickle_reads(name, protocol, tmp_path):
    assert_same(load(pickle.dumps(SAMPLES[name], protocol=protocol), tmp_path), SAMPLES[name])


@given(
    array=st_numpy.arrays(st_numpy.scalar_dtypes().filter(lambda d: d.kind in "biufc"), st_numpy.array_shapes()),
    protocol=st.sampled_from(PROTOCOLS),
)
def test_reads_any_numeric_array(array, protocol, tmp_path_factory):
    read = load(pickle.dumps(array, protocol=protocol), tmp_path_factory.getbasetemp())
    assert read.dtype == array.dtype
    assert read.shape == array.shape
    assert read.tobytes() == array.tobytes()


@pytest.mark.parametrize(
    "name",
    [
        *("metadata/ctf1.pkl", "metadata/ctf2.pkl", "metadata/pose.star.pkl", "metadata/pose.cs.pkl"),
        *("empiar_10076/ctf_10076.pkl", "empiar_10076/poses_10076.pkl", "empiar_10076/noise_10076.pkl"),
        *("relion_cross/hand_rot.pkl", "relion_cross/hand_rot_trans.pkl"),
    ],
)
def test_reads_the_tables_of_other_programs(name):
    path = needs.data(name)
    assert_same(load_arrays(path), pickle.loads(path.read_bytes()))


def test_an_array_under_two_names_is_read_under_both(tmp_path):
    array = np.arange(4)
    read = load(pickle.dumps([array, array]), tmp_path)
    assert read[0] is read[1]


def test_arrays_of_old_and_new_numpy_are_read(tmp_path):
    array = np.arange(3.0)
    for protocol in (2, 3):
        data = pickle.dumps(array, protocol=protocol)
        names = (b"cnumpy._core.multiarray\n", b"cnumpy.core.multiarray\n")
        assert names[0] in data
        assert_same(load(data.replace(*names), tmp_path), array)


class Evil:
    def __init__(self, function, *arguments):
        self.call = (function, arguments)

    def __reduce__(self):
        return self.call


class Reminder:
    """What an evil pickle would have done, had it run."""

    done = False

    @classmethod
    def run(cls, *_):
        cls.done = True


REFUSED = {
    "system": Evil(exec, "raise SystemExit"),
    "object": np.array([None, 1], dtype=object),
    "text": np.array(["a", "b"]),
    "structured": np.zeros(2, [("a", "f4")]),
    "date": np.array(["2020-01-01"], dtype="datetime64[D]"),
    "set": {1, 2},
    "function": np.linalg.inv,
    "dtype": np.dtype("f4"),
    "masked": np.ma.masked_array([1.0, 2.0], [True, False]),
    "slice": slice(3),
    "instance": Fraction(1, 2),
    "import": Evil(__import__, "antigravity"),
}


@pytest.mark.parametrize("protocol", [0, 2, 5])
@pytest.mark.parametrize("name", REFUSED)
def test_anything_but_arrays_is_refused(name, protocol, tmp_path):
    with pytest.raises(InputError, match=r"x\.pkl: byte \d+: .*only pickles of NumPy arrays are read"):
        load(pickle.dumps(REFUSED[name], protocol=protocol), tmp_path)


def test_nothing_in_a_pickle_runs(tmp_path):
    """Also not where the call comes behind arrays or inside containers."""
    evil = Evil(Reminder.run, 1)
    for value in (evil, [np.arange(3), evil], {"a": evil}, (np.eye(2), [evil])):
        with pytest.raises(InputError):
            load(pickle.dumps(value), tmp_path)
    assert not Reminder.done


HAND_MADE = {
    "persistent": b"\x80\x02X\x01\x00\x00\x00aQ.",
    "extension": b"\x80\x02\x82\x01.",
    "old instance": b"(ios\nsystem\n.",
    "build on a list": b"\x80\x02](K\x01K\x02tb.",
    "stack too short": b"\x80\x02\x86.",
    "no mark": b"\x80\x02K\x01t.",
    "never kept": b"\x80\x02h\x05.",
    "list as key": b"\x80\x02}]K\x01s.",
    "next buffer": b"\x80\x05\x97.",
    "no end": b"\x80\x02K\x01",
    "empty": b"",
    "zeros": b"\x00" * 50,
}


@pytest.mark.parametrize("name", HAND_MADE)
def test_hand_made_pickles_are_refused(name, tmp_path):
    with pytest.raises(InputError):
        load(HAND_MADE[name], tmp_path)


def test_a_list_that_holds_itself_is_refused(tmp_path):
    endless = []
    endless.append(endless)
    with pytest.raises(InputError, match="hold themselves"):
        load(pickle.dumps(endless), tmp_path)


def test_a_small_file_does_not_take_much_memory(tmp_path):
    doubling = [0]
    for _ in range(40):
        doubling = [doubling, doubling]
    claims = pickle.dumps(np.zeros(10), protocol=3).replace(b"K\x0a\x85", b"J\xff\xff\xff\x7f\x85")
    long_bytes = b"\x80\x03B\xff\xff\xff\x7fabc."
    tracemalloc.start()
    for data in (pickle.dumps(doubling), claims, long_bytes):
        with pytest.raises(InputError):
            load(data, tmp_path)
    assert tracemalloc.get_traced_memory()[1] < 2e6
    tracemalloc.stop()


def test_text_is_not_converted_to_bytes_again_and_again(tmp_path):
    once = b"\x80\x02c_codecs\nencode\nq\x00X\xe8\x03\x00\x00" + b"a" * 1000 + b"q\x01X\x06\x00\x00\x00latin1q\x02\x86R"
    again = b"h\x00h\x01h\x02\x86R"
    assert load(once + b".", tmp_path) == b"a" * 1000
    with pytest.raises(InputError, match="again and again"):
        load(b"\x80\x02(" + once[2:] + again * 20 + b"l.", tmp_path)


def test_mutations_are_read_or_refused(rng, tmp_path):
    sources = [pickle.dumps(sample, protocol=p) for sample in SAMPLES.values() for p in (0, 2, 5)]
    for i in range(1500):
        data = bytearray(sources[i % len(sources)])
        place = int(rng.integers(len(data)))
        match rng.integers(4):
            case 0:
                data[place] = rng.integers(256)
            case 1:
                del data[place:]
            case 2:
                del data[place : place + int(rng.integers(1, 20))]
            case _:
                data[place:place] = rng.bytes(3)
        with contextlib.suppress(InputError):
            load(bytes(data), tmp_path)


def test_an_absent_file_is_named(tmp_path):
    with pytest.raises(InputError, match=r"absent\.pkl: cannot be read"):
        load_arrays(tmp_path / "absent.pkl")
