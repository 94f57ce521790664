"""Formulas evaluated on numbers, compared on random points, written as mathematics, and made SymPy's by hand."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vitreous.study.problems.grammar import SPELT_LETTERS, Apply, Literal, Name, Tree

__all__ = ["evaluate", "latex", "same", "symbolic"]

_Values = NDArray[np.complex128]

_CONSTANTS = {"pi": np.pi, "e": np.e, "i": 1j}
_OPERATIONS: dict[str, Callable[..., Any]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "^": np.power,
    "negative": np.negative,
    "exp": np.exp,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "sqrt": np.sqrt,
    "abs": np.abs,
    "log": np.log,
    "sinc": np.sinc,
}
_POINTS = 24


def evaluate(tree: Tree, values: Mapping[str, Any]) -> _Values:
    """Compute a formula; complex throughout, infinite or NaN where it is not defined.

    Parameters
    ----------
    tree
        The formula; sinc(x) is sin(πx)/(πx).
    values
        An array of each variable's values, all of one shape.

    Returns
    -------
    array
        Complex values of that shape.
    """
    results: list[Any] = []
    with np.errstate(all="ignore"):
        for node in _operands_first(tree):
            if isinstance(node, Literal):
                results.append(np.complex128(node.value))
            elif isinstance(node, Name):
                value = values[node.name] if node.name in values else _CONSTANTS[node.name]
                results.append(np.asarray(value, np.complex128))
            else:
                start = len(results) - len(node.operands)
                operands = [np.asarray(operand, np.complex128) for operand in results[start:]]
                # without the sum √(−1) would be −i, for −1 has the imaginary part −0
                results[start:] = [_OPERATIONS[node.function](*operands) + 0.0]
    return np.asarray(results[0], np.complex128)


def _operands_first(tree: Tree) -> list[Tree]:
    """Every node of a formula, operands in their order before what is applied to them."""
    waiting, found = [tree], []
    while waiting:
        node = waiting.pop()
        found.append(node)
        if isinstance(node, Apply):
            waiting.extend(node.operands)
    return found[::-1]


def same(one: Tree, other: Tree, variables: Sequence[str], positive: Sequence[str] = ()) -> bool:
    """Whether two formulas agree, to seven digits, on random points where both are defined.

    Parameters
    ----------
    one, other
        The formulas.
    variables
        Their variables.
    positive
        Those that stand for positive quantities (lengths, widths).

    Returns
    -------
    bool
        Agreement where every variable is positive; and, where variables take both signs, at the points where both
        formulas are real (roots and logarithms of negative numbers are a matter of convention).
    """
    rng = np.random.default_rng(7)
    sizes = {name: rng.uniform(0.15, 1.9, _POINTS) for name in variables}
    signs = {name: np.ones(_POINTS) if name in positive else rng.choice([-1.0, 1.0], _POINTS) for name in variables}
    # positive values first, then those of both signs
    values = {name: np.concatenate([sizes[name], sizes[name] * signs[name]]) for name in variables}
    given, wanted = (np.broadcast_to(evaluate(tree, values), 2 * _POINTS) for tree in (one, other))
    return _agree(given[:_POINTS], wanted[:_POINTS], real=False) and _agree(
        given[_POINTS:], wanted[_POINTS:], real=True
    )


def _agree(one: _Values, other: _Values, *, real: bool) -> bool:
    """Whether values agree where both are finite (and real); the first must not be defined where little else is."""
    finite = np.isfinite(one) & np.isfinite(other)
    anywhere = np.isfinite(one) | np.isfinite(other)
    if not real and (2 * finite.sum() < anywhere.sum() or not finite.any()):
        return False
    one, other = one[finite], other[finite]
    size = np.maximum(np.abs(one), np.abs(other))
    close = np.abs(one - other) <= 1e-7 * size + 1e-10
    if real:
        close |= np.maximum(np.abs(one.imag), np.abs(other.imag)) > 1e-9 * (1 + size)
    return bool(np.all(close))


def latex(tree: Tree) -> str:
    """The formula in LaTeX, to show how it was read.

    Parameters
    ----------
    tree
        The formula.

    Returns
    -------
    str
        Without the signs around mathematics.
    """
    found: list[tuple[int, str]] = []
    for node in _operands_first(tree):
        if isinstance(node, Literal):
            digits, _, exponent = f"{node.value:.12g}".partition("e")
            found.append((_PRODUCT, f"{digits}\\cdot 10^{{{int(exponent)}}}") if exponent else (_WHOLE, digits))
        elif isinstance(node, Name):
            found.append((_WHOLE, _name(node.name)))
        else:
            start = len(found) - len(node.operands)
            found[start:] = [_joined(node.function, *found[start:])]
    return found[0][1]


_SUM, _MINUS, _PRODUCT, _WHOLE = 1, 2, 3, 4


def _name(name: str) -> str:
    if name in SPELT_LETTERS:
        return f"\\{name}"
    return name if len(name) == 1 else f"\\mathrm{{{name}}}".replace("_", r"\_")


def _joined(function: str, one: tuple[int, str], other: tuple[int, str] = (_WHOLE, "")) -> tuple[int, str]:
    """What an operation on one or two operands looks like, and how strongly it holds together."""

    def held(operand: tuple[int, str], strength: int) -> str:
        return operand[1] if operand[0] >= strength else rf"\left({operand[1]}\right)"

    if function in ("+", "-"):
        return _SUM, f"{one[1]} {function} {held(other, _PRODUCT)}"
    if function == "negative":
        return _MINUS, f"-{held(one, _PRODUCT)}"
    if function == "*":
        sign = r"\cdot" if other[1][:1].isdigit() else r"\,"
        return _PRODUCT, f"{held(one, _MINUS)}{sign} {held(other, _PRODUCT)}"
    shapes = {
        "/": rf"\frac{{{one[1]}}}{{{other[1]}}}",
        "^": f"{{{held(one, _WHOLE)}}}^{{{other[1]}}}",
        "exp": f"e^{{{one[1]}}}",
        "sqrt": rf"\sqrt{{{one[1]}}}",
        "abs": rf"\left|{one[1]}\right|",
        "sinc": rf"\mathrm{{sinc}}\left({one[1]}\right)",
    }
    if function in shapes:
        # a power of a power, or of a fraction, needs parentheses
        return (_PRODUCT if function in ("/", "^", "exp") else _WHOLE), shapes[function]
    return _WHOLE, rf"\{function}\left({one[1]}\right)"


def symbolic(tree: Tree) -> Any:
    """The formula as a SymPy expression, its objects made one by one.

    Parameters
    ----------
    tree
        The formula; its variables become real symbols.

    Returns
    -------
    sympy.Expr
        The same formula.
    """
    import sympy

    if isinstance(tree, Literal):
        return sympy.Integer(int(tree.value)) if tree.value.is_integer() else sympy.Float(tree.value)
    if isinstance(tree, Name):
        constants = {"pi": sympy.pi, "e": sympy.E, "i": sympy.I}
        return constants[tree.name] if tree.name in constants else sympy.Symbol(tree.name, real=True)
    operands = [symbolic(operand) for operand in tree.operands]
    made: dict[str, Callable[..., Any]] = {
        "+": sympy.Add,
        "-": lambda a, b: sympy.Add(a, sympy.Mul(-1, b)),
        "*": sympy.Mul,
        "/": lambda a, b: sympy.Mul(a, sympy.Pow(b, -1)),
        "^": sympy.Pow,
        "negative": lambda a: sympy.Mul(-1, a),
        "exp": sympy.exp,
        "sin": sympy.sin,
        "cos": sympy.cos,
        "tan": sympy.tan,
        "sqrt": sympy.sqrt,
        "abs": sympy.Abs,
        "log": sympy.log,
        "sinc": lambda a: sympy.sinc(sympy.pi * a),
    }
    return made[tree.function](*operands)
