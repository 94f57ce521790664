"""The whole iteration: the objective never falls in an exact run, known classes come back, poses are RELION's."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.ndimage import map_coordinates

from class_sets import class_set
from vitreous._errors import InputError
from vitreous.classification import Options, assign, classify

EXACT = Options(2, iterations=50, exact=True, shift_range_px=1.0, angle_step_deg=15.0, threads=1)


@pytest.mark.parametrize("seed", range(5))
def test_the_likelihood_never_falls_in_an_exact_run(tmp_path, seed):
    known = class_set(tmp_path, 40, 16, shares=(0.6, 0.4), snr=0.3, seed=seed)
    objective = np.array([it.objective for it in classify(known.particles, replace(EXACT, seed=seed))])
    assert len(objective) == 50
    rounding = 1e-12 * abs(objective).max()
    assert (np.diff(objective) >= -rounding).all()
    assert objective[-1] > objective[0] + 10
    assert np.diff(objective)[-1] < 1e-2 * np.diff(objective)[0]


def test_the_objective_never_falls_with_a_prior_and_white_noise_and_point_estimates(tmp_path):
    known = class_set(tmp_path, 40, 16, shares=(0.6, 0.4), snr=0.3)
    for wanted in ({"noise": "white"}, {"ctf": False}, {"point_estimate": True}):
        iterations = classify(known.particles, replace(EXACT, iterations=3, **wanted))
        *_, third = iterations
        state = replace(third.state, prior_power=np.full_like(third.state.prior_power, third.noise_power.mean() / 5))
        again = classify(known.particles, replace(EXACT, iterations=20, **wanted), start=state)
        objective = np.array([it.objective for it in again])
        assert (np.diff(objective) >= -1e-12 * abs(objective).max()).all(), wanted


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    known = class_set(tmp_path_factory.mktemp("classes"), 300, 32, snr=0.3)
    options = Options(3, iterations=12, shift_range_px=4.0, threads=1, convergence=0.0)
    return known, options, list(classify(known.particles, options))


def test_known_classes_come_back(found):
    known, _, iterations = found
    classes = iterations[-1].assignments.classes
    pairs = set(zip(known.classes.tolist(), classes.tolist(), strict=True))
    assert len(pairs) == 3, "each true class is one found class"
    np.testing.assert_allclose(np.sort(iterations[-1].weights), np.sort(np.bincount(known.classes) / 300), atol=0.01)


def test_angles_and_shifts_are_true_up_to_one_turn_of_each_class(found):
    known, _, iterations = found
    got = iterations[-1].assignments
    for true in range(3):
        mine = known.classes == true
        turn = np.exp(1j * np.radians(got.psi_deg[mine] - known.psi_deg[mine]))
        error = np.degrees(np.abs(np.angle(turn * np.conj(turn.mean()))))
        assert np.median(error) < 4
        angle = np.radians(known.psi_deg[mine])
        # both origins in the frame of the class: their difference is the class's own place
        frame = np.exp(1j * angle) * (got.shifts_angstrom - known.shift_angstrom)[mine].view(complex)[:, 0]
        off = frame - np.median(frame.real) - 1j * np.median(frame.imag)
        assert np.median(np.abs(off)) < known.particles.pixel_size_angstrom


def test_images_shifted_by_the_origin_and_turned_by_psi_show_the_class(tmp_path):
    """RELION's convention, with plain interpolation and no CTF: the mean of the posed images is the class."""
    box = 32
    known = class_set(tmp_path, 120, box, shares=(0.5, 0.5), snr=1.0, ctf=False)
    options = Options(2, iterations=10, shift_range_px=4.0, ctf=False, threads=1)
    *_, last = classify(known.particles, options)
    images = known.particles.images()
    y, x = np.mgrid[:box, :box] - box // 2
    inside = np.hypot(x, y) < 10
    for k in range(2):
        mean = np.zeros((box, box))
        for i in np.flatnonzero(last.assignments.classes == k):
            psi = np.radians(last.assignments.psi_deg[i])
            origin = last.assignments.shifts_angstrom[i] / known.particles.pixel_size_angstrom
            # the class at p is the image at R(psi) p − origin, R = [[c, s], [−s, c]]
            c, s = np.cos(psi), np.sin(psi)
            at = np.stack([c * y - s * x - origin[1], c * x + s * y - origin[0]]) + box // 2
            mean += map_coordinates(images[i], at, order=1, mode="nearest")
        assert np.corrcoef(mean[inside], last.references[k][inside])[0, 1] > 0.97


def test_iterations_tell_what_they_did(found):
    _, _, iterations = found
    assert [it.number for it in iterations] == list(range(1, len(iterations) + 1))
    bands = [it.band for it in iterations]
    assert bands == sorted(bands)
    assert iterations[0].changed == 1
    assert iterations[-1].changed < 0.02
    for it in iterations:
        assert it.retained >= 0.999
        assert it.references.shape == (3, 32, 32)
        assert it.half_references.shape == (2, 3, 32, 32)
        assert it.weights.sum() == pytest.approx(1)
        assert ((it.assignments.max_probability > 0) & (it.assignments.max_probability <= 1 + 1e-6)).all()
    # the noise of the set has variance 1 a pixel
    np.testing.assert_allclose(iterations[-1].noise_power[0, 5:], 32**2, rtol=0.15)
    assert np.isfinite(iterations[-1].assignments.entropy).all()


def test_a_run_goes_on_bit_for_bit(found):
    known, options, iterations = found
    again = next(classify(known.particles, options, start=iterations[4].state))
    for name, value in iterations[5].state.arrays().items():
        assert again.state.arrays()[name].tobytes() == value.tobytes(), name
    assert again.log_likelihood == iterations[5].log_likelihood


def test_assigning_is_the_expectation_of_the_next_iteration(found):
    known, options, iterations = found
    assignments, likelihood = assign(known.particles, options, iterations[6].state)
    assert (assignments.classes == iterations[7].assignments.classes).all()
    assert likelihood.sum() == pytest.approx(iterations[7].log_likelihood)


def test_references_to_start_from(found, tmp_path):
    known, options, _ = found
    given = known.views.astype(np.float32)
    first = next(classify(known.particles, options, references=given))
    shares = np.stack([np.bincount(first.assignments.classes[known.classes == k], minlength=3) for k in range(3)])
    assert (shares.argmax(axis=1) == np.arange(3)).all()
    with pytest.raises(InputError, match="references of shape"):
        next(classify(known.particles, options, references=given[:2]))
