"""Rotations against SciPy, roma, HEALPix's own angles, and the poses that cryoDRGN parsed from real files."""

import itertools

import healpix
import numpy as np
import pytest
import roma
import torch
from scipy.spatial.transform import Rotation, Slerp

import needs
from vitreous.particles.pickled import load_arrays
from vitreous.rotations import (
    EULER_CONVENTIONS,
    canonical_quaternion,
    chordal_mean,
    cryosparc_to_matrix,
    euler_to_matrix,
    geodesic_angle_deg,
    interpolate_rotations,
    matrix_to_cryosparc,
    matrix_to_euler,
    matrix_to_quaternion,
    matrix_to_relion,
    matrix_to_rotation_vector,
    nearest_rotation,
    quaternion_multiply,
    quaternion_to_matrix,
    random_rotations,
    relion_to_matrix,
    rotation_vector_to_matrix,
    sphere_grid,
    symmetry_matrices,
)

ALL = [*EULER_CONVENTIONS, *(name.lower() for name in EULER_CONVENTIONS)]
PRECISION = [(np.float32, 1e-6), (np.float64, 1e-12)]
NEAR = [0.0, 1e-9, 1e-7, 1e-4, 1e-2]


def awkward_angles_deg(name):
    """Angles at random, and with the middle one in and near gimbal lock and the others near 0° and 180°."""
    rng = np.random.default_rng(5)
    lock_deg = [0.0, 180.0] if name[0] == name[2] else [-90.0, 90.0]
    middle = [lock + sign * off for lock in lock_deg for sign in (1.0, -1.0) for off in NEAR]
    outer = [0.0, 1e-7, -1e-4, 90.0, 180.0 - 1e-7, -180.0, 57.0]
    near = np.array(list(itertools.product(outer, middle, outer)))
    return np.concatenate([near, rng.uniform(-360.0, 360.0, (2000, 3)), rng.uniform(-1e4, 1e4, (2000, 3))])


@pytest.mark.parametrize(("dtype", "tolerance"), PRECISION)
@pytest.mark.parametrize("name", ALL)
def test_euler_to_matrix(name, dtype, tolerance):
    angles_deg = awkward_angles_deg(name).astype(dtype)
    # both take the angles as they were rounded, in double precision
    wide = angles_deg.astype(np.float64)
    scipy = Rotation.from_euler(name, wide, degrees=True).as_matrix()
    by_roma = roma.euler_to_rotmat(name, torch.from_numpy(wide), degrees=True).numpy()
    for found in (euler_to_matrix(angles_deg, name), euler_to_matrix(torch.from_numpy(angles_deg), name).numpy()):
        assert found.dtype == dtype
        np.testing.assert_allclose(found, scipy, rtol=0.0, atol=tolerance)
        np.testing.assert_allclose(found, by_roma, rtol=0.0, atol=tolerance)


@pytest.mark.parametrize(("dtype", "tolerance"), PRECISION)
@pytest.mark.parametrize("name", ALL)
def test_matrix_to_euler(name, dtype, tolerance):
    matrices = Rotation.from_euler(name, awkward_angles_deg(name), degrees=True).as_matrix().astype(dtype)
    angles_deg = matrix_to_euler(matrices, name)
    # SciPy puts our angles together again
    again = Rotation.from_euler(name, angles_deg.astype(np.float64), degrees=True).as_matrix()
    np.testing.assert_allclose(again, matrices, rtol=0.0, atol=tolerance)


@pytest.mark.parametrize("name", ALL)
def test_the_angles_are_those_of_scipy_away_from_gimbal_lock(name):
    matrices = random_rotations(2000, 6)
    difference = matrix_to_euler(matrices, name) - Rotation.from_matrix(matrices).as_euler(name, degrees=True)
    # an angle is lost in proportion to the nearness of the lock, of which the closest of 2,000 keeps 12 digits
    np.testing.assert_allclose((difference + 180.0) % 360.0 - 180.0, 0.0, atol=1e-10)


@pytest.mark.parametrize(("dtype", "tolerance"), PRECISION)
def test_rotation_vectors(dtype, tolerance):
    units = random_rotations(500, 7)[:, 0]
    lengths = np.concatenate([np.geomspace(1e-12, 3.0, 250), np.pi - np.geomspace(1e-9, 1.0, 249), [np.pi]])
    vectors = (lengths[:, None] * units).astype(dtype)
    scipy = Rotation.from_rotvec(vectors.astype(np.float64))
    matrices = rotation_vector_to_matrix(vectors)
    np.testing.assert_allclose(matrices, scipy.as_matrix(), rtol=0.0, atol=tolerance)
    by_roma = roma.rotvec_to_rotmat(torch.from_numpy(vectors.astype(np.float64))).numpy()
    np.testing.assert_allclose(matrices, by_roma, rtol=0.0, atol=max(tolerance, 1e-12))
    back = Rotation.from_rotvec(matrix_to_rotation_vector(matrices).astype(np.float64))
    np.testing.assert_allclose(back.as_matrix(), scipy.as_matrix(), rtol=0.0, atol=2.0 * tolerance)


@pytest.mark.parametrize(("dtype", "tolerance"), PRECISION)
def test_quaternions(dtype, tolerance):
    first, second = random_rotations(500, 8).astype(dtype), random_rotations(500, 9).astype(dtype)
    scipy = Rotation.from_matrix(first.astype(np.float64)).as_quat(canonical=True, scalar_first=True)
    quaternions = matrix_to_quaternion(first)
    np.testing.assert_allclose(quaternions, canonical_quaternion(scipy), rtol=0.0, atol=tolerance)
    np.testing.assert_allclose(
        quaternion_to_matrix(quaternions), Rotation.from_quat(scipy, scalar_first=True).as_matrix(), atol=2 * tolerance
    )
    last_first = [torch.from_numpy(np.roll(matrix_to_quaternion(each), -1, axis=-1)) for each in (first, second)]
    by_roma = np.roll(roma.quat_product(*last_first).numpy(), 1, axis=-1)
    np.testing.assert_allclose(quaternion_multiply(quaternions, matrix_to_quaternion(second)), by_roma, atol=tolerance)


def test_distances_means_and_interpolation():
    first, second = random_rotations(500, 10), random_rotations(500, 11)
    turns = Rotation.from_matrix(first).inv() * Rotation.from_matrix(second)
    np.testing.assert_allclose(geodesic_angle_deg(first, second), np.degrees(turns.magnitude()), atol=1e-11)
    weights = np.random.default_rng(12).uniform(size=500)
    np.testing.assert_allclose(
        chordal_mean(first, weights), Rotation.from_matrix(first).mean(weights).as_matrix(), atol=1e-11
    )
    path = Slerp([0.0, 1.0], Rotation.from_matrix(np.stack([first[0], second[0]])))
    fractions = np.linspace(0.0, 1.0, 11)
    np.testing.assert_allclose(
        interpolate_rotations(first[0], second[0], fractions), path(fractions).as_matrix(), atol=1e-12
    )


def test_nearest_rotation():
    matrices = np.random.default_rng(13).standard_normal((200, 3, 3))
    by_roma = roma.special_procrustes(torch.from_numpy(matrices)).numpy()
    np.testing.assert_allclose(nearest_rotation(matrices), by_roma, atol=1e-11)


@pytest.mark.parametrize("name", ["C5", "D4", "T", "O", "I"])
def test_point_groups_are_scipys_up_to_their_setting(name):
    ours, theirs = symmetry_matrices(name), Rotation.create_group(name).as_matrix()
    # the multiset of angles between members tells the groups apart and does not depend on the axes
    tables = [np.sort(geodesic_angle_deg(group[:, None], group), axis=None) for group in (ours, theirs)]
    np.testing.assert_allclose(*tables, atol=1e-10)


def test_directions_of_the_grid_are_healpix_pixels():
    longitude_deg, latitude_deg = healpix.pix2ang(4, np.arange(192), lonlat=True)
    polar, azimuth = np.radians(90.0 - latitude_deg), np.radians(longitude_deg)
    expected = [np.sin(polar) * np.cos(azimuth), np.sin(polar) * np.sin(azimuth), np.cos(polar)]
    np.testing.assert_allclose(sphere_grid(15.0), np.stack(expected, axis=-1), atol=1e-15)


def test_relion_is_the_transpose_of_scipys_zyz():
    angles_deg = np.random.default_rng(14).uniform(-180.0, 180.0, (500, 3))
    scipy = Rotation.from_euler("ZYZ", angles_deg, degrees=True).as_matrix()
    np.testing.assert_allclose(relion_to_matrix(angles_deg), np.swapaxes(scipy, -2, -1), atol=1e-14)


def star_angles_deg(path):
    """rot, tilt and psi of each row of the particle table, the last table of a STAR file."""
    lines = path.read_text().split("data_")[-1].splitlines()
    labels = [line.split()[0] for line in lines if line.startswith("_rln")]
    columns = [labels.index(f"_rlnAngle{name}") for name in ("Rot", "Tilt", "Psi")]
    rows = [line.split() for line in lines if "@" in line]
    return np.array([[float(row[column]) for column in columns] for row in rows])


def test_relion_poses_are_those_of_a_reference_parse():
    reference, _ = load_arrays(needs.data("metadata/pose.star.pkl"))
    angles_deg = star_angles_deg(needs.data("metadata/FinalRefinement-OriginalParticles-PfCRT.star"))
    assert len(angles_deg) == len(reference) == 5
    np.testing.assert_allclose(relion_to_matrix(angles_deg), reference, rtol=0.0, atol=1e-14)
    difference = matrix_to_relion(reference) - angles_deg
    np.testing.assert_allclose(difference, 0.0, atol=1e-11)


@pytest.mark.parametrize("name", ["sample_particles_relion30", "sample_particles_relion31", "relion31"])
def test_relion_angles_of_real_particles_come_back_as_they_stand_in_the_file(name):
    angles_deg = star_angles_deg(needs.data(f"real_particles/{name}.star"))
    assert len(angles_deg) == (5 if name == "relion31" else 17)
    np.testing.assert_allclose(matrix_to_relion(relion_to_matrix(angles_deg)), angles_deg, rtol=0.0, atol=1e-11)


def test_real_poses_survive_each_notation():
    matrices, _ = load_arrays(needs.data("empiar_10076/poses_10076.pkl"))
    assert matrices.shape == (131_899, 3, 3)
    matrices = matrices.astype(np.float64)
    for again in (
        relion_to_matrix(matrix_to_relion(matrices)),
        cryosparc_to_matrix(matrix_to_cryosparc(matrices)),
        quaternion_to_matrix(matrix_to_quaternion(matrices)),
    ):
        # the file's own rounding: single precision
        assert np.max(np.abs(again - matrices)) < 1e-6


def test_cryosparc_vectors_turn_as_a_reference_parse_says():
    reference, _ = load_arrays(needs.data("metadata/pose.cs.pkl"))
    table = np.load(needs.data("metadata/cryosparc_P12_J24_001_particles.cs"), allow_pickle=False)
    vectors = table["alignments3D/pose"]
    assert reference.shape == (2019, 3, 3)
    found = cryosparc_to_matrix(vectors)
    assert np.max(geodesic_angle_deg(found.astype(np.float64), reference.astype(np.float64))) < 1e-4
    np.testing.assert_allclose(found, reference, rtol=0.0, atol=1e-6)
    # the other sense is no other notation of the same: it is wrong by up to half a turn
    assert np.max(geodesic_angle_deg(cryosparc_to_matrix(-vectors), reference)) > 170.0
    np.testing.assert_allclose(cryosparc_to_matrix(matrix_to_cryosparc(reference)), reference, atol=1e-6)
