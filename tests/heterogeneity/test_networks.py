"""The parts of the autoencoders: what an encoder may answer, what a pixel's likelihood is, where random numbers go."""

import numpy as np
import pytest
import scipy.stats
import torch

from vitreous.heterogeneity.networks import (
    GaussianHead,
    PixelLikelihood,
    Posterior,
    layers,
    normal,
    seeded,
    standard_log_density,
)


def test_two_sizes_make_a_linear_map():
    net = seeded(lambda: layers((5, 3)), 0)
    one, two = torch.randn(2, 4, 5, generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(net(one + two) + net(torch.zeros_like(one)), net(one) + net(two))
    assert len(layers((5, 4, 3))) == 3


@pytest.mark.parametrize("full", [False, True])
def test_an_answer_begins_with_unit_width_and_is_triangular(full):
    head = seeded(lambda: GaussianHead(6, 3, full=full), 0)
    seen = torch.randn(2, 4, 6, generator=torch.Generator().manual_seed(1))
    assert head(seen).mean.shape == (2, 4, 3)
    torch.testing.assert_close(head(seen).scale, torch.eye(3).expand(2, 4, 3, 3))
    torch.nn.init.normal_(head.linear.weight, generator=torch.Generator().manual_seed(2))
    scale = head(seen).scale
    assert torch.all(scale.diagonal(dim1=-2, dim2=-1) > 0)
    assert torch.all(scale.triu(1) == 0)
    assert bool(torch.all(scale.tril(-1).abs().amax(dim=(-2, -1)) > 0)) is full


def test_densities_are_those_of_scipy(rng):
    scale = np.tril(rng.standard_normal((3, 3)))
    scale[range(3), range(3)] = [0.5, 1.2, 0.8]
    mean, noise = rng.standard_normal(3), rng.standard_normal(3)
    answer = Posterior(torch.tensor(mean), torch.tensor(scale))
    z = answer.draw(torch.tensor(noise))
    wanted = scipy.stats.multivariate_normal(mean, scale @ scale.T).logpdf(z.numpy())
    assert answer.log_density(torch.tensor(noise)).item() == pytest.approx(wanted)
    assert standard_log_density(z).item() == pytest.approx(scipy.stats.norm.logpdf(z.numpy()).sum())


def test_the_noise_of_a_pixel_is_given_or_learned_and_has_a_floor():
    given, learned, coin = PixelLikelihood("gaussian", 0.3), PixelLikelihood("gaussian"), PixelLikelihood("bernoulli")
    assert given.noise_variance.item() == pytest.approx(0.09)
    assert learned.noise_variance.item() == pytest.approx(1)
    assert [part.log_variance.requires_grad for part in (given, learned, coin)] == [False, True, False]
    with torch.no_grad():
        learned.log_variance.fill_(-50)
    assert learned.noise_variance.item() == pytest.approx(1e-4)
    torch.testing.assert_close(coin.mean(torch.zeros(2)), torch.full((2,), 0.5))
    output = torch.tensor([0.2, -0.4])
    torch.testing.assert_close(given.mean(output), output)


def test_a_likelihood_that_is_none_is_refused():
    with pytest.raises(ValueError, match="'poisson': gaussian or bernoulli"):
        PixelLikelihood("poisson")
    with pytest.raises(ValueError, match="standard deviation 0: give a positive one"):
        PixelLikelihood("gaussian", 0.0)


def test_seeds_leave_the_random_numbers_of_others_alone():
    torch.manual_seed(5)
    undisturbed = torch.rand(3)
    torch.manual_seed(5)
    one, same, other = (seeded(lambda: torch.rand(4), seed) for seed in (1, 1, 2))
    assert torch.equal(torch.rand(3), undisturbed)
    assert torch.equal(one, same)
    assert not torch.equal(one, other)


def test_normal_numbers_have_the_dtype_asked_for():
    like = torch.zeros(1, dtype=torch.float32)
    drawn = normal((20_000,), torch.Generator().manual_seed(0), like)
    assert drawn.dtype == torch.float32
    assert drawn.std().item() == pytest.approx(1, abs=0.02)
