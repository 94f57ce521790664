import numpy as np
import pytest

from optics import micrographs, spectra
from vitreous.optics.lens import Defocus, Lens
from vitreous.optics.thon import ThonSearch, fit_ctf, fit_spectrum

LENS = micrographs.LENS


def mean_error(found: Defocus, true: Defocus) -> float:
    return (found.u_angstrom + found.v_angstrom - true.u_angstrom - true.v_angstrom) / 2


def angle_error(found: Defocus, true: Defocus) -> float:
    return abs((found.angle_deg - true.angle_deg + 90) % 180 - 90)


@pytest.mark.parametrize(("u", "v", "angle_deg"), [(9500, 9000, 20), (31000, 29400, 88)])
def test_a_spectrum_of_known_rings(rng, u, v, angle_deg):
    fit = fit_spectrum(spectra.spectrum(u, v, angle_deg, rng), LENS)
    assert fit.defocus.u_angstrom == pytest.approx(u, abs=15)
    assert fit.defocus.v_angstrom == pytest.approx(v, abs=15)
    assert angle_error(fit.defocus, Defocus(u, v, angle_deg)) < 1.5
    assert fit.thickness_angstrom is None
    assert fit.defocus.phase_shift_deg == 0
    assert fit.resolution_angstrom < 4


@pytest.mark.parametrize("shift_deg", [35.0, 140.0])
def test_a_phase_plate(rng, shift_deg):
    observed = spectra.spectrum(12300, 11900, 40, rng, phase_shift_deg=shift_deg)
    fit = fit_spectrum(observed, LENS, ThonSearch(fit_phase_shift=True))
    assert fit.defocus.phase_shift_deg == pytest.approx(shift_deg, abs=5)
    assert mean_error(fit.defocus, Defocus(12300, 11900)) == pytest.approx(0, abs=60)


def test_the_thickness_of_the_specimen(rng):
    """At 1200 Å the first node lies at 4.9 Å, and the rings beyond it are inverted."""
    observed = spectra.spectrum(15400, 15000, 10, rng, thickness=1200)
    fit = fit_spectrum(observed, LENS, ThonSearch(fit_thickness=True))
    assert fit.thickness_angstrom == pytest.approx(1200, abs=60)
    assert mean_error(fit.defocus, Defocus(15400, 15000)) == pytest.approx(0, abs=25)
    assert fit.score > fit_spectrum(observed, LENS).score


def test_a_wrong_amplitude_contrast_is_a_small_bias_of_defocus(rng):
    observed = spectra.spectrum(15000, 15000, 0, rng)
    fit = fit_spectrum(observed, Lens(300, 2.7, 0.14))
    assert 5 < abs(mean_error(fit.defocus, Defocus.round(15000))) < 60


def test_the_restraint_holds_the_astigmatism_of_a_spectrum_without_rings(rng):
    # nothing but noise: whatever astigmatism fits it best is not believed
    noise = spectra.ThonSpectrum(rng.gamma(2, 0.5, (256, 129)), 1.4)
    free = fit_spectrum(noise, LENS, ThonSearch(astigmatism_tolerance_angstrom=1e6))
    held = fit_spectrum(noise, LENS, ThonSearch(astigmatism_tolerance_angstrom=20))
    assert held.defocus.u_angstrom - held.defocus.v_angstrom < free.defocus.u_angstrom - free.defocus.v_angstrom
    assert abs(held.score) < 0.05


def test_a_search_that_cannot_be_made_is_refused():
    with pytest.raises(ValueError, match="rising range"):
        fit_spectrum(spectra.spectrum(9000, 9000, 0), LENS, ThonSearch(least_defocus_angstrom=60000))


def check(fits):
    """Median error ≤ 50 Å + 0.5 %, none above 2 %; the angle within 5° from 250 Å of astigmatism on."""
    errors = [abs(mean_error(found, true)) for found, true in fits]
    means = [(true.u_angstrom + true.v_angstrom) / 2 for _, true in fits]
    assert np.median(np.array(errors) - 0.005 * np.array(means)) <= 50
    assert np.all(np.array(errors) <= 0.02 * np.array(means))
    angles = [angle_error(found, true) for found, true in fits if true.u_angstrom - true.v_angstrom >= 250]
    assert angles
    assert max(angles) <= 5
    return {
        "median_defocus_error_angstrom": float(np.median(errors)),
        "largest_defocus_error_percent": 100 * max(np.array(errors) / np.array(means)),
        "largest_angle_error_deg": max(angles),
    }


def fit_simulated(size, true, rng, **simulation):
    """The fit and the truth."""
    image = micrographs.micrograph(size, true, rng, **simulation)
    return fit_ctf(image, micrographs.PIXEL, LENS).defocus, true


def test_a_small_micrograph_by_multislice(rng):
    check([fit_simulated(768, Defocus(11100, 10700, -40), rng, shapes=4)])


@pytest.mark.slow
def test_twenty_micrographs_by_multislice(keep):
    """2,048² pixels of 1 Å, 300 Å of ice full of protein, 0.8 to 3 µm, astigmatism to 500 Å, 40 e/Å²."""
    rngs = np.random.default_rng(20).spawn(20)
    keep(**check([fit_simulated(2048, micrographs.random_defocus(rng), rng) for rng in rngs]))
