"""The field's conventions, each by its formula written out, and by how it relates to RELION's."""

import numpy as np
import pytest

from vitreous._array import to_numpy
from vitreous.rotations import (
    cryosparc_to_matrix,
    eman_to_matrix,
    imod_to_matrix,
    is_rotation,
    matrix_to_cryosparc,
    matrix_to_eman,
    matrix_to_imod,
    matrix_to_relion,
    matrix_to_spider,
    matrix_to_xmipp,
    random_rotations,
    relion_to_matrix,
    rotate,
    spider_to_matrix,
    xmipp_to_matrix,
)

PAIRS = [
    (relion_to_matrix, matrix_to_relion),
    (xmipp_to_matrix, matrix_to_xmipp),
    (spider_to_matrix, matrix_to_spider),
    (eman_to_matrix, matrix_to_eman),
    (imod_to_matrix, matrix_to_imod),
    (cryosparc_to_matrix, matrix_to_cryosparc),
]
ROT, TILT, PSI = 20.0, 50.0, -130.0


def coordinates_turned(axis, angle_deg):
    """The matrix that gives a fixed point's coordinates on axes that are turned counter-clockwise."""
    c, s = np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))
    return np.array(
        {
            "x": [[1, 0, 0], [0, c, s], [0, -s, c]],
            "y": [[c, 0, -s], [0, 1, 0], [s, 0, c]],
            "z": [[c, s, 0], [-s, c, 0], [0, 0, 1]],
        }[axis]
    )


@pytest.mark.parametrize("function", [relion_to_matrix, xmipp_to_matrix, spider_to_matrix])
def test_relion_xmipp_spider(library, function):
    expected = coordinates_turned("z", PSI) @ coordinates_turned("y", TILT) @ coordinates_turned("z", ROT)
    np.testing.assert_allclose(to_numpy(function(library(np.array([ROT, TILT, PSI])))), expected, atol=1e-15)


def test_relion_entry_by_entry():
    (ca, cb, cg), (sa, sb, sg) = (function(np.radians([ROT, TILT, PSI])) for function in (np.cos, np.sin))
    expected = [
        [cg * cb * ca - sg * sa, cg * cb * sa + sg * ca, -cg * sb],
        [-sg * cb * ca - cg * sa, -sg * cb * sa + cg * ca, sg * sb],
        [sb * ca, sb * sa, cb],
    ]
    np.testing.assert_allclose(relion_to_matrix([ROT, TILT, PSI]), expected, atol=1e-15)


def test_eman(library):
    expected = coordinates_turned("z", PSI) @ coordinates_turned("x", TILT) @ coordinates_turned("z", ROT)
    np.testing.assert_allclose(to_numpy(eman_to_matrix(library(np.array([ROT, TILT, PSI])))), expected, atol=1e-15)


def test_eman_in_terms_of_relion(rng):
    rot, tilt, psi = rng.uniform(0.0, 180.0, (3, 50))
    as_eman = eman_to_matrix(np.stack([rot + 90.0, tilt, psi - 90.0], axis=-1))
    np.testing.assert_allclose(as_eman, relion_to_matrix(np.stack([rot, tilt, psi], axis=-1)), atol=1e-15)


def test_imod_turns_the_volume_about_z_then_y_then_x(library):
    # a point on x: 90° about z brings it to y, about y leaves it there, about x brings it to z
    matrix = imod_to_matrix(library(np.array([90.0, 90.0, 90.0])))
    assert np.array_equal(to_numpy(rotate(matrix, library(np.array([1.0, 0.0, 0.0])))), [0.0, 0.0, 1.0])
    expected = coordinates_turned("x", -ROT) @ coordinates_turned("y", -TILT) @ coordinates_turned("z", -PSI)
    np.testing.assert_allclose(to_numpy(imod_to_matrix(library(np.array([ROT, TILT, PSI])))), expected, atol=1e-15)


def test_a_cryosparc_vector_turns_the_coordinates():
    expected = coordinates_turned("z", 40.0)
    np.testing.assert_allclose(cryosparc_to_matrix([0.0, 0.0, np.radians(40.0)]), expected, atol=1e-15)
    np.testing.assert_allclose(cryosparc_to_matrix([0.0, np.radians(-70.0), 0.0]), coordinates_turned("y", -70.0))


@pytest.mark.parametrize(("there", "back"), PAIRS, ids=[there.__name__ for there, _ in PAIRS])
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float32, 2e-6), (np.float64, 2e-15)])
def test_each_convention_holds_every_rotation(library, there, back, dtype, tolerance):
    special = there(np.array([[0, 0, 0], [90, 90, 0], [0, 180, 30], [30, 0, 40], [10, -90, 20]], np.float64) / 57.0)
    matrices = np.concatenate([random_rotations(100, 1), special, relion_to_matrix(90.0 * np.eye(3))]).astype(dtype)
    again = to_numpy(there(back(library(matrices))))
    assert again.dtype == dtype
    np.testing.assert_allclose(again, matrices, atol=tolerance)
    assert np.all(is_rotation(again))


@pytest.mark.parametrize("tilt", [0.0, 180.0])
def test_relion_angles_without_a_tilt(tilt):
    rot, found, psi = matrix_to_relion(relion_to_matrix([30.0, tilt, 40.0]))
    assert (rot, found) == (0.0, tilt)
    assert psi == pytest.approx(70.0 if tilt == 0.0 else 10.0)
