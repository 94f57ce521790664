import numpy as np

from drawn import spoken, words
from vitreous.reconstruction.coverage import FourierCoverage
from vitreous.show.coverage import coverage_figure


def test_axes_have_labels_and_the_least_share_is_said():
    k = np.linspace(0, 0.25, 33)
    seen = np.where(k > 0.2, 0.62, 1.0)
    svg = coverage_figure(FourierCoverage(k, seen, 500 / (1 + 100 * k), 0.8))
    assert {"seen (% of shell)", "effective views", "spatial frequency (1/Å)", "resolution (Å)"} <= set(words(svg))
    assert "at least 62 %" in spoken(svg)


def test_nothing_seen_is_drawn_as_nothing():
    nothing = np.zeros(9)
    assert "at least 0 %" in spoken(coverage_figure(FourierCoverage(np.linspace(0, 0.25, 9), nothing, nothing, 0.0)))
