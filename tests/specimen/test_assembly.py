"""The assembly with optional subunits."""

import itertools

import numpy as np
import pytest
from scipy.spatial import KDTree

from vitreous.specimen import centre_of_mass, molecular_mass_da
from vitreous.specimen.assembly import SUBUNIT_COUNT, assembly

STATES = [state for state in itertools.product([True, False], repeat=SUBUNIT_COUNT) if any(state)]


@pytest.mark.parametrize("state", STATES)
def test_what_is_there_is_where_it_is_in_the_whole(state):
    whole, part = assembly(), assembly(state)
    expected = np.isin(whole.subunit, np.flatnonzero(state))
    assert np.array_equal(part.atoms.positions_angstrom, whole.atoms.positions_angstrom[expected])
    assert np.array_equal(part.atoms.elements, whole.atoms.elements[expected])
    assert part.present == state
    assert set(part.subunit) == set(np.flatnonzero(state))


def test_masses_add_up():
    alone = [molecular_mass_da(assembly(np.eye(SUBUNIT_COUNT, dtype=bool)[i].tolist()).atoms) for i in range(4)]
    assert sum(alone) == pytest.approx(molecular_mass_da(assembly().atoms))
    assert len({round(mass, -2) for mass in alone}) == 4


def test_each_subunit_touches_the_core_and_none_runs_into_another():
    whole = assembly()
    parts = [whole.atoms.positions_angstrom[whole.subunit == i] for i in range(SUBUNIT_COUNT)]
    for one, two in itertools.combinations(range(SUBUNIT_COUNT), 2):
        nearest = KDTree(parts[one]).query(parts[two])[0].min()
        assert nearest >= 3.2
        assert one or nearest < 3.7


def test_the_whole_is_centred():
    assert centre_of_mass(assembly().atoms) == pytest.approx(0, abs=1e-9)


def test_pose_and_hand_are_determined():
    positions = assembly().atoms.positions_angstrom
    moments, axes = np.linalg.eigh(np.cov(positions.T))
    assert np.all(np.diff(moments) > 50)
    along = (positions - positions.mean(0)) @ axes
    assert np.all(np.abs(np.mean((along / along.std(0)) ** 3, axis=0)) > 0.1)


@pytest.mark.parametrize("present", [(), (True,), (False,) * 4, (True,) * 5])
def test_a_state_names_every_subunit_and_holds_one(present):
    with pytest.raises(ValueError, match="say True or False for 4 subunits"):
        assembly(present)
