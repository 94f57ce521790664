"""Formulas evaluated on numbers, compared on random points, and turned into SymPy's objects by hand."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vitreous.study.problems.grammar import Apply, Literal, Name, Tree

__all__ = ["evaluate", "same", "symbolic"]

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
