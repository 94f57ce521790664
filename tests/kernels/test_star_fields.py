"""The compiled functions on STAR fields give what the readable ones give."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vitreous.kernels.numba import star_fields as compiled
from vitreous.particles import star_fields as readable

AWKWARD = [
    *("", "\n", "a b", "a b\n", "a b\r\nc d\r\n", "# a\n a b #c\n", "'a b' \"c d\"\n", "'' ''\n", "a 'b\n", "'a'b c\n"),
    *("_a b\n", "'_a' b\n", "data_ b\n", "data_x\n", "loop_\n", "a b\nloop_ #x\n", ";a b\n", " ;a b\n", "a b c\n"),
    *("a\x00 b\n", "# \x01\na b\n", "a \x7f\n", "é ü\n", "a\x0bb c\x0cd\n", "a b\n\n\n", "\t\na\tb", "' '' '\n", '"\n'),
]
NUMBERS = [
    *("0", "-0", "+0", "00", "0.0", "-0.0", "12", "+12", "-12", "0012", "-0012", "999999999999999999", "-9" + "9" * 17),
    *("1234567890123456789", "0.1", ".1", "1.", ".", "+", "-", "+.", "1e5", "1e+5", "1e-5", "1e", "1e+", "e5", "1d5"),
    *(
        "nan",
        "NaN",
        "-nan",
        "inf",
        "+Inf",
        "-infinity",
        "infinit",
        "infinityy",
        "nanx",
        "1e22",
        "1e23",
        "1e-22",
        "1e-23",
    ),
    *(
        "9007199254740993.0",
        "9007199254740992.5",
        "9007199254740993e-3",
        "123456789012345678e-22",
        "0.30000000000000004",
    ),
    *(
        "179769313486231580793e289",
        "5e-324",
        "2e-324",
        "1e400",
        "1e-400",
        "1e99999999999999999999",
        "0e99999",
        "1_0",
        "١",
    ),
    *(
        "0.000000000000000000000000012345678901234567",
        "12345678901234567.89",
        "1.7976931348623157e308",
        "0x1p3",
        "1e5.5",
    ),
    *("2.2250738585072011e-308", "0.1000000000000000055511151231257827021181583404541015625", "4.35", "0.000001"),
]


def assert_same_rows(text, columns):
    data = np.frombuffer(text, np.uint8)
    slow, fast = readable.split_rows(data, columns), compiled.split_rows(data, columns)
    assert fast[2] == slow[2]
    for a, b in zip(fast[:2], slow[:2], strict=True):
        assert a.dtype == b.dtype
        np.testing.assert_array_equal(a, b, strict=True)
    return slow


@pytest.mark.parametrize("columns", [1, 2, 3])
@pytest.mark.parametrize("text", AWKWARD)
def test_rows_of_awkward_text(text, columns):
    assert_same_rows(text.encode(), columns)
    assert_same_rows(b"x " * (columns - 1) + b"y\n" + text.encode(), columns)


@given(text=st.text(alphabet="ab1.-_#;'\" \t\r\n\x00édatloop", max_size=60), columns=st.integers(1, 4))
@example(text="data_\n", columns=1)
def test_rows_of_any_text(text, columns):
    assert_same_rows(text.encode(), columns)


def assert_same_numbers(texts):
    # among others, and with a quote before every second one
    data = "".join(f" {text}" if i % 2 else f"'{text}" for i, text in enumerate(texts)).encode()
    lengths = np.array([len(text.encode()) + 1 for text in texts])
    ends = np.cumsum(lengths)
    starts = ends - lengths + 1
    bounds = np.frombuffer(data, np.uint8), starts.astype(np.int32), ends.astype(np.int32)
    with np.errstate(all="ignore"):
        slow, fast = readable.parse_numbers(*bounds), compiled.parse_numbers(*bounds)
    for a, b in zip(fast, slow, strict=True):
        np.testing.assert_array_equal(a, b, strict=True)
    signed = slow[0] != readable.TEXT
    assert (np.signbit(fast[2]) == np.signbit(slow[2]))[signed & ~np.isnan(slow[2])].all()
    np.testing.assert_array_equal(compiled.gather_texts(*bounds), readable.gather_texts(*bounds), strict=True)


def test_awkward_numbers():
    for shift in range(2):
        assert_same_numbers(["x"] * shift + NUMBERS)


@given(st.lists(st.text(alphabet="0123456789.eE+-naif_", max_size=25), max_size=5))
def test_anything_like_a_number(texts):
    assert_same_numbers(texts)


def random_values(rng, n):
    bits = rng.integers(0, 2**64, n, dtype=np.uint64).view(np.float64)
    everyday = rng.uniform(-1, 1, n) * 10.0 ** rng.integers(-6, 17, n)
    rounded = np.round(rng.normal(scale=1e4, size=n), 6)
    single = rng.normal(scale=300, size=n).astype(np.float32).astype(np.float64)
    edges = [0.0, -0.0, np.inf, -np.inf, 1e15, 1e16, 2.0**53, 2.0**53 + 2, 1e-4, 9.999e-5, 1e-6, 5e-324, 2.0**32]
    return np.concatenate([bits[~np.isnan(bits)], everyday, rounded, single, edges])


def test_decimals_are_read_with_correct_rounding(rng):
    """Python's own conversion, correctly rounded, is the standard: 17 digits and more, and the short ones of RELION."""
    values = random_values(rng, 20000)
    texts = [repr(value) for value in values.tolist()] + [f"{value:.6f}" for value in values[-60000:].tolist()]
    data = " ".join(texts).encode()
    ends = np.cumsum([len(text) + 1 for text in texts]) - 1
    starts = ends - np.array([len(text) for text in texts])
    _, _, decimals = compiled.parse_numbers(np.frombuffer(data, np.uint8), starts.astype("i4"), ends.astype("i4"))
    np.testing.assert_array_equal(decimals, [float(text) for text in texts])


def test_decimals_are_spelled_alike_and_read_back(rng):
    values = random_values(rng, 20000)
    texts = compiled.spell_decimals(values)
    np.testing.assert_array_equal(texts, readable.spell_decimals(values), strict=True)
    back = np.array([float(text) for text in texts])
    np.testing.assert_array_equal(back, values)
    np.testing.assert_array_equal(np.signbit(back), np.signbit(values))


@pytest.mark.parametrize("n", [0, 1, 7])
def test_short_columns(n):
    values = np.linspace(-1, 2, n)
    np.testing.assert_array_equal(compiled.spell_decimals(values), readable.spell_decimals(values), strict=True)
    texts = np.array([b"a b", b"_x", b"y", b"", b"#", b"data_", b"zz"][:n], dtype="S4")
    np.testing.assert_array_equal(compiled.plain_texts(texts), readable.plain_texts(texts), strict=True)
    columns = [compiled.spell_decimals(values), texts]
    np.testing.assert_array_equal(compiled.join_rows(columns), readable.join_rows(columns), strict=True)


@given(st.lists(st.text(alphabet="ab_#;'\" \t\x0bdatlop", min_size=0, max_size=8), min_size=1, max_size=8))
def test_plain_texts_and_rows_of_any_text(values):
    texts = np.array([value.encode() for value in values])
    np.testing.assert_array_equal(compiled.plain_texts(texts), readable.plain_texts(texts), strict=True)
    columns = [texts, texts[::-1].copy(), texts]
    np.testing.assert_array_equal(compiled.join_rows(columns), readable.join_rows(columns), strict=True)
