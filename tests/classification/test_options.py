"""Options that cannot be are refused with their names."""

import pytest

from vitreous._errors import InputError
from vitreous.classification.options import Options


@pytest.mark.parametrize(
    "wrong",
    [
        {"classes": 0},
        {"iterations": 0},
        {"crowd": 0},
        {"mask_diameter_angstrom": 0.0},
        {"max_resolution_angstrom": -3.0},
        {"angle_step_deg": 0.0},
        {"shift_step_px": 0.0},
        {"shift_range_px": -1.0},
        {"batch": "half"},
        {"noise": "pink"},
    ],
)
def test_a_value_out_of_range_is_named(wrong):
    with pytest.raises(InputError, match=next(iter(wrong))):
        Options(**({"classes": 2} | wrong))


def test_an_exact_run_is_not_online():
    with pytest.raises(InputError, match="exact"):
        Options(2, exact=True, batch="online")
