import numpy as np
import pytest

from drawn import spoken, words
from vitreous.reconstruction import cone_fsc, half_map_fsc
from vitreous.show.fsc import angstrom_or_none, fsc_caption, fsc_figure, fsc_report


@pytest.fixture(scope="module")
def halves():
    """A ball, its noise in each half, and a mask around it."""
    rng, axis = np.random.default_rng(3), np.arange(32) - 16
    radius = np.sqrt(axis[:, None, None] ** 2 + axis[:, None] ** 2 + axis**2)
    ball = (radius < 8).astype(np.float32)
    mask = np.clip(14 - radius, 0, 1).astype(np.float32)
    return [3 * ball + rng.normal(size=ball.shape).astype(np.float32) for _ in range(2)], mask


@pytest.fixture(scope="module")
def masked(halves):
    (first, second), mask = halves
    return half_map_fsc(first, second, mask, pixel_size_angstrom=2.0)


def test_every_curve_is_named_and_the_axes_have_units(masked):
    said = words(fsc_figure(masked))
    assert {"unmasked", "masked", "phases randomised", "corrected", "0.143", "0.5"} <= set(said)
    assert {"spatial frequency (1/Å)", "Fourier shell correlation", "resolution (Å)"} <= set(said)
    assert f"{masked.resolution_angstrom:.2f} Å" in said


def test_without_a_mask_there_is_one_curve(halves):
    (first, second), _ = halves
    said = words(fsc_figure(half_map_fsc(first, second, pixel_size_angstrom=2.0)))
    assert "unmasked" in said
    assert not {"masked", "corrected"} & set(said)


def test_noise_is_said_to_claim_nothing():
    rng = np.random.default_rng(5)
    noise = half_map_fsc(*rng.normal(size=(2, 24, 24, 24)).astype(np.float32), pixel_size_angstrom=2.0)
    assert spoken(fsc_figure(noise)).endswith("none claimed")
    assert not [said for said in words(fsc_figure(noise)) if said.endswith(" Å")]


def test_directions_are_a_band(halves, masked):
    (first, second), _ = halves
    cones = cone_fsc(first, second, pixel_size_angstrom=2.0, cone_half_angle_deg=30.0)
    assert "by direction" in words(fsc_figure(masked, cones))
    assert "cones of 30°" in fsc_caption(masked, cones)


def test_the_page_of_a_curve_holds_its_numbers(masked):
    page = fsc_report(masked, "Two maps", "What came of it.", "vitreous")
    assert page.count(angstrom_or_none(masked.resolution_angstrom)) >= 2
    assert "<script" not in page


def test_no_resolution_is_no_number():
    assert angstrom_or_none(None) == "none claimed"
    assert angstrom_or_none(4.0561) == "4.06 Å"
