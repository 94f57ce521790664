"""Toy images: what is drawn is what the truth says."""

import numpy as np
import pytest

from vitreous.heterogeneity import ELLIPSE, HINGE, LETTERS, Figure, toy_images

FIGURES = [ELLIPSE, HINGE, LETTERS]


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.name)
def test_a_seed_makes_the_images(figure):
    one, same, other = (toy_images(figure, 9, 24, rotate=True, noise_sigma=0.1, seed=s) for s in (3, 3, 4))
    assert np.array_equal(one.images, same.images)
    assert not np.array_equal(one.images, other.images)
    assert one.images.dtype == np.float32
    assert one.images.shape == (9, 24, 24)
    low, high = np.array(figure.ranges).T
    assert np.all((one.content >= low) & (one.content <= high))


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.name)
def test_intensity_is_0_outside_and_1_inside_and_the_rim_is_free(figure):
    images = toy_images(figure, 50, 32).images
    assert images.min() >= 0
    assert images.max() <= 1
    assert np.all(images.max(axis=(1, 2)) > 0.85)
    assert np.all(images[:, [0, -1]] < 0.01)


def test_an_ellipse_has_its_area():
    drawn = toy_images(ELLIPSE, 40, 96)
    # a rim of the logistic profile and width 0.03 adds π times its variance (Steiner's formula)
    area = np.pi * (np.prod(drawn.content, axis=1) + (np.pi * 0.03) ** 2 / 3) * 48**2
    np.testing.assert_allclose(drawn.images.sum(axis=(1, 2)), area, rtol=0.02)


def test_the_shift_moves_the_image_onto_the_figure_and_the_turn_is_psi():
    """A spot at u is seen at r = Z(ψ)u − s."""
    spot = np.array([0.4, 0.1])
    figure = Figure("spot", ("none",), ((0, 1),), lambda r, _: np.exp(-((r - spot) ** 2).sum(-1) / 0.02))
    drawn = toy_images(figure, 100, 64, rotate=True, shift_sigma_pixels=3.0, seed=5)
    axis = np.arange(64) - 32
    weight = drawn.images / drawn.images.sum(axis=(1, 2), keepdims=True)
    centre = np.stack([(weight * axis).sum(axis=(1, 2)), (weight * axis[:, None]).sum(axis=(1, 2))], axis=1)
    psi = np.radians(drawn.angle_deg)
    x, y = spot * 32
    turned = np.stack([np.cos(psi) * x + np.sin(psi) * y, np.cos(psi) * y - np.sin(psi) * x], axis=1)
    np.testing.assert_allclose(centre, turned - drawn.shift_pixels, atol=0.02)
    assert np.abs(drawn.shift_pixels).max() == 6.0
    assert np.ptp(drawn.angle_deg) > 300


def test_noise_is_as_asked():
    clean, noisy = (toy_images(HINGE, 60, 32, noise_sigma=s).images for s in (0.0, 0.4))
    assert np.std(noisy - clean) == pytest.approx(0.4, rel=0.02)
    assert np.mean(noisy - clean) == pytest.approx(0, abs=0.01)


@pytest.mark.parametrize("number", range(5))
def test_a_letter_does_not_look_the_same_after_a_turn(number):
    """The angle can be known: the best other angle leaves a tenth of the letter unexplained at least."""
    one = Figure("letter", ("letter",), ((number, number),), LETTERS.intensity)
    drawn = toy_images(one, 400, 48, rotate=True, seed=2)
    upright = toy_images(one, 1, 48).images[0]
    far = np.abs(drawn.angle_deg) > 25
    unexplained = ((drawn.images[far] - upright) ** 2).sum(axis=(1, 2)) / (upright**2).sum()
    assert unexplained.min() > 0.1
