"""What a training warns of."""

from functools import cache

import numpy as np
import pytest

from trained import particle_file
from vitreous.cli.heterogeneity_results import confounds_told, write_results
from vitreous.cli.heterogeneity_training import Told
from vitreous.heterogeneity.confounds import latent_confounds
from vitreous.heterogeneity.latent_posterior import Latents
from vitreous.heterogeneity.linear_training import LinearTraining
from vitreous.heterogeneity.observations import Observations
from vitreous.jobs import Job, Task
from vitreous.particles import read_particles


@cache
def training():
    observations = Observations(read_particles(particle_file()))
    made = LinearTraining(observations, 2, epochs=2)
    list(made.epochs())
    return made


def warned(folder, latents, per_dimension):
    names = ("number", "log_likelihood", "divergence", "elbo", "cutoff_cycles", "seconds", "batch")
    row = {**dict.fromkeys(names, 1), "particles": len(latents), "per_dimension": per_dimension}
    covariance = np.broadcast_to(np.eye(2, dtype=np.float32), (len(latents), 2, 2)).copy()
    found = Latents(latents.astype(np.float32), covariance, np.zeros(len(latents)))
    with Job(folder, Task("heterogeneity train", {}), quiet=True) as job:
        telling = write_results(job, training().observations, training(), found, Told([row], {}))
    return telling, job.record.warnings


@pytest.fixture
def noise(rng):
    return rng.normal(size=(len(training().observations.particles), 2))


def test_latents_of_their_own_warn_of_nothing(noise, tmp_path):
    assert warned(tmp_path / "job", noise, [1.0, 0.5]) == (2, [])


def test_dimensions_that_tell_nothing_are_counted(noise, tmp_path):
    telling, warnings = warned(tmp_path / "job", noise, [1.0, 0.001])
    assert telling == 1
    assert "posterior collapse: 1 of 2 latent dimensions tell nothing" in warnings[0]


def test_a_latent_that_follows_the_defocus_is_named(noise, tmp_path):
    particles = training().observations.particles
    noise[:, 1] = particles.defocus_u_angstrom + particles.defocus_v_angstrom
    noise[:, 1] /= noise[:, 1].std()
    _, warnings = warned(tmp_path / "job", noise, [1.0, 1.0])
    # the set draws view and defocus from the same numbers
    assert [text.split(",")[0] for text in warnings] == ["latent 2 follows the view", "latent 2 follows the defocus"]


def test_confounds_are_told_as_json_holds_them(noise):
    told = confounds_told(latent_confounds(noise, training().observations.particles))
    assert set(told) == {"view", "angle in the plane", "shift", "defocus"}
    assert told["defocus"]["chance"] == pytest.approx(2 / len(noise))
