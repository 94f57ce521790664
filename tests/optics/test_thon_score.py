import numpy as np
import pytest
from scipy.optimize import check_grad

from optics import spectra
from vitreous.optics.ctf import ctf
from vitreous.optics.lens import Defocus, Lens
from vitreous.optics.thon_background import remove_background
from vitreous.optics.thon_score import Start, ring_model

LENS = Lens(300, 2.7, 0.07)


@pytest.fixture
def model(rng):
    return ring_model(remove_background(spectra.spectrum(15200, 14800, 30, rng), 30, 4), LENS)


def test_the_gradient_is_that_of_the_score(model):
    scale = np.array([100, 100, 100, 0.1, 100])
    start = Start(15030, 80, 150, 0.1, 400).vector()
    error = check_grad(
        lambda x: model.score(start + x * scale)[0], lambda x: model.score(start + x * scale)[1] * scale, np.zeros(5)
    )
    assert error < 2e-6
    assert np.linalg.norm(model.score(start)[1] * scale) > 1e-2


def test_the_rings_are_those_of_the_contrast_transfer_function(model):
    """The model of the fitter against the square of `ctf`, both without what is smooth."""
    whole = ctf((512, 512), 1.4, Defocus(15200, 14800, 30), LENS) ** 2
    half = remove_background(spectra.ThonSpectrum(whole + 1.0, 1.4), 30, 4)
    rows, columns = (np.round(half.frequency_xy[:, ::-1] * 512 * 1.4).astype(int) + np.array([256, 0])).T
    squared = model.rings.project(2 * whole[rows, columns])
    parameters = Start(15000, 200 * np.cos(np.radians(60)), 200 * np.sin(np.radians(60))).vector()
    np.testing.assert_allclose(model.rings_of(parameters), squared, atol=1e-9)


def test_the_score_is_highest_at_the_truth_and_never_above_one(model):
    truth = Start(15000, 100, 173.2).vector()
    model = model.with_envelope(truth)
    best = model.score(truth)[0]
    assert 0.1 < best < 1
    for step in ([150, 0, 0, 0, 0], [0, 150, 0, 0, 0], [0, 0, -150, 0, 0], [0, 0, 0, 0.4, 0], [0, 0, 0, 0, 600]):
        assert model.score(truth + step)[0] < best


def test_refinement_finds_the_way_back(model):
    free = np.array([1.0, 1.0, 1.0, 0.0, 0.0])
    found, score = model.refine(Start(15060, 0, 0), free, 1000)
    assert found.mean_angstrom == pytest.approx(15000, abs=10)
    assert found.along_angstrom == pytest.approx(100, abs=15)
    assert found.across_angstrom == pytest.approx(173, abs=15)
    assert (found.phase_shift, found.thickness_angstrom) == (0, 0)
    assert score == model.score(found.vector())[0]


def test_the_envelope_is_that_of_the_rings(model):
    parameters = Start(15000, 100, 173.2).vector()
    found = model.with_envelope(parameters).envelope
    k = np.linalg.norm(model.rings.frequency_xy, axis=-1)
    power = np.exp(-8 * k)
    expected = power * np.exp(-10 * k**2) / (power * (1 + 0.5 * np.exp(-10 * k**2)) + 0.2)
    assert np.corrcoef(found, expected)[0, 1] > 0.98
    assert model.with_envelope(parameters).score(parameters)[0] > model.score(parameters)[0]
