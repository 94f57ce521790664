"""Micrographs as the command line takes them, and the STAR file in which their CTF is written."""

import glob
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.dtypes import StringDType

from vitreous._errors import InputError
from vitreous.optics import CtfFit
from vitreous.particles import StarTable, open_stack, read_star, write_star

__all__ = ["GivenOptics", "KnownOptics", "Micrograph", "find_micrographs", "read_micrograph", "write_micrographs_star"]

_OPTICS = {
    "pixel_size_angstrom": "rlnMicrographPixelSize",
    "voltage_kv": "rlnVoltage",
    "cs_mm": "rlnSphericalAberration",
    "amplitude_contrast": "rlnAmplitudeContrast",
}


@dataclass(frozen=True)
class GivenOptics:
    """What a person or a STAR file says of the microscope; None where nothing was said."""

    pixel_size_angstrom: float | None = None
    voltage_kv: float | None = None
    cs_mm: float | None = None
    amplitude_contrast: float | None = None
    group: str = "opticsGroup1"

    def filled(self, other: "GivenOptics") -> "GivenOptics":
        """With another's values where this has none."""
        return replace(
            self, **{name: getattr(other, name) for name in _OPTICS if getattr(self, name) is None}, group=other.group
        )


@dataclass(frozen=True)
class KnownOptics:
    """The microscope of a micrograph."""

    pixel_size_angstrom: float
    voltage_kv: float = 300.0
    cs_mm: float = 2.7
    amplitude_contrast: float = 0.07
    group: str = "opticsGroup1"


@dataclass(frozen=True)
class Micrograph:
    """One micrograph, all of whose optics are known."""

    name: str
    """As it was given: a path of this machine, or a STAR file's."""
    path: Path
    optics: KnownOptics


def find_micrographs(sources: Sequence[str], given: GivenOptics) -> list[Micrograph]:
    """The micrographs that the words of a command line name.

    Parameters
    ----------
    sources
        MRC files, patterns with ``*``, ``?`` or ``[…]``, and STAR files with ``rlnMicrographName``, whose optics groups
        are taken.
    given
        What goes before all that files say.

    Returns
    -------
    list of Micrograph
        In the order of the words; those of a pattern in the order of their names.

    Raises
    ------
    InputError
        If a word names nothing, a STAR file no micrographs, a micrograph stands twice, or no pixel size is known.
    """
    found: list[Micrograph] = []
    for source in sources:
        if Path(source).suffix.lower() == ".star":
            found += [_completed(name, path, given.filled(optics)) for name, path, optics in _of_star(Path(source))]
            continue
        names = sorted(glob.glob(source)) if glob.has_magic(source) and not Path(source).exists() else [source]
        if not names:
            raise InputError(f"no file matches {source!r}", advice="check the pattern and the folder")
        found += [_completed(name, Path(name), given) for name in names]
    seen: set[Path] = set()
    for micrograph in found:
        if micrograph.path in seen:
            raise InputError("the micrograph was named twice", file=micrograph.path, advice="name it once")
        seen.add(micrograph.path)
    return found


def read_micrograph(micrograph: Micrograph) -> np.ndarray:
    """The pixels of a micrograph.

    Parameters
    ----------
    micrograph
        Of one image.

    Returns
    -------
    float32 array
        Shape (y, x).

    Raises
    ------
    InputError
        If the file cannot be read, holds several images, or pixels that are not finite.
    """
    stack = open_stack(micrograph.path)
    if len(stack) != 1:
        advice = "average the frames of a movie first, after their motion is corrected"
        raise InputError(f"{len(stack)} images, where a micrograph has one", file=micrograph.path, advice=advice)
    pixels: np.ndarray = stack.read(np.zeros(1, np.int64))[0]
    return pixels


def write_micrographs_star(path: Path, fitted: Sequence[tuple[Micrograph, CtfFit]]) -> None:
    """Write fits as RELION 3.1 and later keep them: a table of optics groups, a table of micrographs.

    The thickness, where it was fitted, stands in a column of ours, ``vitreousThicknessAngstrom``; RELION carries it
    along.

    Parameters
    ----------
    path
        The file; one that exists is replaced.
    fitted
        Micrographs and their fits.
    """
    groups = list(dict.fromkeys(micrograph.optics for micrograph, _ in fitted))
    names = [group.group for group in groups]
    # micrographs of one group may differ in pixel size, and then are two groups
    unique = [f"{name}_{names[:i].count(name) + 1}" if name in names[:i] else name for i, name in enumerate(names)]
    optics = {
        "rlnOpticsGroupName": np.array(unique, StringDType()),
        "rlnOpticsGroup": np.arange(1, len(groups) + 1),
        **{label: np.array([float(getattr(group, name)) for group in groups]) for name, label in _OPTICS.items()},
    }
    fits = [fit for _, fit in fitted]
    columns = {
        "rlnMicrographName": np.array([micrograph.name for micrograph, _ in fitted], StringDType()),
        "rlnOpticsGroup": np.array([groups.index(micrograph.optics) + 1 for micrograph, _ in fitted]),
        "rlnDefocusU": np.array([fit.defocus.u_angstrom for fit in fits]),
        "rlnDefocusV": np.array([fit.defocus.v_angstrom for fit in fits]),
        "rlnCtfAstigmatism": np.array([fit.defocus.u_angstrom - fit.defocus.v_angstrom for fit in fits]),
        "rlnDefocusAngle": np.array([fit.defocus.angle_deg for fit in fits]),
        "rlnPhaseShift": np.array([fit.defocus.phase_shift_deg for fit in fits]),
        "rlnCtfFigureOfMerit": np.array([fit.score for fit in fits]),
        "rlnCtfMaxResolution": np.array([fit.resolution_angstrom for fit in fits]),
    }
    if any(fit.thickness_angstrom is not None for fit in fits):
        columns["vitreousThicknessAngstrom"] = np.array([fit.thickness_angstrom for fit in fits], float)
    # four decimals of an Å are more than a fit knows
    rounded = {label: np.round(values, 4) if values.dtype == float else values for label, values in columns.items()}
    write_star(path, {"optics": StarTable("optics", optics), "micrographs": StarTable("micrographs", rounded)})


def _completed(name: str, path: Path, optics: GivenOptics) -> Micrograph:
    """A micrograph with the pixel size of its header and the usual microscope where nothing else is known."""
    if optics.pixel_size_angstrom is None:
        size = open_stack(path).pixel_size_angstrom
        if size is None:
            raise InputError("the header has no pixel size", file=path, advice="give --pixel-size")
        # headers hold the width of the image in single precision
        optics = replace(optics, pixel_size_angstrom=round(size, 5))
    known = KnownOptics(**{key: value for key, value in vars(optics).items() if value is not None})
    for key, least, largest in (("pixel_size_angstrom", 1e-2, 1e3), ("voltage_kv", 1.0, 3e3), ("cs_mm", 0.0, 1e2)):
        if not least <= getattr(known, key) <= largest:
            raise InputError(f"{key} is {getattr(known, key)}: expected {least:g} to {largest:g}", file=path)
    if not 0 <= known.amplitude_contrast <= 1:
        raise InputError(f"amplitude contrast is {known.amplitude_contrast}: expected a fraction", file=path)
    return Micrograph(name, path, known)


def _of_star(path: Path) -> list[tuple[str, Path, GivenOptics]]:
    """Names, paths and optics of the micrographs of a STAR file; their paths are relative to it or to where we are."""
    tables = read_star(path)
    table = next((item for item in tables.values() if "rlnMicrographName" in item.columns), None)
    if table is None or not len(table):
        raise InputError("no rlnMicrographName in it", file=path, advice="give a list of micrographs, or MRC files")
    groups = _groups(tables)
    numbers = table.columns.get("rlnOpticsGroup", np.ones(len(table), np.int64)).tolist()
    rows = []
    for name, number in zip(map(str, table.columns["rlnMicrographName"]), numbers, strict=True):
        if groups and number not in groups:
            raise InputError(f"optics group {number} is not in its table", file=path, place=f"micrograph {name}")
        beside = path.parent / name
        rows.append((name, beside if beside.exists() else Path(name), groups.get(number, GivenOptics())))
    return rows


def _groups(tables: dict[str, StarTable]) -> dict[int, GivenOptics]:
    """The optics groups of a STAR file by number."""
    if "optics" not in tables or "rlnOpticsGroup" not in tables["optics"].columns:
        return {}
    columns = tables["optics"].columns
    known = {name: columns[label].tolist() for name, label in _OPTICS.items() if label in columns}
    numbers = columns["rlnOpticsGroup"].tolist()
    names = [str(name) for name in columns.get("rlnOpticsGroupName", [f"opticsGroup{number}" for number in numbers])]
    return {
        number: GivenOptics(**{name: float(values[i]) for name, values in known.items()}, group=names[i])
        for i, number in enumerate(numbers)
    }
