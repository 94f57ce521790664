"""Problems of phase contrast, blur stream."""

import numpy as np

from vitreous.study.problems import Attempt, Mistake, Number, compute


@compute("Where a B factor reaches 1/e")
def b_factor(rng: np.random.Generator) -> Attempt:
    """Ask for the resolution at which exp(−B k²/4) is 1/e."""
    b = 10 * int(rng.integers(4, 30))
    answer = (b / 4) ** 0.5
    return Attempt(
        statement=f"Amplitudes fall as $\\exp(-B k^2/4)$ with $B = {b}$ Å². At which resolution $d = 1/k$ are they down to $1/e$?",
        answer=Number(answer, unit="Å", relative=0.01),
        mistakes=(
            Mistake(
                b**0.5, "That is where $\\exp(-Bk^2)$ reaches 1/e: the factor 4 of the crystallographic B is missing."
            ),
        ),
        hints=("Set the exponent to −1.", "$B k^2/4 = 1$, and $d = 1/k$."),
        worked=f"$Bk^2/4 = 1$ gives $d = \\sqrt{{B/4}} = \\sqrt{{{b / 4:g}}} = {answer:.2f}$ Å.",
    )
