import numpy as np
import pytest
from scipy.integrate import quad

from vitreous._array import to_numpy
from vitreous.detector import critical_exposure, exposure_decay, mean_exposure_decay


def test_the_published_value_at_10_angstrom():
    assert critical_exposure(0.1) == pytest.approx(14.1394, abs=1e-4)
    # the digits as printed in the paper
    assert critical_exposure(0.1) == pytest.approx(0.245 * 0.1**-1.665 + 2.81, abs=2e-3)


@pytest.mark.parametrize(("voltage", "scale"), [(100, 0.64), (150, 0.72), (200, 0.8), (250, 0.9), (300, 1.0)])
def test_lower_voltages_damage_sooner(voltage, scale):
    assert critical_exposure(0.2, voltage) == pytest.approx(scale * critical_exposure(0.2, 300))


def test_power_falls_to_1_over_e(library):
    k = library(np.array([0.05, 0.1, 0.3]))
    left = exposure_decay(k, critical_exposure(k, 200), 200)
    np.testing.assert_allclose(to_numpy(left) ** 2, np.exp(-1))


def test_nothing_is_lost_at_zero(library):
    k = library(np.array([0.0, 0.2]))
    assert to_numpy(exposure_decay(k, 50.0))[0] == 1
    assert to_numpy(mean_exposure_decay(k, 10, 60))[0] == 1


def test_the_mean_over_a_frame_is_the_integral():
    integral = quad(lambda dose: float(exposure_decay(0.15, dose)), 5, 40)[0] / 35
    assert mean_exposure_decay(0.15, 5, 40) == pytest.approx(integral, rel=1e-9)
    assert mean_exposure_decay(0.15, 5, 5 + 1e-9) == pytest.approx(exposure_decay(0.15, 5))


def test_bad_arguments_are_refused():
    with pytest.raises(ValueError, match="kV"):
        critical_exposure(0.1, 80)
    with pytest.raises(ValueError, match="end after"):
        mean_exposure_decay(0.1, 3, 3)
