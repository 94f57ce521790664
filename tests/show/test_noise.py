import numpy as np

from drawn import spoken, words
from vitreous.show.noise import noise_figure


def test_axes_have_units_and_groups_their_names():
    k = np.linspace(0, 0.2, 33)
    power = np.stack([np.linspace(4, 1, 33), np.ones(33)])
    svg = noise_figure(k, power, ["first", "second"])
    named = {"spatial frequency (1/Å)", "noise power (per pixel)", "resolution (Å)", "first", "second", "2 groups"}
    assert named <= set(words(svg))


def test_level_and_slope_are_told():
    power = np.r_[100.0, np.full(16, 4.0), np.full(16, 1.0)][None]
    assert "Noise power: 4 at low and 1 at high frequency" in spoken(
        noise_figure(np.linspace(0, 0.2, 33), power, ["a"])
    )


def test_many_groups_and_no_noise_can_be_drawn():
    svg = noise_figure(np.linspace(0, 0.1, 9), np.zeros((12, 9)), [f"g{i}" for i in range(12)])
    assert {"g0", "g1", "g2", "12 groups"} <= set(words(svg))
    assert "g3" not in words(svg)
