"""The two-domain molecule: a rigid turn about a hinge, found again from the coordinates."""

import numpy as np
import pytest
import torch
from scipy.spatial import KDTree
from scipy.spatial.transform import Rotation

from gradients import gradients_agree
from vitreous._array import to_numpy
from vitreous.specimen import centre_of_mass
from vitreous.specimen.hinge import HINGE_RANGE_DEG, hinge


@pytest.mark.parametrize("angle", [0.0, 1.5, 30.0, 60.0])
def test_superposing_the_second_domain_finds_the_angle_and_the_axis(angle):
    closed, opened = hinge(), hinge(angle)
    second = closed.part == 2
    before, after = (state.atoms.positions_angstrom[second] for state in (closed, opened))
    turn, _ = Rotation.align_vectors(after - after.mean(0), before - before.mean(0))
    assert np.rad2deg(turn.as_rotvec()) == pytest.approx(angle * closed.axis, abs=1e-9)
    # no atom is elsewhere than this turn about the pivot takes it
    pivot = closed.pivot_angstrom
    assert after == pytest.approx(pivot + turn.apply(before - pivot))


def test_the_first_domain_rests():
    closed, opened = hinge(0.0), hinge(47.0)
    first = closed.part == 0
    moved = opened.atoms.positions_angstrom[first] - closed.atoms.positions_angstrom[first]
    assert moved == pytest.approx(0, abs=1e-12)


def test_opening_takes_the_domains_apart_without_a_clash():
    gaps = []
    for angle in np.linspace(*HINGE_RANGE_DEG, 7):
        state = hinge(angle)
        first, second = (state.atoms.positions_angstrom[state.part == part] for part in (0, 2))
        gaps.append(KDTree(first).query(second)[0].min())
    assert gaps[0] == pytest.approx(3.8, abs=0.3)
    assert np.all(np.diff(gaps) > 1)


@pytest.mark.parametrize("angle", [0.0, 25.0, 60.0])
def test_the_linker_bends_and_does_not_break(angle):
    """Bonds stay bonds: whatever was within 1.6 Å stays within 0.9 and 1.8, and nothing else comes as near."""
    closed, opened = hinge(0.0), hinge(angle)
    pairs = KDTree(closed.atoms.positions_angstrom).query_pairs(1.6, output_type="ndarray")
    ends = opened.atoms.positions_angstrom[pairs]
    bonds = np.linalg.norm(ends[:, 0] - ends[:, 1], axis=1)
    assert bonds.min() > 1.0
    assert bonds.max() < 1.75
    near = KDTree(opened.atoms.positions_angstrom).query_pairs(1.2, output_type="ndarray")
    assert len(near) == 0


def test_the_motion_is_continuous():
    """A tenth of a degree moves no atom by more than that angle times its distance from the hinge, nor any by nothing
    in the second domain."""
    one, two = hinge(20.0), hinge(20.1)
    steps = np.linalg.norm(two.atoms.positions_angstrom - one.atoms.positions_angstrom, axis=1)
    arms = np.linalg.norm(one.atoms.positions_angstrom - one.pivot_angstrom, axis=1)
    assert np.all(steps <= np.deg2rad(0.1) * arms * (1 + 1e-9))
    assert steps[one.part == 2].mean() > 0.03


def test_halfway_is_centred():
    assert centre_of_mass(hinge(30.0).atoms) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("angle", [0.0, 30.0, 60.0])
def test_pose_and_hand_are_determined(angle):
    """Three different principal moments, and a skew along each axis: no turn and no mirror leaves it as it is."""
    positions = hinge(angle).atoms.positions_angstrom
    moments, axes = np.linalg.eigh(np.cov(positions.T))
    assert np.all(np.diff(moments) > 50)
    along = (positions - positions.mean(0)) @ axes
    skews = np.abs(np.mean((along / along.std(0)) ** 3, axis=0))
    assert np.sum(skews > 0.04) >= 2


def test_the_angle_may_be_of_any_library(library):
    found = to_numpy(hinge(library(np.array(42.0))).atoms.positions_angstrom)
    assert found == pytest.approx(hinge(42.0).atoms.positions_angstrom)


def test_single_precision_stays_single():
    assert hinge(torch.tensor(10.0)).atoms.positions_angstrom.dtype == torch.float32


def test_gradients_reach_the_angle():
    def positions(angle):
        return hinge(angle).atoms.positions_angstrom[::40]

    assert gradients_agree(positions, torch.tensor(20.0, dtype=torch.float64, requires_grad=True))


@pytest.mark.parametrize("angle", [-1.0, 60.5, float("nan")])
def test_angles_out_of_range_are_refused(angle):
    with pytest.raises(ValueError, match=r"the hinge takes angles from 0\.0 \(closed\) to 60\.0 \(open\)"):
        hinge(angle)
