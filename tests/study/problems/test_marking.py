"""What is said to an answer: right, a mistake of the problem with its own hint, a usual mistake, or just no."""

import math

import pytest

from vitreous.study.problems import Attempt, Choose, Complex, Expression, Matrix, Mistake, Number, Quaternion, Vector
from vitreous.study.problems.grammar import AnswerError
from vitreous.study.problems.marking import draw, mark, mark_attempt


def attempt(answer, *mistakes):
    return Attempt("?", answer, mistakes, ("!",), ".")


def hint(answer, typed):
    verdict = mark_attempt(attempt(answer), typed)
    assert not verdict.right
    return verdict.mistake_hint


def test_right_wrong_and_known(problems):
    period = problems["02-period"].problem
    answer = draw(period, 3).answer
    assert mark(period, 3, answer.written()).right
    assert mark(period, 3, f"{answer.value / 10:.8g} nm").right
    known = mark(period, 3, str(2 * math.pi * answer.value))
    assert (known.right, known.mistake_hint) == (False, draw(period, 3).mistakes[0].hint)
    assert mark(period, 3, str(1.37 * answer.value)).mistake_hint is None


def test_a_seed_is_a_drawing(problems):
    period = problems["02-period"].problem
    assert draw(period, 5) == draw(period, 5)
    assert len({draw(period, seed).statement for seed in range(20)}) > 5


def test_what_cannot_be_read_is_no_attempt(problems):
    with pytest.raises(AnswerError):
        mark(problems["02-period"].problem, 0, "far")


def test_a_hint_of_the_problem_goes_before_a_usual_one():
    listed = attempt(Number(3.0), Mistake(-3.0, "our own words"))
    assert mark_attempt(listed, "-3").mistake_hint == "our own words"


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("-3", "sign"),
        ("6", "twice"),
        ("1.5", "half"),
        ("12", "four times"),
        ("3/4", "quarter"),
        ("6*pi", "2π times"),
        ("3/(2*pi)", "divided by 2π"),
        ("3*180/pi", "180/π"),
        ("3*pi/180", "π/180"),
        ("30", "nm"),
        ("3000", "thousand"),
        ("30000", "µm"),
    ],
)
def test_usual_mistakes_of_a_number(typed, word):
    assert word in hint(Number(3.0, unit="Å"), typed)


def test_no_unit_is_blamed_where_there_is_none():
    assert hint(Number(3.0), "30") is None
    assert "percent" in hint(Number(0.3), "30")
    assert hint(Number(0.0, absolute=0.1), "5") is None


def test_usual_mistakes_of_the_other_kinds():
    assert "conjugate" in hint(Complex(1 + 2j), "1 - 2i")
    assert "sign" in hint(Complex(1 + 2j), "-1 - 2i")
    assert "other way round" in hint(Vector([1, 2, 3]), "-1, -2, -3")
    assert "opposite order" in hint(Vector([1, 2, 3]), "3, 2, 1")
    assert "inverse rotation" in hint(Quaternion([0.8, 0.6, 0, 0]), "0.8, -0.6, 0, 0")
    assert "scalar part" in hint(Quaternion([0.8, 0.6, 0, 0]), "0.6, 0, 0, 0.8")
    assert "transpose" in hint(Matrix([[0.6, -0.8], [0.8, 0.6]]), "0.6 0.8; -0.8 0.6")
    assert "conjugate" in hint(Expression("exp(-2*pi*i*k)", ["k"]), "exp(2*pi*i*k)")
    assert "sign" in hint(Expression("2*k", ["k"]), "-2*k")
    assert "twice" in hint(Expression("k^2", ["k"]), "2*k^2")
    assert hint(Choose(["a", "b"], 0), "2") is None


def test_a_mistake_that_does_not_differ_is_not_claimed():
    # a real number is its own conjugate, a symmetric matrix its own transpose
    assert hint(Complex(2 + 0j), "5") is None
    assert hint(Matrix([[1, 2], [2, 1]]), "1 2; 2 5") is None
