"""Figures of a latent space say in words what they show, and have every part."""

import numpy as np

from vitreous.heterogeneity.free_energy import free_energy
from vitreous.show.latent import Colouring, confounds_figure, energy_figure, scatter_figure, uncertainty_figure

NAMES = ("axis 1", "axis 2")


def test_particles_are_coloured_by_what_is_named(rng):
    plane = rng.normal(size=(300, 2))
    svg = scatter_figure(plane, Colouring("mean defocus (µm)", plane[:, 0]), NAMES)
    assert "300 particles in latent space, coloured by mean defocus (µm)" in svg
    assert "axis 2" in svg
    # points are one picture, however many there are
    assert svg.count("<image") >= 1
    assert svg.count("<use") < 100
    assert scatter_figure(plane, Colouring("nothing", np.zeros(300)), NAMES)


def test_the_energy_has_its_clusters_and_ways(rng):
    plane = rng.normal(size=(500, 2))
    svg = energy_figure(free_energy(plane), np.array([[0.0, 0], [1, 1]]), {"Along axis 1": plane[:4]}, NAMES)
    assert "with 2 cluster centres" in svg
    assert "Along axis 1" in svg
    assert "−ln ρ (kT)" in svg


def test_every_ellipse_is_drawn(rng):
    covariance = np.broadcast_to(np.diag([0.04, 0.01]), (12, 2, 2)).copy()
    svg = uncertainty_figure(rng.normal(size=(12, 2)), covariance, NAMES)
    assert "12 particles are, as ellipses" in svg


def test_what_explains_the_latents_is_said_in_words():
    found = {"view": {"share": [0.9, 0.1], "chance": 0.02}, "defocus": {"share": [0.0, 0.01], "chance": 0.01}}
    assert "view: at most 90 %; defocus: at most 1 %" in confounds_figure(found, ["latent 1", "latent 2"])
