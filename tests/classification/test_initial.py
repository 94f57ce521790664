"""The seeded choice takes one image of each kind where there are as many kinds as choices."""

import numpy as np
import pytest

from class_sets import class_set
from heaps import heaps
from vitreous.classification.initial import far_apart, spread_references
from vitreous.classification.matching import best_matches, posed_spectra
from vitreous.fourier import irft


def of_three_kinds(rng, count=30, noise=0.2, box=24):
    kinds = heaps(3, rng, box, blobs=5)
    kind = np.arange(count) % 3
    spectra = posed_spectra(
        kinds[kind], rng.uniform(0, 360, count), rng.uniform(-1, 1, (count, 2)), np.zeros(count, bool)
    )
    return irft(spectra, (box, box)) + noise * rng.standard_normal((count, box, box)), kind, kinds


def test_images_of_different_kinds_are_chosen(rng):
    images, kind, _ = of_three_kinds(rng, 24)
    choices = [set(kind[far_apart(images, 3, np.random.default_rng(seed))[0]]) for seed in range(3)]
    # three drawn at random are of three kinds in two of nine draws
    assert all(len(choice) == 3 for choice in choices)


def test_a_choice_is_one_of_the_seed_and_has_no_image_twice(rng):
    images, _, _ = of_three_kinds(rng, 12)
    first, averages = far_apart(images, 12, np.random.default_rng(3))
    assert sorted(first) == list(range(12))
    again, others = far_apart(images, 12, np.random.default_rng(3))
    np.testing.assert_array_equal(first, again)
    np.testing.assert_array_equal(averages, others)
    with pytest.raises(ValueError, match="13 of 12"):
        far_apart(images, 13, np.random.default_rng(3))


def test_averages_of_the_images_near_a_chosen_one_lose_its_noise(rng):
    images, kind, kinds = of_three_kinds(rng, 36, 0.3)
    chosen, averages = far_apart(images, 3, np.random.default_rng(1))
    weights = np.r_[0.0, np.ones(6)]
    single = np.diag(best_matches(kinds[kind[chosen]], images[chosen], shell_weights=weights, mirror=False).correlation)
    together = np.diag(best_matches(kinds[kind[chosen]], averages, shell_weights=weights, mirror=False).correlation)
    assert np.all(together > single)
    assert together.min() > 0.9


def test_references_of_a_set_are_its_views_in_the_contrast_of_the_classes(tmp_path):
    known = class_set(tmp_path, 60, 32, snr=2.0, shares=(0.4, 0.3, 0.3))
    references = spread_references(known.particles, 3, 0)
    assert references.dtype == np.float32
    found = best_matches(known.views, references, shell_weights=np.r_[0.0, np.ones(6)], mirror=False).correlation
    # every view has a reference of its own that looks like it
    assert len(set(found.argmax(axis=1))) == 3
    assert found.max(axis=1).min() > 0.75
