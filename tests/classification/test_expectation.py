"""The E-step and its sums against plain loops over classes, angles and shifts on the same rings."""

import numpy as np
import pytest
import torch

from vitreous.classification.expectation import empty_sums, expect, log_joint, model_of, posterior_of, settle
from vitreous.classification.harmonics import harmonics
from vitreous.classification.observations import Block
from vitreous.classification.polar import PolarGrid, antipodes, shift_angles
from vitreous.classification.search import shift_disc

GRID = PolarGrid(16, 8, 48)
SHIFTS = shift_disc(1.0, 1.0)
K, N = 2, 3


def _rings(rng, *shape):
    """Smooth rings that a real image could have: rolled by half a circle they are no copy of themselves."""
    return rng.normal(size=(*shape, GRID.rings, GRID.angles))


@pytest.fixture
def problem(rng):
    references, images = _rings(rng, K), _rings(rng, N)
    half = rng.uniform(0.2, 1, size=(N, GRID.rings, GRID.angles // 2))
    transfer = np.concatenate([half, half], axis=-1)
    weights, log_prior = rng.uniform(0.1, 0.3, GRID.rings), rng.normal(size=K * len(SHIFTS))
    like = torch.zeros(1, dtype=torch.float64)
    by = harmonics(GRID.angles, GRID.angles // 2, GRID.angles, like)
    model = model_of(
        torch.from_numpy(references),
        GRID,
        SHIFTS,
        torch.from_numpy(weights),
        torch.from_numpy(log_prior),
        by,
        np.zeros(len(by.order), int),
    )

    def split(values):
        spectrum = torch.fft.rfft(torch.from_numpy(values)) / values.shape[-1]
        return torch.view_as_real(spectrum).transpose(1, 2).flatten(2).contiguous()

    block = Block(np.arange(N), 0, 0, split(images * transfer), split(half**2), torch.zeros(GRID.rings, N))
    return references, images, transfer, weights, log_prior, model, block


def _moved(rings, shift):
    phase = shift_angles(GRID, shift[None])[0]
    return np.cos(phase) * rings + np.sin(phase) * antipodes(rings)


def _joint_by_loops(problem):
    references, images, transfer, weights, log_prior, model, _ = problem
    joint = np.empty((GRID.angles, K * len(SHIFTS), N))
    for row, step in enumerate(model.by.steps):
        for k in range(K):
            for t, shift in enumerate(SHIFTS):
                pose = np.roll(_moved(references[k], shift), step, axis=-1)
                for i in range(N):
                    terms = 2 * images[i] * transfer[i] * pose - (transfer[i] * pose) ** 2
                    kt = k * len(SHIFTS) + t
                    joint[row, kt, i] = weights @ terms.mean(axis=-1) + log_prior[kt]
    return joint


def test_every_pose_is_scored_as_the_model_says(problem):
    model, block = problem[-2:]
    found = log_joint(model, block, slice(None))
    np.testing.assert_allclose(found.numpy(), _joint_by_loops(problem), rtol=1e-9, atol=1e-9)


def test_sums_are_those_of_the_images_turned_back_with_their_probability(problem):
    references, images, transfer, _, _, model, block = problem
    sums = empty_sums(model)
    posterior = expect(model, block, slice(None), sums)
    numerator, denominator = settle(sums, model, GRID, SHIFTS)
    wanted_n, wanted_d = np.zeros_like(references), np.zeros_like(references)
    for row, step in enumerate(model.by.steps):
        for k in range(K):
            for t, shift in enumerate(SHIFTS):
                for i in range(N):
                    gamma = float(posterior.probability[row, k * len(SHIFTS) + t, i])
                    back = _moved(np.roll(images[i] * transfer[i], -step, axis=-1), -shift)
                    wanted_n[k] += gamma * back
                    wanted_d[k] += gamma * np.roll(transfer[i] ** 2, -step, axis=-1)
    np.testing.assert_allclose(numerator.numpy(), wanted_n, atol=1e-9)
    np.testing.assert_allclose(denominator.numpy(), wanted_d, atol=1e-9)
    assert sums.mass.sum() == pytest.approx(N)


def test_a_posterior_adds_up_and_its_entropy_is_that_of_its_definition(rng):
    joint = torch.from_numpy(rng.normal(scale=3, size=(4, 6, 7)))
    posterior = posterior_of(joint.clone(), classes=2)
    gamma = posterior.probability.flatten(0, 1)
    flat = joint.flatten(0, 1)
    np.testing.assert_allclose(gamma.numpy(), torch.softmax(flat, 0).numpy(), rtol=1e-12)
    np.testing.assert_allclose(posterior.log_evidence.numpy(), torch.logsumexp(flat, 0).numpy(), rtol=1e-12)
    np.testing.assert_allclose(posterior.entropy.numpy(), -(gamma * gamma.log()).sum(0).numpy(), rtol=1e-10)
    by_class = posterior.probability.view(4, 2, 3, 7)
    assert (posterior.classes == by_class.sum((0, 2)).argmax(0)).all()
    for i, k in enumerate(posterior.classes):
        within = by_class[:, k, :, i].flatten()
        assert posterior.best[i] == within.argmax()
        assert posterior.max_probability[i] == within.max()


def test_a_point_estimate_puts_all_on_the_best_pose(rng):
    joint = torch.from_numpy(rng.normal(size=(4, 6, 7)))
    posterior = posterior_of(joint.clone(), classes=2, point_estimate=True)
    gamma = posterior.probability.flatten(0, 1)
    assert (gamma.sum(0) == 1).all()
    assert (gamma.argmax(0) == joint.flatten(0, 1).argmax(0)).all()
    np.testing.assert_allclose(posterior.log_evidence.numpy(), joint.flatten(0, 1).amax(0).numpy())
