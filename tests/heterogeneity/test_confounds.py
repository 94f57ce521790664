"""Latents that tell of the microscope are found out; latents that do not are at the level of chance."""

import numpy as np
import pytest

from simulated import particles_of
from vitreous.heterogeneity.confounds import explained_share, latent_confounds


def test_a_latent_that_is_the_view_or_the_defocus_is_explained_by_it(rng):
    particles = particles_of(2000, 16)
    view, defocus = particles.rotations()[:, 2, 2], particles.defocus_u_angstrom
    latents = np.stack([rng.normal(size=2000), view**2 + 0.1 * rng.normal(size=2000), defocus], axis=-1)
    found = {confound.name: confound for confound in latent_confounds(latents, particles)}
    assert set(found) == {"view", "angle in the plane", "shift", "defocus"}
    assert found["view"].share[1] > 0.85
    assert found["defocus"].share[2] > 0.98
    for confound in found.values():
        assert confound.share[0] < 5 * confound.chance


def test_chance_is_functions_over_particles(rng):
    shares = [explained_share(rng.normal(size=(200, 3)), rng.normal(size=(200, 8))) for _ in range(100)]
    assert np.mean(shares) == pytest.approx(8 / 199, rel=0.1)


def test_a_coordinate_that_does_not_vary_has_nothing_to_explain(rng):
    assert explained_share(np.ones((10, 1)), rng.normal(size=(10, 2))) == 0


def test_a_set_without_defocus_is_compared_with_what_it_has():
    particles = particles_of(20, 16, defocus_u_angstrom=None, defocus_v_angstrom=None, shift_angstrom=None)
    names = [confound.name for confound in latent_confounds(np.random.default_rng(0).normal(size=(20, 2)), particles)]
    assert names == ["view", "angle in the plane"]
