"""The models of the exit wave against each other: errors grow with thickness, resolution and longer wavelengths."""

import numpy as np
import pytest

from optics.phantoms import gaussian_slices, random_atoms
from vitreous._array import to_numpy
from vitreous.fourier import positions
from vitreous.optics.approximations import EXIT_WAVE_MODELS, approximation_error, central_slices, relative_error
from vitreous.optics.exit_wave import ExitWave

PIXEL, THICKNESS = 1.0, 10.0
VOLTAGES, COUNTS = (100.0, 300.0), (5, 15, 45)


@pytest.fixture(scope="module")
def slices():
    atoms = random_atoms(np.random.default_rng(5), 3000, (60.0, 60.0, 440.0), 60.0)
    return gaussian_slices(atoms, (45, 64, 64), PIXEL, THICKNESS, sigma=0.9)


@pytest.fixture(scope="module")
def errors(slices):
    return {
        model: approximation_error(model, slices, PIXEL, THICKNESS, VOLTAGES, COUNTS)[..., 2:20]
        for model in EXIT_WAVE_MODELS
    }


def test_multislice_agrees_with_itself(errors):
    assert errors["multislice"].shape == (2, 3, 18)
    assert np.max(errors["multislice"]) == 0


def test_errors_grow_with_thickness(errors):
    for model in ("weak phase", "phase grating", "ewald sphere"):
        mean = errors[model].mean(axis=-1)
        assert np.all(np.diff(mean, axis=-1) > 0), model


def test_projection_fails_at_high_resolution_first(errors):
    """The plane misses the sphere by ½λk²: at 6 Å a slab of 450 Å is flat, at 3.3 Å it is not."""
    for error in errors["phase grating"][:, -1]:
        assert error[-4:].mean() > 4 * error[4:8].mean()


def test_each_model_is_best_where_its_assumption_holds(errors):
    """Thin: the full grating; thick and at high resolution: the sphere. Slow electrons are worse for both."""
    thin, thick = ({model: errors[model][:, n] for model in errors} for n in (0, -1))
    assert np.all(thin["phase grating"][:, :6].mean(axis=-1) < thin["weak phase"][:, :6].mean(axis=-1))
    assert np.all(thick["ewald sphere"][:, -6:].mean(axis=-1) < thick["phase grating"][:, -6:].mean(axis=-1))
    for model in ("weak phase", "phase grating", "ewald sphere"):
        assert np.all(errors[model].mean(axis=-1)[0] > errors[model].mean(axis=-1)[1])


def test_the_error_of_projection_is_the_phase_between_plane_and_sphere():
    """Two weak points at ±z/2: their mean phase factor is 1 on the plane, cos(πλk²z/2) on the sphere."""
    from vitreous.fourier import shell_frequencies
    from vitreous.optics.wavelength import wavelength_angstrom

    pair = np.array([[0.0, 0.0, -100.0, 1e-6], [0.0, 0.0, 100.0, 1e-6]])
    slices = gaussian_slices(pair, (21, 64, 64), PIXEL, THICKNESS, sigma=0.9)
    found = approximation_error("weak phase", slices, PIXEL, THICKNESS, [300.0], [21], reference="ewald sphere")[0, 0]
    factor = np.cos(np.pi * wavelength_angstrom(300.0) * shell_frequencies((64, 64), PIXEL) ** 2 * 100.0)
    np.testing.assert_allclose(found[:18], (1 - factor[:18]) / factor[:18], rtol=0.1, atol=1e-3)


def test_central_slices_keep_the_mid_plane():
    for total, count in ((9, 4), (9, 5), (8, 3), (8, 8), (5, 1)):
        z = positions(total, 3.0)[:, None, None]
        np.testing.assert_array_equal(central_slices(z, count)[:, 0, 0], positions(count, 3.0))
    with pytest.raises(ValueError, match="9 slices were asked for, of 8"):
        central_slices(np.zeros((8, 2, 2)), 9)


def test_a_shell_without_scattering_has_no_error(library):
    vacuum = ExitWave(library(np.ones((8, 8), complex)), PIXEL, 300.0, absorbing=False)
    assert np.isnan(to_numpy(relative_error(vacuum, vacuum))).all()


def test_an_unknown_model_is_refused():
    with pytest.raises(ValueError, match="'born'; there are weak phase, phase grating, ewald sphere, multislice"):
        approximation_error("born", np.zeros((1, 4, 4)), PIXEL, THICKNESS, [300.0], [1])
