"""The contrast transfer function against CTFFIND's phase, written out here apart from the engine."""

import numpy as np
import pytest
import torch
from scipy import constants

from vitreous._array import to_numpy
from vitreous.fourier import frequency_grid
from vitreous.optics import Defocus, Lens, ctf, ctf_1d, ctf_phase, ctf_phase_at
from vitreous.optics.ctf import sine_of_quadratic

# defocus U, V, angle, phase shift, kV, Cs, amplitude contrast, Å/pixel, (ny, nx)
SETS = [
    (10000.0, 10000.0, 0.0, 0.0, 300.0, 2.7, 0.07, 1.0, (32, 32)),
    (15000.0, 12000.0, 25.0, 0.0, 300.0, 2.7, 0.1, 1.35, (32, 32)),
    (15000.0, 12000.0, -70.0, 0.0, 300.0, 2.7, 0.1, 1.35, (33, 32)),
    (22000.0, 21500.0, 90.0, 90.0, 300.0, 2.7, 0.07, 1.06, (32, 33)),
    (5000.0, 4000.0, 45.0, 35.0, 200.0, 2.0, 0.1, 0.8, (31, 31)),
    (30000.0, 29000.0, 10.0, 0.0, 120.0, 6.3, 0.2, 2.2, (24, 40)),
    (8000.0, 8600.0, 130.0, 170.0, 100.0, 1.6, 0.0, 1.5, (32, 32)),
    (-4000.0, -5000.0, 60.0, 0.0, 200.0, 0.01, 0.1, 1.2, (32, 32)),
    (0.0, 500.0, 15.0, 90.0, 300.0, 0.0, 1.0, 3.0, (20, 20)),
]


def ctffind_phase(x, y, u, v, angle_deg, shift_deg, kv, cs_mm, amplitude):
    """χ as in CTFFIND4's paper, with the defocus as a function of the azimuth and another road to λ and to the AC."""
    kinetic = 1e3 * kv * constants.e
    momentum = np.sqrt(2 * constants.m_e * kinetic + (kinetic / constants.c) ** 2)
    wavelength = constants.h / momentum * 1e10
    azimuth = np.arctan2(y, x)
    defocus = 0.5 * (u + v + (u - v) * np.cos(2 * (azimuth - np.radians(angle_deg))))
    squared = x * x + y * y
    with np.errstate(divide="ignore"):
        amplitude_phase = np.arctan(np.float64(amplitude) / np.sqrt(1 - amplitude**2))
    geometric = np.pi * wavelength * squared * (defocus - 0.5 * wavelength**2 * squared * cs_mm * 1e7)
    return geometric + np.radians(shift_deg) + amplitude_phase


def image_frequencies(shape, pixel, half=False):
    y, x = (np.fft.fftshift(np.fft.fftfreq(n, pixel)) for n in shape)
    return np.meshgrid(np.fft.rfftfreq(shape[1], pixel) if half else x, y)


@pytest.mark.parametrize("half", [True, False])
@pytest.mark.parametrize("parameters", SETS)
def test_against_the_formula_of_ctffind(parameters, half):
    u, v, angle, shift, kv, cs, amplitude, pixel, shape = parameters
    x, y = image_frequencies(shape, pixel, half)
    expected = -np.sin(ctffind_phase(x, y, u, v, angle, shift, kv, cs, amplitude))
    found = ctf(shape, pixel, Defocus(u, v, angle, shift), Lens(kv, cs, amplitude), half=half)
    np.testing.assert_allclose(found, expected, atol=1e-6)


@pytest.mark.parametrize("parameters", SETS)
def test_relion_has_the_opposite_sign(parameters):
    """RELION's γ has −defocus, −phase shift and −amplitude contrast; −sin γ is +sin χ."""
    u, v, angle, shift, kv, cs, amplitude, pixel, shape = parameters
    x, y = image_frequencies(shape, pixel)
    wavelength = 12.2643247 / np.sqrt(1e3 * kv * (1 + 0.978466e-6 * 1e3 * kv))
    cosine, sine = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    along, across = cosine * x + sine * y, -sine * x + cosine * y
    with np.errstate(divide="ignore"):
        k3 = np.arctan(np.float64(amplitude) / np.sqrt(1 - amplitude**2))
    gamma = -np.pi * wavelength * (u * along**2 + v * across**2)
    gamma += 0.5 * np.pi * cs * 1e7 * wavelength**3 * (x * x + y * y) ** 2 - np.radians(shift) - k3
    found = ctf(shape, pixel, Defocus(u, v, angle, shift), Lens(kv, cs, amplitude), half=False, contrast="inverted")
    # RELION's digits of λ differ by 5e-6, and γ reaches some hundred radians
    np.testing.assert_allclose(found, -np.sin(gamma), atol=5e-3)


def test_protein_is_dark_in_an_underfocused_micrograph():
    """CTF(0) = −a, and the first Thon ring of an underfocused image keeps that sign."""
    lens = Lens(300.0, 2.7, 0.1)
    assert ctf((8, 8), 1.0, Defocus.round(1e4), lens)[4, 0] == pytest.approx(-0.1, abs=1e-15)
    assert ctf((8, 8), 1.0, Defocus.round(1e4), lens, contrast="inverted")[4, 0] == pytest.approx(0.1, abs=1e-15)
    assert np.all(ctf_1d(np.linspace(0.0, 0.035, 20), Defocus.round(1e4), lens) < 0)


def test_defocus_u_lies_along_the_angle_from_x_towards_y():
    """The phase along the astigmatism angle is that of the defocus U, across it that of V."""
    lens, k = Lens(300.0, 2.7, 0.07), np.linspace(0.0, 0.3, 40)
    defocus = Defocus(20000.0, 17000.0, 35.0)
    u, v = (ctf_1d(k, Defocus.round(value), lens) for value in (20000.0, 17000.0))
    np.testing.assert_allclose(ctf_1d(k, defocus, lens, azimuth_deg=35.0), u, atol=1e-11)
    np.testing.assert_allclose(ctf_1d(k, defocus, lens, azimuth_deg=125.0), v, atol=1e-11)
    towards_y = np.stack([k * np.cos(np.radians(35)), k * np.sin(np.radians(35))], -1)
    np.testing.assert_allclose(-np.sin(ctf_phase_at(towards_y, defocus, lens)), u, atol=1e-11)


def test_every_library(library):
    lens, shape = Lens(300.0, 2.7, 0.1, even_zernike=(0.1, 0.5, 1.0)), (9, 12)
    values = [np.array([[1e4, 2e4]]), np.array([[9e3, 2.2e4]]), np.array([[10.0, 80.0]]), np.array([[0.0, 30.0]])]
    defocus = Defocus(*(library(value) for value in values))
    found = ctf(shape, 1.5, defocus, lens)
    assert found.shape == (1, 2, 9, 7)
    expected = ctf(shape, 1.5, Defocus(*values), lens)
    np.testing.assert_allclose(to_numpy(found), expected, atol=1e-10)
    phase = ctf_phase(shape, 1.5, defocus, lens)
    np.testing.assert_allclose(to_numpy(found), -np.sin(to_numpy(phase)), atol=1e-10)
    profile = ctf_1d(library(np.array([0.0, 0.1])), defocus, lens, azimuth_deg=30.0)
    assert profile.shape == (1, 2, 2)


@pytest.mark.parametrize("count", [1, 240])
def test_single_precision_of_a_stack(library, rng, count):
    """Below and above the size from which the kernel takes over; phases reach some hundred radians."""
    lens = Lens(300.0, 2.7, 0.1, magnification_matrix=((1.01, 0.02), (-0.01, 0.99)))
    values = [rng.uniform(low, high, count) for low, high in ((5e3, 4e4), (5e3, 4e4), (-90, 90), (0, 180))]
    values = [value.astype(np.float32) for value in values]
    shape = (18, 17)
    found = ctf(shape, 1.0, Defocus(*(library(value) for value in values)), lens, half=False)
    assert to_numpy(found).dtype == np.float32
    assert type(found) is type(library(values[0])) or isinstance(found, np.ndarray)
    exact = ctf(shape, 1.0, Defocus(*(value.astype(np.float64) for value in values)), lens, half=False)
    np.testing.assert_allclose(to_numpy(found), exact, atol=3e-4)


def test_a_tensor_that_asks_for_a_gradient_gets_one_at_any_size():
    defocus = torch.full((300,), 1.5e4, dtype=torch.float32, requires_grad=True)
    images = ctf((32, 32), 1.5, Defocus(defocus, defocus), Lens(300.0, 2.7, 0.1))
    plain = ctf((32, 32), 1.5, Defocus(defocus.detach(), defocus.detach()), Lens(300.0, 2.7, 0.1))
    assert images.requires_grad
    assert not plain.requires_grad
    np.testing.assert_allclose(images.detach(), plain, atol=1e-4)


def test_gradients():
    """∂CTF/∂(U, V, angle, phase shift, pixel size) against finite differences, at k = 0 and everywhere else."""
    values = [torch.tensor([x], dtype=torch.float64, requires_grad=True) for x in (1.5e4, 1.3e4, 33.0, 20.0)]
    pixel = torch.tensor(1.7, dtype=torch.float64, requires_grad=True)
    lens = Lens(300.0, 2.7, 0.1, even_zernike=(0.1, 0.3), magnification_matrix=((1.02, 0.01), (0.0, 1.0)))

    def images(u, v, angle, shift, size):
        return ctf((6, 7), size, Defocus(u, v, angle, shift), lens)

    assert torch.autograd.gradcheck(images, (*values, pixel), eps=1e-6, atol=1e-6)


def test_the_phase_of_a_quadratic_form():
    """One image, one row and one column by hand."""
    sines = sine_of_quadratic(np.array([[0.1, 0.2, 0.3]]), np.array([0.4]), np.zeros((3, 4)), -2)
    assert sines.shape == (1, 3, 4)
    assert sines[0, 0, 0] == pytest.approx(np.sin(0.1 * 4 + 0.2 * 2 + 0.3 * 1 + 0.4))
    assert sines[0, 2, 3] == pytest.approx(np.sin(0.1 + 0.2 + 0.3 + 0.4))


def test_the_grid_is_that_of_the_spectrum():
    """The CTF of an image at (ky, kx) is the CTF at that frequency, odd and even, half and full."""
    defocus, lens = Defocus(1.5e4, 1.2e4, 20.0), Lens(300.0, 2.7, 0.1)
    for shape in ((8, 9), (9, 8)):
        for half in (True, False):
            grid = frequency_grid(shape, 1.3, half=half)
            expected = -np.sin(ctf_phase_at(grid, defocus, lens))
            np.testing.assert_allclose(ctf(shape, 1.3, defocus, lens, half=half), expected, atol=1e-12)


def test_no_image_at_all(library):
    empty = library(np.zeros(0, np.float32))
    assert ctf((6, 8), 1.0, Defocus(empty, empty), Lens(300.0)).shape == (0, 6, 5)


def test_an_unknown_contrast_is_named():
    with pytest.raises(ValueError, match="contrast='white'"):
        ctf((4, 4), 1.0, Defocus.round(1e4), Lens(300.0), contrast="white")
    with pytest.raises(ValueError, match="dark, inverted"):
        ctf_1d(0.1, Defocus.round(1e4), Lens(300.0), contrast="")
