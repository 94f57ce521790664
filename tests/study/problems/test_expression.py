"""Formulas have the values that NumPy gives them, are told equal where they are, and become SymPy's own."""

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from vitreous.study.problems.expression import evaluate, latex, same, symbolic
from vitreous.study.problems.grammar import AnswerError, Apply, Literal, Name, parse


def value(text, **values):
    return complex(evaluate(parse(text, list(values)), values))


def test_values():
    assert value("exp(i*pi)") == pytest.approx(-1)
    assert value("sqrt(-4)") == pytest.approx(2j)
    assert value("|3 + 4i|") == pytest.approx(5)
    assert value("sinc(1/2)") == pytest.approx(2 / np.pi)
    assert value("sinc(0)") == 1
    assert value("2^-1 + 7/2 - 3*x", x=1.0) == pytest.approx(1)
    assert value("tan(pi/4) + log(e) + cos(0) + sin(0)") == pytest.approx(3)
    assert value("e", e=2.0) == 2


def test_what_is_not_defined_is_not_finite():
    assert not np.isfinite(value("1/0"))
    assert not np.isfinite(value("log(0)"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("sin(x)^2 + cos(x)^2", "1"),
        ("exp(-a*x^2)*exp(-a*x^2)", "exp(-2*a*x^2)"),
        ("(exp(i*x) - exp(-i*x))/(2i)", "sin(x)"),
        ("sqrt(1/a)", "1/sqrt(a)"),
        ("log(a/x)", "log(a) - log(x)"),
        ("-2i*sin(4*pi*x)*exp(-pi*x^2)", "exp(-pi*x^2)*(exp(-4*pi*i*x) - exp(4*pi*i*x))"),
        ("sqrt(x^2)", "|x|"),
        ("x/x", "1"),
    ],
)
def test_equal_formulas(one, other):
    assert same(parse(one, ["a", "x"]), parse(other, ["a", "x"]), ["a", "x"])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x", "-x"),
        ("exp(-x)", "exp(-|x|)"),
        ("exp(-a*x^2)", "exp(-a*x^2/4)"),
        ("2*pi*x", "x"),
        ("exp(i*x)", "exp(-i*x)"),
        ("log(-1)*0/0", "1"),
        ("x + 0.001", "x"),
    ],
)
def test_different_formulas(one, other):
    assert not same(parse(one, ["a", "x"]), parse(other, ["a", "x"]), ["a", "x"])


def test_a_positive_variable_is_tried_with_positive_values():
    one, other = parse("sqrt(a^2)", ["a"]), parse("a", ["a"])
    assert same(one, other, ["a"], ["a"])
    assert not same(one, other, ["a"])


TREES = st.recursive(
    st.one_of(st.integers(-9, 9).map(lambda n: Literal(float(n))), st.sampled_from([Name("x"), Name("k"), Name("pi")])),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from("+-*/^"), inner, inner).map(lambda t: Apply(t[0], t[1:])),
        st.tuples(st.sampled_from(["exp", "sin", "cos", "abs", "sqrt", "negative"]), inner).map(
            lambda t: Apply(t[0], t[1:])
        ),
    ),
    max_leaves=8,
)


@given(TREES)
@settings(deadline=None, max_examples=60)
def test_every_tree_has_a_value_and_equals_itself_where_it_is_defined(tree):
    points = {"x": np.array([0.3, 1.7]), "k": np.array([0.9, 0.2])}
    assert np.broadcast_to(evaluate(tree, points), 2).dtype == np.complex128
    if np.all(np.isfinite(evaluate(tree, {"x": np.linspace(0.1, 2, 50), "k": np.linspace(2, 0.1, 50)}))):
        assert same(tree, tree, ["x", "k"])


@pytest.mark.parametrize(
    "text", ["2*x - x/3 + x^2", "exp(-2*x^2)/3", "sqrt(|x|)*sin(x)", "sinc(x) + log(x) + tan(x)", "-e*i*pi"]
)
def test_sympy_agrees(text):
    tree = parse(text, ["x"])
    wanted = complex(sympy.N(symbolic(tree).subs(sympy.Symbol("x", real=True), sympy.Rational(7, 10))))
    assert complex(evaluate(tree, {"x": 0.7})) == pytest.approx(wanted)


def test_what_was_typed_reaches_sympy_only_as_objects():
    with pytest.raises(AnswerError):
        symbolic(parse("x.__class__", ["x"]))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("exp(-2*x^2)/3", r"\frac{e^{-2\, {x}^{2}}}{3}"),
        ("(x + 1)(x - 1)", r"\left(x + 1\right)\, \left(x - 1\right)"),
        ("x - (k - 1)", r"x - \left(k - 1\right)"),
        ("-(x + k)", r"-\left(x + k\right)"),
        ("(x^2)^3", r"{\left({x}^{2}\right)}^{3}"),
        ("(1/2)^k", r"{\left(\frac{1}{2}\right)}^{k}"),
        ("2*3", r"2\cdot 3"),
        ("1e-7*pi", r"1\cdot 10^{-7}\, \pi"),
        ("sqrt(|x|) sin(k) sinc(x)", r"\sqrt{\left|x\right|}\, \sin\left(k\right)\, \mathrm{sinc}\left(x\right)"),
    ],
)
def test_a_formula_is_shown_as_it_was_read(text, written):
    assert latex(parse(text, ["x", "k"])) == written


def test_names_in_mathematics():
    assert latex(parse("σ*dose", ["sigma", "dose"])) == r"\sigma\, \mathrm{dose}"


def test_a_long_sum_is_evaluated_and_written():
    tree = parse("+".join(["x"] * 150), ["x"])
    assert complex(evaluate(tree, {"x": 2.0})) == 300
    assert latex(tree).count("x") == 150
