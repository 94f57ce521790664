import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from drawn import words
from vitreous.show import histogram_figure, profile_figure, ring_figure


@pytest.fixture
def rings(rng):
    picture = rng.uniform(-1, 1, (64, 64))
    picture[0, 0] = np.nan
    return ring_figure(picture, 1.4, 4.0)


@pytest.fixture
def profile():
    k = np.linspace(0.03, 0.35, 200)
    return profile_figure(k, np.cos(2000 * k**2), np.cos(2000 * k**2), np.linspace(1, 0, 200), 4.0)


def test_axes_have_labels_and_units(rings, profile):
    assert {"kx (1/Å)", "ky (1/Å)", "spectrum", "fit"} <= set(words(rings))
    assert {"frequency (1/Å)", "resolution (Å)", "rings (relative)", "correlation"} <= set(words(profile))
    assert {"mean defocus (µm)", "micrographs"} <= set(
        words(histogram_figure([1, 2, 2.5], "mean defocus", "µm", "micrographs"))
    )


def test_figures_say_what_they_show(rings, profile):
    for svg in (rings, profile):
        root = ET.fromstring(svg)  # noqa: S314
        assert root.get("role") == "img"
        assert "4.0 Å" in root.get("aria-label")


def test_letters_take_the_colour_of_the_page_and_nothing_is_fetched(rings, profile):
    for svg in (rings, profile):
        assert "currentColor" in svg
        assert "#010203" not in svg
        assert "#000000" not in svg
        assert set(re.findall(r'(?:href="|url\()([^#d])', svg)) == set()


def test_the_same_figure_is_the_same_text(profile):
    k = np.linspace(0.03, 0.35, 200)
    assert profile == profile_figure(k, np.cos(2000 * k**2), np.cos(2000 * k**2), np.linspace(1, 0, 200), 4.0)


def test_a_figure_ends_beyond_its_resolution(rng):
    wide, narrow = (ring_figure(rng.uniform(-1, 1, (32, 32)), 1.4, resolution) for resolution in (3.0, 12.0))
    assert "0.3" in words(wide)
    assert "0.3" not in words(narrow)
