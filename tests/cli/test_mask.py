"""``vitreous mask`` writes the engine's masks."""

import mrcfile
import numpy as np
import pytest

from half_maps import PIXEL, write_half_maps
from vitreous._errors import InputError
from vitreous.cli import main
from vitreous.cli.mask import MaskOptions
from vitreous.reconstruction import automatic_mask, soft_mask
from vitreous.reconstruction.mask import low_passed


@pytest.fixture
def made(tmp_path, capsys):
    write_half_maps(tmp_path)

    def command(*words, status=0):
        assert main(["mask", *map(str, words), "-o", str(tmp_path / "mask.mrc"), "--overwrite"]) == status
        err = capsys.readouterr().err
        return mrcfile.read(tmp_path / "mask.mrc") if status == 0 else err

    return command


def test_by_itself(made, tmp_path):
    one, other = (mrcfile.read(tmp_path / f"half{i}.mrc") for i in (1, 2))
    mask = made(tmp_path / "half1.mrc", "--half2", tmp_path / "half2.mrc")
    np.testing.assert_array_equal(mask, automatic_mask(one, other, pixel_size_angstrom=PIXEL))
    wide = made(tmp_path / "half1.mrc", "--half2", tmp_path / "half2.mrc", "--dilate", 12, "--low-pass", 20)
    lengths = {"pixel_size_angstrom": PIXEL, "dilate_angstrom": 12.0, "low_pass_angstrom": 20.0}
    np.testing.assert_array_equal(wide, automatic_mask(one, other, **lengths))


def test_at_a_contour(made, tmp_path):
    volume = mrcfile.read(tmp_path / "map.mrc")
    level = float(np.quantile(volume, 0.99))
    hard = made(tmp_path / "map.mrc", "--threshold", level, "--dilate", 0, "--edge", 0)
    np.testing.assert_array_equal(hard, volume >= np.float32(level))
    smooth = made(tmp_path / "map.mrc", "--threshold", level / 2, "--low-pass", 12)
    expected = soft_mask(low_passed(volume, PIXEL, 12.0), level / 2, pixel_size_angstrom=PIXEL)
    np.testing.assert_array_equal(smooth, expected)


def test_what_has_no_mask(made, tmp_path):
    assert "no voxel reaches the threshold 1e+06" in made(tmp_path / "map.mrc", "--threshold", 1e6, status=2)
    assert "no such file" in made(tmp_path / "absent.mrc", status=2)
    with pytest.raises(InputError, match="--edge -1"):
        MaskOptions(edge=-1.0)
