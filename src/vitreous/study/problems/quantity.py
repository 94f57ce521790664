"""Numbers with units as learners type them: 2.5, 1.5e-3, 3/8, 2*pi, 12 %, 0.3 nm."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from vitreous.study.problems.expression import evaluate
from vitreous.study.problems.grammar import CONSTANTS, FUNCTIONS, AnswerError, parse

__all__ = ["Unit", "read_quantity", "read_unit", "split_unit"]

_PREFIXES = {"p": 1e-12, "n": 1e-9, "µ": 1e-6, "u": 1e-6, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}
_PREFIXED = ("m", "s", "V", "eV", "rad", "Hz", "B", "Da", "g", "J", "A", "W", "N")
_NAMES: Mapping[str, tuple[float, str]] = {
    "%": (0.01, ""),
    "percent": (0.01, ""),
    "Å": (1e-10, "m"),
    "angstrom": (1e-10, "m"),
    "ångström": (1e-10, "m"),
    "micron": (1e-6, "m"),
    "min": (60.0, "s"),
    "h": (3600.0, "s"),
    "hour": (3600.0, "s"),
    "second": (1.0, "s"),
    "minute": (60.0, "s"),
    "°": (1.0, "degree"),
    "deg": (1.0, "degree"),
    "radian": (1.0, "rad"),
    "e": (1.0, "electron"),
    "e⁻": (1.0, "electron"),
    "px": (1.0, "pixel"),
    "pix": (1.0, "pixel"),
    "byte": (1.0, "B"),
}
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_FACTOR = re.compile(r"\s*(?P<joint>[/·*]|per\b)?\s*(?P<name>1|[^\W\d_]+⁻?|[%°])(?:\^?\(?(?P<power>[-+]?[0-9]+)\)?)?")
_WORD = re.compile(r"[^\W\d_]+|[%°]")
_NUMBER = re.compile(r"[-+]?[0-9.]+(?:[eE][-+]?[0-9]+)?")


@dataclass(frozen=True)
class Unit:
    """How many basic units one unit holds, and which: powers of m, s, rad, degree, electron ... by name."""

    scale: float
    powers: tuple[tuple[str, int], ...]


def read_unit(text: str) -> Unit:
    """Take a unit to pieces.

    Parameters
    ----------
    text
        Names with powers, joined by ``·``, ``*``, ``/`` or ``per``: ``Å``, ``1/Å``, ``e/Å²``, ``nm^-1``. A word that is
        no known unit (``bins``) is a unit of its own.

    Returns
    -------
    Unit
        Its size and dimensions.

    Raises
    ------
    AnswerError
        Where it cannot be read.
    """
    powers: Counter[str] = Counter()
    scale, place, sign = 1.0, 0, 1
    text = re.sub("e([⁻-])(?=$|[\\s/·*])", "e", text).translate(_RAISED).strip()
    while place < len(text):
        match = _FACTOR.match(text, place)
        if match is None:
            raise AnswerError(f"“{text}” is not a unit that can be read here.")
        place = match.end()
        if match["joint"]:
            sign = 1 if match["joint"] in "·*" else -1
        if match["name"] != "1":
            size, name = _named(match["name"])
            power = sign * int(match["power"] or 1)
            scale *= size**power
            powers[name] += power
        if match["joint"] in ("·", "*"):
            sign = 1
    return Unit(scale, tuple(sorted((name, power) for name, power in powers.items() if name and power)))


def _named(word: str) -> tuple[float, str]:
    word = word.replace("μ", "µ").replace("Å", "Å")
    for name in (word, word.lower(), word.lower().removesuffix("s")):
        if name in _NAMES:
            return _NAMES[name]
    if word in _PREFIXED:
        return 1.0, word
    if word[:1] in _PREFIXES and word[1:] in _PREFIXED:
        return _PREFIXES[word[0]], word[1:]
    return 1.0, word.lower().removesuffix("s") if len(word) > 2 else word


def read_quantity(typed: str, unit: str = "") -> complex:
    """Read a number, with or without its unit.

    Parameters
    ----------
    typed
        A number, a fraction or a formula of numbers (``3/8``, ``2*pi``, ``sqrt(2)``), then, if one likes, a unit.
    unit
        The unit that is wanted and meant where none is typed; another of the same dimension is converted.

    Returns
    -------
    complex
        The value in ``unit``.

    Raises
    ------
    AnswerError
        Where it cannot be read, is not finite, or has another unit.
    """
    number, given = split_unit(typed, unit)
    if "," in number:
        point = number.replace(",", ".", 1) if number.count(",") == 1 else number.replace(",", "")
        raise AnswerError(
            f"“{typed.strip()}” has a comma: write a decimal point, as in {point}, and nothing between thousands."
        )
    value = complex(evaluate(parse(number), {}))
    if not (abs(value.real) < 1e300 and abs(value.imag) < 1e300):
        raise AnswerError(f"“{typed.strip()}” is not a finite number.")
    return value * _factor(given, unit)


def _factor(given: str, wanted: str) -> float:
    """What a number in one unit is multiplied by to be in another."""
    if not given or given == wanted:
        return 1.0
    if wanted == "Å" and given == "A":
        return 1.0
    one, other = read_unit(given), read_unit(wanted)
    if one.powers != other.powers:
        asked = f"the answer is asked for in {wanted}" if wanted else "the answer is a number without a unit"
        raise AnswerError(f"“{given}” is another unit: {asked}.")
    return one.scale / other.scale


def split_unit(typed: str, unit: str = "") -> tuple[str, str]:
    """Part a number from the unit behind it.

    Parameters
    ----------
    typed
        What was typed.
    unit
        The unit that is wanted.

    Returns
    -------
    tuple of str
        The number and the unit, which begins at the first word that is no part of a formula; empty where there is none.
    """
    typed = typed.strip()
    if unit and typed.endswith(unit) and not typed[: -len(unit)][-1:].isalpha():
        return typed[: -len(unit)].rstrip(), unit
    for match in _WORD.finditer(typed):
        before = typed[: match.start()]
        electrons = match[0] == "e" and unit.startswith("e")
        if (match[0] in (*FUNCTIONS, *CONSTANTS) and not electrons) or not _NUMBER.search(before):
            continue
        if re.fullmatch("[eE]", match[0]) and re.match(r"[-+]?[0-9]", typed[match.end() :]) and before[-1:].isdigit():
            continue
        if match[0] == "per":
            return before, typed[match.start() :]
        over = re.search(r"(?:(?<=[\s)])1\s*)?/\s*$", before)
        start = over.start() if over else match.start()
        return typed[:start].rstrip(), typed[start:].strip()
    return typed, ""
