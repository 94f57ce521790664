"""Halves that refine apart agree on what is in the images, and on nothing where there is nothing."""

from dataclasses import replace

import numpy as np
import pytest

from class_sets import class_set
from simulated import write_set
from vitreous._errors import InputError
from vitreous.classification import Options, classify
from vitreous.classification.halves_apart import refine_apart, without_detail
from vitreous.classification.initial import spread_references
from vitreous.classification.polar import to_polar
from vitreous.classification.setup import set_up
from vitreous.classification.template_bias import template_bias
from vitreous.classification.validation import matched_rings, ring_curves

OPTIONS = Options(classes=2, iterations=5, shift_range_px=2.0, angle_step_deg=6.0, seed=1, threads=2)
BOX = 24


def examined(particles, references=None):
    """The honest curves, those of halves aligned together, and those of the classes with what they started from."""
    *_, last = classify(particles, OPTIONS, references=references)
    setup, box = set_up(particles, OPTIONS), particles.box

    def compare(a, b):
        return ring_curves(a, b, pixel_size_angstrom=particles.pixel_size_angstrom, mask=setup.by.mask)

    first, second = refine_apart(particles, OPTIONS, last.state, iterations=3)
    honest, together = compare(first, matched_rings(first, second, box)), compare(*last.state.half_references)
    if references is None:
        return last, honest, together, None
    template, classes = to_polar(references * setup.by.mask, setup.grid), last.state.half_references.mean(axis=0)
    return last, honest, together, compare(classes, matched_rings(classes, template, box))


def test_a_start_without_detail_has_the_shared_rings_alone(tmp_path):
    known = class_set(tmp_path, 40, BOX, shares=(0.5, 0.5))
    *_, last = classify(known.particles, replace(OPTIONS, iterations=2))
    start = without_detail(last.state, 20)
    np.testing.assert_array_equal(start.references[:, :4], last.state.references[:, :4])
    assert np.all(start.references[:, 4:] == 0)
    assert np.all(start.half_references[:, :, 4:] == 0)
    assert int(start.iteration) == 0
    assert len(start.classes) == 20


def test_halves_agree_on_the_views_and_no_bias_is_found(tmp_path):
    known = class_set(tmp_path, 120, BOX, shares=(0.5, 0.5), snr=1.0)
    start = spread_references(known.particles, 2, 0)
    last, honest, together, _ = examined(known.particles, start)
    assert min(last.weights) > 0.3
    assert all(claim is not None and claim < 20 for claim in honest.resolution_angstrom)
    assert np.all(honest.beyond > 3 * honest.beyond_noise)
    assert not template_bias(honest, together).biased.any()


def test_noise_that_started_from_a_template_is_found_out(tmp_path, rng):
    known = class_set(tmp_path / "views", 120, BOX, shares=(0.5, 0.5))
    noise = rng.standard_normal((120, BOX, BOX)).astype(np.float32)
    own = replace(known.particles, stacks=("particles.mrcs",), folders=())
    particles = write_set(tmp_path / "noise", own, noise)
    template = (10 * known.views / np.linalg.norm(known.views, axis=(1, 2), keepdims=True)).astype(np.float32)
    _, honest, together, likeness = examined(particles, template)
    assert honest.resolution_angstrom == (None, None)
    assert np.all(np.abs(honest.beyond) < 4.5 * honest.beyond_noise)
    assert np.all(honest.smoothed[:, 4:] < 0.143 + 3 * honest.smoothed_noise[:, 4:])
    assert template_bias(honest, together, likeness).biased.all()


def test_halves_smaller_than_the_classes_are_refused(tmp_path):
    known = class_set(tmp_path, 30, 16)
    options = replace(OPTIONS, classes=20, iterations=1)
    *_, last = classify(known.particles, options)
    with pytest.raises(InputError, match="20 classes for 15 particles"):
        next(refine_apart(known.particles, options, last.state))
