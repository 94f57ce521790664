"""Amplitudes stay, phases beyond the shell are chance, and the correction undoes a known mixture."""

import numpy as np
import pytest

from vitreous._array import to_numpy
from vitreous.fourier import correlation_noise, frequency_shells, fsc, rft
from vitreous.reconstruction.phase_randomisation import corrected_fsc, randomise_phases


@pytest.mark.parametrize("shape", [(24, 24, 24), (21, 21, 21)])
def test_amplitudes_stay_and_phases_beyond_are_chance(library, rng, shape):
    volume = rng.standard_normal(shape)
    made = to_numpy(randomise_phases(library(volume), 5, np.random.default_rng(1)))
    before, after = rft(volume, 3), rft(made, 3)
    np.testing.assert_allclose(np.abs(after), np.abs(before), rtol=1e-6, atol=1e-6 * np.abs(before).max())
    kept = frequency_shells(shape, half=True) < 5
    np.testing.assert_allclose(after[kept], before[kept], atol=1e-9 * np.abs(before).max())
    curve = fsc(made, volume)
    np.testing.assert_allclose(curve[:5], 1)
    assert np.all(np.abs(curve[5:]) < 4.5 * correlation_noise(shape)[5:])


def test_the_seed_makes_the_map(rng):
    volume = rng.standard_normal((16, 16, 16)).astype(np.float32)
    first, again, other = (randomise_phases(volume, 2, np.random.default_rng(seed)) for seed in (3, 3, 4))
    assert first.dtype == np.float32
    np.testing.assert_array_equal(first, again)
    assert not np.allclose(first, other)


def test_a_known_mixture_is_undone(library):
    """F_t = F + (1 − F) F_n, which is what a mask that explains F_n makes of F."""
    true, chance = np.linspace(1, 0, 12), np.linspace(0.9, 0.1, 12)
    masked = true + (1 - true) * chance
    found = to_numpy(corrected_fsc(library(masked), library(chance), 4))
    np.testing.assert_allclose(found[4:], true[4:], atol=1e-12)
    np.testing.assert_allclose(found[:4], masked[:4])


def test_what_the_mask_explains_wholly_is_nothing():
    found = corrected_fsc(np.ones(8), np.ones(8), 1)
    np.testing.assert_allclose(found[1:], 0)
    beyond = corrected_fsc(np.full(8, -0.9), np.full(8, 0.9), 1)
    np.testing.assert_allclose(beyond[1:], -1, err_msg="a correlation is at least -1, whatever it is divided by")
