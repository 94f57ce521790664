"""Thickness against the average over its layers."""

import numpy as np
import pytest

from vitreous._array import to_numpy
from vitreous.optics import (
    Defocus,
    Lens,
    ctf_1d,
    ctf_phase_at,
    defocus_at_height,
    node_thickness_angstrom,
    thick_ctf_power,
    thickness_envelope,
)

LENS, DEFOCUS, THICKNESS = Lens(300.0, 2.7, 0.1), Defocus.round(1.2e4), 700.0
K = np.linspace(0.0, 0.45, 200)


def layers(count=3000):
    heights = ((np.arange(count) + 0.5) / count - 0.5) * THICKNESS
    return ctf_1d(K, defocus_at_height(DEFOCUS, heights), LENS)


def test_power_is_the_average_over_depth(library):
    phase = ctf_phase_at(np.stack([K, 0 * K], -1), DEFOCUS, LENS)
    found = to_numpy(thick_ctf_power(library(phase), library(K), THICKNESS, 300.0))
    np.testing.assert_allclose(found, np.mean(layers() ** 2, 0), atol=1e-6)


def test_amplitude_is_the_average_over_depth(library):
    found = to_numpy(thickness_envelope(library(K), THICKNESS, 300.0))
    np.testing.assert_allclose(ctf_1d(K, DEFOCUS, LENS) * found, np.mean(layers(), 0), atol=1e-6)


@pytest.mark.parametrize(("resolution", "thickness"), [(3.0, 457.0), (4.0, 813.0)])
def test_the_node(resolution, thickness):
    """At the node the power does not depend on χ: no ring is left."""
    node = node_thickness_angstrom(resolution, 300.0)
    assert node == pytest.approx(thickness, abs=0.5)
    phase = np.linspace(0.0, np.pi, 20)
    np.testing.assert_allclose(thick_ctf_power(phase, np.full(20, 1 / resolution), node, 300.0), 0.5, atol=1e-12)


def test_a_layer_nearer_the_detector_is_more_underfocused():
    """A wave from a layer at z has z less to fly to any plane behind: exp(+iπλk²z), which is z more underfocus."""
    higher = defocus_at_height(Defocus(1e4, 9e3, 30.0, 5.0), 300.0)
    assert (higher.u_angstrom, higher.v_angstrom, higher.angle_deg, higher.phase_shift_deg) == (10300, 9300, 30.0, 5.0)
    k = np.array([[0.2, 0.1]])
    gained = ctf_phase_at(k, higher, LENS) - ctf_phase_at(k, Defocus(1e4, 9e3, 30.0, 5.0), LENS)
    np.testing.assert_allclose(gained, np.pi * 0.0196875 * 0.05 * 300.0, rtol=1e-5)
