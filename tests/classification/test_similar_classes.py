"""Views that were split between classes are found however noisy, turned, moved or mirrored; different views are not."""

import numpy as np
import pytest

from heaps import heaps
from vitreous.classification.matching import posed_spectra
from vitreous.classification.similar_classes import similar_classes, whitened
from vitreous.classification.validation import half_set_curves, reliability
from vitreous.fourier import coordinate_radius, irft, power_spectrum

BOX = 48


def averages(rng, noise):
    """Three views, the first in three classes (turned, and mirrored), with their half sets."""
    views = heaps(3, rng, BOX, blobs=40, sigma=1.2)
    # all particles share an envelope, which should not count as likeness
    views = views + 2 * np.exp(-(coordinate_radius((BOX, BOX)) ** 2) / 200)
    classes = views[[0, 0, 0, 1, 2]]
    spectra = posed_spectra(
        classes,
        np.array([0.0, 40.0, 130.0, 0.0, 0.0]),
        np.array([[0.0, 0.0], [1.0, -2.0], [2.0, 0.0], [0.0, 0.0], [0.0, 0.0]]),
        np.array([False, False, True, False, False]),
    )
    halves = irft(spectra, (BOX, BOX)) + noise * rng.standard_normal((2, 5, BOX, BOX))
    return halves.mean(axis=0), halves


@pytest.mark.parametrize("noise", [0.05, 0.3, 0.8])
def test_one_view_in_three_classes_is_found_whatever_the_noise(noise, rng):
    references, halves = averages(rng, noise)
    known = reliability(half_set_curves(*halves, pixel_size_angstrom=3.0, shared_shells=0))
    pairs = similar_classes(references, np.array([0.15, 0.3, 0.25, 0.2, 0.1]), known)
    assert {(pair.first, pair.second) for pair in pairs} == {(1, 0), (2, 0), (1, 2)}
    for pair in pairs:
        assert pair.correlation == pytest.approx(1, abs=0.12)
        assert pair.mirrored == (2 in (pair.first, pair.second))
        assert pair.shares[0] > pair.shares[1]
    turned = next(pair for pair in pairs if (pair.first, pair.second) == (1, 0))
    assert abs(turned.psi_deg - 40) < 2
    assert turned.shift_pixels == (1.0, -2.0)


def test_noise_is_like_nothing(rng):
    halves = rng.standard_normal((2, 6, BOX, BOX))
    known = reliability(half_set_curves(*halves, pixel_size_angstrom=3.0, shared_shells=0))
    assert similar_classes(halves.mean(axis=0), np.full(6, 1 / 6), known) == ()


def test_whitened_rings_have_the_power_of_their_reliability(rng):
    wanted = np.linspace(1, 0, 25)[None].repeat(2, axis=0)
    white = whitened(heaps(2, rng, 48).astype(np.float32), wanted)
    np.testing.assert_allclose(power_spectrum(white, 2), wanted, atol=1e-9)
