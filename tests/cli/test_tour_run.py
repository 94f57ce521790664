"""How far the views of a class lie from each other."""

import numpy as np

from simulated import particles_of
from vitreous.cli.tour_run import FULL, QUICK, view_spread_deg


def test_views_of_one_class_are_compared_with_those_of_all():
    euler = np.array([[0.0, 10, 0], [0, 10, 90], [0, 100, 0], [0, 110, 50]])
    within, between = view_spread_deg(particles_of(4, 16, euler_deg=euler).rotations(), np.array([1, 1, 2, 2]))
    np.testing.assert_allclose(within, 5, atol=1e-4)
    np.testing.assert_allclose(between, 90, atol=1e-4)


def test_the_quick_form_is_smaller_in_everything():
    for name in ("particles", "box", "classes", "iterations", "epochs"):
        assert getattr(QUICK, name) < getattr(FULL, name)
