"""Maps as the commands read and write them: cubes of one pixel size, whole numbers of problems named, files whole."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ParamSpec, TypeVar

import mrcfile
import numpy as np
from jaxtyping import Float32

from vitreous._errors import InputError
from vitreous._typing import NumpyArray
from vitreous.jobs import atomic_write
from vitreous.particles import open_stack
from vitreous.reconstruction import automatic_mask

__all__ = ["MAP_SUFFIXES", "MapFile", "asked", "mask_for", "read_map", "read_maps", "refuse_target", "write_map"]

MAP_SUFFIXES = (".mrc", ".map", ".ccp4")
_SAME_SIZE = 1e-3
"""How much pixel sizes may differ, relatively: headers hold them in single precision, rounded by some programs."""
_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


@dataclass(frozen=True, eq=False)
class MapFile:
    """A map, and where it lies.

    Parameters
    ----------
    volume
        (n, n, n) float32.
    pixel_size_angstrom
        Å/voxel.
    origin_angstrom
        (x, y, z) of voxel (0, 0, 0) in the frame of atoms that were fitted to the map, Å: the header's origin, or where
        it has none its start.
    """

    volume: Float32[NumpyArray, "n n n"]
    pixel_size_angstrom: float
    origin_angstrom: tuple[float, float, float]


def read_map(path: Path, pixel_size_angstrom: float | None = None) -> MapFile:
    """A map from an MRC file.

    Parameters
    ----------
    path
        The file.
    pixel_size_angstrom
        What counts before the header, Å/voxel.

    Returns
    -------
    MapFile
        The map.

    Raises
    ------
    InputError
        If the file cannot be read, is no cube, holds NaN or infinite values, is constant, or has no pixel size.
    """
    stack = open_stack(path)
    if len(set(stack.shape)) != 1:
        size = " × ".join(map(str, reversed(stack.shape)))
        raise InputError(f"a map of {size} voxels is no cube", file=path, advice="crop or pad it to one")
    volume = stack.pixels.astype(np.float32)
    bad = ~np.isfinite(volume)
    if bad.any():
        section = int(np.flatnonzero(bad.any(axis=(1, 2)))[0])
        problem = f"{int(bad.sum())} voxels are NaN or infinite, the first in section {section + 1}"
        raise InputError(problem, file=path, advice="make the map anew")
    size_angstrom = pixel_size_angstrom or stack.pixel_size_angstrom
    if size_angstrom is None:
        raise InputError("the header has no pixel size", file=path, advice="give it with --pixel-size")
    return MapFile(volume, size_angstrom, _origin(path, size_angstrom))


def _origin(path: Path, pixel_size_angstrom: float) -> tuple[float, float, float]:
    with mrcfile.open(path, header_only=True, permissive=True) as file:
        header = file.header
        origin = [float(header.origin[axis]) for axis in "xyz"]
        start = [int(header[f"n{axis}start"]) * pixel_size_angstrom for axis in "xyz"]
    x, y, z = origin if any(origin) else start
    return x, y, z


def read_maps(paths: Sequence[Path], pixel_size_angstrom: float | None = None) -> list[MapFile]:
    """Maps that belong together.

    Parameters
    ----------
    paths
        The files.
    pixel_size_angstrom
        What counts before the headers, Å/voxel.

    Returns
    -------
    list of MapFile
        In the order of the files.

    Raises
    ------
    InputError
        As `read_map`; or if boxes or pixel sizes differ.
    """
    maps = [read_map(path, pixel_size_angstrom) for path in paths]
    for path, one in zip(paths[1:], maps[1:], strict=True):
        box, size, first = len(one.volume), one.pixel_size_angstrom, maps[0]
        if box != len(first.volume):
            problem = f"a box of {box} voxels, where {paths[0]} has {len(first.volume)}"
            raise InputError(problem, file=path, advice="bring both to one box first")
        if abs(size / first.pixel_size_angstrom - 1) > _SAME_SIZE:
            problem = f"a pixel size of {size:g} Å, where {paths[0]} has {first.pixel_size_angstrom:g} Å"
            raise InputError(problem, file=path, advice="give the right one with --pixel-size")
    return maps


def mask_for(
    mask: str, half1: MapFile, half2: MapFile, pixel_size_angstrom: float | None = None
) -> Float32[NumpyArray, "n n n"] | None:
    """The mask that ``--mask`` asks for.

    Parameters
    ----------
    mask
        ``"auto"``, ``"none"``, or the path of a mask.
    half1, half2
        What it is drawn around, or has to fit.
    pixel_size_angstrom
        What counts before the mask's header, Å/voxel.

    Returns
    -------
    NumPy array or None
        float32, 0 … 1; None without a mask.

    Raises
    ------
    InputError
        If a mask cannot be read, is no mask, or does not fit; or if none can be drawn.
    """
    if mask == "none":
        return None
    if mask == "auto":
        size = half1.pixel_size_angstrom
        return asked(automatic_mask)(half1.volume, half2.volume, pixel_size_angstrom=size)
    path = Path(mask)
    given = read_map(path, pixel_size_angstrom or half1.pixel_size_angstrom).volume
    if given.shape != half1.volume.shape:
        problem = f"a mask of {len(given)} voxels for maps of {len(half1.volume)}"
        raise InputError(problem, file=path, advice="make one of the same box")
    if given.min() < -1e-3 or given.max() > 1 + 1e-3 or not given.any():
        span = f"{given.min():g} to {given.max():g}"
        raise InputError(f"values from {span}, and those of a mask lie between 0 and 1", file=path)
    clipped: NumpyArray = np.clip(given, 0, 1)
    return clipped


def refuse_target(path: Path, *, overwrite: bool) -> None:
    """Refuse to write a map to a path, before any work is done for it.

    Raises
    ------
    InputError
        If the suffix is not that of a map, the folder is absent, or the file exists and may not be replaced.
    """
    if path.suffix.lower() not in MAP_SUFFIXES:
        raise InputError("not the name of a map", file=path, advice=f"end it in {', '.join(MAP_SUFFIXES)}")
    if not path.absolute().parent.is_dir():
        raise InputError("no such folder", file=path.parent, advice="make it first")
    if path.exists() and not overwrite:
        raise InputError("the file exists", file=path, advice="give another name, or --overwrite")


def write_map(path: Path, volume: NumpyArray, like: MapFile) -> None:
    """Write a map, whole or not at all.

    Parameters
    ----------
    path
        The file; one that exists is replaced.
    volume
        (n, n, n).
    like
        The map whose pixel size and origin the file states.
    """
    with atomic_write(path) as temporary, mrcfile.new(temporary) as file:
        file.set_data(np.asarray(volume, np.float32))
        file.voxel_size = like.pixel_size_angstrom
        file.header.origin = like.origin_angstrom


def asked(function: Callable[_Arguments, _Result]) -> Callable[_Arguments, _Result]:
    """A function of the engine whose complaints about its arguments are those of a person's input."""

    def checked(*positional: _Arguments.args, **named: _Arguments.kwargs) -> _Result:
        try:
            return function(*positional, **named)
        except InputError:
            raise
        except ValueError as error:
            raise InputError(str(error)) from error

    return checked
