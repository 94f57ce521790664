"""A function becomes a problem under its name."""

import numpy as np

from vitreous.study.problems import Attempt, Number, compute


def test_a_function_becomes_a_problem():
    @compute("A title", unit="series")
    def two_words(rng):
        return Attempt("?", Number(float(rng.integers(9))), (), ("!",), ".")

    assert (two_words.key, two_words.title, two_words.unit) == ("two-words", "A title", "series")
    assert two_words.draw(np.random.default_rng(1)) == two_words.draw(np.random.default_rng(1))
