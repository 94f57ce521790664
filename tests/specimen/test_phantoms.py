"""Phantoms against what is known of them."""

import numpy as np
import pytest
import torch
from scipy.ndimage import map_coordinates
from scipy.special import jv

from gradients import gradients_agree
from internal_coordinates import torsion_deg
from vitreous._array import to_numpy
from vitreous.fourier import frequency_grid, ft, rft
from vitreous.specimen import centre_of_mass
from vitreous.specimen.phantoms import helix_bundle, point, siemens_star, sine_grating
from vitreous.specimen.superposition import superposition


@pytest.mark.parametrize("shape", [(15, 16), (8, 9, 10)])
def test_the_transform_of_a_point_is_flat_with_the_phase_of_its_shift(library, shape):
    """At every frequency but Nyquist, whose samples cannot tell a shift from its mirror image."""
    position = np.array([2.3, -1.75, 0.6][: len(shape)])
    spectrum = to_numpy(ft(point(shape, library(position), library(np.array(1.5))), len(shape)))
    k = frequency_grid(shape, 1.5)
    inside = np.all(np.abs(k) < 0.5 / 1.5 - 1e-9, axis=-1)
    assert spectrum[inside] == pytest.approx(np.exp(-2j * np.pi * k @ position)[inside])
    assert np.abs(spectrum[inside]) == pytest.approx(1)


def test_a_point_on_a_pixel_is_that_pixel():
    """At (4, −6) Å: two pixels to the right of the origin and three above it in the array."""
    expected = np.zeros((10, 12))
    expected[5 - 3, 6 + 2] = 1
    assert point((10, 12), [4.0, -6.0], 2.0) == pytest.approx(expected, abs=1e-12)


def test_a_point_between_pixels_has_sum_one():
    assert point((10, 12), [3.3, -4.1], 2.0).sum() == pytest.approx(1)


def test_gradients_reach_the_place_of_a_point():
    position = torch.tensor([0.3, -1.2], dtype=torch.float64, requires_grad=True)
    assert gradients_agree(lambda place: point((8, 9), place), position)


def test_a_grating_has_one_frequency(library):
    """16 Å in a box of 64 pixels of 1 Å: coefficient 4 to either side, half the number of pixels, with the phase."""
    image = sine_grating((64, 64), 16.0, phase_deg=30.0, like=library(np.zeros(1)))
    spectrum = to_numpy(rft(image, 2))
    assert spectrum[32, 4] == pytest.approx(64**2 / 2 * np.exp(1j * np.pi / 6))
    spectrum[32, 4] = 0
    assert np.abs(spectrum) == pytest.approx(0, abs=1e-8)


def test_the_angle_of_a_grating_runs_from_x_to_y():
    assert sine_grating((32, 32), 8.0, angle_deg=90.0) == pytest.approx(sine_grating((32, 32), 8.0).T)
    diagonal = np.abs(rft(sine_grating((64, 64), 64 / np.hypot(3, 5), angle_deg=np.rad2deg(np.arctan2(5, 3))), 2))
    assert np.unravel_index(diagonal.argmax(), diagonal.shape) == (32 + 5, 3)


@pytest.mark.parametrize("harmonic", range(5))
def test_a_phase_grating_diffracts_by_bessel_functions(harmonic):
    """exp(iε cos) = Σ iʰ J_h(ε) exp(ih·): Jacobi and Anger."""
    wave = np.exp(0.8j * sine_grating((4, 60), 20.0, 1.0))
    coefficient = ft(wave, 2)[2, 30 + 3 * harmonic] / wave.size
    assert coefficient == pytest.approx(1j**harmonic * jv(harmonic, 0.8), abs=1e-12)


@pytest.mark.parametrize("radius", [25.0, 40.0, 55.0])
def test_a_star_has_its_spokes_at_every_radius(radius):
    """Along a circle: half bright, the harmonics of a square wave, 2/π at the number of spokes and 0 at the even ones;
    so n/(2πr) spokes to the pixel."""
    spokes, n = 24, 129
    star = siemens_star((n, n), spokes, 60.0)
    angles = np.linspace(0, 2 * np.pi, 4096, endpoint=False)
    circle = [n // 2 + radius * np.sin(angles), n // 2 + radius * np.cos(angles)]
    harmonics = 2 * np.fft.rfft(map_coordinates(star, circle, order=3)) / 4096
    assert harmonics[0].real / 2 == pytest.approx(0.5, abs=0.01)
    assert np.abs(harmonics[1:40]).argmax() + 1 == spokes
    # edges one pixel wide are a square wave convolved with a pixel
    blur = np.sinc(spokes / (2 * np.pi * radius))
    assert harmonics[spokes].real == pytest.approx(2 / np.pi * blur, abs=0.4 / radius)
    assert np.abs(harmonics[2 * spokes]) < 0.02


def test_a_star_is_grey_where_spokes_are_finer_than_pixels_and_black_outside(library):
    star = to_numpy(siemens_star((65, 65), 64, 30.0, like=library(np.zeros(1))))
    assert star[32, 32] == pytest.approx(0.5)
    assert np.std(star[28:37, 28:37]) < 0.12
    assert star.min() == 0
    assert star[0, 0] == 0
    assert siemens_star((65, 65), 4, 30.0)[32, 60] == pytest.approx(1)


def test_single_precision_stays_single():
    like = torch.zeros(1)
    assert siemens_star((8, 8), 3, 3.0, like=like).dtype == torch.float32
    assert sine_grating((8, 8), 4.0, like=like).dtype == torch.float32
    assert point((8, 8), [0.0, 0.0], like=like).dtype == torch.float32


def test_the_helices_of_the_bundle_turn_to_the_right_or_to_the_left():
    """ψ and φ of the α-helix and of its mirror image."""
    for right, sign in ((True, 1), (False, -1)):
        n, alpha, c = (helix_bundle(right).positions_angstrom.reshape(-1, 5, 3)[:30, i] for i in range(3))
        assert torsion_deg(c[4], n[5], alpha[5], c[5]) == pytest.approx(-57.8 * sign)
        assert torsion_deg(n[5], alpha[5], c[5], n[6]) == pytest.approx(-47.0 * sign)


def test_no_rotation_brings_one_hand_onto_the_other():
    right, left = helix_bundle(), helix_bundle(right_handed=False)
    assert len(right) == 360
    assert superposition(left.positions_angstrom, right.positions_angstrom).rmsd_angstrom > 2
    assert centre_of_mass(right) == pytest.approx(0, abs=1e-12)
    # the bundle has no mirror plane of its own either, whatever the helices
    moments = np.linalg.eigvalsh(np.cov(right.positions_angstrom.T))
    assert np.all(np.diff(moments) > 1)


def test_what_cannot_be_shown_is_refused():
    with pytest.raises(ValueError, match=r"the shortest period that the pixels show is 3\.0 Å"):
        sine_grating((8, 8), 2.0, 1.5)
    with pytest.raises(ValueError, match="a star has at least one"):
        siemens_star((8, 8), 0, 3.0)
    with pytest.raises(ValueError, match="should hold 2 numbers"):
        point((8, 8), [1.0, 2.0, 3.0])
