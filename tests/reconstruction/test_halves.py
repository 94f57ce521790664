"""Two half sets, streamed: each image once, in blocks, the same bytes for the same threads, symmetry as more views."""

import numpy as np
import pytest

from simulated import blobs, images_of, particles_of, write_set
from vitreous.fourier import fsc
from vitreous.particles import OpticsGroup, split_halves
from vitreous.projection.accumulator import Accumulator
from vitreous.reconstruction.direct import invert
from vitreous.reconstruction.halves import BLOCK, add_images, stream_halves, threads_of_a_half
from vitreous.rotations import symmetry_matrices

BOX = 16


def streamed(particles, *, threads=2, first_round=0, into=None, **options):
    halves = split_halves(particles)
    both = into or tuple(Accumulator(particles.box, threads=threads_of_a_half(threads)) for _ in range(2))
    counts = list(stream_halves(halves, both, threads=threads, first_round=first_round, **options))
    return both, counts


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """More than two blocks in one half set, fewer in the other."""
    subset = np.where(np.arange(900) % 3 == 0, 1, 2)
    particles = particles_of(900, BOX, random_subset=subset)
    images = images_of(blobs(BOX), particles, 0.1)
    return write_set(tmp_path_factory.mktemp("set"), particles, images), images


def test_every_image_is_added_once_to_its_half(stored):
    particles, images = stored
    both, counts = streamed(particles)
    assert sum(counts) == 900
    assert counts[0] == 2 * BLOCK
    for half, number in zip(both, (1, 2), strict=True):
        rows = np.flatnonzero(particles.random_subset == number)
        whole = Accumulator(BOX, threads=1)
        add_images(whole, particles[rows], images[rows])
        scale = np.max(np.abs(whole.numerator))
        np.testing.assert_allclose(half.numerator, whole.numerator, atol=2e-5 * scale)
        np.testing.assert_allclose(half.denominator, whole.denominator, atol=2e-5 * np.max(whole.denominator))


@pytest.mark.parametrize("threads", [1, 2])
def test_the_same_threads_make_the_same_bytes(stored, threads):
    (first, _), (again, _) = (streamed(stored[0], threads=threads)[0] for _ in range(2))
    assert first.numerator.tobytes() == again.numerator.tobytes()
    assert first.denominator.tobytes() == again.denominator.tobytes()


def test_going_on_after_a_round_makes_the_same_bytes(stored):
    whole, _ = streamed(stored[0])
    halves = split_halves(stored[0])
    part = tuple(Accumulator(BOX, threads=1) for _ in range(2))
    rounds = stream_halves(halves, part, threads=2)
    next(rounds)
    rounds.close()
    streamed(stored[0], first_round=1, into=part)
    for one, two in zip(whole, part, strict=True):
        assert one.numerator.tobytes() == two.numerator.tobytes()


def test_symmetry_is_more_views(stored):
    """The map of a set inserted with D2 is the same when it is turned by a half turn about x, y or z."""
    particles, _ = stored
    (first, _), _ = streamed(particles, symmetry="D2")
    volume = invert(first.numerator, first.denominator, BOX)[1:, 1:, 1:].astype(float)
    assert len(symmetry_matrices("D2")) == 4
    for axes in ((0, 1), (0, 2), (1, 2)):
        np.testing.assert_allclose(np.flip(volume, axes), volume, atol=2e-3 * np.abs(volume).max())


def test_optics_groups_and_magnification():
    """Two groups, one of them magnified unevenly and tilted: together they give the truth."""
    groups = (
        OpticsGroup("a", 300.0, 2.7, 0.1, 3.0, 24, beam_tilt_mrad=(2.0, -1.0)),
        OpticsGroup("b", 200.0, 2.0, 0.07, 3.0, 24, magnification_matrix=((1.05, 0.02), (0.0, 0.95))),
    )
    truth, particles = blobs(24), particles_of(300, 24, groups=groups)
    accumulator = Accumulator(24, threads=1)
    add_images(accumulator, particles, images_of(truth, particles))
    volume = invert(accumulator.numerator, accumulator.denominator, 24)
    assert np.all(fsc(volume.astype(float), truth.astype(float))[:10] > 0.99)
