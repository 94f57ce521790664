"""Two images of one thing are found alike in whatever pose, and unlike ones are not."""

import numpy as np
import pytest

from heaps import heaps
from vitreous.classification.matching import best_matches, paired_poses, polar_spectra, posed_rings, posed_spectra
from vitreous.fourier import frequency_shells, irft, mirror, rft

BOX = 32


def posed(images, psi_deg, shift, flip):
    count = len(images)
    spectra = posed_spectra(images, np.full(count, psi_deg), np.tile(shift, (count, 1)), np.full(count, flip))
    return irft(spectra, images.shape[-2:])


@pytest.mark.parametrize("box", [32, 33])
def test_the_pose_that_an_image_was_given_is_found(box, rng):
    images = heaps(4, rng, box)
    for psi_deg, shift, flip in [(0.0, (0.0, 0.0), False), (77.0, (1.0, -2.0), False), (201.0, (-2.0, 0.0), True)]:
        match = best_matches(posed(images, psi_deg, shift, flip), images)
        same = np.diag(match.correlation)
        assert same.min() > 0.995
        assert np.all(match.mirrored[np.diag_indices(4)] == flip)
        off = (np.diag(match.psi_deg) - psi_deg + 180) % 360 - 180
        assert np.abs(off).max() < 2.0
        np.testing.assert_allclose(match.shift_pixels[np.diag_indices(4)], np.tile(shift, (4, 1)))
        assert match.correlation[~np.eye(4, dtype=bool)].max() < 0.95


def test_a_mirror_image_is_one_only_where_that_is_asked_for(rng):
    images = heaps(3, rng)
    flipped = mirror(images, (-1,))
    assert np.diag(best_matches(flipped, images).correlation).min() > 0.999
    assert np.diag(best_matches(flipped, images, mirror=False).correlation).max() < 0.95


def test_shells_without_weight_do_not_count(rng):
    image, noise = heaps(1, rng), rng.standard_normal((1, BOX, BOX))
    beyond = frequency_shells((BOX, BOX), half=True) > 5
    changed = irft(np.where(beyond, rft(noise, 2) * 0.3, rft(image, 2)), (BOX, BOX))
    few = best_matches(image, changed, shell_weights=np.array([0.0, 1.0, 1.0, 1.0]))
    assert few.correlation[0, 0] > 0.999
    assert best_matches(image, changed).correlation[0, 0] < 0.95


def test_poses_of_pairs_are_found_between_the_steps(rng):
    images = heaps(3, rng)
    moved = np.concatenate([posed(images[:2], 33.3, (0.4, -0.7), False), images[2:]])
    rings = [polar_spectra(each, 10, 128) for each in (moved, images)]
    psi_deg, shift = paired_poses(*rings, box=BOX)
    np.testing.assert_allclose(psi_deg, [33.3, 33.3, 0], atol=0.05)
    np.testing.assert_allclose(shift, [[0.4, -0.7], [0.4, -0.7], [0, 0]], atol=0.02)
    posed_back = posed_rings(rings[1], psi_deg, shift, BOX)
    np.testing.assert_allclose(posed_back, rings[0], atol=0.01 * np.abs(rings[0]).max())


def test_rings_are_the_transform(rng):
    image = heaps(1, rng)
    rings = polar_spectra(image, 3, 8)
    full = rft(image, 2)[0]
    # θ = 0 runs along +x, θ = 90° along +y
    np.testing.assert_allclose(rings[0, :, 0], full[BOX // 2, 1:4], rtol=1e-4)
    np.testing.assert_allclose(rings[0, :, 2], full[BOX // 2 + 1 : BOX // 2 + 4, 0], rtol=1e-4)
    np.testing.assert_allclose(rings[0, :, 4], np.conj(rings[0, :, 0]), rtol=1e-4)


def test_empty_images_match_nothing():
    match = best_matches(np.zeros((1, 16, 16)), np.zeros((2, 16, 16)))
    assert paired_poses(np.zeros((1, 5, 64), complex), np.zeros((1, 5, 64), complex), box=16)[0] == 0
    assert np.all(match.correlation == 0)
