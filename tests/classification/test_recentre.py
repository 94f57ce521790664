"""Where a class lies is found in noise, and the origins follow it."""

import numpy as np

from heaps import heaps
from vitreous.classification.pose_grid import turn
from vitreous.classification.recentre import centres_of_mass, moved_origins
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
