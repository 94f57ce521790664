"""Zeros and extrema against the curve itself."""

from functools import cache

import numpy as np
import pytest

from vitreous._array import to_numpy
from vitreous.optics import (
    Defocus,
    Lens,
    count_extrema,
    ctf_1d,
    ctf_zeros,
    scherzer_defocus_angstrom,
    scherzer_resolution_angstrom,
)

CASES = [
    (1.5e4, 2.7, 0.07, 0.0),
    (8e3, 0.0, 0.1, 0.0),
    (2.5e4, 2.7, 0.1, 90.0),
    (3e3, 2.7, 0.07, 170.0),
    (900.0, 2.7, 0.0, 0.0),
]


@pytest.mark.parametrize(("defocus", "cs", "amplitude", "shift"), CASES)
def test_zeros_are_those_of_the_curve(defocus, cs, amplitude, shift):
    """Every change of sign on the rising side of χ, in order."""
    lens = Lens(300.0, cs, amplitude)
    top = 0.25 if cs == 0 else min(0.25, 0.999 * np.sqrt(defocus / (cs * 1e7)) / 0.0196875)
    k = np.linspace(1e-4, top, 100_001)
    curve = ctf_1d(k, Defocus.round(defocus, shift), lens)
    crossings = k[:-1][np.sign(curve[:-1]) != np.sign(curve[1:])]
    found = ctf_zeros(60, defocus, lens, phase_shift_deg=shift)
    found = found[found < top]
    np.testing.assert_allclose(found, crossings, atol=4e-6)


def test_where_no_zero_is(library):
    """Beyond the turn of χ, and in overfocus, there is NaN, and no warning."""
    found = to_numpy(ctf_zeros(3, library(np.array([500.0, -1000.0, 1e4])), Lens(300.0, 2.7)))
    assert found.shape == (3, 3)
    assert np.isnan(found[:2]).all()
    assert np.all(np.diff(found[2]) > 0)


@cache
def extrema(defocus, cs, amplitude, shift):
    """The local extrema of the sampled curve; χ is flat at 0, where rounding would make some."""
    k = np.linspace(0.0, 0.35, 200_001)
    curve = ctf_1d(k, Defocus.round(defocus, shift), Lens(300.0, cs, amplitude))
    slope = np.sign(np.diff(curve))
    turns = k[np.flatnonzero(slope[1:] * slope[:-1] < 0) + 1]
    return turns[turns > 1e-3]


@pytest.mark.parametrize(("defocus", "cs", "amplitude", "shift"), CASES)
def test_extrema_are_those_of_the_curve(library, defocus, cs, amplitude, shift):
    """Local extrema, before and after χ turns back."""
    lens, turns = Lens(300.0, cs, amplitude), extrema(defocus, cs, amplitude, shift)
    sample = np.linspace(0.0, 0.35, 303)[1:]
    sample = sample[np.min(np.abs(sample[:, None] - turns), 1) > 2e-5]
    expected = np.sum(turns < sample[:, None], 1)
    found = to_numpy(count_extrema(library(sample), defocus, lens, phase_shift_deg=shift))
    np.testing.assert_array_equal(found, expected)


def test_overfocus_is_refused():
    with pytest.raises(ValueError, match="defocus_angstrom=-1"):
        count_extrema(0.1, -1.0, Lens(300.0))


def test_scherzer():
    """At this focus χ rises to 3π/4, and without amplitude contrast the first zero lies at the stated resolution."""
    lens = Lens(300.0, 1.3)
    defocus = scherzer_defocus_angstrom(lens)
    assert defocus == pytest.approx(np.sqrt(1.5 * 1.3e7 * 0.0196875), rel=1e-5)
    at = 1 / scherzer_resolution_angstrom(lens)
    curve = ctf_1d(np.linspace(1e-3, 0.999 * at, 500), Defocus.round(defocus), lens)
    assert np.all(curve < 0)
    assert ctf_1d(at, Defocus.round(defocus), lens) == pytest.approx(0.0, abs=1e-10)
    assert ctf_1d(np.sqrt(defocus / 1.3e7) / 0.0196875, Defocus.round(defocus), lens) == pytest.approx(
        -np.sin(0.75 * np.pi), abs=1e-5
    )
