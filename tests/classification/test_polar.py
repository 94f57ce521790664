"""The polar grid: turns are permutations, sums over rings are sums over shells, images come back."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from vitreous.classification.polar import (
    PolarGrid,
    antipodes,
    from_polar,
    polar_grid,
    ring_spectrum,
    shift_angles,
    to_polar,
)
from vitreous.fourier import coordinate_radius, coordinates, ft, power_spectrum, shift_image

BOX = 32
GRID = polar_grid(BOX, BOX // 2, 3.0)


def smooth_images(rng, count=3, box=BOX):
    """Images within a disc of 0.7 of the box, without detail beyond the last ring."""
    inside = coordinate_radius((box, box)) < 0.35 * box - 3
    return gaussian_filter(gaussian_filter(rng.normal(size=(count, box, box)), (0, 1.6, 1.6)) * inside, (0, 1.6, 1.6))


def test_a_gaussian_has_its_known_transform():
    sigma, at = 2.0, np.array([1.5, -0.75])
    xy = coordinates((BOX, BOX))
    image = np.exp(-((xy - at) ** 2).sum(-1) / (2 * sigma**2))[None]
    k = GRID.points
    wanted = 2 * np.pi * sigma**2 * np.exp(-2 * (np.pi * sigma) ** 2 * (k**2).sum(-1) - 2j * np.pi * (k @ at))
    found = ring_spectrum(to_polar(image, GRID))[0].ravel()
    np.testing.assert_allclose(found, wanted, atol=1e-6 * abs(wanted).max())


def test_a_quarter_turn_is_a_permutation():
    """Turning content from +x towards +y moves the samples on by a quarter of the ring, exactly."""
    image = smooth_images(np.random.default_rng(0), 1, BOX + 1)
    grid = polar_grid(BOX + 1, BOX // 2, 3.0)
    # rows are y: content at +x goes to +y
    turned = np.rot90(image, -1, axes=(1, 2))
    np.testing.assert_allclose(
        to_polar(np.ascontiguousarray(turned), grid),
        np.roll(to_polar(image, grid), grid.angles // 4, axis=-1),
        atol=1e-9,
    )


def test_turning_a_known_image_by_any_step_is_a_permutation(rng):
    sigma, at, steps = 2.0, np.array([3.0, 1.0]), 17
    angle = 2 * np.pi * steps / GRID.angles
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    xy = coordinates((BOX, BOX))
    images = np.stack([np.exp(-((xy - p) ** 2).sum(-1) / (2 * sigma**2)) for p in (at, turn @ at)])
    rings = to_polar(images, GRID)
    np.testing.assert_allclose(np.roll(rings[0], steps, -1), rings[1], atol=1e-5 * abs(rings).max())


def test_moving_an_image_mixes_a_sample_with_its_antipode(rng):
    images, shift = smooth_images(rng), np.array([1.25, -0.5])
    rings, phase = to_polar(images, GRID), shift_angles(GRID, shift[None])
    moved = to_polar(shift_image(images, shift), GRID)
    np.testing.assert_allclose(np.cos(phase) * rings + np.sin(phase) * antipodes(rings), moved, atol=2e-3 * rings.std())


def test_sums_over_rings_are_sums_over_half_the_plane(rng):
    """White noise, many images: ring by ring the mean power is that of the shell."""
    images = rng.normal(size=(400, BOX, BOX))
    by_ring = (to_polar(images, GRID) ** 2).mean(axis=(0, -1))
    by_shell = power_spectrum(images, 2).mean(axis=0)[: GRID.rings]
    np.testing.assert_allclose(by_ring, by_shell, rtol=0.12)
    smooth = smooth_images(rng, 20)
    product = (np.abs(ft(smooth, 2)) ** 2).sum(axis=(1, 2)).mean() / 2
    assert (GRID.counts @ (to_polar(smooth, GRID) ** 2).mean(-1).T).mean() == pytest.approx(product, rel=0.1)


def test_counts_are_half_of_the_pixels_of_the_shells():
    assert GRID.counts[0] == 0.5
    assert GRID.counts[1] == 4
    assert GRID.counts.sum() == pytest.approx(np.pi * (BOX // 2 - 0.5) ** 2 / 2, rel=0.02)


@pytest.mark.parametrize(("corrections", "error"), [(0, 0.06), (1, 0.01), (2, 5e-3)])
def test_an_image_comes_back(rng, corrections, error):
    images = smooth_images(rng)
    back = from_polar(to_polar(images, GRID), GRID, corrections)
    assert np.linalg.norm(back - images) < error * np.linalg.norm(images)


def test_an_anisotropic_magnification_is_undone():
    """k_specimen = M k_image: an image stretched by Mᵀ gives the samples of the unstretched one, times det."""
    sigma, at = 2.0, np.array([3.0, 1.0])
    stretch = np.array([[1.05, 0.02], [0.01, 0.97]])
    xy = coordinates((BOX, BOX))
    plain = np.exp(-((xy - at) ** 2).sum(-1) / (2 * sigma**2))
    original = xy @ np.linalg.inv(stretch.T).T
    seen = np.exp(-((original - at) ** 2).sum(-1) / (2 * sigma**2))
    rings, found = to_polar(plain[None], GRID), to_polar(seen[None], GRID, stretch)
    np.testing.assert_allclose(found / np.linalg.det(stretch), rings, atol=1e-4 * abs(rings).max())


def test_single_precision_stays(rng):
    images = smooth_images(rng).astype(np.float32)
    rings = to_polar(images, GRID)
    assert rings.dtype == np.float32
    assert from_polar(rings, GRID).dtype == np.float32


@pytest.mark.parametrize(("box", "rings", "angles"), [(16, 9, 48), (16, 0, 48), (16, 8, 50), (16, 8, 0)])
def test_a_grid_that_cannot_be_is_refused(box, rings, angles):
    with pytest.raises(ValueError, match="not"):
        PolarGrid(box, rings, angles)


def test_images_of_another_box_are_refused():
    with pytest.raises(ValueError, match="box of 32"):
        to_polar(np.zeros((1, 16, 16)), GRID)
