"""The ball holds a map up to its resolution, and is the same whatever the voxels that the map comes in."""

import numpy as np
import pytest

from simulated import blobs
from vitreous.fourier import fsc, resample
from vitreous.heterogeneity.ball import add_conjugates, ball_radius, ball_to_maps, maps_to_ball, squared_radii


def as_complex(ball):
    half = ball.shape[-1] // 2
    return (ball[..., :half] + 1j * ball[..., half:]).astype(np.complex64)


@pytest.mark.parametrize("box", [15, 16])
def test_a_map_comes_back_up_to_the_kernels_correction(box):
    """There it was divided by the correction and here again: what comes back is the map over its square."""
    from vitreous.interpolation import LINEAR, fourier_correction

    maps = np.stack([blobs(box), blobs(box, seed=4)])
    back = ball_to_maps(as_complex(maps_to_ball(maps, box)), box) * fourier_correction(LINEAR, (box,) * 3, 2) ** 2
    for volume, found in zip(maps, back, strict=True):
        assert (np.asarray(fsc(found, volume))[: box // 2] > 0.995).all()
        assert np.linalg.norm(found - volume) < 0.1 * np.linalg.norm(volume)


def test_fewer_voxels_hold_the_same_ball():
    fine = blobs(24)
    coarse = np.asarray(resample(fine, (16,) * 3), np.float32)
    radius = ball_radius(24, 6 / 24)
    assert radius == 12
    one, two = maps_to_ball(fine[None], radius), maps_to_ball(coarse[None], radius, (24 / 16) ** 3)
    assert np.abs(one - two).max() < 0.02 * np.abs(one).max()


def test_what_is_in_the_plane_is_completed_by_its_conjugate(rng):
    total = np.zeros((5, 5, 3, 3), np.float32)
    total[1, 3, 0], total[1, 3, 1] = (1, 2, 3), (4, 5, 6)
    add_conjugates(total, 1)
    np.testing.assert_array_equal(total[3, 1, 0], [1, -2, 3])
    np.testing.assert_array_equal(total[1, 3, 0], [1, 2, 3])
    assert total[:, :, 1:].sum() == 15


def test_radii():
    assert squared_radii(2)[2, 2, 0] == 0
    assert squared_radii(2)[0, 4, 1] == 4 + 4 + 1


def test_a_ball_beyond_the_map_is_refused():
    with pytest.raises(ValueError, match="maps of 8 voxels have no ball of radius 9, at most 8"):
        maps_to_ball(np.zeros((1, 8, 8, 8), np.float32), 9)
