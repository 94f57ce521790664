"""Point groups: closed, of the right order, with RELION's axes."""

import numpy as np
import pytest

from vitreous.rotations import axis_angle_to_matrix, is_rotation, matrix_to_axis_angle, symmetry_matrices

ORDERS = {f"C{n}": n for n in (1, 2, 3, 7, 13)} | {f"D{n}": 2 * n for n in (1, 2, 5, 8)}
ORDERS |= {"T": 12, "O": 24, "I": 60, "I1": 60, "I2": 60, "I3": 60, "I4": 60}
GOLDEN = (1.0 + np.sqrt(5.0)) / 2.0

# every axis that RELION's table of generators (src/symmetries.cpp) names, with its printed digits
RELION_AXES = [
    ("C7", 7, (0, 0, 1)),
    ("D5", 5, (0, 0, 1)),
    ("D5", 2, (1, 0, 0)),
    ("T", 3, (0, 0, 1)),
    ("T", 2, (0, 0.816496, 0.577350)),
    ("O", 3, (0.5773502, 0.5773502, 0.5773502)),
    ("O", 4, (0, 0, 1)),
    ("I", 2, (0, 0, 1)),
    ("I2", 2, (0, 0, 1)),
    ("I2", 5, (0.525731114, 0, 0.850650807)),
    ("I2", 3, (0, 0.356822076, 0.934172364)),
    ("I1", 2, (1, 0, 0)),
    ("I1", 5, (0.85065080702670, 0, -0.5257311142635)),
    ("I1", 3, (0.9341723640, 0.3568220765, 0)),
    ("I3", 2, (-0.5257311143, 0, 0.8506508070)),
    ("I3", 5, (0, 0, 1)),
    ("I3", 3, (-0.4911234778630044, 0.3568220764705179, 0.7946544753759428)),
    ("I4", 2, (0.5257311143, 0, 0.8506508070)),
    ("I4", 5, (0.8944271932547096, 0, 0.4472135909903704)),
    ("I4", 3, (0.4911234778630044, 0.3568220764705179, 0.7946544753759428)),
]


def contains(group, matrix, tolerance=1e-9):
    return np.min(np.max(np.abs(group - matrix), axis=(-2, -1))) < tolerance


def same(first, second):
    return len(first) == len(second) and all(contains(first, matrix) for matrix in second)


@pytest.mark.parametrize("name", ORDERS)
def test_a_group_is_closed_and_has_its_order(name):
    group = symmetry_matrices(name)
    assert group.shape == (ORDERS[name], 3, 3)
    assert np.array_equal(group[0], np.eye(3))
    assert np.all(is_rotation(group, 1e-12))
    products = (group[:, None] @ group[None]).reshape(-1, 1, 3, 3)
    distances = np.max(np.abs(products - group), axis=(-2, -1))
    assert np.max(np.min(distances, axis=1)) < 1e-12, "a product of two members is a member"
    assert np.array_equal(np.sum(distances < 1e-6, axis=1), np.ones(len(products))), "and only one"


@pytest.mark.parametrize(("name", "fold", "axis"), RELION_AXES)
def test_the_axes_are_relions(name, fold, axis):
    group = symmetry_matrices(name)
    for step in range(1, fold):
        assert contains(group, axis_angle_to_matrix(np.array(axis, float), step * 360.0 / fold), 1e-5)


@pytest.mark.parametrize(
    ("name", "counts"), [("T", {2: 3, 3: 8}), ("O", {2: 9, 3: 8, 4: 6}), ("I", {2: 15, 3: 20, 5: 24})]
)
def test_members_by_their_order(name, counts):
    _, angle_deg = matrix_to_axis_angle(symmetry_matrices(name)[1:])
    # a five-fold axis turns by 72° and by 144°, a four-fold one by 90° and by 180°
    folds = {180: 2, 120: 3, 90: 4, 72: 5, 144: 5}
    found = [folds[round(float(angle))] for angle in angle_deg]
    assert {fold: found.count(fold) for fold in set(found)} == {
        **counts,
        **({4: 6, 2: 9} if name == "O" else {}),
    }


@pytest.mark.parametrize(("name", "axes"), [("I1", "xyz"), ("I2", "xyz"), ("D2", "xyz"), ("O", "xyz"), ("I3", "y")])
def test_two_fold_axes_on_the_coordinate_axes(name, axes):
    assert all(contains(symmetry_matrices(name), axis_angle_to_matrix(np.eye(3)["xyz".index(a)], 180.0)) for a in axes)


def test_the_icosahedral_settings_are_turns_of_one_another():
    first, second, third, fourth = (symmetry_matrices(f"I{setting}") for setting in (1, 2, 3, 4))
    about_y, about_z = axis_angle_to_matrix([0.0, 1.0, 0.0], 90.0), axis_angle_to_matrix([0.0, 0.0, 1.0], 90.0)
    assert same(first, about_y @ second @ about_y.T)
    assert same(first, about_z @ second @ about_z.T)
    assert not same(first, second)
    # the five-fold axis of I2 in the plane of x and z is brought onto z, from either side
    tilt_deg = np.degrees(np.arctan2(1.0, GOLDEN))
    for target, angle_deg in ((third, -tilt_deg), (fourth, tilt_deg)):
        turn = axis_angle_to_matrix([0.0, 1.0, 0.0], angle_deg)
        assert same(target, turn @ second @ turn.T)
    assert not same(third, fourth)


def test_a_group_holds_its_subgroups():
    tetrahedral, octahedral, icosahedral = (symmetry_matrices(name) for name in ("T", "O", "I"))
    assert all(contains(symmetry_matrices("D8"), matrix) for matrix in symmetry_matrices("D4"))
    assert all(contains(octahedral, matrix) for matrix in symmetry_matrices("D4"))
    assert all(contains(icosahedral, matrix) for matrix in symmetry_matrices("D2"))
    assert all(contains(tetrahedral, matrix) for matrix in symmetry_matrices("C3"))


def test_names_in_small_letters():
    assert np.array_equal(symmetry_matrices("d7"), symmetry_matrices("D7"))


@pytest.mark.parametrize("name", ["", "C", "C0", "D", "D-1", "I5", "X", "C1.5", "OH", "C3 "])
def test_what_is_no_group_is_refused_by_name(name):
    with pytest.raises(ValueError, match="no point group"):
        symmetry_matrices(name)
