"""The verdict on halves made to measure: noise aligned to a template is biased, a real class is not."""

import numpy as np

from heaps import heaps
from vitreous.classification.template_bias import template_bias
from vitreous.classification.validation import half_set_curves

BOX = 64


def curves(a, b):
    return half_set_curves(a, b, pixel_size_angstrom=2.0)


def test_noise_that_was_aligned_to_a_template_is_biased(rng):
    template = heaps(4, rng, BOX, blobs=30, sigma=0.8)
    noise = rng.standard_normal((4, 4, BOX, BOX)) * 0.1
    honest = curves(noise[0], noise[1])
    together = curves(noise[2] + 0.5 * template, noise[3] + 0.5 * template)
    likeness = curves(noise[2] + noise[3] + template, template)
    assert template_bias(honest, together).strongly.all()
    assert template_bias(honest, honest, likeness).strongly.all()
    found = template_bias(honest, honest, likeness)
    assert found.biased.all()
    assert not template_bias(honest, honest).strongly.any()
    assert np.all(found.with_template > 0.3)
    assert np.all(np.abs(found.honest) < 0.15)


def test_a_class_that_the_halves_support_is_not_biased_however_it_began(rng):
    truth = heaps(4, rng, BOX, blobs=30, sigma=0.8)
    halves = truth + rng.standard_normal((2, 4, BOX, BOX)) * 0.1
    supported = curves(*halves)
    verdict = template_bias(supported, supported, curves(halves.mean(axis=0), truth))
    assert not verdict.biased.any()
    assert not verdict.strongly.any()
    assert np.all(verdict.with_template > 0.3)
