"""Problems of three-dimensional reconstruction, blur stream."""

from math import exp, pi

import numpy as np

from vitreous.study.problems import Attempt, Mistake, Number, compute


@compute("How many views a resolution needs")
def views_needed(rng: np.random.Generator) -> Attempt:
    """Ask for Crowther's number of evenly spread views."""
    diameter, resolution = 10 * int(rng.integers(8, 40)), float(rng.choice([2.5, 3.0, 3.5, 4.0, 5.0, 8.0]))
    right = pi * diameter / resolution
    return Attempt(
        statement=f"A particle is {diameter} Å across. How many views, evenly spread about one axis (Crowther), does a map at {resolution:g} Å need?",
        answer=Number(right, relative=0.02),
        mistakes=(
            Mistake(
                diameter / resolution,
                "The factor π is missing: it is the edge of a circle that has to be covered, and not its diameter.",
            ),
            Mistake(
                2 * pi * diameter / resolution,
                "One projection covers a whole line through the centre, both sides at once: half of a turn is enough.",
            ),
        ),
        hints=(
            "Neighbouring slices may be 1/D apart in Fourier space, D the diameter. Where are they furthest apart?",
            "At the radius 1/d, over half a turn: an arc of length π/d.",
        ),
        worked=f"Half a turn at the radius $1/d$ is an arc of $\\pi/d$; slices every $1/D$ along it are $\\pi D/d = {right:.1f}$ views. "
        "Real particles come in all directions, with noise and CTF zeros: their number is thousands of times larger.",
    )


@compute("What a B factor costs, and sharpening gives back")
def sharpening_factor(rng: np.random.Generator) -> Attempt:
    """Ask by which factor sharpening multiplies amplitudes at a resolution."""
    b, d = 10 * int(rng.integers(5, 16)), float(rng.choice([3.0, 3.5, 4.0, 5.0]))
    right = exp(b / (4 * d**2))
    return Attempt(
        statement=f"A map is sharpened with a B factor of −{b} Å². By which factor do its amplitudes at {d:g} Å grow?",
        answer=Number(right, relative=0.02),
        mistakes=(
            Mistake(exp(b / d**2), "The factor 4 is missing: amplitudes change as exp(−B/4d²)."),
            Mistake(exp(b / (2 * d**2)), "That is the factor of the power, the square of the amplitude's."),
            Mistake(exp(-b / (4 * d**2)), "A negative B factor sharpens: amplitudes grow."),
        ),
        hints=("Amplitudes fall as $\\exp(-Bk^2/4)$ with $k = 1/d$.", "Put the negative B into it."),
        worked=f"$\\exp(B/4d^2) = \\exp({b}/{4 * d**2:g}) = {right:.4f}$. Noise grows by the same factor: sharpening needs the weight of the FSC beside it.",
    )
