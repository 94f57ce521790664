"""Channels against the projection that they generalise: slices of one map, and insertion as their adjoint."""

import numpy as np

from vitreous.fourier import frequency_grid
from vitreous.heterogeneity.ball import PADDING, add_conjugates, maps_to_ball
from vitreous.heterogeneity.channels import insert_channels, lower_triangle, slice_channels, solve_moments
from vitreous.heterogeneity.disc import resolution_disc
from vitreous.interpolation import LINEAR
from vitreous.projection import insert_slices, slice_map

BOX = 12


def views(rng, m):
    return np.linalg.qr(rng.normal(size=(m, 3, 3)))[0].astype(np.float32)


def test_each_channel_is_the_slice_of_its_map(rng):
    maps, rotations, disc = rng.normal(size=(3, BOX, BOX, BOX)).astype(np.float32), views(rng, 4), resolution_disc(BOX)
    slices = slice_channels(maps_to_ball(maps, BOX), rotations, disc.frequencies * np.float32(PADDING * BOX))
    for c, volume in enumerate(maps):
        wanted = disc.gather(slice_map(volume, rotations, kernel=LINEAR, padding=PADDING))
        np.testing.assert_allclose(slices[..., c] + 1j * slices[..., 3 + c], wanted, atol=2e-3)


def test_insertion_is_that_of_whole_images_with_each_factor(rng):
    disc, rotations = resolution_disc(BOX, 0.45), views(rng, 5)
    data = (rng.normal(size=(5, len(disc))) + 1j * rng.normal(size=(5, len(disc)))).astype(np.complex64)
    weights = rng.uniform(size=data.shape).astype(np.float32)
    means, seconds = rng.normal(size=(5, 2)).astype(np.float32), rng.normal(size=(5, 3)).astype(np.float32)
    total = np.zeros((2 * BOX + 1, 2 * BOX + 1, BOX + 1, 7), np.float32)
    insert_channels(total, rotations, disc.frequencies * np.float32(PADDING * BOX), data, weights, means, seconds)
    add_conjugates(total, 2)
    inner = slice(1, 2 * BOX)
    for a in range(2):
        wanted = insert_slices(disc.scatter(data) * means[:, a, None, None], rotations, LINEAR, PADDING)
        found = total[inner, inner, :BOX, a] + 1j * total[inner, inner, :BOX, 2 + a]
        np.testing.assert_allclose(found, wanted[1:, 1:, :BOX], atol=2e-5)
    for b in range(3):
        wanted = insert_slices(disc.scatter(weights) * seconds[:, b, None, None], rotations, LINEAR, PADDING)
        np.testing.assert_allclose(total[inner, inner, :BOX, 4 + b], wanted[1:, 1:, :BOX], atol=2e-5)


def test_the_systems_of_all_voxels_are_solved(rng):
    wanted = rng.normal(size=(5, 5, 3, 2)) + 1j * rng.normal(size=(5, 5, 3, 2))
    half = rng.normal(size=(5, 5, 3, 2, 2))
    matrices, damping = half @ np.swapaxes(half, -1, -2), np.full((4, 2), 0.5)
    right = np.einsum("...ij,...j->...i", matrices + 0.5 * np.eye(2), wanted)
    total = np.concatenate([right.real, right.imag, lower_triangle(matrices)], axis=-1).astype(np.float32)
    found = solve_moments(total, damping.astype(np.float32))
    squared = np.sum(np.round(frequency_grid((5, 5, 5), half=True) * 5) ** 2, axis=-1)
    np.testing.assert_allclose(found[squared < 4], wanted[squared < 4], rtol=1e-4, atol=1e-4)
    assert (found[squared >= 4] == 0).all()


def test_lower_triangles():
    np.testing.assert_array_equal(lower_triangle(np.array([[1.0, 2], [3, 4]])), [1, 3, 4])
