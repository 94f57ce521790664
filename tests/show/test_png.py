import numpy as np
import pytest

from drawn import pictures
from vitreous.show.png import png_url


@pytest.mark.parametrize("shape", [(3, 5), (1, 1), (4, 7, 3), (5, 2, 4)])
def test_another_reader_sees_the_same_picture(shape, rng):
    picture = rng.integers(0, 256, shape, dtype=np.uint8)
    (seen,) = pictures(png_url(picture))
    np.testing.assert_array_equal(np.round(255 * seen).astype(np.uint8), picture)


def test_a_view_of_an_array_is_read_in_its_own_order(rng):
    picture = rng.integers(0, 256, (6, 4), dtype=np.uint8)[::-1]
    np.testing.assert_array_equal(np.round(255 * pictures(png_url(picture))[0]), picture)


def test_two_channels_are_refused():
    with pytest.raises(ValueError, match="2 channels"):
        png_url(np.zeros((2, 2, 2), np.uint8))
