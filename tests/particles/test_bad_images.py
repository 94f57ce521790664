import numpy as np
import pytest

from vitreous.particles.bad_images import find_bad_images
from vitreous.particles.optics_group import OpticsGroup
from vitreous.particles.particle_set import ParticleSet
from vitreous.particles.stack import write_stack


@pytest.fixture
def make(tmp_path, rng):
    """A function that makes a set of n particles in one stack after changing its images."""

    def arrange(n, change=lambda images: None, **fields):
        images = rng.normal(size=(n, 6, 6)).astype(np.float32)
        change(images)
        write_stack(tmp_path / "a.mrcs", [images], 1.0)
        given = {
            "optics_groups": (OpticsGroup("a", 300.0, 2.7, 0.1, 1.0, 6),),
            "optics_index": np.zeros(n, np.int64),
            "stacks": ("a.mrcs",),
            "stack_index": np.zeros(n, np.int64),
            "slice_index": np.arange(n),
            "folders": (str(tmp_path),),
        }
        return ParticleSet(**{**given, **fields})

    return arrange


def test_good_images_are_no_problem(make):
    assert find_bad_images(make(5)) == []


def test_each_kind_is_told_once(make):
    def spoil(images):
        images[1, 0, 0] = np.nan
        images[3, 2, 2] = -np.inf
        images[4] = 2.0

    first, second = find_bad_images(make(5, spoil))
    assert (first.severity, first.place) == ("error", "row 2")
    assert "2 of the 5 images" in first.what
    assert (second.severity, second.place) == ("warning", "row 5")


def test_a_sample_reaches_from_the_first_to_the_last(make):
    def spoil(images):
        images[0], images[-1] = 0.0, 0.0

    (found,) = find_bad_images(make(50, spoil), sample=5)
    assert "2 of the 5 images" in found.what


def test_what_cannot_be_read_is_passed_over(make):
    missing = make(3, stacks=("b.mrcs",))
    short = make(3, slice_index=np.array([7, 8, 9]))
    without = make(3, stack_index=np.array([-1, -1, -1]))
    assert [find_bad_images(particles) for particles in (missing, short, without, make(2)[:0])] == [[], [], [], []]
