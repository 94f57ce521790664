"""Zernike polynomials, their order in RELION's lists, and what they do to an image."""

import numpy as np
import pytest
import torch
from scipy.special import eval_jacobi

from vitreous._array import to_numpy
from vitreous.fourier import coordinates, ft, half_to_full, ift, irft
from vitreous.optics import (
    Defocus,
    Lens,
    antisymmetric_factor,
    antisymmetric_phase,
    ctf,
    ctf_phase_at,
    even_zernike_order,
    image_position,
    odd_zernike_order,
    symmetric_phase,
    wavelength_angstrom,
    zernike,
    zernike_gradient,
)


def test_the_order_of_the_lists():
    even = [(0, 0), (2, -2), (2, 0), (2, 2), (4, -4), (4, -2), (4, 0), (4, 2), (4, 4)]
    odd = [(1, -1), (1, 1), (3, -3), (3, -1), (3, 1), (3, 3), (5, -5)]
    assert [even_zernike_order(i) for i in range(9)] == even
    assert [odd_zernike_order(i) for i in range(7)] == odd


@pytest.mark.parametrize(("degree", "order"), [(0, 0), (1, -1), (2, 0), (3, -1), (3, 3), (4, 2), (5, -5), (6, 0)])
def test_against_jacobi_polynomials(library, rng, degree, order):
    """R = (−1)^((n−m)/2) ρᵐ P^(m,0)_((n−m)/2)(1 − 2ρ²), and the angle by arctan."""
    position = rng.uniform(-0.7, 0.7, (50, 2))
    radius, angle, turns = np.hypot(*position.T), np.arctan2(position[:, 1], position[:, 0]), abs(order)
    count = (degree - turns) // 2
    radial = (-1) ** count * radius**turns * eval_jacobi(count, turns, 0, 1 - 2 * radius**2)
    expected = radial * (np.cos(turns * angle) if order >= 0 else np.sin(turns * angle))
    np.testing.assert_allclose(to_numpy(zernike(degree, order, library(position))), expected, atol=1e-13)


@pytest.mark.parametrize("index", range(9))
def test_gradients_of_polynomials(index):
    """Even and odd terms against automatic differentiation, at the origin too."""
    position = torch.tensor(np.random.default_rng(2).uniform(-1, 1, (20, 2)), requires_grad=True)
    with torch.no_grad():
        position[0] = 0.0
    for degree, order in (even_zernike_order(index), odd_zernike_order(index)):
        (expected,) = torch.autograd.grad(zernike(degree, order, position).sum(), position, materialize_grads=True)
        found = zernike_gradient(degree, order, position.detach())
        np.testing.assert_allclose(found, expected, rtol=0.0, atol=1e-12)


@pytest.mark.parametrize(("degree", "order"), [(1, 0), (2, 3), (3, -2)])
def test_an_order_that_is_none_is_named(degree, order):
    with pytest.raises(ValueError, match=f"degree {degree} and order {order}"):
        zernike(degree, order, np.zeros((1, 2)))


def test_even_terms_are_defocus_astigmatism_and_spherical_aberration():
    """Z(2, 0) = 2ρ² − 1, Z(2, ±2), and Z(4, 0) = 6ρ⁴ − 6ρ² + 1 say what defocus, astigmatism and Cs say."""
    k = np.random.default_rng(3).uniform(-0.3, 0.3, (40, 2))
    turn = np.pi * wavelength_angstrom(300.0)
    squared = np.sum(k**2, -1)
    by_zernike = ctf_phase_at(k, Defocus.round(1e4), Lens(300.0, even_zernike=(-turn * 50, 0.0, -turn * 50)))
    np.testing.assert_allclose(by_zernike, ctf_phase_at(k, Defocus.round(1e4 + 100), Lens(300.0)), atol=1e-9)
    by_zernike = ctf_phase_at(k, Defocus.round(1e4), Lens(300.0, even_zernike=(0.0, -turn * 40, 0.0, -turn * 30)))
    astigmatic = Defocus(1e4 + 50, 1e4 - 50, np.degrees(np.arctan2(40, 30)) / 2)
    np.testing.assert_allclose(by_zernike, ctf_phase_at(k, astigmatic, Lens(300.0)), atol=1e-9)
    cs = np.pi / 2 * 1e7 * wavelength_angstrom(300.0) ** 3
    with_cs = symmetric_phase(k, Lens(300.0, even_zernike=(cs / 3, 0.0, cs / 2, 0.0, 0.0, 0.0, cs / 6)))
    np.testing.assert_allclose(with_cs, cs * squared**2, atol=1e-9)


def test_beam_tilt_is_coma_and_a_shift():
    """−2π Cs λ² ρ² (k·β) = −(2π/3) Cs λ² β (Z(3, 1) + 2 Z(1, 1)): tilt as coma and as odd Zernike terms."""
    k = np.random.default_rng(3).uniform(-0.3, 0.3, (40, 2))
    scale = -2e4 * np.pi / 3 * 2.7 * wavelength_angstrom(300.0) ** 2
    x, y = 1.5 * scale, -0.5 * scale
    tilted = antisymmetric_phase(k, Lens(300.0, 2.7, beam_tilt_mrad=(1.5, -0.5)))
    terms = antisymmetric_phase(k, Lens(300.0, 2.7, odd_zernike=(2 * y, 2 * x, 0.0, y, x)))
    np.testing.assert_allclose(tilted, terms, atol=1e-9)
    assert np.max(np.abs(tilted)) > 1


@pytest.mark.parametrize("half", [True, False])
def test_images_stay_real(library, half):
    """φ(−k) = −φ(k): away from the Nyquist lines a real image stays real."""
    lens = Lens(300.0, 2.7, beam_tilt_mrad=(0.5, 0.3), odd_zernike=(0.1, 0.2, 0.5, 0.0, 0.0, -0.4))
    factor = to_numpy(antisymmetric_factor((15, 15), 1.2, lens, half=half, like=library(np.zeros(1))))
    full = half_to_full(factor, (15, 15)) if half else factor
    np.testing.assert_allclose(np.abs(full), 1.0)
    assert np.max(np.abs(ift(full, 2).imag)) < 1e-15


def test_a_distorted_image_of_a_point_with_defocus():
    """CTF and antisymmetric phase at M k: the image of a point is the undistorted one, moved by x → Mᵀ x."""
    matrix, place = ((1.04, 0.0), (0.0, 1.04)), np.array([10.0, -6.0])
    plain = Lens(300.0, 2.7, 0.1, beam_tilt_mrad=(3.0, 1.0), odd_zernike=(0, 0, 40.0))
    large = Lens(300.0, 2.7, 0.1, beam_tilt_mrad=(3.0, 1.0), odd_zernike=(0, 0, 40.0), magnification_matrix=matrix)
    images = []
    # the same image on 1.04 times larger pixels, which is one of the same pixels that is 1.04 times larger
    for lens, pixel, where in ((plain, 2.0 / 1.04, place), (large, 2.0, image_position(place, matrix))):
        k = np.moveaxis(np.stack(np.meshgrid(*2 * [np.fft.fftshift(np.fft.fftfreq(96, pixel))])), 0, -1)
        transfer = ctf((96, 96), pixel, Defocus(4000.0, 3000.0, 20.0), lens, half=False)
        transfer = transfer * antisymmetric_factor((96, 96), pixel, lens, half=False)
        images.append(ift(transfer * np.exp(-2j * np.pi * (k @ where)), 2).real)
    np.testing.assert_allclose(images[0], images[1], atol=1e-10)


def test_coma_moves_the_mass_of_an_image():
    """The phase of beam tilt moves a wave packet by −∇φ/2π: a packet at k along x moves by +3 Cs λ² k² β."""
    lens, k0, n = Lens(300.0, 2.7, beam_tilt_mrad=(2.0, 0.0)), 0.125, 256
    x = coordinates((n, n))
    packet = np.exp(-np.sum(x**2, -1) / (2 * 20.0**2)) * np.cos(2 * np.pi * k0 * x[..., 0])
    moved = ift(ft(packet, 2) * antisymmetric_factor((n, n), 1.0, lens, half=False), 2).real
    power = moved**2
    centre = np.sum(power * x[..., 0]) / np.sum(power)
    assert centre == pytest.approx(3 * 2.7e7 * wavelength_angstrom(300.0) ** 2 * k0**2 * 2e-3, rel=0.02)
    assert irft(antisymmetric_factor((n, n), 1.0, lens), (n, n)).shape == (n, n)
