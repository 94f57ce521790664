"""Where a class lies is found in noise, and the origins follow it."""

import numpy as np

from heaps import heaps
from vitreous.classification.polar import polar_grid, to_polar
from vitreous.classification.pose_grid import turn
from vitreous.classification.recentre import centres_of_mass, moved_origins, moved_rings, moves_to_centre
from vitreous.fourier import coordinates, shift_image


def test_the_centre_of_a_class_is_found_in_noise(rng):
    grid = coordinates((48, 48))
    places = np.array([[3.0, -2.0], [0.0, 0.0], [-4.5, 1.5]])
    spots = np.stack([np.exp(-np.sum((grid - place) ** 2, axis=-1) / 50) for place in places])
    np.testing.assert_allclose(centres_of_mass(spots), places, atol=0.05)
    noisy = spots + 0.3 * rng.standard_normal(spots.shape)
    np.testing.assert_allclose(centres_of_mass(noisy), places, atol=0.7)
    assert np.all(centres_of_mass(np.zeros((1, 16, 16))) == 0)


def test_recentred_classes_have_their_centre_at_the_origin(rng):
    classes = shift_image(heaps(3, rng, 48), np.array([2.0, -3.0]))
    centred = shift_image(classes, -centres_of_mass(classes))
    # heaps reach into the rim, where the background is looked at
    assert np.abs(centres_of_mass(centred)).max() < 0.4
    assert np.abs(centres_of_mass(classes)).max() > 2


def test_the_images_fit_a_class_that_was_moved_when_their_origins_follow(rng):
    image, psi_deg, origin = heaps(1, rng, 48)[0], np.array([35.0]), np.array([[1.0, -2.0]])

    def onto_the_class(shift):
        return turn(shift_image(image, shift[0]), -psi_deg)[0]

    move = np.array([[9.0, 9.0], [2.0, 1.0]])
    followed = moved_origins(origin, psi_deg, np.array([1]), move)
    np.testing.assert_allclose(onto_the_class(followed), shift_image(onto_the_class(origin), move[1]), atol=0.02)


def test_rings_move_as_their_images_do(rng):
    grid = polar_grid(32, 16, 6.0)
    image, moves = heaps(2, rng, 32), np.array([[2.0, -1.0], [0.0, 1.5]])
    expected = to_polar(np.stack([shift_image(one, move) for one, move in zip(image, moves, strict=True)]), grid)
    found = moved_rings(to_polar(image, grid), grid, moves)
    np.testing.assert_allclose(found, expected, atol=2e-3 * np.abs(expected).max())


def test_only_classes_far_off_are_moved():
    grid = coordinates((32, 32))
    places = np.array([[4.0, -1.0], [1.0, 0.5]])
    spots = np.stack([np.exp(-np.sum((grid - place) ** 2, axis=-1) / 20) for place in places])
    np.testing.assert_allclose(moves_to_centre(spots), [[-4, 1], [0, 0]], atol=0.1)
