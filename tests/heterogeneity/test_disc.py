"""The disc holds each conjugate pair once, the lowest frequencies first, and gives back the image it was taken from."""

import numpy as np
import pytest

from vitreous.fourier import frequency_radius, irft, rft
from vitreous.heterogeneity.disc import resolution_disc


@pytest.mark.parametrize("box", [7, 8, 16])
def test_the_image_comes_back_without_its_mean_and_what_lies_beyond(rng, box):
    spectrum = rft(rng.normal(size=(3, box, box)), 2)
    radius = frequency_radius((box, box), half=True)
    wanted = np.where((radius > 0) & (radius < 0.4), spectrum, 0)
    disc = resolution_disc(box, 0.4)
    found = disc.scatter(disc.gather(spectrum))
    np.testing.assert_allclose(irft(found, (box, box)), irft(wanted, (box, box)), atol=1e-12)
    np.testing.assert_allclose(found, wanted, atol=1e-12)


def test_a_coefficient_stands_for_a_pair():
    disc = resolution_disc(16)
    pairs = np.sum(frequency_radius((16, 16)) < 0.5) - 1
    assert len(disc) == pairs // 2
    both = np.concatenate([disc.frequencies, -disc.frequencies])
    assert len(np.unique(both, axis=0)) == 2 * len(disc)


def test_a_smaller_disc_is_the_beginning_of_a_larger(rng):
    large, small = resolution_disc(24), resolution_disc(24, 0.2)
    assert [large.within(0.2), large.within(0.5)] == [len(small), len(large)]
    np.testing.assert_array_equal(large.index[: len(small)], small.index)
    values = rng.normal(size=(2, len(small))) + 0j
    np.testing.assert_array_equal(large.scatter(values), small.scatter(values))
    assert large.shells[0] == 1
    assert np.all(np.diff(large.shells) >= 0)


def test_a_disc_without_coefficients_is_refused():
    with pytest.raises(ValueError, match="no coefficient of a box of 16"):
        resolution_disc(16, 0.01)
