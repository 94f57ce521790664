"""Delocalisation: known radii, and the place where a wave packet really lands."""

import numpy as np
import pytest

from vitreous._array import to_numpy
from vitreous.fourier import coordinates, filter_image
from vitreous.optics import Defocus, Lens, ctf, delocalisation_angstrom, required_box


@pytest.mark.parametrize(("cs", "radius"), [(0.0, 131.3), (2.7, 123.6)])
def test_two_micrometres_at_3_angstrom(library, cs, radius):
    found = delocalisation_angstrom(library(np.array([0.0, 1 / 3])), Defocus.round(20000.0), Lens(300.0, cs))
    assert float(to_numpy(found)) == pytest.approx(radius, abs=0.06)


def test_a_wave_packet_splits_and_lands_on_both_sides():
    """A packet of 1/6 Å⁻¹ along x, through the CTF: two packets, each at the distance r."""
    shape, pixel, lens, defocus = (64, 512), 1.5, Lens(300.0, 2.7, 0.07), Defocus(2.2e4, 1.8e4, 30.0)
    x = coordinates(shape, pixel)
    packet = np.exp(-np.sum(x**2, -1) / (2 * 18.0**2)) * np.cos(2 * np.pi * x[..., 0] / 6)
    power = filter_image(packet, ctf(shape, pixel, defocus, lens), 2) ** 2
    for side in (x[..., 0] > 0, x[..., 0] < 0):
        centre = np.einsum("yx,yxv->v", power * side, x) / np.sum(power * side)
        radius = float(delocalisation_angstrom(np.array([1 / 6, 0.0]), defocus, lens))
        assert np.linalg.norm(centre) == pytest.approx(radius, rel=0.03)


def test_the_box():
    """200 Å across, 2 µm, 3 Å, without Cs: 200 + 2 · 131.3 Å; with much Cs the largest spread lies before 3 Å."""
    assert required_box(3.0, 1.0, 200.0, Defocus.round(20000.0), Lens(300.0)) == 464
    lens, defocus = Lens(300.0, 2.7), Defocus.round(2000.0)
    turning = np.array([np.sqrt(2000.0 / (3 * 2.7e7)) / 0.0196875, 0.0])
    largest = float(delocalisation_angstrom(turning, defocus, lens))
    assert required_box(1 / 0.36, 1.0, 0.0, defocus, lens) == 2 * np.ceil(largest)
    assert required_box(3.0, 1.0, 200.0, Defocus(np.array([2e4, 5e3]), np.array([2e4, 5e3])), Lens(300.0)) == 464


def test_a_resolution_beyond_nyquist_is_named():
    with pytest.raises(ValueError, match="beyond Nyquist, 3 Å"):
        required_box(2.0, 1.5, 100.0, Defocus.round(1e4), Lens(300.0))
