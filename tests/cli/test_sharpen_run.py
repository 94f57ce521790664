"""What is said of a map that was sharpened, and that the mask is for the fit alone."""

import numpy as np
import pytest

from half_maps import PIXEL, write_half_maps
from vitreous.cli.maps import read_map
from vitreous.cli.sharpen import SharpenOptions
from vitreous.cli.sharpen_run import sharpen_map
from vitreous.reconstruction import sharpen


def test_the_mask_is_for_the_fit_alone(tmp_path):
    """The map that is written is the whole one, with the B factor that the masked one has."""
    write_half_maps(tmp_path)
    halves = {"half1": tmp_path / "half1.mrc", "half2": tmp_path / "half2.mrc"}
    made, one, said = sharpen_map(tmp_path / "map.mrc", SharpenOptions(mask="none", low_pass=5.0))
    masked, _, said_masked = sharpen_map(tmp_path / "map.mrc", SharpenOptions(mask="auto", low_pass=5.0))
    assert said.split("(")[0] != said_masked.split("(")[0]
    # as much of the noise in the corner is left with either
    assert np.std(masked[:6, :6, :6]) > 0.1 * np.std(made[:6, :6, :6])
    _, _, said = sharpen_map(tmp_path / "map.mrc", SharpenOptions(**halves))
    assert "by Guinier, 10 to" in said
    assert one.pixel_size_angstrom == pytest.approx(PIXEL)


def test_without_anything_known_of_it_a_map_is_sharpened_as_told(tmp_path):
    write_half_maps(tmp_path)
    made, _, said = sharpen_map(tmp_path / "map.mrc", SharpenOptions(b_factor="30"))
    expected = sharpen(read_map(tmp_path / "map.mrc").volume, 30.0, pixel_size_angstrom=PIXEL)
    np.testing.assert_allclose(made, expected, rtol=1e-6)
    assert said == "B factor 30.0 Å² (given) taken out"
