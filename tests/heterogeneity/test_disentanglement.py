"""How much of a latent the angle explains: known shares, and what must not matter."""

import numpy as np
import pytest

from vitreous.heterogeneity import variance_explained_by_angle
from vitreous.rotations import axis_angle_to_matrix


def latents_of(rng, angle_deg, share, order):
    """Two dimensions of which a share of the variance is a circle of the angle, the rest noise."""
    phase = np.radians(order * angle_deg)
    circle = np.sqrt(2) * np.stack([np.cos(phase), np.sin(phase)], axis=1)
    return np.sqrt(share) * circle + np.sqrt(1 - share) * rng.standard_normal((len(angle_deg), 2))


@pytest.mark.parametrize("order", [1, 2, 4])
@pytest.mark.parametrize("share", [0.0, 0.05, 0.5, 1.0])
def test_a_known_share_comes_back(rng, share, order):
    angle = rng.uniform(-180, 180, 20_000)
    assert variance_explained_by_angle(latents_of(rng, angle, share, order), angle) == pytest.approx(share, abs=0.01)


def test_few_images_do_not_make_a_share(rng):
    """Without the degrees of freedom 8 harmonics would explain 16/60 of pure noise."""
    angle = rng.uniform(-180, 180, (300, 60))
    shares = [variance_explained_by_angle(rng.standard_normal((60, 3)), row, harmonics=8) for row in angle]
    assert np.mean(shares) == pytest.approx(0, abs=0.02)


def test_origin_of_the_angle_and_frame_of_the_latent_do_not_matter(rng):
    angle = rng.uniform(-180, 180, 500)
    latents = np.concatenate([latents_of(rng, angle, 0.4, 1), 3 * rng.standard_normal((500, 1))], axis=1)
    turn = axis_angle_to_matrix(np.array([0.5, 0.2, 0.8]), 0.9)
    one = variance_explained_by_angle(latents, angle)
    assert variance_explained_by_angle(latents @ turn.T + 5, angle + 123.4) == pytest.approx(one, rel=1e-9)


def test_what_cannot_be_measured_is_refused(rng):
    with pytest.raises(ValueError, match="8 latents cannot be fitted by 9 terms"):
        variance_explained_by_angle(rng.standard_normal((8, 2)), np.arange(8.0))
    with pytest.raises(ValueError, match="all alike"):
        variance_explained_by_angle(np.ones((50, 2)), np.arange(50.0))
