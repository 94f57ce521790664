"""−ln ρ of particles whose density is known."""

import numpy as np

from vitreous.heterogeneity.free_energy import free_energy


def test_a_gaussian_cloud_has_a_quadratic_energy(rng):
    n = 60_000
    found = free_energy(rng.normal(size=(n, 2)) * [2.0, 0.5])
    # the kernel widens each side by 1 + n^(−1/3)
    wider = 1 + n ** (-1 / 3)
    x, y = np.meshgrid(found.x, found.y)
    expected = (x**2 / 4 + y**2 / 0.25) / (2 * wider)
    near = expected < 3
    np.testing.assert_allclose(found.energy[near], expected[near], atol=0.2)
    assert np.nanmin(found.energy) == 0
    assert np.isclose(found.density.sum(), 1)


def test_the_depths_of_two_wells_tell_their_populations(rng):
    plane = rng.normal(size=(40_000, 2)) * 0.3
    plane[:30_000, 0] += 4
    found = free_energy(plane)
    left, right = (np.nanmin(found.energy[:, side]) for side in (found.x < 2, found.x > 2))
    assert np.isclose(left - right, np.log(3), atol=0.1)
    assert np.isclose(found.at_particles[:30_000].mean() / found.at_particles[30_000:].mean(), 3, rtol=0.1)
    assert found.at_particles.max() <= 1


def test_where_nobody_was_seen_there_is_no_energy(rng):
    plane = np.concatenate([rng.normal(size=(10_000, 2)), rng.normal(size=(10_000, 2)) + 40])
    found = free_energy(plane)
    between = abs(found.x - 20) < 2
    assert np.isnan(found.energy[:, between]).all()
    assert np.isfinite(found.energy).any()


def test_a_single_place_is_a_density_too():
    found = free_energy(np.zeros((10, 2)))
    assert np.isfinite(found.at_particles).all()
    assert np.isclose(found.density.sum(), 1)
