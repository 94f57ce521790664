"""The lens refuses what no microscope is; a round defocus has no astigmatism."""

import numpy as np
import pytest

from vitreous.optics.lens import Defocus, Lens


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"voltage_kv": 0.0}, "voltage_kv=0.0"),
        ({"voltage_kv": float("nan")}, "voltage_kv=nan"),
        ({"voltage_kv": 300.0, "amplitude_contrast": 10.0}, "amplitude_contrast=10.0"),
        ({"voltage_kv": 300.0, "magnification_matrix": ((1.0, 0.0), (0.0, 0.0))}, "singular"),
    ],
)
def test_what_is_no_lens_is_named(fields, named):
    with pytest.raises(ValueError, match=named):
        Lens(**fields)


def test_a_round_defocus_has_equal_axes():
    values = np.array([1e4, 2e4])
    defocus = Defocus.round(values, phase_shift_deg=90.0)
    assert defocus.u_angstrom is values
    assert defocus.v_angstrom is values
    assert defocus.phase_shift_deg == 90.0
