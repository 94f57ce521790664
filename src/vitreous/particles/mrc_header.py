"""The header of an MRC file: what it says, what of it is odd, and what of it makes the file unreadable."""

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from vitreous._errors import InputError
from vitreous._typing import Path

__all__ = ["HEADER_BYTES", "MrcHeader", "make_header", "read_header"]

HEADER_BYTES = 1024
_MODES = {0: "i1", 1: "i2", 2: "f4", 6: "u2", 12: "f2"}
_REFUSED_MODES = {3: "complex int16", 4: "complex float32, a transform", 101: "4-bit integers"}
_STAMPS: dict[bytes, Literal["<", ">"]] = {b"DD": "<", b"DA": "<", b"\x11\x11": ">"}
_OTHER_KINDS = {
    b"\x1f\x8b": ("compressed by gzip", "unpack it with gunzip"),
    b"BZh": ("compressed by bzip2", "unpack it with bunzip2"),
    b"\xfd7zXZ": ("compressed by xz", "unpack it with unxz"),
    b"(\xb5/\xfd": ("compressed by zstandard", "unpack it with unzstd"),
    b"PK\x03\x04": ("a zip archive", "unpack it with unzip"),
    b"II*\x00": ("a TIFF file", "convert it to MRC"),
    b"MM\x00*": ("a TIFF file", "convert it to MRC"),
    b"II+\x00": ("a BigTIFF or EER file", "convert it to MRC"),
    b"\x89HDF": ("an HDF5 file", "convert it to MRC"),
}


@dataclass(frozen=True)
class MrcHeader:
    """What the header of an MRC file says.

    Parameters
    ----------
    shape
        Number of images (or sections), rows and columns.
    dtype
        Of the pixels, with the file's byte order.
    offset
        Bytes before the first pixel: the header and the extended header.
    surplus_bytes
        Bytes behind the last pixel.
    pixel_size_angstrom
        Pixel size along x in Å; None where the header has none, zero, or not a number.
    is_volume
        Whether the sections form one map (a space group number that is not 0).
    oddities
        What is odd and does not hinder reading, one sentence each.
    """

    shape: tuple[int, int, int]
    dtype: np.dtype[np.generic]
    offset: int
    surplus_bytes: int
    pixel_size_angstrom: float | None
    is_volume: bool
    oddities: tuple[str, ...]


def read_header(data: bytes, file_bytes: int, path: Path) -> MrcHeader:
    """Make sense of the first 1024 bytes of an MRC file.

    Parameters
    ----------
    data
        The bytes.
    file_bytes
        The size of the whole file.
    path
        The file's name, for errors.

    Raises
    ------
    InputError
        If the file is of another kind, of a mode that holds no real images, of absurd size, or truncated.
    """
    for magic, (kind, advice) in _OTHER_KINDS.items():
        if data.startswith(magic):
            raise InputError(f"the file is {kind}", file=path, advice=advice)
    if len(data) < HEADER_BYTES:
        raise InputError(f"{len(data)} bytes are too few for an MRC header, which has {HEADER_BYTES}", file=path)
    order, oddities = _byte_order(data)
    fields = np.frombuffer(data, _fields().newbyteorder(order))[0]
    shape = _shape(fields, path)
    dtype = np.dtype(order + _mode(fields, path))
    extended = int(fields["nsymbt"])
    if extended < 0:
        raise InputError(f"the extended header has {extended} bytes", file=path, place="header field nsymbt")
    offset = HEADER_BYTES + extended
    image_bytes = shape[1] * shape[2] * dtype.itemsize
    surplus = file_bytes - offset - shape[0] * image_bytes
    if surplus < 0:
        raise InputError(
            f"the header announces {shape[0]} images of {shape[2]} × {shape[1]} pixels ({dtype.name}), "
            f"the file has room for {max(0, file_bytes - offset) // image_bytes}",
            file=path,
            advice="the file is truncated: copy or write it again",
        )
    if surplus:
        oddities.append(f"{surplus} bytes follow the last image")
    pixel_size = _pixel_size(fields, oddities)
    return MrcHeader(shape, dtype, offset, surplus, pixel_size, int(fields["ispg"]) != 0, tuple(oddities))


def make_header(shape: tuple[int, int, int], pixel_size_angstrom: float) -> bytes:
    """The header of a stack of float32 images (mode 2, little-endian) with unknown statistics.

    Parameters
    ----------
    shape
        Number of images, rows and columns.
    pixel_size_angstrom
        In Å.
    """
    fields = np.zeros((), _fields().newbyteorder("<"))
    # each image is a cell of its own: along z a stack has one interval, of one pixel
    for axis, size, intervals in zip("zyx", shape, (1, *shape[1:]), strict=True):
        fields[f"n{axis}"] = size
        fields[f"m{axis}"] = intervals
        fields["cella"][axis] = pixel_size_angstrom * intervals
    fields["mode"] = 2
    fields["cellb"] = (90, 90, 90)
    fields["mapc"], fields["mapr"], fields["maps"] = 1, 2, 3
    # the format's way to say that the statistics are not known
    fields["dmin"], fields["dmax"], fields["dmean"], fields["rms"] = 0, -1, -2, -1
    fields["nversion"], fields["map"], fields["machst"] = 20141, b"MAP ", (0x44, 0x44, 0, 0)
    return fields.tobytes()


def _fields() -> Any:
    """The fields of the header as a NumPy dtype; mrcfile is imported late, since few who read metadata read images."""
    from mrcfile.dtypes import HEADER_DTYPE

    return HEADER_DTYPE


def _byte_order(data: bytes) -> tuple[Literal["<", ">"], list[str]]:
    """The byte order that makes sense of mode and size, and what the header says to the contrary."""
    declared = _STAMPS.get(data[212:214])
    oddities = [] if data[208:211] == b"MAP" else ["the header lacks the MAP stamp"]
    orders: list[Literal["<", ">"]] = [declared, "<", ">"] if declared else ["<", ">"]
    for order in orders:
        nx, _, _, mode = np.frombuffer(data, order + "i4", 4)
        # a number of plausible size read in the wrong order exceeds 65,535
        if 0 < nx < 65536 and 0 <= mode < 65536:
            if order != declared:
                oddities.append(f"machine stamp {data[212:216].hex(' ')} does not fit the header")
            return order, oddities
    return declared or "<", oddities


def _shape(fields: np.void, path: Path) -> tuple[int, int, int]:
    sizes = {name: int(fields[name]) for name in ("nz", "ny", "nx")}
    for name, value in sizes.items():
        if not 0 < value < 2**24:
            raise InputError(
                f"the size {name} is {value}",
                file=path,
                place=f"header field {name}",
                advice="this is not an MRC file, or its header is damaged",
            )
    return sizes["nz"], sizes["ny"], sizes["nx"]


def _mode(fields: np.void, path: Path) -> str:
    mode = int(fields["mode"])
    if mode not in _MODES:
        meaning = f" ({_REFUSED_MODES[mode]})" if mode in _REFUSED_MODES else ""
        raise InputError(
            f"mode {mode}{meaning} holds no real images",
            file=path,
            place="header field mode",
            advice=f"convert it to mode 2 (float32); read are modes {', '.join(map(str, _MODES))}",
        )
    return _MODES[mode]


def _pixel_size(fields: np.void, oddities: list[str]) -> float | None:
    """Pixel size along x in Å, None where the header has none; what is odd about it joins the oddities."""
    sizes = []
    for axis in "xy":
        cell, intervals = float(fields["cella"][axis]), int(fields["m" + axis])
        size = cell / intervals if intervals > 0 else math.nan
        sizes.append(size if math.isfinite(size) and size > 0 else None)
    if sizes[0] is None:
        oddities.append("the header has no pixel size")
    elif sizes[1] is None or abs(sizes[1] / sizes[0] - 1) > 1e-3:
        oddities.append(f"the pixel size differs between x ({sizes[0]:g} Å) and y ({sizes[1] or 0:g} Å)")
    axes = tuple(int(fields[name]) for name in ("mapc", "mapr", "maps"))
    if axes not in ((1, 2, 3), (0, 0, 0)):
        oddities.append(f"the axes are stored in the order {axes}; they are read as x, y, z")
    return sizes[0]
