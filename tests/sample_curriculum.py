"""A curriculum of one topic, with a problem of each kind, in a folder of its own."""

from pathlib import Path

SOLUTION = """import numpy as np


def dft(f):
    n = len(f)
    k = np.arange(n)
    return np.exp(-2j * np.pi * np.outer(k, k) / n) @ np.asarray(f)
"""
WRONG_SIGN = SOLUTION.replace("-2j", "2j")
WITHOUT_PI = SOLUTION.replace("-2j * np.pi", "-1j")

PROBLEMS = f'''"""Problems of a topic that tests are made with."""

import numpy as np

from vitreous.study.problems import Attempt, Case, Choose, Derive, Explain, Matrix, Mistake
from vitreous.study.problems import Number, Order, OwnFunction, Step, compute


@compute("The period of a wave")
def period(rng):
    """Ask for 1/k."""
    k = float(rng.integers(2, 20)) / 100
    return Attempt(
        statement=f"A wave has the frequency $k = {{k:g}}$ 1/Å. How long is its period?",
        answer=Number(1 / k, unit="Å"),
        mistakes=(Mistake(2 * np.pi / k, "The frequency counts cycles already: leave the $2\\\\pi$ out."),),
        hints=("How many periods lie in one Å?", "The period is $1/k$."),
        worked=f"$d = 1/k = {{1 / k:.4g}}$ Å.",
    )


@compute("The order of the microscope")
def order(rng):
    """Ask for an order."""
    names = ["specimen", "lens", "detector"]
    turned = [int(place) for place in rng.permutation(3)]
    return Attempt(
        statement="Put them in the order that the electron meets them.",
        answer=Order([names[place] for place in turned], [turned.index(place) for place in range(3)]),
        mistakes=(Mistake([turned.index(place) for place in (2, 1, 0)], "That is upside down."),),
        hints=("Begin at the specimen.",),
        worked="Specimen, lens, detector.",
    )


@compute("A turn")
def turn(rng):
    """Ask for a matrix."""
    c, s = [(0.6, 0.8), (0.8, 0.6), (0.0, 1.0)][int(rng.integers(3))]
    return Attempt(
        statement=f"Turn the plane by the angle whose cosine is {{c:g}} and whose sine is {{s:g}}.",
        answer=Matrix([[c, -s], [s, c]]),
        mistakes=(),
        hints=("Where do the axes go?",),
        worked=f"Rows: {{c:g}}, −{{s:g}} and {{s:g}}, {{c:g}}.",
    )


@compute("Under or over")
def under_or_over(rng):
    """Ask for a choice."""
    z = int(rng.integers(1, 9))
    return Attempt(
        statement=f"The defocus is {{z}} µm, positive. Which is it?",
        answer=Choose(("overfocus", "underfocus"), 1),
        mistakes=(Mistake(0, "Positive is underfocus here."),),
        hints=("Look at the conventions.",),
        worked="Underfocus.",
    )


why = Explain(
    "why",
    "Why it oscillates",
    "Why does the contrast transfer oscillate?",
    "The scattered wave lags behind the unscattered one by an angle that grows with the square of frequency. " * 3,
    ("a phase difference is named", "it grows with $k^2$", "the interference turns from one sign to the other"),
)

shift = Derive(
    "shift",
    "The shift theorem",
    "A shift by $a$ multiplies the transform by $e^{{-2\\\\pi i k a}}$.",
    (
        Step("Transform the shifted function.", r"\\int f(x - a)\\, e^{{-2\\pi i k x}}\\, dx", lambda: True),
        Step("Put $u = x - a$.", r"e^{{-2\\pi i k a}} \\int f(u)\\, e^{{-2\\pi i k u}}\\, du", lambda: True),
    ),
)


def _cases(rng):
    for n in (8, 7, 16):
        f = rng.normal(size=n) + 1j * rng.normal(size=n)
        yield Case((f,), np.fft.fft(f), 1e-8, f"{{n}} complex samples")


dft = OwnFunction(
    "dft",
    "Your own DFT",
    "Write the sum $F_k = \\\\sum_n f_n e^{{-2\\\\pi i k n/N}}$.",
    "dft",
    "def dft(f):\\n    \\"\\"\\"Return the transform of the samples f.\\"\\"\\"\\n",
    {SOLUTION!r},
    _cases,
    ("One sum for each $k$.", "The matrix of the exponentials, times the samples."),
    (
        Mistake({WRONG_SIGN!r}, "The exponent has the sign of the inverse."),
        Mistake({WITHOUT_PI!r}, "The exponent lacks 2π."),
    ),
)
'''


STREAMS = """
[[streams]]
key = "blur"
title = "blur"
summary = "s"
audience = "a"
"""
TOPIC = 'number = 2\ntitle = "A sample"\nsummary = "One of each."\n'
PAGE = """+++
title = "Waves again"
stream = "blur"
minutes = 60
aim = "Add two waves."
[[questions]]
id = "oscillates"
kind = ["explain", "compute"]
text = "Why does it oscillate?"
problems = ["why", "period"]
+++
Waves add.
"""


def write_curriculum(folder: Path) -> Path:
    """Write the curriculum into a folder and return it."""
    stream = folder / "02_sample" / "blur"
    stream.mkdir(parents=True)
    (folder / "streams.toml").write_text(STREAMS)
    (stream.parent / "topic.toml").write_text(TOPIC)
    (stream / "page.md").write_text(PAGE)
    (stream / "problems.py").write_text(PROBLEMS)
    return folder
