"""RELION's STAR files: 3.0, where every row repeats the optics, and 3.1 to 5, where they have a table of their own."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Unpack

import numpy as np
from jaxtyping import Int64

from vitreous._errors import InputError
from vitreous._typing import NumpyArray, Path
from vitreous.particles.optics_group import KnownOptics, OpticsGroup
from vitreous.particles.particle_set import ParticleSet
from vitreous.particles.paths import find_image, names_beside, search_folders
from vitreous.particles.relion_columns import place_in, read_integers, read_numbers, read_texts, to_column
from vitreous.particles.relion_optics import groups_from_rows, groups_from_table, optics_table, rows_from_groups
from vitreous.particles.stack import open_stack
from vitreous.particles.star import StarTable, read_star, write_star

__all__ = ["read_relion", "write_relion"]

_IMAGE, _GROUP = "rlnImageName", "rlnOpticsGroup"
_EULER = ("rlnAngleRot", "rlnAngleTilt", "rlnAnglePsi")
_SHIFT_ANGSTROM = ("rlnOriginXAngst", "rlnOriginYAngst")
_SHIFT_PIXELS = ("rlnOriginX", "rlnOriginY")
_NUMBERS = {
    "defocus_u_angstrom": "rlnDefocusU",
    "defocus_v_angstrom": "rlnDefocusV",
    "defocus_angle_deg": "rlnDefocusAngle",
    "phase_shift_deg": "rlnPhaseShift",
}
_INTEGERS = {"random_subset": "rlnRandomSubset", "class_number": "rlnClassNumber"}
_MICROGRAPH = "rlnMicrographName"


def read_relion(
    path: Path,
    *,
    images: Path | None = None,
    **known: Unpack[KnownOptics],
) -> ParticleSet:
    """Read the particles of a RELION STAR file, of version 3.0 or of 3.1 to 5.

    Images are not read; where the file does not state the box, it is taken from the images if they are found.

    Parameters
    ----------
    path
        The file.
    images
        The folder of the images, where they do not lie as the file says.
    **known
        What the file does not hold (or holds wrongly: what is given here counts): ``pixel_size_angstrom``, ``box``,
        ``amplitude_contrast``, ``voltage_kv``, ``spherical_aberration_mm``.

    Returns
    -------
    ParticleSet
        Poses and shifts are there if the file has all their columns; every column without a field of its own is kept
        in ``extra``, in order.

    Raises
    ------
    InputError
        If the file is no particle STAR file, lacks a column, names an optics group that it does not define, has a value
        of another kind than its column, or has origins in pixels and no pixel size.
    """
    tables = read_star(path)
    table = _particle_table(tables, path)
    groups, optics_index, used = _optics(tables, table, path)
    groups = tuple(replace(group, **known) for group in groups)
    stacks, stack_index, slice_index = _image_places(table, path)
    fields, labels = _row_fields(table, path, groups, optics_index)
    used |= labels | {_IMAGE}
    particles = ParticleSet(
        optics_groups=groups,
        optics_index=optics_index,
        stacks=stacks,
        stack_index=stack_index,
        slice_index=slice_index,
        folders=search_folders(path, images),
        **fields,
        extra={label: column for label, column in table.columns.items() if label not in used},
    )
    return _with_boxes(particles)


def _particle_table(tables: Mapping[str, StarTable], path: Path) -> StarTable:
    """The table of the particles: the one with images, by the names that RELION uses first."""
    named = [tables[name] for name in ("particles", "images", "") if name in tables]
    for table in [*named, *tables.values()]:
        if _IMAGE in table.columns:
            return table
    listed = ", ".join(f"data_{name}" for name in tables) or "none"
    raise InputError(
        f"no table has a column {_IMAGE}; the tables are {listed}",
        file=path,
        advice="choose the STAR file of the particles, not of micrographs or of a job",
    )


def _optics(
    tables: Mapping[str, StarTable], table: StarTable, path: Path
) -> tuple[tuple[OpticsGroup, ...], Int64[np.ndarray, " n"], set[str]]:
    """The optics groups, the particle's group, and the columns of the particle table that were used."""
    if "optics" not in tables:
        return groups_from_rows(table, path)
    groups = groups_from_table(tables["optics"], path)
    numbers = read_integers(table, _GROUP, path)
    known = np.array(list(groups), dtype=np.int64)
    unknown = np.flatnonzero(~np.isin(numbers, known))
    if len(unknown):
        raise InputError(
            f"optics group {numbers[unknown[0]]} is not in data_optics, which has {', '.join(map(str, groups))}",
            file=path,
            place=place_in(table, _GROUP, int(unknown[0])),
            advice="add the group to data_optics or correct the row",
        )
    order = np.argsort(known)
    return tuple(groups.values()), order[np.searchsorted(known[order], numbers)].astype(np.int64), {_GROUP}


def _image_places(table: StarTable, path: Path) -> tuple[tuple[str, ...], NumpyArray, NumpyArray]:
    """Stacks, the particle's stack and its slice from 0, from names N@STACK, or STACK for its first image."""
    names = read_texts(table, _IMAGE, path)
    numbers, at, stacks = np.strings.partition(names, np.array("@", dtype=np.dtypes.StringDType()))
    bare = at == ""
    numbers[bare], stacks[bare] = "1", names[bare]
    good = np.strings.isdecimal(numbers) & (np.strings.str_len(numbers) <= 18) & (np.strings.str_len(stacks) > 0)
    slices = np.where(good, numbers, "0").astype(np.int64) - 1
    bad = np.flatnonzero(slices < 0)
    if len(bad):
        raise InputError(
            f"{names[bad[0]]!r} does not name an image",
            file=path,
            place=place_in(table, _IMAGE, int(bad[0])),
            advice="an image is named N@STACK, N from 1",
        )
    # particles of one stack mostly stand together: look up a name once a run
    new = np.ones(len(stacks), dtype=bool)
    new[1:] = stacks[1:] != stacks[:-1]
    starts = np.flatnonzero(new)
    known: dict[str, int] = {}
    codes = np.array([known.setdefault(stack, len(known)) for stack in stacks[starts].tolist()], dtype=np.int64)
    return tuple(known), np.repeat(codes, np.diff(starts, append=len(stacks))), slices


def _row_fields(
    table: StarTable, path: Path, groups: tuple[OpticsGroup, ...], optics_index: NumpyArray
) -> tuple[dict[str, Any], set[str]]:
    """The fields of the particle set that the table holds, and the columns that they came from."""
    held = table.columns.keys()
    columns = {
        **{name: (label, read_numbers) for name, label in _NUMBERS.items()},
        **{name: (label, read_integers) for name, label in _INTEGERS.items()},
        "micrograph": (_MICROGRAPH, read_texts),
    }
    fields = {name: read(table, label, path) for name, (label, read) in columns.items() if label in held}
    used = {label for label, _ in columns.values() if label in held}
    if held >= set(_EULER):
        fields["euler_deg"] = np.stack([read_numbers(table, label, path) for label in _EULER], axis=-1)
        used |= set(_EULER)
    if held >= set(_SHIFT_ANGSTROM):
        fields["shift_angstrom"] = np.stack([read_numbers(table, label, path) for label in _SHIFT_ANGSTROM], axis=-1)
        used |= set(_SHIFT_ANGSTROM)
    elif held >= set(_SHIFT_PIXELS):
        pixels = np.stack([read_numbers(table, label, path) for label in _SHIFT_PIXELS], axis=-1)
        fields["shift_angstrom"] = pixels * _pixel_sizes(table, path, pixels, groups)[optics_index, None]
        used |= set(_SHIFT_PIXELS)
    return fields, used


def _pixel_sizes(table: StarTable, path: Path, shifts: NumpyArray, groups: tuple[OpticsGroup, ...]) -> NumpyArray:
    """Å per pixel of each group, for origins in pixels."""
    sizes = [group.pixel_size_angstrom for group in groups]
    if None in sizes and shifts.any():
        raise InputError(
            "origins are in pixels and the file has no pixel size",
            file=path,
            place=place_in(table, _SHIFT_PIXELS[0]),
            advice="give the pixel size (--pixel-size)",
        )
    return np.array([1.0 if size is None else size for size in sizes])


def _with_boxes(particles: ParticleSet) -> ParticleSet:
    """The set with the boxes that its file does not state taken from the images, where they are found."""
    groups = list(particles.optics_groups)
    for number, group in enumerate(groups):
        rows = np.flatnonzero(particles.optics_index == number)
        if group.box is None and len(rows):
            name = particles.stacks[particles.stack_index[rows[0]]]
            try:
                groups[number] = replace(group, box=open_stack(find_image(name, particles.folders)).shape[2])
            except InputError:
                # the metadata can be used without images; reading them tells what is wrong
                continue
    return replace(particles, optics_groups=tuple(groups))


def write_relion(path: Path, particles: ParticleSet, layout: str = "3.1") -> list[str]:
    """Write the particles as a RELION STAR file, to full precision; it appears whole or not at all.

    Parameters
    ----------
    path
        The file; one that exists is replaced. Image files that would not be found from there get absolute paths.
    particles
        The particles.
    layout
        ``"3.1"`` (read by RELION 3.1, 4 and 5) or ``"3.0"``.

    Returns
    -------
    lacking
        What the layout cannot hold, in words; empty where all was written.

    Raises
    ------
    InputError
        If a particle has no image.
    ValueError
        If the layout is another.
    """
    if layout not in ("3.0", "3.1"):
        raise ValueError(f'layout is "3.1" or "3.0", not {layout!r}')
    columns: dict[str, NumpyArray] = {_IMAGE: _image_names(path, particles)}
    if particles.micrograph is not None:
        columns[_MICROGRAPH] = particles.micrograph
    tables = {}
    if layout == "3.1":
        tables["optics"], lacking = optics_table(particles.optics_groups)
        columns[_GROUP] = particles.optics_index + 1
    else:
        optics, lacking = rows_from_groups(particles.optics_groups, particles.optics_index)
        columns |= optics
    lacking += _add_rows(columns, particles, in_pixels=layout == "3.0")
    if particles.contrast == "dark":
        lacking.append("contrast: RELION takes the images for inverted (protein white)")
    name = "particles" if layout == "3.1" else ""
    tables[name] = StarTable(name, columns)
    # RELION takes a file with the stamp of 3.1 for one, whatever it holds
    write_star(path, tables, stamp=layout == "3.1")
    return lacking


def _image_names(path: Path, particles: ParticleSet) -> NumpyArray:
    lacking = np.flatnonzero(particles.stack_index < 0)
    if len(lacking):
        raise InputError(f"particle {lacking[0] + 1} has no image, which a STAR file needs", file=path)
    stacks = names_beside(path, particles.stacks, particles.folders)
    places = zip(particles.slice_index.tolist(), particles.stack_index.tolist(), strict=True)
    return np.array([f"{place + 1:06d}@{stacks[stack]}" for place, stack in places], dtype=np.dtypes.StringDType())


def _add_rows(columns: dict[str, NumpyArray], particles: ParticleSet, *, in_pixels: bool) -> list[str]:
    """Add what is known of each particle to the columns; what cannot be held is returned."""
    lacking = []
    for name, label in [*_NUMBERS.items(), *_INTEGERS.items()]:
        if (values := getattr(particles, name)) is not None:
            columns[label] = values
    if particles.euler_deg is not None:
        columns |= dict(zip(_EULER, particles.euler_deg.T, strict=True))
    if particles.shift_angstrom is not None:
        sizes = [group.pixel_size_angstrom for group in particles.optics_groups]
        if not in_pixels:
            columns |= dict(zip(_SHIFT_ANGSTROM, particles.shift_angstrom.T, strict=True))
        elif all(sizes) or not particles.shift_angstrom.any():
            pixels = particles.shift_angstrom / np.array([size or 1.0 for size in sizes])[particles.optics_index, None]
            columns |= dict(zip(_SHIFT_PIXELS, pixels.T, strict=True))
        else:
            lacking.append("shifts: the layout has them in pixels, and the pixel size is not known")
    for label, values in particles.extra.items():
        column = to_column(values)
        if column is None or label in columns or not label.isidentifier():
            lacking.append(label)
        else:
            columns[label] = column
    return lacking
