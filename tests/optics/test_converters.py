"""Every convention against its own formula, and round trips."""

import numpy as np
import pytest

from vitreous._array import to_numpy
from vitreous.optics import (
    DEFOCUS_FIELDS,
    Defocus,
    Lens,
    ctf,
    defocus_from_fields,
    defocus_from_krivanek,
    defocus_from_mean,
    defocus_to_fields,
    defocus_to_krivanek,
    defocus_to_mean,
    lens_from_krivanek,
    lens_to_krivanek,
    ordered_defocus,
    wave_transfer,
    wavelength_angstrom,
)

SHAPE, PIXEL = (24, 25), 1.3
LENS = Lens(300.0, 2.7, 0.1)
U, V = np.array([1.2e4, 9e3, 1e4, -5e3]), np.array([1e4, 1.1e4, 1e4, -6e3])
ANGLE, SHIFT = np.array([25.0, 100.0, -170.0, 90.0]), np.array([0.0, 30.0, 90.0, 120.0])
K = np.moveaxis(np.stack(np.meshgrid(*(np.fft.fftshift(np.fft.fftfreq(n, PIXEL)) for n in SHAPE[::-1]))), 0, -1)
RADIUS, AZIMUTH = np.hypot(K[..., 0], K[..., 1]), np.arctan2(K[..., 1], K[..., 0])


def images(defocus):
    return ctf(SHAPE, PIXEL, defocus, LENS, half=False)


@pytest.mark.parametrize("program", DEFOCUS_FIELDS)
def test_fields_go_round(library, program):
    fields = defocus_to_fields(Defocus(*(library(value) for value in (U, V, ANGLE, SHIFT))), program)
    back = defocus_from_fields(fields, program)
    again = defocus_to_fields(back, program)
    for name in fields:
        np.testing.assert_allclose(to_numpy(again[name]), to_numpy(fields[name]), atol=1e-9)
    found = Defocus(*(to_numpy(x) for x in (back.u_angstrom, back.v_angstrom, back.angle_deg, back.phase_shift_deg)))
    np.testing.assert_allclose(images(found), images(Defocus(U, V, ANGLE, SHIFT)), atol=1e-9)


def test_units_of_the_fields():
    defocus = Defocus(1.2e4, 1e4, 90.0, 180.0)
    assert defocus_to_fields(defocus, "cryosparc")["ctf/df_angle_rad"] == pytest.approx(np.pi / 2)
    assert defocus_to_fields(defocus, "ctffind")["additional phase shift"] == pytest.approx(np.pi)
    assert defocus_to_fields(defocus, "ctffind")["azimuth of astigmatism"] == 90.0
    assert defocus_to_fields(defocus, "relion")["rlnPhaseShift"] == 180.0
    assert defocus_from_fields({"dfu": 1.0, "dfv": 2.0, "dfang": 3.0}, "cryodrgn").phase_shift_deg == 0.0


def test_the_formula_of_cryodrgn():
    """√(1 − w²) sin γ − w cos γ with γ = 2π (−½ Δf λ s² + ¼ Cs λ³ s⁴) − phase shift: the physical sign, as ours."""
    fields = defocus_to_fields(Defocus(U, V, ANGLE, SHIFT), "cryodrgn")
    dfu, dfv, dfang, shift = (value[:, None, None] for value in fields.values())
    defocus = 0.5 * (dfu + dfv + (dfu - dfv) * np.cos(2 * (AZIMUTH - np.radians(dfang))))
    wavelength, w = wavelength_angstrom(300.0), 0.1
    gamma = 2 * np.pi * (-0.5 * defocus * wavelength * RADIUS**2 + 0.25 * 2.7e7 * wavelength**3 * RADIUS**4)
    gamma -= np.radians(shift)
    expected = np.sqrt(1 - w**2) * np.sin(gamma) - w * np.cos(gamma)
    np.testing.assert_allclose(images(Defocus(U, V, ANGLE, SHIFT)), expected, atol=1e-9)


def test_ordered():
    """U ≥ V, −90 < angle ≤ 90, and the same function."""
    value = ordered_defocus(Defocus(U, V, ANGLE, SHIFT))
    assert np.all(value.u_angstrom >= value.v_angstrom)
    np.testing.assert_allclose(value.angle_deg, [25.0, 10.0, 10.0, 90.0])
    np.testing.assert_allclose(images(value), images(Defocus(U, V, ANGLE, SHIFT)), atol=1e-9)


def test_half_a_difference_goes_round(library):
    """torch-ctf's formula: Δf + half · cos 2(α − angle)."""
    mean, half, angle = (to_numpy(x) for x in defocus_to_mean(Defocus(library(U), library(V), library(ANGLE))))
    np.testing.assert_allclose(mean, (U + V) / 2)
    np.testing.assert_allclose(half, np.abs(U - V) / 2)
    back = defocus_from_mean(mean, half, angle, SHIFT)
    np.testing.assert_allclose(images(back), images(Defocus(U, V, ANGLE, SHIFT)), atol=1e-9)


def krivanek_phase(c, voltage_kv):
    """χ(α, φ) = (2π/λ) Σ αⁿ⁺¹/(n + 1) Cₙₘ cos m(φ − φₙₘ)."""
    wavelength = wavelength_angstrom(voltage_kv)
    angle = wavelength * RADIUS
    total = angle**2 / 2 * (c["C10"] + c["C12"] * np.cos(2 * (AZIMUTH - c["phi12"])))
    total = total + angle**3 / 3 * c["C21"] * np.cos(AZIMUTH - c["phi21"])
    total = total + angle**3 / 3 * c["C23"] * np.cos(3 * (AZIMUTH - c["phi23"]))
    return 2 * np.pi / wavelength * (total + angle**4 / 4 * c["C30"])


def test_krivanek_is_the_same_wave():
    """exp(−iχ) of Krivanek is our transfer of the wave, with astigmatism, coma from a beam tilt, and trefoil."""
    lens = Lens(200.0, 2.0, 0.1, beam_tilt_mrad=(1.5, -2.0), odd_zernike=(0.0, 0.0, 8.0, 0.0, 0.0, -5.0))
    for index in range(len(U)):
        defocus = Defocus(U[index], V[index], ANGLE[index])
        coefficients = {**defocus_to_krivanek(defocus), **lens_to_krivanek(lens)}
        assert coefficients["C10"] == -(U[index] + V[index]) / 2
        found = wave_transfer(SHAPE, PIXEL, defocus, lens)
        np.testing.assert_allclose(found, np.exp(-1j * krivanek_phase(coefficients, 200.0)), atol=1e-9)


def test_krivanek_goes_round():
    coefficients = {"C10": -1e4, "C12": 300.0, "phi12": 0.7, "C30": 2e7, "C21": 5e4, "phi21": -2.0}
    coefficients |= {"C23": 3e4, "phi23": 0.9}
    lens = lens_from_krivanek(coefficients, 200.0)
    defocus = defocus_from_krivanek(coefficients)
    expected = np.exp(-1j * krivanek_phase(coefficients, 200.0))
    np.testing.assert_allclose(wave_transfer(SHAPE, PIXEL, defocus, lens), expected, atol=1e-9)
    again = {**defocus_to_krivanek(defocus), **lens_to_krivanek(lens)}
    for name, turns in {"C10": 0, "C12": 0, "C30": 0, "C21": 0, "C23": 0, "phi12": 2, "phi21": 1, "phi23": 3}.items():
        if turns:
            assert np.exp(1j * turns * again[name]) == pytest.approx(np.exp(1j * turns * coefficients[name]))
        else:
            assert again[name] == pytest.approx(coefficients[name])


def test_what_cannot_be_converted_is_named():
    with pytest.raises(ValueError, match="program='eman'"):
        defocus_to_fields(Defocus.round(1e4), "eman")
    with pytest.raises(ValueError, match="lack rlnDefocusV, rlnDefocusAngle; there are rlnDefocusU"):
        defocus_from_fields({"rlnDefocusU": 1.0}, "relion")
    with pytest.raises(ValueError, match="even Zernike terms"):
        lens_to_krivanek(Lens(300.0, even_zernike=(0.0, 1.0)))
