import healpix
import numpy as np
import pytest

from drawn import spoken, words
from vitreous.rotations import random_rotations, relion_to_matrix
from vitreous.show.orientations import directions_per_area, mollweide_directions, orientations_figure


def test_the_projection_keeps_areas():
    """Equal parts of the sphere take equal numbers of pixels of the picture."""
    directions = mollweide_directions(400).reshape(-1, 3)
    inside = ~np.isnan(directions[:, 0])
    counts = np.bincount(healpix.vec2pix(2, *directions[inside].T), minlength=48)
    np.testing.assert_allclose(counts / counts.mean(), 1, atol=0.03)
    assert inside.mean() == pytest.approx(np.pi / 4, abs=0.005)


def test_directions_stand_where_they_are_written():
    """North above, longitude 0 in the middle, and longitudes that grow to the right."""
    directions = mollweide_directions(101)
    np.testing.assert_allclose(np.linalg.norm(directions[50], axis=-1), 1)
    np.testing.assert_allclose(directions[50, [50, 100, 151]], [[0, -1, 0], [1, 0, 0], [0, 1, 0]], atol=0.04)
    assert directions[5, 101, 2] > 0.9


def test_an_image_is_counted_where_it_looks():
    # the first two look the same way, in the middle of a part of the sphere
    rotations = relion_to_matrix(np.array([[45.0, 90.0, 37.0], [45.0, 90.0, -110.0], [22.0, 11.0, 5.0]]))
    counts = directions_per_area(rotations, 4)
    assert counts.sum() == 3
    assert counts[healpix.vec2pix(4, 2**-0.5, 2**-0.5, 0.0)] == 2


def test_the_figure_says_how_uneven_the_views_are():
    even = orientations_figure(random_rotations(20_000, 1))
    one_way = orientations_figure(np.tile(relion_to_matrix([30.0, 60.0, 0.0]), (20_000, 1, 1)))
    times = [float(spoken(svg).split(" times ")[0].split()[-1]) for svg in (even, one_way)]
    assert times[0] < 3
    # all images lie in one of the sphere's 12 · 14² parts
    assert times[1] == pytest.approx(12 * 14**2, rel=0.01)


def test_angles_and_units_are_named():
    said = words(orientations_figure(random_rotations(1, 1)))
    assert {"images per 100 square degrees", "tilt 0°", "tilt 180°", "rot 180°"} <= set(said)
