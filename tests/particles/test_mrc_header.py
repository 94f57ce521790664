"""Headers: what is tolerated and said, and what is refused with the numbers that were found."""

import struct

import mrcfile
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitreous._errors import InputError
from vitreous.particles.mrc_header import HEADER_BYTES, make_header, read_header

SHAPE = (3, 10, 12)
FILE_BYTES = HEADER_BYTES + 3 * 10 * 12 * 4


def altered(offset: int, code: str, *values: object) -> bytes:
    """A sound header with fields written over."""
    data = bytearray(make_header(SHAPE, 1.5))
    struct.pack_into(code, data, offset, *values)
    return bytes(data)


def refused(data: bytes, file_bytes: int = FILE_BYTES) -> str:
    with pytest.raises(InputError) as error:
        read_header(data, file_bytes, "stack.mrcs")
    assert str(error.value).startswith("stack.mrcs: ")
    return str(error.value)


def test_our_header_is_what_mrcfile_takes_for_a_valid_stack(tmp_path):
    path = tmp_path / "stack.mrcs"
    path.write_bytes(make_header(SHAPE, 1.5) + np.arange(360, dtype="<f4").tobytes())
    with mrcfile.open(path) as file:
        assert file.is_image_stack()
        assert file.data.shape == SHAPE
        assert file.voxel_size.x == file.voxel_size.y == pytest.approx(1.5)
    assert mrcfile.validate(path)


def test_a_sound_header_has_no_oddities():
    header = read_header(make_header(SHAPE, 1.5), FILE_BYTES, "stack.mrcs")
    assert (header.shape, header.dtype, header.offset) == (SHAPE, np.dtype("<f4"), HEADER_BYTES)
    assert header.pixel_size_angstrom == pytest.approx(1.5)
    assert not header.is_volume
    assert header.oddities == ()


@pytest.mark.parametrize("stamp", [b"\0\0\0\0", b"\x11\x11\0\0", b"DA\0\0"])
def test_the_sizes_decide_the_byte_order_where_the_stamp_is_wrong(stamp):
    header = read_header(altered(212, "4s", stamp), FILE_BYTES, "stack.mrcs")
    assert header.shape == SHAPE
    assert bool(header.oddities) == (stamp[:2] != b"DA")


def test_a_big_endian_header_is_read(tmp_path):
    with mrcfile.new(tmp_path / "big.mrcs") as file:
        file.set_data(np.zeros(SHAPE, np.float32).astype(">f4"))
        file.voxel_size = 2.0
    data = (tmp_path / "big.mrcs").read_bytes()
    header = read_header(data[:HEADER_BYTES], len(data), "big.mrcs")
    assert header.dtype == np.dtype(">f4")
    assert header.pixel_size_angstrom == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("offset", "code", "values", "said"),
    [
        (208, "4s", (b"\0\0\0\0",), "lacks the MAP stamp"),
        (40, "<2f", (0.0, 0.0), "has no pixel size"),
        (40, "<2f", (float("nan"), 18.0), "has no pixel size"),
        (40, "<2f", (-18.0, -15.0), "has no pixel size"),
        (28, "<2i", (0, 0), "has no pixel size"),
        (40, "<2f", (18.0, 30.0), r"differs between x (1.5 Å) and y (3 Å)"),
        (64, "<3i", (3, 2, 1), "stored in the order (3, 2, 1)"),
    ],
)
def test_what_is_odd_is_said_and_read(offset, code, values, said):
    header = read_header(altered(offset, code, *values), FILE_BYTES, "stack.mrcs")
    assert any(said in oddity for oddity in header.oddities)
    assert (header.pixel_size_angstrom is None) == ("no pixel size" in said)


def test_surplus_bytes_are_counted():
    header = read_header(make_header(SHAPE, 1.5), FILE_BYTES + 7, "stack.mrcs")
    assert header.surplus_bytes == 7
    assert "7 bytes follow the last image" in header.oddities


@pytest.mark.parametrize(
    ("magic", "kind", "advice"),
    [(b"\x1f\x8b\x08", "gzip", "gunzip"), (b"BZh9", "bzip2", "bunzip2"), (b"II*\0", "TIFF", "convert")],
)
def test_other_kinds_of_file_are_named_with_advice(magic, kind, advice):
    message = refused(magic + bytes(2000))
    assert kind in message
    assert advice in message


@pytest.mark.parametrize("mode", [3, 4, 101, 7, -2])
def test_modes_without_real_images_are_refused(mode):
    assert f"mode {mode}" in refused(altered(12, "<i", mode))


@pytest.mark.parametrize(("offset", "name"), [(0, "nx"), (4, "ny"), (8, "nz")])
@pytest.mark.parametrize("value", [0, -5, 2**31 - 1])
def test_absurd_sizes_are_refused_by_field(offset, name, value):
    message = refused(altered(offset, "<i", value))
    assert f"header field {name}: the size {name} is {value}" in message


def test_sizes_whose_product_overflows_are_compared_as_they_are():
    assert "the file has room for 0" in refused(altered(0, "<3i", 2**23, 2**23, 2**23))


def test_a_truncated_file_is_refused_with_both_counts():
    message = refused(make_header(SHAPE, 1.5), FILE_BYTES - 1)
    assert "announces 3 images of 12 × 10 pixels" in message
    assert "has room for 2" in message


def test_the_extended_header_counts():
    assert read_header(altered(92, "<i", 80), FILE_BYTES + 80, "stack.mrcs").offset == HEADER_BYTES + 80
    assert "has room for" in refused(altered(92, "<i", 2**31 - 1))
    assert "-80 bytes" in refused(altered(92, "<i", -80))


@pytest.mark.parametrize("length", [0, 1, 1023])
def test_a_file_without_a_whole_header_is_refused(length):
    assert f"{length} bytes are too few" in refused(make_header(SHAPE, 1.5)[:length], length)


@given(
    changes=st.dictionaries(st.integers(0, HEADER_BYTES - 1), st.integers(0, 255), max_size=12),
    size=st.integers(0, 10**6),
    length=st.integers(0, HEADER_BYTES),
)
def test_any_bytes_are_a_header_that_fits_the_file_or_are_refused(changes, size, length):
    data = bytearray(make_header(SHAPE, 1.5))
    for place, value in changes.items():
        data[place] = value
    for head in (bytes(data), bytes(data[:length])):
        try:
            header = read_header(head, size, "stack.mrcs")
        except InputError:
            continue
        pixels = header.shape[0] * header.shape[1] * header.shape[2]
        assert header.offset + pixels * header.dtype.itemsize + header.surplus_bytes == size
        assert header.pixel_size_angstrom is None or header.pixel_size_angstrom > 0
