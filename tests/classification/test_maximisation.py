"""The M-step: its solution is the maximum of what is expected, by automatic differentiation of the model itself."""

import numpy as np
import pytest
import torch

from vitreous.classification.maximisation import Sums, average, noise_of, shift_sigma, weighted, weights_of

RINGS, ANGLES, K = 4, 16, 2


def _turned(rings, step):
    return rings.roll(step, -1)


@pytest.fixture
def problem(rng):
    """Images, transfers and a posterior over class and angle; the sums that the E-step would give."""
    n = 5
    images = torch.from_numpy(rng.normal(size=(n, RINGS, ANGLES)))
    half = torch.from_numpy(rng.uniform(0.2, 1, (n, RINGS, ANGLES // 2)))
    transfer = torch.cat([half, half], dim=-1)
    gamma = torch.from_numpy(rng.dirichlet(np.ones(K * ANGLES), n)).view(n, K, ANGLES)
    numerator, denominator = torch.zeros(K, RINGS, ANGLES).double(), torch.zeros(K, RINGS, ANGLES).double()
    for i in range(n):
        for k in range(K):
            for step in range(ANGLES):
                numerator[k] += gamma[i, k, step] * _turned(images[i] * transfer[i], -step)
                denominator[k] += gamma[i, k, step] * _turned(transfer[i] ** 2, -step)
    power = (images**2).mean(-1).sum(0)[None]
    empty = torch.zeros_like(numerator)
    sums = Sums(
        torch.stack([numerator, empty])[None],
        torch.stack([denominator, empty])[None],
        power,
        torch.tensor([float(n)]).double(),
        gamma.sum((0, 2))[:, None],
    )
    return images, transfer, gamma, sums


def _expected(problem, references, noise, prior, counts):
    """Σ γ ln p(y | pose) + ln p(A), written as the model says it: every pose compared with its image."""
    images, transfer, gamma, _ = problem
    total = torch.zeros((), dtype=torch.float64)
    for step in range(ANGLES):
        model = transfer[:, None] * _turned(references, step)[None]
        residual = ((images[:, None] - model) ** 2).mean(-1)
        terms = (counts * (residual / noise + torch.log(torch.pi * noise))).sum(-1)
        total = total - (gamma[..., step] * terms).sum()
    return total - (counts * (references**2).mean(-1) / prior).sum()


def test_the_gradient_of_the_expected_objective_vanishes_at_the_solution(problem, rng):
    sums, counts = problem[-1], torch.from_numpy(rng.uniform(1, 5, RINGS))
    noise = torch.from_numpy(rng.uniform(0.5, 2, (1, RINGS)))
    prior = torch.from_numpy(rng.uniform(0.5, 2, (K, RINGS)))
    numerators, denominators = weighted(sums, noise)
    references = average(numerators.sum(0), denominators.sum(0), prior).requires_grad_()
    (at_solution,) = torch.autograd.grad(_expected(problem, references, noise[0], prior, counts), references)
    elsewhere = (references.detach() * 1.1).requires_grad_()
    (off,) = torch.autograd.grad(_expected(problem, elsewhere, noise[0], prior, counts), elsewhere)
    assert at_solution.abs().max() < 1e-12 * off.abs().max() * 100
    found = noise_of(sums, references.detach(), counts, 1.0, white=False).requires_grad_()
    (by_noise,) = torch.autograd.grad(_expected(problem, references.detach(), found[0], prior, counts), found)
    assert by_noise.abs().max() < 1e-9


def test_white_noise_is_the_mean_over_all_coefficients(problem):
    sums, counts = problem[-1], torch.tensor([0.5, 4.0, 6.0, 8.0]).double()
    none = torch.zeros(K, RINGS, ANGLES).double()
    radial = noise_of(sums, none, counts, 1.0, white=False)
    white = noise_of(sums, none, counts, 1.0, white=True)
    np.testing.assert_allclose(white[0], np.full(RINGS, (radial[0] * counts).sum() / counts.sum()))
    np.testing.assert_allclose(noise_of(sums, none, counts, 0.5, white=False), 2 * radial)


def test_nothing_seen_and_nothing_known_is_zero():
    zeros = torch.zeros(1, 2, 8)
    assert (average(zeros, zeros, torch.full((1, 2), torch.inf)) == 0).all()


def test_weights_and_shift_are_the_moments_of_the_mass():
    mass = torch.tensor([[1.0, 0.0, 0.0], [1.0, 1.0, 1.0]]).double()
    np.testing.assert_allclose(weights_of(mass), [0.25, 0.75])
    shifts = torch.tensor([[0.0, 0.0], [2.0, 0.0], [0.0, -2.0]])
    assert shift_sigma(mass, shifts) == pytest.approx(1.0)
