import numpy as np
import pytest

from vitreous.show.still import still_surface

N = 48
AXIS = np.arange(N) - (N - 1) / 2


def blob(x, y, z, radius):
    return radius - np.sqrt((AXIS[:, None, None] - z) ** 2 + (AXIS[:, None] - y) ** 2 + (AXIS - x) ** 2)


def centre(picture):
    """Of what is seen, in parts of half the width: to the right, up."""
    row, column = np.nonzero(picture[..., 3])
    half = picture.shape[0] / 2
    return (column.mean() + 0.5) / half - 1, 1 - (row.mean() + 0.5) / half


def test_a_ball_is_a_disc_of_its_size():
    """Half the longest side is 1, and half the picture is 1.25."""
    picture = still_surface(blob(0, 0, 0, 12.0), 0.0, rows=200)
    radius = np.sqrt((picture[..., 3] > 0).sum() / np.pi) / 100 * 1.25
    assert radius == pytest.approx(12 / (N / 2), rel=0.01)
    np.testing.assert_allclose(centre(picture), 0, atol=0.01)


@pytest.mark.parametrize(
    ("azimuth", "elevation", "right", "up"),
    [(0, 0, 6, 9), (90, 0, -3, 9), (180, 0, -6, 9), (0, 90, 6, -3)],
    ids=["from +x", "from +y", "from −x", "from +z"],
)
def test_a_thing_beside_the_middle_is_seen_on_its_side(azimuth, elevation, right, up):
    picture = still_surface(blob(3, 6, 9, 5.0), 0.0, azimuth_deg=azimuth, elevation_deg=elevation, rows=160)
    np.testing.assert_allclose(centre(picture), np.array([right, up]) / (N / 2) / 1.25, atol=0.01)


def test_light_comes_from_the_upper_left():
    picture = still_surface(blob(0, 0, 0, 14.0), 0.0, rows=160).astype(float)
    assert picture[60, 60, 1] > 1.3 * picture[100, 100, 1]


def test_the_nearer_of_two_hides_the_other():
    """Seen from +x a small ball stands before a large one; seen from −x it is hidden."""
    large = blob(-10, 0, 0, 12.0)
    both = np.maximum(large, blob(14, 0, 0, 5.0))
    for azimuth, same in ((0, False), (180, True)):
        alone, seen = (still_surface(v, 0.0, azimuth_deg=azimuth, elevation_deg=0, rows=160) for v in (large, both))
        assert np.array_equal(alone[..., 3], seen[..., 3])
        assert (np.abs(alone.astype(int) - seen).max() < 3) == same


def test_nothing_above_the_level_is_an_empty_picture():
    assert still_surface(blob(0, 0, 0, 5.0), 99.0, rows=32).max() == 0
