"""Stacks: mrcfile's pixels in every mode and byte order, memory that stays small, and damage that is named."""

import bz2
import gzip

import mrcfile
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import needs
from vitreous._errors import InputError
from vitreous.particles.stack import check_finite, open_stack, write_stack

MODES = {0: np.int8, 1: np.int16, 2: np.float32, 6: np.uint16, 12: np.float16}


def save(path, pixels, *, extended=b"", pixel_size=1.5):
    with mrcfile.new(path) as file:
        if extended:
            file.set_extended_header(np.frombuffer(extended, "V1"))
        file.set_data(pixels)
        file.voxel_size = pixel_size
    return path


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("extended", [0, 80, 1024, 5])
def test_every_mode_is_read_as_mrcfile_wrote_it(tmp_path, rng, mode, order, extended):
    kind = np.dtype(MODES[mode]).newbyteorder(order)
    low = 0 if mode == 6 else -100
    pixels = rng.integers(low, 100, size=(4, 6, 5)).astype(kind)
    stack = open_stack(save(tmp_path / "s.mrcs", pixels, extended=bytes(extended)))
    assert stack.shape == (4, 6, 5)
    assert stack.pixel_size_angstrom == pytest.approx(1.5)
    order_asked = np.array([3, 0, 0, 2])
    images = stack.read(order_asked)
    assert images.dtype == np.float32
    np.testing.assert_array_equal(images, pixels[order_asked].astype(np.float32))
    np.testing.assert_array_equal(stack.run(1, 3), pixels[1:3].astype(np.float32))


@pytest.mark.filterwarnings("ignore:Map ID string not found:RuntimeWarning", "ignore:Unrecognised machine stamp")
@pytest.mark.parametrize("name", ["real_particles/sample.mrcs", "real_particles/relion31.mrcs"])
def test_real_images_equal_those_of_mrcfile(name):
    path = needs.data(name)
    with mrcfile.open(path, permissive=True) as file:
        expected = file.data.astype(np.float32)
    stack = open_stack(path)
    np.testing.assert_array_equal(stack.read(np.arange(len(stack))), expected)


@pytest.mark.parametrize("name", ["maps/clean70SRibosome_vol_65p.mrc", "maps/EMD-3197.map"])
def test_real_maps_are_sections(name):
    path = needs.data(name)
    with mrcfile.open(path, permissive=True) as file:
        expected = file.data.astype(np.float32)
        cell, intervals = float(file.header.cella.x), int(file.header.mx)
    stack = open_stack(path)
    np.testing.assert_array_equal(stack.run(0, len(stack)), expected)
    known = stack.pixel_size_angstrom
    assert (known is None and "the header has no pixel size" in stack.header.oddities) or known == cell / intervals


def test_a_run_of_native_floats_is_a_read_only_view(tmp_path, rng):
    pixels = rng.standard_normal((5, 8, 8), dtype=np.float32)
    stack = open_stack(save(tmp_path / "s.mrcs", pixels))
    run = stack.run(1, 4)
    assert np.shares_memory(run, stack.pixels)
    assert not run.flags.writeable
    stack.forget(1, 4)
    np.testing.assert_array_equal(run, pixels[1:4])


def test_what_read_returns_belongs_to_the_caller(tmp_path):
    path = save(tmp_path / "s.mrcs", np.ones((2, 4, 4), np.float32))
    images = open_stack(path).read(np.array([0]))
    images += 1
    np.testing.assert_array_equal(open_stack(path).read(np.array([0])), np.ones((1, 4, 4)))


def test_a_file_that_changed_is_mapped_anew(tmp_path):
    path = tmp_path / "s.mrcs"
    write_stack(path, [np.zeros((1, 4, 4), np.float32)], 1.0)
    first = open_stack(path)
    assert open_stack(path) is first
    write_stack(path, [np.ones((2, 4, 4), np.float32)], 1.0)
    assert open_stack(path).shape == (2, 4, 4)
    assert first.read(np.array([0])).max() == 0


@pytest.mark.parametrize(("pack", "advice"), [(gzip.compress, "gunzip"), (bz2.compress, "bunzip2")])
def test_compressed_stacks_are_refused_with_advice(tmp_path, pack, advice):
    path = save(tmp_path / "s.mrcs", np.zeros((2, 4, 4), np.float32))
    path.write_bytes(pack(path.read_bytes()))
    with pytest.raises(InputError, match=f"unpack it with {advice}"):
        open_stack(path)


def test_a_truncated_stack_is_refused(tmp_path):
    path = save(tmp_path / "s.mrcs", np.zeros((10, 4, 4), np.float32))
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(InputError, match=r"announces 10 images .* room for 8.*truncated"):
        open_stack(path)


@pytest.mark.parametrize("name", ["absent.mrcs", ".", "with\0nul.mrcs"])
def test_what_is_no_file_is_refused(tmp_path, name):
    with pytest.raises(InputError):
        open_stack(f"{tmp_path}/{name}")


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_pixels_that_are_not_finite_are_reported_with_file_and_image(tmp_path, value):
    pixels = np.zeros((4, 6, 6), np.float32)
    pixels[2, 1, 1:4] = value
    write_stack(tmp_path / "s.mrcs", [pixels], 1.0)
    stack = open_stack(tmp_path / "s.mrcs")
    for read in (lambda: stack.read(np.array([0, 3, 2])), lambda: stack.run(0, 4)):
        with pytest.raises(InputError, match=r"s\.mrcs: image 3: 3 pixels are NaN or infinite"):
            read()
    stack.read(np.array([0, 1, 3]))


def test_a_sum_that_overflows_is_no_complaint():
    check_finite(np.full((2, 8, 8), 3e38, np.float32), "s.mrcs", 0)


@pytest.mark.parametrize("place", [-1, 3, 10**12])
def test_an_image_that_the_file_lacks_is_refused_with_both_counts(tmp_path, place):
    stack = open_stack(save(tmp_path / "s.mrcs", np.zeros((3, 4, 4), np.float32)))
    with pytest.raises(InputError, match=f"image {place + 1} was asked for, the file has 3"):
        stack.read(np.array([place]))


@settings(max_examples=30, deadline=None)
@given(counts=st.lists(st.integers(0, 4), min_size=1, max_size=4), size=st.tuples(st.integers(1, 9), st.integers(1, 9)))
def test_written_blocks_read_back(tmp_path_factory, counts, size):
    path = tmp_path_factory.mktemp("written") / "s.mrcs"
    rng = np.random.default_rng(sum(counts))
    blocks = [rng.standard_normal((count, *size), dtype=np.float32) for count in counts]
    if not sum(counts):
        with pytest.raises(ValueError, match="no images"):
            write_stack(path, blocks, 1.0)
        assert not list(path.parent.iterdir())
        return
    write_stack(path, blocks, 1.25)
    stack = open_stack(path)
    np.testing.assert_array_equal(stack.pixels, np.concatenate(blocks))
    assert stack.pixel_size_angstrom == pytest.approx(1.25)
    assert not stack.header.oddities


def test_blocks_of_another_size_are_refused_and_leave_the_old_file(tmp_path):
    path = tmp_path / "s.mrcs"
    write_stack(path, [np.ones((1, 4, 4), np.float32)], 1.0)
    with pytest.raises(ValueError, match="follow images of shape"):
        write_stack(path, [np.zeros((1, 4, 4), np.float32), np.zeros((1, 5, 5), np.float32)], 1.0)
    assert open_stack(path).pixels.max() == 1
    assert [file.name for file in tmp_path.iterdir()] == ["s.mrcs"]
