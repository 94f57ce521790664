"""Numbers are read with their units; another unit of the same kind is converted, one of another kind is named."""

import math
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vitreous.study.problems.grammar import AnswerError
from vitreous.study.problems.quantity import read_quantity, read_unit


@pytest.mark.parametrize(
    ("typed", "unit", "value"),
    [
        ("1.5e-3", "", 1.5e-3),
        ("3/8", "", 0.375),
        ("2*pi", "rad", 2 * math.pi),
        ("2pi rad", "rad", 2 * math.pi),
        ("7", "Å", 7),
        ("7 Å", "Å", 7),
        ("7Å", "Å", 7),
        ("7 A", "Å", 7),
        ("0.7 nm", "Å", 7),
        ("-7 Å", "Å", -7),
        ("1.2 µm", "Å", 12000),
        ("1.2 um", "Å", 12000),
        ("12 %", "", 0.12),
        ("12", "%", 12),
        ("12 %", "%", 12),
        ("0.25/Å", "1/Å", 0.25),
        ("0.25 1/Å", "1/Å", 0.25),
        ("0.25 Å^-1", "1/Å", 0.25),
        ("0.25 Å⁻¹", "1/Å", 0.25),
        ("2.5 1/nm", "1/Å", 0.25),
        ("20 e/Å²", "e/Å²", 20),
        ("20 e/Å^2", "e/Å²", 20),
        ("20 e⁻/Å²", "e/Å²", 20),
        ("20 electrons per Å²", "e/Å²", 20),
        ("2000 e/nm²", "e/Å²", 20),
        ("100 Å²", "Å²", 100),
        ("1 nm²", "Å²", 100),
        ("30 deg", "°", 30),
        ("13 bins", "bins", 13),
        ("1 bin", "bins", 1),
        ("300000 V", "kV", 300),
        ("5 ms", "s", 0.005),
        ("2 MB", "B", 2e6),
        ("3 pixels", "px", 3),
    ],
)
def test_read(typed, unit, value):
    assert read_quantity(typed, unit) == pytest.approx(value)


@pytest.mark.parametrize(
    ("typed", "unit", "told"),
    [
        ("1,5", "", "as in 1.5"),
        ("1,500,000", "", "as in 1500000"),
        ("0.5 rad", "°", "asked for in °"),
        ("5 s", "Å", "another unit"),
        ("5 Å", "", "without a unit"),
        ("5 Å²", "Å", "another unit"),
        ("1/0", "Å", "not a finite"),
        ("1e400", "Å", "not a finite"),
        ("", "Å", "Nothing"),
        ("1 500", "Å", "no sign"),
        ("seven", "Å", "not known"),
    ],
)
def test_refused(typed, unit, told):
    with pytest.raises(AnswerError, match=r".") as error:
        read_quantity(typed, unit)
    assert told in str(error.value)


def test_units_taken_to_pieces():
    assert read_unit("nm").scale == pytest.approx(1e-9)
    assert read_unit("V/Å").powers == (("V", 1), ("m", -1))
    assert read_unit("1/Å") == read_unit("Å^-1") == read_unit("per Å")
    assert read_unit("cycles/pixel").powers == (("cycle", 1), ("pixel", -1))


@given(st.text(max_size=40), st.sampled_from(["", "Å", "1/Å", "e/Å²", "°", "%", "kV"]))
@settings(deadline=2000)
def test_anything_typed_is_read_or_refused(text, unit):
    with suppress(AnswerError):
        assert isinstance(read_quantity(text, unit), complex)


@given(
    st.text(alphabet="0123456789.e+-*/^ Åµnm%°²⁻¹kVpixradse(),", max_size=40),
    st.sampled_from(["", "Å", "1/Å", "e/Å²", "°"]),
)
@settings(deadline=2000)
def test_anything_near_a_quantity_is_read_or_refused(text, unit):
    with suppress(AnswerError):
        read_quantity(text, unit)
