"""The grammar reads formulas as people mean them, refuses what has two readings, and survives anything typed."""

from contextlib import suppress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from vitreous.study.problems.grammar import AnswerError, Apply, Literal, Name, parse

X = Name("x")


def test_strength_of_operations():
    assert parse("1 + 2*x^2", ["x"]) == Apply("+", (Literal(1), Apply("*", (Literal(2), Apply("^", (X, Literal(2)))))))
    assert parse("-x^2", ["x"]) == Apply("negative", (Apply("^", (X, Literal(2))),))
    assert parse("2^3^2") == Apply("^", (Literal(2), Apply("^", (Literal(3), Literal(2)))))
    assert parse("1 - 2 - 3") == Apply("-", (Apply("-", (Literal(1), Literal(2))), Literal(3)))
    assert parse("2^-x", ["x"]) == Apply("^", (Literal(2), Apply("negative", (X,))))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2x", "2*x"),
        ("2 pi x", "2*pi*x"),
        ("3(x + 1)", "3*(x + 1)"),
        ("(x + 1)(x - 1)", "(x + 1)*(x - 1)"),
        ("2|x|", "2*abs(x)"),
        ("x**2", "x^2"),
        ("x²", "x^2"),
        ("2·π×x", "2*pi*x"),
        ("√(x)", "sqrt(x)"),
        ("ln(x)", "log(x)"),
        ("[x + 1] − 2", "(x + 1) - 2"),
        ("2e3", "2000"),
        ("|x| |x|", "abs(x)*abs(x)"),
        ("(1/2)x", "(1/2)*x"),
    ],
)
def test_ways_to_write_the_same(one, other):
    assert parse(one, ["x"]) == parse(other, ["x"])


def test_a_greek_letter_is_its_name_and_j_is_i():
    assert parse("λ", ["lambda"]) == Name("lambda")
    assert parse("2j") == parse("2i")
    assert parse("e", ["e"]) == Name("e")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("1/2x", "two ways"),
        ("2^3x", "two ways"),
        ("x(x + 1)", "looks like a function"),
        ("sin x", "parentheses"),
        ("sin^2(x)", "a power comes after"),
        ("y + 1", "“y” is not known"),
        ("xx", "“xx” is not known"),
        ("(x + 1", "is missing"),
        ("x + 1)", "should have ended"),
        ("x +", "missing before the end"),
        ("2 3", "no sign between"),
        ("x; y", "not part of a formula"),
        ("", "Nothing was typed"),
        ("x" * 401, "401 characters"),
        ("(" * 100 + "x" + ")" * 100, "nested"),
        ("__import__('os')", "not part of a formula"),
    ],
)
def test_what_cannot_be_read_is_explained(typed, told):
    with pytest.raises(AnswerError, match=r".") as error:
        parse(typed, ["x"])
    assert told in str(error.value)


@given(st.text(max_size=60))
@example("√" * 300)
@example("-" * 300 + "x")
@example("||||||||x")
@example("1e999999")
@settings(deadline=2000)
def test_anything_typed_is_read_or_refused(text):
    with suppress(AnswerError):
        assert isinstance(parse(text, ["x", "k"]), Literal | Name | Apply)


@given(st.text(alphabet="0123456789.eExk+-*/^()|, πi√sincoexplgqrtab²⁻", max_size=120))
@settings(deadline=2000)
def test_anything_near_a_formula_is_read_or_refused(text):
    with suppress(AnswerError):
        parse(text, ["x", "k"])


def test_a_raised_number_is_a_power():
    assert parse("x⁻²", ["x"]) == Apply("^", (X, Literal(-2)))
