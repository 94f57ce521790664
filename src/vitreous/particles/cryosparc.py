"""cryoSPARC's .cs files: one NumPy table, a row a particle, related tables joined by ``uid``."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Unpack

import numpy as np

from vitreous._errors import InputError
from vitreous._typing import NumpyArray, Path
from vitreous.jobs.files import atomic_write
from vitreous.particles.cryosparc_columns import (
    ANGSTROM_PER_MM,
    SCALE_LABEL,
    blob_columns,
    extra_columns,
    optics_columns,
    pose_columns,
)
from vitreous.particles.numpy_table import read_numpy_table
from vitreous.particles.optics_group import KnownOptics, OpticsGroup
from vitreous.particles.particle_set import ParticleSet
from vitreous.particles.paths import search_folders
from vitreous.rotations import cryosparc_to_matrix, matrix_to_relion

__all__ = ["read_cryosparc", "write_cryosparc"]

_FIELDS: dict[str, tuple[str, tuple[int, ...]]] = {
    "uid": ("u", ()),
    "blob/path": ("S", ()),
    "blob/idx": ("iu", ()),
    "blob/shape": ("iu", (2,)),
    "blob/psize_A": ("f", ()),
    "blob/sign": ("f", ()),
    "ctf/exp_group_id": ("iu", ()),
    "ctf/accel_kv": ("f", ()),
    "ctf/cs_mm": ("f", ()),
    "ctf/amp_contrast": ("f", ()),
    "ctf/tilt_A": ("f", (2,)),
    "ctf/df1_A": ("f", ()),
    "ctf/df2_A": ("f", ()),
    "ctf/df_angle_rad": ("f", ()),
    "ctf/phase_shift_rad": ("f", ()),
    "alignments3D/pose": ("f", (3,)),
    "alignments3D/shift": ("f", (2,)),
    "alignments3D/psize_A": ("f", ()),
    "alignments3D/split": ("iu", ()),
    "alignments3D/class": ("iu", ()),
    "alignments2D/class": ("iu", ()),
    "location/micrograph_path": ("S", ()),
}
"""The fields that are understood, with their kind and shape; all others are kept as they are."""
_KEPT = {"uid", "ctf/exp_group_id", "alignments2D/class"}
"""Fields that are understood and also kept, since a particle set has no other place for the whole of them."""
_OPTICS = (
    *("ctf/exp_group_id", "ctf/accel_kv", "ctf/cs_mm", "ctf/amp_contrast", "ctf/tilt_A"),
    *("blob/psize_A", "blob/shape"),
)


def read_cryosparc(
    path: Path, passthrough: Iterable[Path] = (), *, images: Path | None = None, **known: Unpack[KnownOptics]
) -> ParticleSet:
    """Read the particles of a cryoSPARC .cs file and of the passthrough files that complete it.

    Parameters
    ----------
    path
        The file.
    passthrough
        Files of the same particles in any order, with more fields; where two files hold a field, the first counts.
    images
        The folder of the images, where they do not lie as the file says.
    **known
        What the file does not hold (or holds wrongly: what is given here counts): ``pixel_size_angstrom``, ``box``,
        ``amplitude_contrast``, ``voltage_kv``, ``spherical_aberration_mm``.

    Returns
    -------
    ParticleSet
        Optics groups are the distinct combinations of exposure group, voltage, Cs, amplitude contrast, beam tilt, pixel
        size and box. Shifts, in pixels of ``alignments3D/psize_A``, become Å: their sign is RELION's. ``split`` 0, 1
        becomes half set 1, 2; ``class`` from 0 becomes class number from 1. ``blob/sign`` −1 means images as the
        microscope takes them (protein dark), which cryoSPARC multiplies by −1; +1 means inverted ones; a file without
        it holds dark ones. Fields without a place of their own are kept in ``extra`` under their names.

    Raises
    ------
    InputError
        If a file is no table of numbers and text, is cut short, claims another size than it has, lacks a ``uid`` of the
        first file, has a field of another kind than cryoSPARC's, images that are not square or of both signs, or shifts
        without a pixel size.

    References
    ----------
    A. Punjani et al., "cryoSPARC: algorithms for rapid unsupervised cryo-EM structure determination", Nature Methods
    14, 290–296 (2017). Signs are pinned by cryoDRGN's parse of a real file; beam tilt in mrad is arcsin(tilt_A/Cs), as
    in pyem's csparc2star.
    """
    fields = _read_fields(path)
    for other in passthrough:
        fields = {**_aligned(_read_fields(other), fields, other, path), **fields}
    groups, optics_index = _optics(fields, path)
    groups = tuple(replace(group, **known) for group in groups)
    stacks, stack_index = _stacks(fields, len(optics_index))
    return ParticleSet(
        optics_groups=groups,
        optics_index=optics_index,
        stacks=stacks,
        stack_index=stack_index,
        slice_index=_slices(fields, path),
        folders=search_folders(path, images),
        **_row_fields(fields, path, known.get("pixel_size_angstrom")),
        contrast=_contrast(fields, path),
        extra=_extra(fields),
    )


def _read_fields(path: Path) -> dict[str, NumpyArray]:
    """The columns of a .cs file by name, copied out of it, those that are understood checked."""
    table = read_numpy_table(path)
    fields = {name: np.ascontiguousarray(table[name]) for name in table.dtype.names or ()}
    for name, column in fields.items():
        if column.dtype.kind not in "biufcS":
            raise InputError(f"{column.dtype} is neither numbers nor text", file=path, place=f"field {name}")
    for name, (kinds, shape) in _FIELDS.items():
        if name in fields and (fields[name].dtype.kind not in kinds or fields[name].shape[1:] != shape):
            raise InputError(
                f"the field holds {table.dtype[name]}, expected kind {' or '.join(kinds)} of shape {shape}",
                file=path,
                place=f"field {name}",
            )
    if not fields.keys() & _FIELDS.keys():
        raise InputError(
            f"no field of a particle among {', '.join(fields)[:200]}",
            file=path,
            advice="choose a .cs file of particles",
        )
    return fields


def _aligned(
    fields: dict[str, NumpyArray], first: dict[str, NumpyArray], path: Path, first_path: Path
) -> dict[str, NumpyArray]:
    """The fields of a passthrough file in the order of the first file's uids."""
    for each, name in ((first, first_path), (fields, path)):
        if "uid" not in each:
            raise InputError("there is no field uid to join the files by", file=name)
        uids, counts = np.unique(each["uid"], return_counts=True)
        if (counts > 1).any():
            raise InputError(f"uid {uids[counts > 1][0]} stands twice", file=name, place="field uid")
    order = np.argsort(fields["uid"])
    found = np.searchsorted(fields["uid"], first["uid"], sorter=order)
    rows = order[np.minimum(found, len(order) - 1)] if len(order) else np.zeros(0, np.int64)
    lacking = fields["uid"][rows] != first["uid"] if len(order) else np.ones(len(first["uid"]), dtype=bool)
    if lacking.any():
        raise InputError(
            f"{lacking.sum()} particles of {first_path} are absent, the first has uid {first['uid'][lacking][0]}",
            file=path,
            place="field uid",
            advice="choose the passthrough file of the same job",
        )
    return {name: column[rows] for name, column in fields.items()}


def _optics(fields: Mapping[str, NumpyArray], path: Path) -> tuple[tuple[OpticsGroup, ...], NumpyArray]:
    """The optics groups, in the order of their exposure groups, and the group of each particle."""
    n = len(next(iter(fields.values())))
    shape = fields.get("blob/shape")
    if shape is not None and (uneven := np.flatnonzero(shape[:, 0] != shape[:, 1])).size:
        raise InputError(
            f"the image is {shape[uneven[0], 1]} × {shape[uneven[0], 0]} pixels, not square",
            file=path,
            place=f"row {uneven[0] + 1}, field blob/shape",
        )
    held = [name for name in _OPTICS if name in fields]
    columns = [fields[name].astype(np.float64).reshape(n, 1 + (fields[name].ndim > 1)) for name in held]
    table = np.concatenate([*columns, np.zeros((n, 1))], axis=1)
    # NaN (not known) is unequal to itself: a group of its own for each particle
    values, index = np.unique(np.where(np.isnan(table), -np.inf, table), axis=0, return_inverse=True)
    starts = np.cumsum([0, *(column.shape[1] for column in columns)])
    groups = []
    for number, row in enumerate(values, 1):
        group = {name: row[start : start + 2] for name, start in zip(held, starts, strict=False)}
        kv, cs, contrast, size = (_short(group.get(name)) for name in (*_OPTICS[1:4], "blob/psize_A"))
        groups.append(
            OpticsGroup(
                name=f"opticsGroup{number}",
                voltage_kv=kv,
                spherical_aberration_mm=cs,
                amplitude_contrast=contrast,
                pixel_size_angstrom=size,
                box=int(group["blob/shape"][0]) if shape is not None else None,
                beam_tilt_mrad=_tilt_mrad(group.get("ctf/tilt_A"), cs),
            )
        )
    return tuple(groups), index.reshape(-1).astype(np.int64)


def _short(value: NumpyArray | None) -> float | None:
    """A number that was stored as float32, with the digits that were meant (0.07, not 0.07000000029)."""
    return None if value is None or np.isneginf(value[0]) else float(str(np.float32(value[0])))


def _tilt_mrad(tilt_angstrom: NumpyArray | None, cs_mm: float | None) -> tuple[float, float]:
    """Beam tilt in mrad: sin(tilt) is cryoSPARC's tilt_A over Cs."""
    if tilt_angstrom is None or not cs_mm or not np.isfinite(tilt_angstrom).all():
        return 0.0, 0.0
    with np.errstate(over="ignore"):
        sines = np.clip(tilt_angstrom / (cs_mm * ANGSTROM_PER_MM), -1, 1)
    x, y = (1e3 * np.arcsin(sines)).tolist()
    return x, y


def _text(column: NumpyArray) -> list[str]:
    return [value.decode("utf-8", "replace") for value in column.tolist()]


def _stacks(fields: Mapping[str, NumpyArray], n: int) -> tuple[tuple[str, ...], NumpyArray]:
    """The image files and the file of each particle; −1 where a path is empty."""
    if "blob/path" not in fields:
        return (), np.full(n, -1, np.int64)
    paths, index = np.unique(fields["blob/path"], return_inverse=True)
    # a leading > means: relative to the project folder
    names = [name.removeprefix(">") for name in _text(paths)]
    used = [name for name in dict.fromkeys(names) if name]
    places = np.array([used.index(name) if name else -1 for name in names], dtype=np.int64)
    return tuple(used), places[index]


def _slices(fields: Mapping[str, NumpyArray], path: Path) -> NumpyArray:
    """The place of each image in its file, from 0."""
    if "blob/idx" not in fields:
        return np.zeros(len(next(iter(fields.values()))), np.int64)
    slices = fields["blob/idx"].astype(np.int64)
    if (bad := np.flatnonzero((slices < 0) | (slices >= 2**62))).size:
        raise InputError(
            f"no stack has an image {slices[bad[0]]}", file=path, place=f"row {bad[0] + 1}, field blob/idx"
        )
    return slices


def _row_fields(fields: Mapping[str, NumpyArray], path: Path, pixel_size_angstrom: float | None) -> dict[str, Any]:
    """What the particle set knows of each particle."""
    found: dict[str, Any] = {}
    for name, field in (("defocus_u_angstrom", "ctf/df1_A"), ("defocus_v_angstrom", "ctf/df2_A")):
        if field in fields:
            found[name] = fields[field].astype(np.float64)
    for name, field in (("defocus_angle_deg", "ctf/df_angle_rad"), ("phase_shift_deg", "ctf/phase_shift_rad")):
        if field in fields:
            found[name] = np.degrees(fields[field].astype(np.float64))
    if "alignments3D/pose" in fields:
        vectors = fields["alignments3D/pose"].astype(np.float64)
        with np.errstate(all="ignore"):  # NaN and infinities are read as NaN, for the check of the set to name
            found["euler_deg"] = np.asarray(matrix_to_relion(cryosparc_to_matrix(vectors)))
    if "alignments3D/shift" in fields:
        size = fields.get("alignments3D/psize_A", fields.get("blob/psize_A"))
        if size is None and pixel_size_angstrom is not None:
            size = np.full(len(fields["alignments3D/shift"]), pixel_size_angstrom)
        if size is None:
            raise InputError(
                "shifts are in pixels, and the file has no pixel size",
                file=path,
                place="field alignments3D/shift",
                advice="give the pixel size (--pixel-size), or the passthrough file that holds blob/psize_A",
            )
        with np.errstate(all="ignore"):
            found["shift_angstrom"] = fields["alignments3D/shift"] * size.astype(np.float64)[:, None]
    if "alignments3D/split" in fields:
        found["random_subset"] = fields["alignments3D/split"].astype(np.int64) + 1
    class_field = next((name for name in ("alignments3D/class", "alignments2D/class") if name in fields), None)
    if class_field is not None:
        found["class_number"] = fields[class_field].astype(np.int64) + 1
    if "location/micrograph_path" in fields:
        paths, index = np.unique(fields["location/micrograph_path"], return_inverse=True)
        names = np.array([name.removeprefix(">") for name in _text(paths)], dtype=np.dtypes.StringDType())
        found["micrograph"] = names[index]
    return found


def _contrast(fields: Mapping[str, NumpyArray], path: Path) -> str:
    if "blob/sign" not in fields:
        return "dark"
    signs = np.unique(fields["blob/sign"])
    if len(signs) > 1 or not np.isin(signs, (-1, 1)).all():
        raise InputError(
            f"the signs are {', '.join(map(str, signs.tolist()[:4]))}, expected −1 for all particles or +1 for all",
            file=path,
            place="field blob/sign",
            advice="split the particles by sign first",
        )
    return "inverted" if signs.tolist() == [1] else "dark"


def _extra(fields: Mapping[str, NumpyArray]) -> dict[str, NumpyArray]:
    """The fields without a place of their own: text decoded, a RELION label where the meaning is the same."""
    kept = {name: column for name, column in fields.items() if name not in _FIELDS or name in _KEPT}
    if "ctf/scale" in kept:
        kept[SCALE_LABEL] = kept.pop("ctf/scale").astype(np.float64)
    return {name: _decoded(column) if column.dtype.kind == "S" else column for name, column in kept.items()}


def _decoded(column: NumpyArray) -> NumpyArray:
    return np.array(_text(column.reshape(-1)), dtype=np.dtypes.StringDType()).reshape(column.shape)


def write_cryosparc(path: Path, particles: ParticleSet) -> list[str]:
    """Write the particles as a cryoSPARC .cs file; it appears whole or not at all.

    Numbers are float32, as cryoSPARC's are: 1e-7 of their size, 1e-6 rad for orientations. A set without ``uid`` gets
    the numbers from 1.

    Parameters
    ----------
    path
        The file; one that exists is replaced.
    particles
        The particles.

    Returns
    -------
    lacking
        What the file cannot hold, in words; empty where all was written.

    Raises
    ------
    OSError
        If the disk is full or the folder cannot be written to.
    """
    optics, lacking = optics_columns(particles)
    poses, poses_lacking = pose_columns(particles)
    extra, extra_lacking = extra_columns(particles)
    columns = {**blob_columns(path, particles), **optics, **poses, **extra}
    # a little-endian table whatever the machine and the source
    dtype = np.dtype([(name, column.dtype.newbyteorder("<"), column.shape[1:]) for name, column in columns.items()])
    table = np.zeros(len(particles), dtype)
    for name, column in columns.items():
        table[name] = column
    with atomic_write(path) as temporary, open(temporary, "wb") as file:
        np.save(file, table, allow_pickle=False)
    return lacking + poses_lacking + extra_lacking
