"""Maps in and out of files, and everything that is wrong with a map named in one line."""

import mrcfile
import numpy as np
import pytest

from known_maps import ball, noise
from vitreous._errors import InputError
from vitreous.cli.maps import MapFile, asked, mask_for, read_map, read_maps, refuse_target, write_map
from vitreous.particles import write_stack


@pytest.fixture
def volume(rng):
    return noise(12, rng).astype(np.float32)


def save(path, volume, size=2.0):
    mrcfile.write(path, volume, voxel_size=size)
    return path


def test_a_map_is_read_as_it_was_written(tmp_path, volume):
    write_map(tmp_path / "a.mrc", volume, MapFile(volume, 1.7, (3.0, -4.5, 6.0)))
    found = read_map(tmp_path / "a.mrc")
    np.testing.assert_array_equal(found.volume, volume)
    assert found.pixel_size_angstrom == pytest.approx(1.7)
    assert found.origin_angstrom == pytest.approx((3.0, -4.5, 6.0))
    mrcfile.validate(tmp_path / "a.mrc")
    assert [path.name for path in tmp_path.iterdir()] == ["a.mrc"]


def test_a_start_in_voxels_is_an_origin(tmp_path, volume):
    with mrcfile.new(tmp_path / "a.mrc") as file:
        file.set_data(volume)
        file.voxel_size = 2.0
        file.nstart = (-6, 4, 1)
    assert read_map(tmp_path / "a.mrc").origin_angstrom == pytest.approx((-12, 8, 2))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda v: v[:5], "12 × 12 × 5 voxels is no cube"),
        (lambda v: np.where(np.arange(12)[:, None, None] == 7, np.nan, v), "144 voxels are NaN or infinite, the first"),
    ],
)
def test_what_is_no_map(tmp_path, volume, change, said):
    path = tmp_path / "a.mrc"
    write_stack(path, [change(volume).astype(np.float32)], 2.0)
    with pytest.raises(InputError, match=said):
        read_map(path)


def test_a_missing_pixel_size_is_asked_for(tmp_path, volume):
    path = save(tmp_path / "a.mrc", volume, 0.0)
    with pytest.raises(InputError, match="--pixel-size"):
        read_map(path)
    assert read_map(path, 3.0).pixel_size_angstrom == 3.0


def test_maps_that_do_not_go_together(tmp_path, volume):
    one, other = save(tmp_path / "a.mrc", volume), save(tmp_path / "b.mrc", volume, 2.1)
    with pytest.raises(InputError, match=r"b.mrc: a pixel size of 2.1 Å, where .*a.mrc has 2 Å"):
        read_maps([one, other])
    assert len(read_maps([one, other], 2.05)) == 2
    small = save(tmp_path / "c.mrc", volume[:8, :8, :8])
    with pytest.raises(InputError, match=r"c.mrc: a box of 8 voxels, where .*a.mrc has 12"):
        read_maps([one, small])


def test_masks(tmp_path, volume):
    one = MapFile(volume, 2.0, (0.0, 0.0, 0.0))
    assert mask_for("none", one, one) is None
    drawn = mask_for("auto", *[MapFile(ball(24, 6).astype(np.float32), 4.0, (0.0, 0.0, 0.0))] * 2)
    assert drawn[12, 12, 12] == 1
    path = save(tmp_path / "m.mrc", ball(12, 4).astype(np.float32))
    np.testing.assert_array_equal(mask_for(str(path), one, one), ball(12, 4))
    with pytest.raises(InputError, match="values from"):
        mask_for(str(save(tmp_path / "n.mrc", volume)), one, one)
    with pytest.raises(InputError, match="a mask of 8 voxels for maps of 12"):
        mask_for(str(save(tmp_path / "s.mrc", ball(8, 2).astype(np.float32))), one, one)
    with pytest.raises(InputError, match="no such file"):
        mask_for(str(tmp_path / "absent.mrc"), one, one)


def test_targets(tmp_path):
    refuse_target(tmp_path / "a.mrc", overwrite=False)
    with pytest.raises(InputError, match="not the name of a map"):
        refuse_target(tmp_path / "a.png", overwrite=True)
    with pytest.raises(InputError, match="no such folder"):
        refuse_target(tmp_path / "absent" / "a.mrc", overwrite=False)
    (tmp_path / "a.mrc").write_bytes(b"mine")
    with pytest.raises(InputError, match="--overwrite"):
        refuse_target(tmp_path / "a.mrc", overwrite=False)
    refuse_target(tmp_path / "a.mrc", overwrite=True)


def test_the_engines_complaints_are_those_of_input():
    def engine(text):
        raise ValueError(text)

    with pytest.raises(InputError, match="too small"):
        asked(engine)("too small")
    with pytest.raises(ZeroDivisionError):
        asked(lambda: 1 / 0)()
