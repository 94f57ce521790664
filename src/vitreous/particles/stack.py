"""MRC files, mapped into memory: a file is checked when it is opened, its pixels are read when they are asked for."""

import math
import mmap
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from jaxtyping import Float32, Int64

from vitreous._errors import InputError
from vitreous._typing import NumpyArray, Path
from vitreous.jobs.files import atomic_write
from vitreous.particles.mrc_header import HEADER_BYTES, MrcHeader, make_header, read_header

__all__ = ["Stack", "check_finite", "open_stack", "write_stack"]

_OPEN_MAPS = 64
"""How many files stay mapped between reads."""


@dataclass(frozen=True, eq=False)
class Stack:
    """An MRC file of n images of y × x pixels (or a map of n sections), mapped into memory.

    Parameters
    ----------
    path
        The file.
    header
        What its header says.
    pixels
        (n, y, x) in the file's own dtype and byte order: a read-only view of the file, from which nothing is read until
        it is touched.
    """

    path: str
    header: MrcHeader
    pixels: NumpyArray
    mapping: mmap.mmap = field(repr=False)

    def __len__(self) -> int:
        return int(self.pixels.shape[0])

    @property
    def shape(self) -> tuple[int, int, int]:
        """Number of images, rows and columns."""
        n, y, x = self.pixels.shape
        return n, y, x

    @property
    def pixel_size_angstrom(self) -> float | None:
        """Pixel size along x in Å; None where the header has none."""
        return self.header.pixel_size_angstrom

    def read(self, slices: Int64[np.ndarray, " m"]) -> Float32[np.ndarray, "m y x"]:
        """Copy images into a new array.

        Parameters
        ----------
        slices
            (m,) places in the file, from 0, in any order.

        Returns
        -------
        images
            (m, y, x) float32.

        Raises
        ------
        InputError
            If the file has no such image, or an image holds NaN or infinite pixels.
        """
        images = np.empty((len(slices), *self.pixels.shape[1:]), dtype=np.float32)
        self.read_into(images, np.arange(len(slices)), slices)
        return images

    def read_into(
        self, images: Float32[np.ndarray, "n y x"], rows: Int64[np.ndarray, " m"], slices: Int64[np.ndarray, " m"]
    ) -> None:
        """Copy the images at ``slices`` of the file to ``rows`` of an array; errors as ``read``."""
        self._check_slices(slices)
        total = 0.0
        # each image is summed while it is in the cache: a sum is not finite where a pixel is not
        with np.errstate(all="ignore"):
            for row, place in zip(rows.tolist(), slices.tolist(), strict=True):
                image = images[row]
                image[...] = self.pixels[place]
                total += float(image.sum())
        if not math.isfinite(total):
            for row, place in zip(rows.tolist(), slices.tolist(), strict=True):
                check_finite(images[row : row + 1], self.path, place)
        if len(slices):
            self.forget(int(slices.min()), int(slices.max()) + 1)

    def run(self, start: int, stop: int) -> Float32[np.ndarray, "m y x"]:
        """Images ``start`` to ``stop`` − 1: a read-only view of the file where it holds float32 as this machine does.

        Elsewhere they are a new array. Errors as ``read``.
        """
        self._check_slices(np.asarray([start, stop - 1]))
        images: NumpyArray = self.pixels[start:stop].astype(np.float32, copy=False)
        images.flags.writeable = False
        check_finite(images, self.path, start)
        return images

    def forget(self, start: int, stop: int) -> None:
        """Let the system take back the memory behind images ``start`` to ``stop`` − 1; views of them stay valid."""
        if not hasattr(mmap, "MADV_DONTNEED"):
            return
        image_bytes = self.pixels[0].nbytes
        first = self.header.offset + start * image_bytes
        first -= first % mmap.PAGESIZE
        self.mapping.madvise(mmap.MADV_DONTNEED, first, self.header.offset + stop * image_bytes - first)

    def _check_slices(self, slices: NumpyArray) -> None:
        beyond = slices[(slices < 0) | (slices >= len(self))]
        if len(beyond):
            raise InputError(
                f"image {beyond[0] + 1} was asked for, the file has {len(self)}",
                file=self.path,
                advice="the metadata belong to another file, or the stack is incomplete",
            )


def open_stack(path: Path) -> Stack:
    """Map an MRC or MRCS file into memory and check its header.

    Modes 0 (int8), 1 (int16), 2 (float32), 6 (uint16) and 12 (float16) are read, in both byte orders and behind
    extended headers of any length. A file opened before and not changed since is not mapped anew.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    Stack
        Its header and its pixels, not yet read.

    Raises
    ------
    InputError
        If the file is absent, compressed, truncated, of another mode, or not an MRC file.

    References
    ----------
    A. Cheng et al., "MRC2014: extensions to the MRC format header for electron cryo-microscopy and tomography",
    J. Struct. Biol. 192, 146–150 (2015).
    """
    try:
        status = os.stat(path)
    except (OSError, ValueError) as error:
        raise InputError("no such file", file=path, advice="check the path of the image file") from error
    return _open(os.path.abspath(path), str(path), status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=_OPEN_MAPS)
def _open(absolute: str, path: str, size: int, modified_ns: int) -> Stack:
    try:
        with open(absolute, "rb") as file:
            header = read_header(file.read(HEADER_BYTES), size, path)
            mapping = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", file=path) from error
    pixels = np.frombuffer(mapping, header.dtype, math.prod(header.shape), header.offset).reshape(header.shape)
    return Stack(path, header, pixels, mapping)


def check_finite(images: Float32[np.ndarray, "m y x"], path: str, start: int) -> None:
    """Refuse NaN and infinite pixels in images that stand from place ``start`` (from 0) in a file.

    Raises
    ------
    InputError
        Naming the first such image.
    """
    # a sum is not finite where a pixel is not, and costs one pass without new memory
    with np.errstate(all="ignore"):
        if np.isfinite(images.sum()):
            return
    bad = ~np.isfinite(images)
    counts = bad.sum(axis=(-2, -1))
    if not counts.any():
        return
    first = int(np.flatnonzero(counts)[0])
    raise InputError(
        f"{counts[first]} pixels are NaN or infinite",
        file=path,
        place=f"image {start + first + 1}",
        advice="leave this image out or extract it again",
    )


def write_stack(path: Path, blocks: Iterable[Float32[np.ndarray, "_ y x"]], pixel_size_angstrom: float) -> None:
    """Write images as an MRC stack of float32, block by block; the file appears whole or not at all.

    Parameters
    ----------
    path
        The file; one that exists is replaced.
    blocks
        Arrays (m, y, x), float32, one after the other.
    pixel_size_angstrom
        In Å.

    Raises
    ------
    ValueError
        If there are no images, or blocks differ in the size of the images.
    OSError
        If the disk is full or the folder cannot be written to.
    """
    count, size = 0, None
    with atomic_write(path) as temporary, open(temporary, "wb") as file:
        file.write(bytes(HEADER_BYTES))
        for block in blocks:
            size = size or block.shape[1:]
            if block.shape[1:] != size:
                raise ValueError(f"images of shape {block.shape[1:]} follow images of shape {size}")
            file.write(np.ascontiguousarray(block, dtype="<f4").data)
            count += len(block)
        if size is None or not count:
            raise ValueError("there are no images to write")
        file.seek(0)
        file.write(make_header((count, *size), pixel_size_angstrom))
