"""Every kind of answer reads what people type, refuses the rest in words that help, and knows what is right."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vitreous.study.problems.answers import Choose, Complex, Expression, Matrix, Number, Order, Quaternion, Vector
from vitreous.study.problems.grammar import AnswerError

ANSWERS = [
    Number(5.0, unit="Å"),
    Number(-2.5e-7),
    Complex(1.5 - 2j),
    Complex(3j, unit="nm"),
    Vector([1.0, 0.0, -0.5], unit="Å"),
    Quaternion([0.5, 0.5, -0.5, 0.5]),
    Matrix([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]),
    Choose(["one", "two", "three"], 2),
    Order(["a", "b", "c"], [2, 0, 1]),
    Expression("exp(-2*pi*i*k*a)", ["k", "a"]),
]


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: type(answer).__name__)
def test_the_right_answer_as_written_is_right(answer):
    assert answer.accepts(answer.read(answer.written()))


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: type(answer).__name__)
@pytest.mark.parametrize("typed", ["", "what?", "1 +", "((", "x" * 3000])
def test_what_cannot_be_read_is_told_with_the_form_that_is_wanted(answer, typed):
    with pytest.raises(AnswerError) as error:
        answer.read(typed)
    assert answer.form() in str(error.value) or "characters" in str(error.value)


@given(st.text(max_size=80), st.sampled_from(ANSWERS))
@settings(deadline=2000)
def test_anything_typed_is_read_or_refused(typed, answer):
    with suppress(AnswerError):
        assert answer.accepts(answer.read(typed)) in (True, False)


def test_a_number_is_right_within_the_larger_tolerance():
    assert Number(100.0, relative=0.01).accepts(100.9)
    assert not Number(100.0, relative=0.01).accepts(101.1)
    assert Number(0.0, absolute=0.1).accepts(-0.05)


def test_a_complex_answer_to_a_real_question_is_refused():
    with pytest.raises(AnswerError, match="complex"):
        Number(1.0).read("1 + 2i")


@pytest.mark.parametrize("typed", ["1.5-2i", "1.5 - 2j", "(3 - 4i)/2", "2.5*exp(-i*0.9273)"])
def test_ways_to_write_a_complex_number(typed):
    answer = Complex(1.5 - 2j)
    assert answer.accepts(answer.read(typed))


@pytest.mark.parametrize(
    "typed", ["1, 0, -1/2", "1 0 -0.5", "(1, 0, -0.5)", "[1; 0; -0.5]", "0.1, 0, -0.05 nm", "(1,0,-.5) Å"]
)
def test_ways_to_write_a_vector(typed):
    answer = ANSWERS[4]
    assert answer.accepts(answer.read(typed))


def test_a_vector_of_the_wrong_length_is_counted():
    with pytest.raises(AnswerError, match="Found 2 numbers where 3"):
        ANSWERS[4].read("1, 2")


def test_a_quaternion_and_its_negative_are_right():
    answer = ANSWERS[5]
    assert answer.accepts(answer.read("1/2, 1/2, -1/2, 1/2"))
    assert answer.accepts(answer.read("-0.5, -0.5, 0.5, -0.5"))
    assert not answer.accepts(answer.read("0.5, -0.5, 0.5, -0.5"))


@pytest.mark.parametrize(
    "typed", ["0 -1 0; 1 0 0; 0 0 1", "[[0, -1, 0], [1, 0, 0], [0, 0, 1]]", "0,-1,0\n1,0,0\n\n0,0,1\n"]
)
def test_ways_to_write_a_matrix(typed):
    answer = ANSWERS[6]
    assert answer.accepts(answer.read(typed))


def test_options_and_items_are_counted_from_one():
    assert Choose(["a", "b"], 1).read("2") == 1
    assert Order(["a", "b", "c"], [2, 0, 1]).read("3 1 2") == (2, 0, 1)
    with pytest.raises(AnswerError, match="each once"):
        Order(["a", "b", "c"], [2, 0, 1]).read("1, 1, 2")
    with pytest.raises(AnswerError, match="one of the 2"):
        Choose(["a", "b"], 1).read("3")


def test_a_formula_is_right_in_any_form():
    answer = Expression("exp(-pi*(x - 2)^2)", ["x"])
    assert answer.accepts(answer.read("e^(-pi(x^2 - 4x + 4))"))
    assert answer.accepts("exp(-π(2 − x)²)")
    assert not answer.accepts("exp(-(x - 2)^2)")
