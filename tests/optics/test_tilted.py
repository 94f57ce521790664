"""Tilted and wavy specimens: three ways to one image, its sense against a specimen that was turned, its limits."""

import numpy as np
import pytest
import torch

from vitreous._array import to_numpy
from vitreous.fourier import coordinates, frequency_grid, ft, ift
from vitreous.optics.aberrations import antisymmetric_factor
from vitreous.optics.ctf import ctf
from vitreous.optics.exit_wave import ExitWave
from vitreous.optics.intensity import wave_image
from vitreous.optics.lens import Defocus, Lens
from vitreous.optics.tilted import (
    height_adjoint,
    height_image,
    height_transfer,
    rank_for_height,
    tilt_direction,
    tilted_direct,
    tilted_height,
    tilted_spectrum,
)
from vitreous.optics.wavelength import wavelength_angstrom
from vitreous.rotations import axis_angle_to_matrix

SHAPE, PIXEL, KV = (15, 17), 2.0, 300.0
DEFOCUS = Defocus(9000.0, 7000.0, 25.0, 30.0)
LENS = Lens(KV, 2.7, 0.1, beam_tilt_mrad=(1.0, -0.5))


def relative(found, expected):
    return np.linalg.norm(found - expected) / np.linalg.norm(expected)


@pytest.fixture
def phase(rng):
    return rng.standard_normal(SHAPE)


@pytest.mark.parametrize(("tilt", "axis"), [(60.0, 30.0), (-45.0, 100.0), (20.0, 0.0)])
def test_the_transfer_function_and_the_fast_ways_are_the_sum_over_points(phase, tilt, axis):
    """With astigmatism, phase plate, amplitude contrast and beam tilt; to rounding, or to the tolerance asked for."""
    height = tilted_height(SHAPE, PIXEL, tilt, axis)
    direct = tilted_direct(phase, height, PIXEL, DEFOCUS, LENS)
    assert relative(tilted_spectrum(phase, PIXEL, DEFOCUS, LENS, tilt, axis), direct) < 1e-12
    assert relative(tilted_spectrum(phase, PIXEL, DEFOCUS, LENS, tilt, axis, 1e-12), direct) < 1e-10
    for tolerance in (1e-3, 1e-6, 1e-11):
        image = height_image(phase, height_transfer(height, PIXEL, DEFOCUS, LENS, tolerance))
        assert relative(ft(image, 2), direct) < tolerance


def test_a_single_defocus_is_wrong_by_more(phase):
    """At 60° over 150 Å the ordinary CTF is off by several per cent; the error grows with the field."""
    errors = []
    for n in (11, 21, 41):
        field = np.random.default_rng(n).standard_normal((n, n))
        tilted = tilted_spectrum(field, 7.0, Defocus.round(9000.0), Lens(KV, 2.7), 60.0, 90.0, 1e-9)
        flat = 2 * ctf((n, n), 7.0, Defocus.round(9000.0), Lens(KV, 2.7), half=False) * ft(field, 2)
        errors.append(relative(flat, tilted))
    assert 0.005 < errors[0] < errors[1] < errors[2]


def test_without_tilt_it_is_the_contrast_transfer(phase):
    flat = 2 * ctf(SHAPE, PIXEL, DEFOCUS, LENS, half=False) * ft(phase, 2)
    flat = flat * antisymmetric_factor(SHAPE, PIXEL, LENS, half=False)
    assert relative(tilted_spectrum(phase, PIXEL, DEFOCUS, LENS, 0.0, 12.0), flat) < 1e-12
    assert relative(tilted_direct(phase, np.zeros(SHAPE), PIXEL, DEFOCUS, LENS), flat) < 1e-12
    transfer = height_transfer(np.zeros(SHAPE), PIXEL, DEFOCUS, LENS)
    assert transfer.multipliers.shape[0] == 1
    assert relative(ft(height_image(phase, transfer), 2), flat) < 1e-12


def test_an_even_height_is_a_change_of_defocus(phase):
    raised = height_image(phase, height_transfer(np.full(SHAPE, 700.0), PIXEL, DEFOCUS, LENS))
    higher = Defocus(9700.0, 7700.0, 25.0, 30.0)
    np.testing.assert_allclose(raised, height_image(phase, height_transfer(np.zeros(SHAPE), PIXEL, higher, LENS)))


@pytest.mark.parametrize(("tilt", "axis"), [(50.0, 0.0), (50.0, 90.0), (-40.0, 25.0), (35.0, -120.0)])
def test_positive_tilt_is_right_handed_about_its_axis(rng, tilt, axis):
    """Atoms of a layer, turned by a rotation matrix and imaged each at its own z by the wave, against the height map.

    The wave knows only that the beam goes to +z: F[ψ − 1] = i Σ_a s_a exp(−2πi k·x_a + iπλk² z_a).
    """
    n, pixel, width, defocus, lens = 216, 1.0, 0.9, Defocus.round(8000.0), Lens(KV, 2.7, 0.0)
    flat = np.column_stack([rng.uniform(-90.0, 90.0, (12, 2)), np.zeros(12)])
    axis_xyz = np.array([np.cos(np.radians(axis)), np.sin(np.radians(axis)), 0.0])
    atoms = flat @ axis_angle_to_matrix(axis_xyz, tilt).T
    k = frequency_grid((n, n), pixel)
    squared = np.sum(k**2, axis=-1)
    blob = 1e-6 * np.exp(-2 * np.pi**2 * width**2 * squared)
    scattered = sum(
        blob * np.exp(-2j * np.pi * (k @ atom[:2]) + 1j * np.pi * wavelength_angstrom(KV) * squared * atom[2])
        for atom in atoms
    )
    wave = ExitWave(1 + 1j * ift(scattered, 2), pixel, KV, absorbing=False)
    seen = wave_image(wave, defocus, lens) - 1
    # the phase of each atom as an image, with the height of the atom wherever it reaches
    phase = sum(np.real(ift(blob * np.exp(-2j * np.pi * (k @ atom[:2])), 2)) for atom in atoms)
    height = tilted_height((n, n), pixel, tilt, axis)
    np.testing.assert_allclose(atoms[:, 2], np.tan(np.radians(tilt)) * (atoms[:, :2] @ tilt_direction(axis)), atol=1e-9)
    errors = [
        relative(height_image(phase, height_transfer(z, pixel, defocus, lens)), seen)
        for z in (height, 0 * height, -height)
    ]
    assert errors[0] < 0.1 * errors[1]
    assert errors[0] < 0.1 * errors[2]


def test_points_on_the_rising_side_have_the_larger_underfocus():
    """Tilted by +45° about +x, what lies at +y rises to z = +y and is seen at the underfocus Δf + y."""
    n, lens = 65, Lens(KV, 2.7)
    height = tilted_height((n, n), 2.0, 45.0, 0.0)
    np.testing.assert_allclose(height, coordinates((n, n), 2.0)[..., 1], atol=1e-12)
    point = np.zeros((n, n))
    point[n // 2 + 20, n // 2] = 1.0
    seen = height_image(point, height_transfer(height, 2.0, Defocus.round(5000.0), lens, 1e-9))
    expected = ft(point, 2) * 2 * ctf((n, n), 2.0, Defocus.round(5040.0), lens, half=False)
    np.testing.assert_allclose(ft(seen, 2), expected, atol=1e-7)


def test_the_adjoint_is_exact(rng):
    """⟨Mx, y⟩ = ⟨x, Mᵀy⟩, for a wavy field and even and odd sizes."""
    for shape in ((16, 20), (15, 17), (16, 15)):
        height = tilted_height(shape, PIXEL, 40.0, 70.0) + 300 * np.sin(coordinates(shape, PIXEL)[..., 0] / 9)
        transfer = height_transfer(height, PIXEL, DEFOCUS, LENS)
        x, y = rng.standard_normal((2, *shape))
        left, right = np.vdot(height_image(x, transfer), y), np.vdot(x, height_adjoint(y, transfer))
        assert left == pytest.approx(right, rel=1e-10)


def test_the_rank_follows_the_largest_phase():
    assert rank_for_height(0.0, 1e-6) == 1
    # a smooth function of so many waves needs as many terms, and then few more
    assert 24 < rank_for_height(23.8, 1e-3) < rank_for_height(23.8, 1e-9) < 60
    for phase, tolerance in ((3.0, 1e-4), (23.8, 1e-8)):
        rank = rank_for_height(phase, tolerance)
        nodes, x = np.cos(np.pi * (np.arange(rank) + 0.5) / rank), np.linspace(-1, 1, 400)
        fit = np.polynomial.chebyshev.Chebyshev.fit(nodes, np.exp(1j * phase * nodes), rank - 1, domain=[-1, 1])
        assert np.max(np.abs(fit(x) - np.exp(1j * phase * x))) <= tolerance


def test_every_library_and_precision(library, phase):
    height = tilted_height(SHAPE, PIXEL, 40.0, 20.0)
    expected = height_image(phase, height_transfer(height, PIXEL, DEFOCUS, LENS))
    direct = tilted_direct(phase, height, PIXEL, DEFOCUS, LENS)
    for dtype, tolerance in ((np.float64, 1e-9), (np.float32, 1e-4)):
        given = library(phase.astype(dtype))
        transfer = height_transfer(tilted_height(SHAPE, PIXEL, 40.0, 20.0, like=given), PIXEL, DEFOCUS, LENS)
        found = height_image(given, transfer)
        assert to_numpy(found).dtype == dtype
        np.testing.assert_allclose(to_numpy(found), expected, atol=tolerance * np.abs(expected).max())
        adjoint = to_numpy(height_adjoint(found, transfer))
        assert adjoint.dtype == dtype
        spectrum = to_numpy(tilted_spectrum(given, PIXEL, DEFOCUS, LENS, 40.0, 20.0))
        assert relative(spectrum, direct) < tolerance


def test_gradients(phase):
    x = torch.from_numpy(phase[:4, :5].copy()).requires_grad_()
    defocus = torch.tensor(8000.0, dtype=torch.float64, requires_grad=True)
    height = tilted_height((4, 5), PIXEL, 30.0, 45.0, like=torch.zeros(1, dtype=torch.float64))
    seen = torch.from_numpy(np.random.default_rng(1).standard_normal((2, 4, 5)))

    def image(x, defocus):
        transfer = height_transfer(height, PIXEL, Defocus.round(defocus), LENS)
        return (seen * height_image(x, transfer)).sum(dim=(-2, -1))

    assert torch.autograd.gradcheck(image, (x, defocus), eps=1e-4, atol=1e-6)


def test_a_specimen_on_edge_is_refused():
    with pytest.raises(ValueError, match="tilt_deg=90"):
        tilted_height((4, 4), 1.0, 90.0, 0.0)
