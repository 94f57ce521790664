"""The likelihood has the meaning of its formula: that of Gaussian coefficients of half the plane."""

import numpy as np
import pytest
import torch

from vitreous.classification.likelihood import image_terms, log_prior_of_references
from vitreous.classification.polar import polar_grid, to_polar
from vitreous.fourier import ft


def test_a_white_image_has_the_likelihood_of_its_cartesian_coefficients(rng):
    """Over the disc of the rings, Σ_half [|F|²/σ² + ln πσ²], a pair counted once: the mean over many images."""
    box, count = 24, 300
    grid = polar_grid(box, box // 2, 3.0)
    images = rng.normal(size=(count, box, box))
    power = torch.from_numpy((to_polar(images, grid) ** 2).mean(-1).T)
    noise = torch.full((grid.rings,), float(box**2), dtype=torch.float64)
    found = image_terms(power, noise, torch.from_numpy(grid.counts), 1.0).mean()
    y, x = np.mgrid[:box, :box] - box // 2
    inside = np.rint(np.hypot(x, y)) < grid.rings
    terms = np.abs(ft(images, 2)[:, inside]) ** 2 / box**2 + np.log(np.pi * box**2)
    assert float(found) == pytest.approx(terms.sum(1).mean() / 2, rel=0.003)


def test_half_the_area_counts_half_the_logarithms():
    noise, counts = torch.tensor([2.0, 3.0]).double(), torch.tensor([1.0, 4.0]).double()
    nothing = torch.zeros(2, 1).double()
    assert image_terms(nothing, noise, counts, 0.5) == pytest.approx(0.5 * image_terms(nothing, noise, counts, 1.0))


def test_the_log_prior_is_that_of_a_gaussian(rng):
    references = torch.from_numpy(rng.normal(size=(1, 2, 8)))
    prior, counts = torch.tensor([[2.0, torch.inf]]).double(), torch.tensor([3.0, 5.0]).double()
    wanted = -3 * float((references[0, 0] ** 2).mean()) / 2
    assert log_prior_of_references(references, prior, counts) == pytest.approx(wanted)
