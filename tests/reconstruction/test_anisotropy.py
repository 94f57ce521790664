"""Cones: the whole sphere is the FSC, equal directions are equal, and a missing cone is found where it is."""

import numpy as np
import pytest

from known_maps import noise, truncated
from vitreous.fourier import filter_image, frequency_grid, fsc
from vitreous.reconstruction.anisotropy import cone_fsc

BOX, PIXEL = 48, 1.5


def halves(rng, keep=None, last=14):
    """Half maps that share the shells up to the last, of the frequencies that are kept, and have noise elsewhere."""
    common = truncated(noise(BOX, rng), last)
    common = common if keep is None else filter_image(common, keep.astype(float), 3)
    return [common + 0.15 * noise(BOX, rng) for _ in range(2)]


def test_a_cone_of_90_degrees_is_the_fsc(rng):
    one, other = halves(rng)
    found = cone_fsc(one, other, pixel_size_angstrom=PIXEL, cone_half_angle_deg=90)
    np.testing.assert_allclose(
        found.fsc[:, 1:], np.broadcast_to(fsc(one, other)[1:], found.fsc[:, 1:].shape), atol=1e-9
    )


def test_equal_directions(library, rng):
    found = cone_fsc(*map(library, halves(rng)), pixel_size_angstrom=PIXEL)
    assert found.worst_angstrom / found.best_angstrom < 1.1
    assert 0.98 < found.sphericity <= 1.001
    assert np.median(found.resolution_angstrom) == pytest.approx(BOX * PIXEL / 14.9, rel=0.02)
    np.testing.assert_allclose(np.linalg.norm(found.directions, axis=1), 1)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_what_is_lost_along_an_axis_is_found_along_it(rng, axis):
    """Within 35° of an axis only the shells up to 5 are shared: resolutions by direction say so."""
    k = frequency_grid((BOX,) * 3, half=True)
    radius = np.linalg.norm(k, axis=-1)
    lost = (np.abs(k[..., axis]) > np.cos(np.radians(35)) * radius) & (radius * BOX > 5.5)
    found = cone_fsc(*halves(rng, ~lost), pixel_size_angstrom=PIXEL)
    along = np.abs(found.directions[:, axis])
    assert np.all(found.resolution_angstrom[along > np.cos(np.radians(12))] > BOX * PIXEL / 7.5)
    assert np.all(found.resolution_angstrom[along < np.cos(np.radians(60))] < BOX * PIXEL / 13.5)
    assert found.sphericity < 0.95
    assert along[np.nanargmax(found.resolution_angstrom)] > np.cos(np.radians(30))


def test_noise_claims_little(rng):
    found = cone_fsc(noise(24, rng), noise(24, rng), pixel_size_angstrom=PIXEL)
    assert np.isnan(found.resolution_angstrom).any() or found.best_angstrom > 24 * PIXEL / 6


def test_a_direction_that_claims_nothing_leaves_no_body(rng):
    one = noise(16, rng)
    found = cone_fsc(one, -one, pixel_size_angstrom=PIXEL)
    assert found.best_angstrom is found.worst_angstrom is None
    assert found.sphericity == 0


def test_what_cannot_be_is_refused():
    volume = np.zeros((8, 8, 8))
    with pytest.raises(ValueError, match="one box"):
        cone_fsc(volume, np.zeros((9, 9, 9)), pixel_size_angstrom=1.0)
    with pytest.raises(ValueError, match="a cone of 2"):
        cone_fsc(volume, volume, pixel_size_angstrom=1.0, cone_half_angle_deg=2.0)
