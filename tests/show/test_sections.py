import xml.etree.ElementTree as ET

import numpy as np
import pytest

from drawn import pictures
from vitreous.show.sections import scale_bar_angstrom, sections_html


@pytest.fixture
def corner():
    """A bright voxel at +4 in x, +7 in y and −5 in z from the origin of a box of 32, and a dim one at the origin."""
    volume = np.zeros((32, 32, 32))
    volume[11, 23, 20] = 5
    volume[16, 16, 16] = 1
    return volume


def test_axes_point_to_the_right_and_up(corner):
    """A picture's first row is its upper edge: a voxel y steps up from the origin lies in row 15 − y."""
    shown = pictures(sections_html(corner, 2.0))
    assert len(shown) == 6
    for projection, (right, up) in zip(shown[1::2], [(4, 7), (4, -5), (7, -5)], strict=True):
        assert projection[15 - up, 16 + right] == 1
    for section in shown[::2]:
        assert np.unravel_index(section.argmax(), section.shape) == (15, 16)


@pytest.mark.parametrize(("width", "bar"), [(65, 20), (192, 50), (300, 100), (2.0, 1)])
def test_a_bar_is_a_round_number_within_a_third_of_the_width(width, bar):
    assert scale_bar_angstrom(width) == bar


def test_a_bar_is_as_long_as_it_says(rng):
    svg = next(ET.fromstring(sections_html(rng.normal(size=(30, 30, 30)), 1.7)).iter("svg"))  # noqa: S314
    assert float(next(svg.iter("rect")).get("width")) == pytest.approx(100 * 10 / (30 * 1.7), rel=1e-3)
    assert "10 Å" in [text.text for text in svg.iter("text")]
    assert svg.get("aria-label") == "Section xy: x to the right, y up; 51 Å wide"


def test_large_maps_are_shown_in_fewer_pixels():
    shown = pictures(sections_html(np.zeros((200, 200, 200), np.float32), 1.0))
    assert {picture.shape for picture in shown} == {(192, 192)}


def test_a_constant_map_is_drawn():
    assert len(pictures(sections_html(np.ones((8, 8, 8)), 1.0))) == 6
