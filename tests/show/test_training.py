"""Figures of a training say in words what they show."""

import numpy as np

from vitreous.show.training import dimensions_figure, epochs_figure, held_out_figure, null_figure, state_figure


def test_the_bound_and_its_terms_are_drawn():
    rows = [
        {"number": i, "elbo": i - 1.0, "log_likelihood": i, "divergence": 1.0, "cutoff_cycles": 0.1 * i} for i in (1, 2)
    ]
    svg = epochs_figure(rows)
    assert "2 epochs; at last the bound is 1 nats per image" in svg
    for name in ("bound (ELBO)", "likelihood", "divergence"):
        assert name in svg


def test_dimensions_are_told_one_by_one():
    assert "in nats: 1.2, 0.03" in dimensions_figure([1.2, 0.03])


def test_the_best_held_out_likelihood_is_named():
    found = {"latent": [1, 2, 4], "likelihood": [1.0, 2.0, 3.0], "held_out": [0.5, 0.9, 0.7]}
    assert "best at 2" in held_out_figure(found, "latent", "latent dimensions")


def test_states_are_told_with_their_resolution():
    curve = {"frequencies_per_angstrom": [0, 0.05, 0.1], "fsc": [1, 0.9, 0.1]}
    states = {"low end": {**curve, "resolution_angstrom": 10.2}, "high end": {**curve, "resolution_angstrom": None}}
    assert "low end: 10.2 Å; high end: no resolution" in state_figure(states)


def test_the_null_set_stands_beside_the_particles():
    null = {"share": 0.1, "null_share": 0.01, "by_shell": np.ones(9), "null_by_shell": np.zeros(9)}
    assert "by 0.1 of their power, those of the null set by 0.01" in null_figure(null, 3.0)
