"""Formulas as learners type them: our own words, our own tree; what was typed is never handed to an interpreter."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["CONSTANTS", "FUNCTIONS", "SPELT_LETTERS", "AnswerError", "Apply", "Literal", "Name", "Tree", "parse"]

FUNCTIONS = ("exp", "sin", "cos", "tan", "sqrt", "abs", "log", "ln", "sinc")
CONSTANTS = ("pi", "e", "i", "j")

_LONGEST = 400
_DEEPEST = 40
_SIGNS = str.maketrans(
    {"−": "-", "–": "-", "×": "*", "·": "*", "⋅": "*", "÷": "/", "[": "(", "]": ")", "{": "(", "}": ")"}
)
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_LETTERS = "αβγδεζηθκλμνξπρστφχψωΔ"
SPELT_LETTERS = (
    *("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "kappa", "lambda", "mu", "nu", "xi"),
    *("pi", "rho", "sigma", "tau", "phi", "chi", "psi", "omega", "Delta"),
)
_GREEK = dict(zip(_LETTERS, SPELT_LETTERS, strict=True))
_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<raised>[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)"
    r"|(?P<name>[^\W\d_](?:[A-Za-z0-9]|_(?=[A-Za-z0-9]))*)"
    r"|(?P<sign>\*\*|[-+*/^()|,√]))"
)
_SUM, _PRODUCT, _MINUS, _POWER = 10, 20, 30, 40


class AnswerError(ValueError):
    """What was typed cannot be read; the text tells the learner what arrived and which form is wanted."""


@dataclass(frozen=True)
class Literal:
    """A number as it was typed."""

    value: float


@dataclass(frozen=True)
class Name:
    """A variable of the problem, or a constant (pi, e, i)."""

    name: str


@dataclass(frozen=True)
class Apply:
    """A function or an operation (``+ - * / ^``, ``negative``, exp, ...) on its operands."""

    function: str
    operands: tuple["Tree", ...]


Tree = Literal | Name | Apply


def parse(text: str, variables: Sequence[str] = ()) -> Tree:
    """Read a formula.

    Parameters
    ----------
    text
        The formula: numbers, ``variables``, pi, e, i, the operations ``+ - * / ^`` (or ``**``), parentheses, bars for
        the modulus and the functions in ``FUNCTIONS``. A product may leave out its sign where nothing else can be
        meant: ``2x``, ``2 pi k``, ``3(a + b)``; ``1/2x``, ``2^3x`` and ``x(a + b)`` are refused.
    variables
        The names that may stand in it; they go before the constants of the same name.

    Returns
    -------
    Tree
        Literals, names and applications.

    Raises
    ------
    AnswerError
        Where the formula cannot be read, with what to change.
    """
    if not text.strip():
        raise AnswerError("Nothing was typed.")
    if len(text) > _LONGEST:
        raise AnswerError(f"The formula is {len(text)} characters long; at most {_LONGEST} are read.")
    reader = _Reader(_tokens(text), frozenset(variables))
    tree = reader.expression(0, 0)
    kind, word = reader.next()
    if kind != "end":
        raise AnswerError(f"“{word}” stands where the formula should have ended.")
    return tree


def _tokens(text: str) -> list[tuple[str, str]]:
    """Split a formula into pairs of kind (number, name, sign, end) and word."""
    text = text.translate(_SIGNS).rstrip()
    found, place = [], 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise AnswerError(f"“{text[place:].strip()[:1]}” is not part of a formula here.")
        kind, word = str(match.lastgroup), match.group(str(match.lastgroup))
        if kind == "raised":
            found += [("sign", "^"), ("number", word.translate(_RAISED))]
        elif kind == "name":
            found.append((kind, "".join(_GREEK.get(letter, letter) for letter in word)))
        else:
            found.append((kind, "^" if word == "**" else word))
        place = match.end()
    return [*found, ("end", "the end")]


class _Reader:
    """A Pratt parser: each operation binds its operands by a strength."""

    def __init__(self, tokens: list[tuple[str, str]], variables: frozenset[str]) -> None:
        self.tokens = tokens
        self.variables = variables
        self.place = 0
        self.bars = 0

    def next(self) -> tuple[str, str]:
        token = self.tokens[self.place]
        self.place = min(self.place + 1, len(self.tokens) - 1)
        return token

    def expression(self, strength: int, depth: int) -> Tree:
        """Read operands and operations that bind more strongly than ``strength``."""
        if depth > _DEEPEST:
            raise AnswerError(f"The formula is nested more than {_DEEPEST} deep.")
        left = self.operand(depth)
        parenthesised = self.tokens[self.place - 1][1] in (")", "|")
        while True:
            kind, word = self.tokens[self.place]
            if kind == "end" or word in (")", ",") or (word == "|" and self.bars):
                return left
            if word in ("+", "-"):
                binds, operation = _SUM, word
            elif word in ("*", "/"):
                binds, operation = _PRODUCT, word
            elif word == "^":
                binds, operation = _POWER, word
            else:
                binds, operation = _PRODUCT, ""
            if binds <= strength:
                return left
            if operation:
                self.place += 1
            else:
                self.refuse_ambiguity(left, parenthesised, kind, word)
            # a power binds to the right: 2^3^2 is 2^(3^2)
            right = self.expression(binds - 1 if operation == "^" else binds, depth + 1)
            left, parenthesised = Apply(operation or "*", (left, right)), False

    def refuse_ambiguity(self, left: Tree, parenthesised: bool, kind: str, word: str) -> None:
        """Refuse a product without its sign where two readings are possible."""
        if kind == "number":
            raise AnswerError(f"There is no sign between “{word}” and what stands before it: write * for a product.")
        if isinstance(left, Apply) and left.function in ("/", "^") and not parenthesised:
            raise AnswerError(
                f"The product before “{word}” can be read in two ways: write * for it, or put parentheses around "
                "what belongs together, as in 1/(2*x) or (1/2)*x."
            )
        if isinstance(left, Name) and word == "(":
            raise AnswerError(f"“{left.name}(” looks like a function: write {left.name}*( for the product.")

    def operand(self, depth: int) -> Tree:
        """Read a number, a name, a function's value, something in parentheses or bars, or a sign and its operand."""
        kind, word = self.tokens[self.place]
        self.place = min(self.place + 1, len(self.tokens) - 1)
        if kind == "number":
            return Literal(float(word))
        if kind == "name":
            return self.named(word, depth)
        if word == "-":
            return Apply("negative", (self.expression(_MINUS, depth + 1),))
        if word == "+":
            return self.expression(_MINUS, depth + 1)
        if word == "√":
            return Apply("sqrt", (self.expression(_POWER, depth + 1),))
        if word == "(":
            return self.enclosed(")", depth)
        if word == "|":
            return Apply("abs", (self.enclosed("|", depth),))
        raise AnswerError(f"A number or a name is missing before {'the end' if kind == 'end' else f'“{word}”'}.")

    def enclosed(self, close: str, depth: int) -> Tree:
        """Read up to a closing parenthesis or bar."""
        outer, self.bars = self.bars, 1 if close == "|" else 0
        inner = self.expression(0, depth + 1)
        self.bars = outer
        _, word = self.next()
        if word != close:
            raise AnswerError(f"A “{close}” is missing: found {word if word == 'the end' else f'“{word}”'} instead.")
        return inner

    def named(self, word: str, depth: int) -> Tree:
        """Read a variable, a constant or a function with what it is applied to."""
        if word in self.variables:
            return Name(word)
        if word in FUNCTIONS:
            if self.tokens[self.place][1] != "(":
                raise AnswerError(f"“{word}” needs parentheses: {word}(…); a power comes after them: {word}(x)^2.")
            self.place += 1
            return Apply("log" if word == "ln" else word, (self.enclosed(")", depth),))
        if word in CONSTANTS:
            return Name("i" if word == "j" else word)
        names = ", ".join([*sorted(self.variables), "pi", "e", "i"])
        raise AnswerError(f"“{word}” is not known here; the names are {names} (and * stands between factors).")
