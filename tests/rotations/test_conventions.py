"""The data of the Euler conventions."""

import numpy as np
import pytest

from vitreous.rotations.conventions import EULER_CONVENTIONS, euler_convention


def test_there_are_twelve_and_no_axis_follows_itself():
    names = {a + b + c for a in "XYZ" for b in "XYZ" for c in "XYZ" if a != b != c}
    assert set(EULER_CONVENTIONS) == names
    assert len(EULER_CONVENTIONS) == len(names) == 12


@pytest.mark.parametrize("name", EULER_CONVENTIONS)
def test_the_sign_is_the_handedness_of_the_axes(name):
    convention = euler_convention(name)
    assert convention.sign == np.linalg.det(np.eye(3)[list(convention.axes)])
    assert convention.proper == (name[0] == name[2])


def test_fixed_axes_are_moving_axes_in_the_opposite_order():
    assert euler_convention("xyz")._replace(order=(0, 1, 2)) == euler_convention("ZYX")
    assert euler_convention("xyz").order == (2, 1, 0)


@pytest.mark.parametrize("name", ["", "ZY", "ZZY", "ZYy", "zYZ", "ABC", "ZYZX"])
def test_what_is_no_convention_is_refused_by_name(name):
    with pytest.raises(ValueError, match=f"no Euler convention '{name}'"):
        euler_convention(name)
