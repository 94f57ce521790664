import numpy as np

from drawn import spoken, words
from vitreous.classification.validation import half_set_curves
from vitreous.show.rings import rings_figure


def curves_of(noise, count=4, box=48):
    """Half-set averages with structure up to a third of the box's rings, and more or less noise in each class."""
    rng, axis = np.random.default_rng(3), np.arange(box) - box // 2
    disc = (axis[:, None] ** 2 + axis**2 < (box / 4) ** 2).astype(float)
    truth = disc * (1 + rng.standard_normal((count, box, box)))
    halves = [truth + noise * rng.standard_normal(truth.shape) for _ in range(2)]
    return half_set_curves(*halves, pixel_size_angstrom=2.0)


def test_curves_have_axes_and_the_largest_have_names():
    svg = rings_figure(curves_of(0.3), [2, 0, 1, 3])
    named = {"spatial frequency (1/Å)", "ring correlation", "resolution (Å)", "class 3", "class 1", "0.143"}
    assert named <= set(words(svg))
    assert "class 2" not in words(svg)
    assert "Å in 4 of 4 classes" in spoken(svg)


def test_noise_claims_nothing():
    rng = np.random.default_rng(2)
    halves = rng.standard_normal((2, 3, 48, 48))
    svg = rings_figure(half_set_curves(*halves, pixel_size_angstrom=2.0), [0])
    assert "resolution in none of 1 classes" in spoken(svg)
