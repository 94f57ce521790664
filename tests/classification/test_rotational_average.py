"""Rings: functions of the radius stay, what varies along a ring goes, and a flat posterior makes the same."""

import math

import numpy as np
import pytest

from vitreous.classification.alignment import mean_of_poses
from vitreous.classification.pose_grid import pose_grid
from vitreous.classification.rotational_average import ring_means, rotational_average, rotational_power
from vitreous.fourier import coordinate_radius, coordinates, filter_image, frequency_radius, low_pass


@pytest.mark.parametrize("box", [32, 33])
def test_a_function_of_the_radius_stays_and_harmonics_go(box, library):
    grid, radius = coordinates((box, box)), coordinate_radius((box, box))
    bell = np.exp(-(radius**2) / 50)
    angle = np.arctan2(grid[..., 1], grid[..., 0])
    image = bell * (1 + np.cos(3 * angle + 0.3) * np.minimum(radius / 4, 1) ** 3)
    inside = radius <= box // 2 - 1
    averaged = np.asarray(rotational_average(library(image)))
    np.testing.assert_allclose(averaged[inside], bell[inside], atol=2e-3)
    np.testing.assert_allclose(
        np.asarray(ring_means(library(image))), np.exp(-(np.arange(box // 2) ** 2) / 50), atol=2e-3
    )


def test_an_average_is_its_own_average(rng):
    shape = (24, 24)
    smooth = filter_image(rng.standard_normal((2, *shape)), low_pass(frequency_radius(shape, half=True), 0.15, 0.1), 2)
    once, inside = rotational_average(smooth), coordinate_radius(shape) <= 9
    np.testing.assert_allclose(rotational_average(once)[:, inside], once[:, inside], atol=0.02 * smooth.std())
    assert once[:, inside].std() < 0.5 * smooth[:, inside].std()


def test_a_flat_posterior_over_the_angle_averages_rotationally(rng):
    grid = coordinates((32, 32))
    image = np.exp(-((grid[..., 0] - 5) ** 2 + (grid[..., 1] - 2) ** 2) / 8)
    poses = pose_grid(72)
    flat = mean_of_poses(image[None], np.full((1, 72, 1), 1 / 72), poses)
    inside = coordinate_radius((32, 32)) <= 14
    np.testing.assert_allclose(flat[inside], rotational_average(image)[inside], atol=2e-3)


def test_the_spectrum_of_white_noise_is_flat(rng):
    power = rotational_power(2 * rng.standard_normal((100, 32, 32)))
    radius = coordinate_radius((32, 32))
    ring = power[(radius >= 2) & (radius <= 15)]
    assert ring.mean() == pytest.approx(32**2 * 4, rel=0.02)
    assert ring.std() < 0.1 * ring.mean()
    # each ring has one value
    assert math.isclose(power[16, 21], power[21, 16], rel_tol=1e-12)
