"""What a run starts from, and what it refuses."""

from dataclasses import replace

import numpy as np
import pytest

from class_sets import class_set
from vitreous._errors import InputError
from vitreous.classification import Options
from vitreous.classification import setup as preparation
from vitreous.classification.setup import halves_of, set_up

OPTIONS = Options(2, threads=1)


@pytest.fixture(scope="module")
def particles(tmp_path_factory):
    return class_set(tmp_path_factory.mktemp("set"), 10, 16).particles


def test_mixed_pixel_sizes_are_refused(particles):
    group = particles.optics_groups[0]
    mixed = replace(
        particles,
        optics_groups=(group, replace(group, name="other", pixel_size_angstrom=1.0)),
        optics_index=np.arange(10) % 2,
    )
    with pytest.raises(InputError, match="differ in pixel size"):
        set_up(mixed, OPTIONS)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"classes": 11}, "11 classes for 10 particles"),
        ({"mask_diameter_angstrom": 1e4}, "mask of"),
        ({"mask_diameter_angstrom": 0.1}, "mask of"),
        ({"max_resolution_angstrom": 1e3}, "leaves"),
    ],
)
def test_options_that_do_not_fit_the_set_are_refused(particles, wrong, message):
    with pytest.raises(InputError, match=message):
        set_up(particles, replace(OPTIONS, **wrong))


def test_no_particles_are_refused(particles):
    with pytest.raises(InputError, match="no particles"):
        set_up(particles[:0], OPTIONS)


def test_halves_are_those_of_the_file_or_even(particles):
    assert halves_of(particles, 0).sum() == 5
    own = replace(particles, random_subset=np.array([1, 2, 2, 2, 1, 1, 1, 2, 2, 2]))
    assert (halves_of(own, 0) == own.random_subset - 1).all()
    with pytest.raises(InputError, match="particle 3"):
        halves_of(replace(particles, random_subset=np.array([1, 2, 3, 1, 1, 1, 1, 1, 1, 1])), 0)


def test_what_does_not_fit_into_memory_is_made_again(particles, monkeypatch):
    monkeypatch.setattr(preparation, "_KEPT_BYTES", 0)
    streamed = set_up(particles, OPTIONS)
    first, second = list(streamed.blocks()), list(streamed.blocks())
    assert not streamed.kept
    for a, b in zip(first, second, strict=True):
        assert a is not b
        assert (a.cross == b.cross).all()
    monkeypatch.undo()
    kept = set_up(particles, OPTIONS)
    assert all(a is b for a, b in zip(list(kept.blocks()), list(kept.blocks()), strict=True))


def test_resolution_and_mask_set_rings_and_radius(particles):
    pixel = particles.pixel_size_angstrom
    setup = set_up(particles, replace(OPTIONS, max_resolution_angstrom=4 * pixel, mask_diameter_angstrom=8 * pixel))
    assert setup.grid.rings == 5
    assert setup.mask_radius_px == 4
    assert 0 < setup.area < 1
