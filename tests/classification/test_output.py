"""Particles and classes as they are written, and images brought onto their classes by what is written."""

import numpy as np
import pytest

from simulated import PIXEL, particles_of, write_set
from vitreous.classification.output import ENTROPY, ClassSummary, aligned_images, class_table, classified, lost_poses
from vitreous.classification.pose_grid import turn
from vitreous.classification.state import Assignments
from vitreous.fourier import shift_image
from vitreous.particles import read_particles, read_star, write_relion, write_star


def assignments_of(count, seed=2):
    rng = np.random.default_rng(seed)
    return Assignments(
        classes=rng.integers(0, 3, count),
        psi_deg=rng.uniform(-180, 180, count),
        shifts_angstrom=rng.normal(0, 5, (count, 2)),
        max_probability=rng.random(count),
        entropy=rng.random(count),
    )


def test_what_was_found_is_written_and_the_rest_is_kept(tmp_path):
    other = {"rlnCoordinateX": np.arange(5.0), "rlnAnglePsi": np.zeros(5)}
    made = particles_of(5, 8, euler_deg=None, extra=other, class_number=np.ones(5, np.int64))
    before = write_set(tmp_path, made, np.zeros((5, 8, 8)))
    found = assignments_of(5)
    write_relion(tmp_path / "classified.star", classified(before, found))
    again = read_particles(tmp_path / "classified.star")
    np.testing.assert_array_equal(again.class_number, found.classes + 1)
    np.testing.assert_array_equal(again.shift_angstrom, found.shifts_angstrom)
    for label, values in (
        ("rlnAnglePsi", found.psi_deg),
        ("rlnMaxValueProbDistribution", found.max_probability),
        (ENTROPY, found.entropy),
        ("rlnCoordinateX", np.arange(5.0)),
    ):
        np.testing.assert_array_equal(again.extra[label], values)
    for name in ("defocus_u_angstrom", "defocus_v_angstrom", "defocus_angle_deg", "random_subset", "slice_index"):
        np.testing.assert_array_equal(getattr(again, name), getattr(before, name))


def test_an_orientation_in_space_does_not_survive_an_angle_in_the_plane():
    particles = particles_of(4, 8)
    assert lost_poses(particles)
    after = classified(particles, assignments_of(4))
    assert not after.has_poses
    assert not {"rlnAngleRot", "rlnAngleTilt"} & set(after.extra)
    assert not lost_poses(after)
    # RELION's own two-dimensional classes have rot = tilt = 0
    assert not lost_poses(particles_of(4, 8, euler_deg=np.array([[0.0, 0.0, psi] for psi in range(4)])))


def test_the_table_of_classes(tmp_path):
    unknown = np.array([9.0, np.nan])
    summary = ClassSummary(np.array([0.7, 0.3]), np.array([7, 3]), np.array([8.0, 12.0]), unknown, unknown / 10)
    write_star(tmp_path / "classes.star", {"model_classes": class_table(summary, "classes.mrcs")})
    columns = read_star(tmp_path / "classes.star")["model_classes"].columns
    assert columns["rlnReferenceImage"].tolist() == ["000001@classes.mrcs", "000002@classes.mrcs"]
    np.testing.assert_array_equal(columns["rlnClassDistribution"], [0.7, 0.3])
    np.testing.assert_array_equal(columns["rlnEstimatedResolution"], [8.0, 12.0])
    np.testing.assert_array_equal(columns["vitreousHalfSetResolution"], [9.0, 0.0])
    np.testing.assert_array_equal(columns["vitreousParticles"], [7, 3])


@pytest.mark.parametrize("box", [31, 32])
def test_observations_come_back_onto_their_class(box, rng):
    """An observation at an angle, moved, and aligned by the negative of where it lies, is the class again."""
    grid = np.stack(np.meshgrid(*[np.arange(box) - box // 2] * 2), axis=-1)
    places = rng.uniform(-box / 6, box / 6, (6, 2))
    image = sum(np.exp(-np.sum((grid - place) ** 2, axis=-1) / 8) for place in places)
    psi, at = np.array([20.0, -130.0]), np.array([[2.5, -1.0], [0.0, 3.25]])
    observed = np.stack([shift_image(turn(image, psi[[i]])[0], at[i]) for i in range(2)])
    np.testing.assert_allclose(aligned_images(observed, psi, -at), np.stack([image, image]), atol=0.02 * image.max())


def test_a_shift_is_in_pixels_of_the_image():
    delta = np.zeros((1, 9, 9))
    delta[0, 4, 6] = 1
    back = aligned_images(delta, np.zeros(1), np.array([[-2 * PIXEL / PIXEL, 0.0]]))
    assert np.unravel_index(np.argmax(back), back.shape) == (0, 4, 4)
