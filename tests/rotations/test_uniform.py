"""Random rotations are uniform: no direction, axis or angle is favoured beyond chance."""

import numpy as np
from scipy import stats

from vitreous.rotations import (
    is_rotation,
    matrix_to_axis_angle,
    projection_direction,
    random_quaternions,
    random_rotations,
)

N = 20_000
MATRICES = random_rotations(N, 12)


def test_they_are_rotations_and_the_seed_decides():
    assert np.all(is_rotation(MATRICES))
    assert np.array_equal(MATRICES, random_rotations(N, 12))
    assert not np.array_equal(MATRICES[:10], random_rotations(10, 13))
    generator = np.random.default_rng(12)
    drawn = [random_rotations(5, generator), random_rotations(5, generator)]
    assert np.array_equal(np.concatenate(drawn), random_rotations(10, 12))
    assert random_rotations(0, 1).shape == (0, 3, 3)


def test_the_mean_matrix_is_zero():
    # each entry has mean 0 and variance 1/3; nine entries within 3.5 deviations
    assert np.max(np.abs(MATRICES.mean(axis=0))) < 3.5 / np.sqrt(3 * N)


def test_the_second_moments_are_those_of_haars_measure():
    # ⟨R_ij R_kl⟩ = δ_ik δ_jl / 3; the variance of a product is at most ⟨R_ij⁴⟩ = 1/5
    flat = MATRICES.reshape(N, 9)
    assert np.max(np.abs(flat.T @ flat / N - np.eye(9) / 3.0)) < 4.0 * np.sqrt(0.2 / N)


def test_the_angle_has_density_one_minus_cosine():
    _, angle_deg = matrix_to_axis_angle(MATRICES)

    def cumulative(angle_rad):
        return (angle_rad - np.sin(angle_rad)) / np.pi

    assert stats.kstest(np.radians(angle_deg), cumulative).pvalue > 0.01
    # the test tells the uniform rotations from uniform angles about uniform axes
    assert stats.kstest(np.random.default_rng(1).uniform(0.0, np.pi, N), cumulative).pvalue < 1e-6


def test_axes_and_views_are_uniform_on_the_sphere():
    axis, _ = matrix_to_axis_angle(MATRICES)
    for directions in (axis, projection_direction(MATRICES)):
        assert stats.kstest(directions[:, 2], stats.uniform(-1.0, 2.0).cdf).pvalue > 0.01
        azimuth = np.arctan2(directions[:, 1], directions[:, 0])
        assert stats.kstest(azimuth, stats.uniform(-np.pi, 2.0 * np.pi).cdf).pvalue > 0.01


def test_uniformity_survives_a_turn():
    fixed = random_rotations(1, 3)[0]
    for turned in (fixed @ MATRICES, MATRICES @ fixed):
        _, angle_deg = matrix_to_axis_angle(turned)
        angle_rad = np.radians(angle_deg)
        assert stats.kstest((angle_rad - np.sin(angle_rad)) / np.pi, "uniform").pvalue > 0.01


def test_quaternions_are_of_unit_length_and_canonical():
    quaternions = random_quaternions(100, 4)
    np.testing.assert_allclose(np.linalg.norm(quaternions, axis=-1), 1.0, atol=1e-15)
    assert np.all(quaternions[:, 0] >= 0.0)
