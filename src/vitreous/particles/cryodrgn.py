"""cryoDRGN's inputs: images, a pickle of poses and a pickle of CTF parameters, rows in the order of the images."""

import pickle
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any, Unpack

import numpy as np
from jaxtyping import Float64

from vitreous._errors import InputError
from vitreous._typing import NumpyArray, Path
from vitreous.jobs.files import atomic_write
from vitreous.particles.cryosparc import read_cryosparc
from vitreous.particles.optics_group import KnownOptics, OpticsGroup
from vitreous.particles.particle_set import ParticleSet
from vitreous.particles.paths import find_image, search_folders
from vitreous.particles.pickled import load_arrays
from vitreous.particles.relion import read_relion
from vitreous.particles.stack import open_stack
from vitreous.rotations import matrix_to_relion, relion_to_matrix

__all__ = ["read_cryodrgn", "write_cryodrgn"]

_CTF_COLUMNS = ("box", "Å/pixel", "defocus U", "defocus V", "angle", "kV", "Cs", "amplitude contrast", "phase shift")
_OPTICS_COLUMNS = [0, 1, 5, 6, 7]
_TOLERANCE = 1e-3


def read_cryodrgn(
    images: Path | None = None,
    poses: Path | None = None,
    ctf: Path | None = None,
    **known: Unpack[KnownOptics],
) -> ParticleSet:
    """Read cryoDRGN's inputs as a particle set.

    Parameters
    ----------
    images
        An MRC stack, a ``.txt`` list of stacks, one a line, or a .star or .cs file, whose own poses and CTF give way
        to those of the pickles.
    poses
        Pickle of rotations (n, 3, 3), which take reference coordinates into the observed frame, or of a pair of these
        and translations (n, 2) as fractions of the box, which move the observation onto the reference.
    ctf
        Pickle of a table (n, 9): box, Å/pixel, defocus U and V in Å, astigmatism angle in degrees, kV, Cs in mm,
        amplitude contrast, phase shift in degrees.
    **known
        What neither images nor CTF table tell (or tell wrongly: what is given here counts): ``pixel_size_angstrom``,
        ``box``, ``amplitude_contrast``, ``voltage_kv``, ``spherical_aberration_mm``.

    Returns
    -------
    ParticleSet
        Optics groups are the distinct combinations of the CTF table. Contrast is "inverted" unless the images say.

    Raises
    ------
    InputError
        If a file cannot be read or has another shape or number of rows than stated, a matrix is not a rotation, a
        translation is not a fraction, or translations come without box and pixel size.

    References
    ----------
    E. D. Zhong et al., "CryoDRGN: reconstruction of heterogeneous cryo-EM structures using neural networks", Nature
    Methods 18, 176–185 (2021). Signs are pinned by its parses of a RELION and a cryoSPARC file.
    """
    tables = {path: load_arrays(path) for path in (poses, ctf) if path is not None}
    rotations, shifts = (None, None) if poses is None else _pose_arrays(tables[poses], poses)
    table = None if ctf is None else _ctf_table(tables[ctf], ctf)
    counts = {str(path): len(rows) for path, rows in ((poses, rotations), (ctf, table)) if rows is not None}
    particles = _image_rows(images, counts)
    for path, count in counts.items():
        if count != len(particles):
            raise InputError(
                f"{count} rows, but {len(particles)} {f'images in {images}' if images else f'rows in {poses}'}",
                file=path,
                advice="choose files of the same particles",
            )
    if table is not None:
        particles = _with_ctf(particles, table)
    particles = replace(particles, optics_groups=tuple(replace(group, **known) for group in particles.optics_groups))
    if rotations is not None and poses is not None:
        particles = _with_poses(particles, rotations, shifts, poses)
    return particles


def _pose_arrays(loaded: Any, path: Path) -> tuple[Float64[np.ndarray, "n 3 3"], Float64[np.ndarray, "n 2"] | None]:
    """Rotations and translations, checked."""
    parts: list[NumpyArray] = list(loaded) if isinstance(loaded, (tuple, list)) else [loaded]
    shapes = [part.shape if isinstance(part, np.ndarray) and part.dtype.kind in "iuf" else None for part in parts]
    n = shapes[0][0] if shapes and shapes[0] else -1
    if shapes not in ([(n, 3, 3)], [(n, 3, 3), (n, 2)]):
        raise InputError(f"found {shapes[:3]}, expected rotations (n, 3, 3) and perhaps translations (n, 2)", file=path)
    rotations = parts[0].astype(np.float64)
    with np.errstate(all="ignore"):
        errors = np.abs(rotations @ rotations.swapaxes(1, 2) - np.eye(3)).max(axis=(1, 2))
        bad = np.flatnonzero(~((errors < _TOLERANCE) & (np.linalg.det(rotations) > 0)))
    if len(bad):
        raise InputError("the matrix is not a rotation", file=path, place=f"row {bad[0] + 1}")
    if len(parts) == 1:
        return rotations, None
    shifts = parts[1].astype(np.float64)
    bad = np.flatnonzero(~(np.abs(shifts) <= 1).all(axis=1))
    if len(bad):
        raise InputError(
            f"the translation {shifts[bad[0]].tolist()} is not a fraction of the box",
            file=path,
            place=f"row {bad[0] + 1}",
            advice="divide translations in pixels by the box",
        )
    return rotations, shifts


def _ctf_table(table: object, path: Path) -> Float64[np.ndarray, "n 9"]:
    """The CTF table, checked."""
    columns = len(_CTF_COLUMNS)
    if not isinstance(table, np.ndarray) or table.dtype.kind not in "iuf" or table.shape != (len(table), columns):
        found = f"an array {table.shape}" if isinstance(table, np.ndarray) else type(table).__name__
        raise InputError(f"found {found}, expected a table (n, {columns}): {', '.join(_CTF_COLUMNS)}", file=path)
    values = table.astype(np.float64)
    for column in (0, 1):
        good = (values[:, column] > 0) & (values[:, column] < 2**20)
        if column == 0:
            good &= values[:, column] == np.round(values[:, column])
        if (bad := np.flatnonzero(~good)).size:
            raise InputError(
                f"{_CTF_COLUMNS[column]} is {values[bad[0], column]:g}", file=path, place=f"row {bad[0] + 1}"
            )
    return values


def _image_rows(images: Path | None, counts: dict[str, int]) -> ParticleSet:
    """The particles that the images make, before poses and CTF; without images, as many as the tables have rows."""
    suffix = "" if images is None else FilePath(images).suffix.lower()
    if images is None:
        if not counts:
            raise InputError("neither images nor poses nor a CTF table are named", advice="name one of them")
        return _bare_rows((), [next(iter(counts.values()))], None, None)
    if suffix == ".star":
        return read_relion(images)
    if suffix == ".cs":
        return read_cryosparc(images)
    folders = search_folders(images)
    paths = [find_image(name, folders) for name in _listed(images)] if suffix == ".txt" else [str(images)]
    stacks = [open_stack(path) for path in paths]
    sizes = {(stack.shape[2], stack.pixel_size_angstrom) for stack in stacks}
    if len({box for box, _ in sizes}) > 1:
        raise InputError(f"the stacks differ in box: {', '.join(str(box) for box, _ in sizes)}", file=images)
    box, pixel_size = sizes.pop() if len(sizes) == 1 else (stacks[0].shape[2], None)
    return _bare_rows(tuple(str(FilePath(path).absolute()) for path in paths), list(map(len, stacks)), box, pixel_size)


def _listed(path: Path) -> list[str]:
    """The lines of a list of stacks."""
    try:
        lines = FilePath(path).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read as a list of stacks: {error}", file=path) from error
    names = [line.strip() for line in lines if line.strip()]
    if not names or any("\0" in name for name in names):
        raise InputError("the file lists no stacks", file=path, advice="write one path a line")
    return names


def _bare_rows(
    stacks: tuple[str, ...], counts: Sequence[int], box: int | None, pixel_size: float | None
) -> ParticleSet:
    """Particles of which nothing is known but their images; without stacks, not even these."""
    n = sum(counts)
    group = OpticsGroup("opticsGroup1", None, None, None, pixel_size, box)
    return ParticleSet(
        optics_groups=(group,),
        optics_index=np.zeros(n, np.int64),
        stacks=stacks,
        stack_index=np.repeat(np.arange(len(counts)), counts) if stacks else np.full(n, -1, np.int64),
        slice_index=np.concatenate([np.arange(count) for count in counts]) if stacks else np.zeros(n, np.int64),
    )


def _with_ctf(particles: ParticleSet, table: Float64[np.ndarray, "n 9"]) -> ParticleSet:
    """The particles with optics and defocus of a CTF table."""
    values = np.where(np.isnan(table), -np.inf, table)[:, _OPTICS_COLUMNS]
    rows, index = np.unique(values, axis=0, return_inverse=True)
    groups = []
    for number, row in enumerate(rows, 1):
        # stored as float32: the digits that were meant, 1.6375 and not 1.63750005
        box, pixel_size, kv, cs, contrast = (None if np.isneginf(v) else float(str(np.float32(v))) for v in row)
        groups.append(OpticsGroup(f"opticsGroup{number}", kv, cs, contrast, pixel_size, int(box or 0)))
    return replace(
        particles,
        optics_groups=tuple(groups),
        optics_index=index.reshape(-1).astype(np.int64),
        defocus_u_angstrom=table[:, 2],
        defocus_v_angstrom=table[:, 3],
        defocus_angle_deg=table[:, 4],
        phase_shift_deg=table[:, 8],
    )


def _box_angstrom(particles: ParticleSet) -> NumpyArray | None:
    """Edge of each particle's image in Å; None where box or pixel size of a group is not known."""
    groups = particles.optics_groups
    if not all(group.box and group.pixel_size_angstrom for group in groups):
        return None
    edges = [(group.box or 0) * (group.pixel_size_angstrom or 0.0) for group in groups]
    return np.array(edges, np.float64)[particles.optics_index]


def _with_poses(particles: ParticleSet, rotations: NumpyArray, shifts: NumpyArray | None, path: Path) -> ParticleSet:
    edge = _box_angstrom(particles)
    if shifts is not None and edge is None:
        raise InputError(
            "translations are fractions of the box, and box and pixel size are not known",
            file=path,
            advice="give the CTF table too (--ctf), or box and pixel size",
        )
    return replace(
        particles,
        euler_deg=np.asarray(matrix_to_relion(rotations)),
        shift_angstrom=None if shifts is None or edge is None else shifts * edge[:, None],
    )


def write_cryodrgn(folder: Path, particles: ParticleSet) -> list[str]:
    """Write ``poses.pkl`` and ``ctf.pkl`` for cryoDRGN, as plain pickles of float32 arrays; each appears whole.

    Parameters
    ----------
    folder
        Where to; it is made if it is absent, and files of these names are replaced.
    particles
        The particles. What is not known of them (poses, CTF) makes no file.

    Returns
    -------
    lacking
        What the two files cannot hold, in words. The images always stand first: cryoDRGN takes them from a stack, a
        list of stacks or a .star or .cs file with the same particles in the same order.

    Raises
    ------
    OSError
        If the disk is full or the folder cannot be written to.
    """
    folder = FilePath(folder)
    folder.mkdir(parents=True, exist_ok=True)
    lacking = ["images: cryoDRGN takes them from a file that lists the same particles in the same order"]
    edge = _box_angstrom(particles)
    if particles.euler_deg is not None:
        arrays: list[NumpyArray] = [np.asarray(relion_to_matrix(particles.euler_deg), dtype=np.float32)]
        if particles.shift_angstrom is not None and edge is not None:
            arrays.append((particles.shift_angstrom / edge[:, None]).astype(np.float32))
        elif particles.shift_angstrom is not None:
            lacking.append("shifts: they are fractions of the box, and box or pixel size is not known")
        _dump(folder / "poses.pkl", tuple(arrays) if len(arrays) == 2 else arrays[0])
    elif particles.shift_angstrom is not None:
        lacking.append("shifts, without orientations")
    if particles.has_ctf and edge is not None:
        _dump(folder / "ctf.pkl", _ctf_rows(particles))
    elif particles.defocus_u_angstrom is not None:
        lacking.append("CTF: voltage, Cs, amplitude contrast, box or pixel size is not known")
    return lacking + _lacking(particles)


def _ctf_rows(particles: ParticleSet) -> NumpyArray:
    """The table of box, Å/pixel, defocus U, V, angle, kV, Cs, amplitude contrast, phase shift."""
    groups = [
        (g.box, g.pixel_size_angstrom, g.voltage_kv, g.spherical_aberration_mm, g.amplitude_contrast)
        for g in particles.optics_groups
    ]
    table = np.zeros((len(particles), len(_CTF_COLUMNS)))
    table[:, _OPTICS_COLUMNS] = np.array(groups, np.float64)[particles.optics_index]
    for column, values in (
        (2, particles.defocus_u_angstrom),
        (3, particles.defocus_v_angstrom),
        (4, particles.defocus_angle_deg),
        (8, particles.phase_shift_deg),
    ):
        if values is not None:
            table[:, column] = values
    return table.astype(np.float32)


def _lacking(particles: ParticleSet) -> list[str]:
    """What a particle set knows and the pickles have no place for."""
    used = particles.groups_in_use
    checks = {
        "half sets": particles.random_subset is not None,
        "classes": particles.class_number is not None,
        "micrographs": particles.micrograph is not None,
        "contrast: the images are dark, and no field says so": particles.contrast == "dark",
        "beam tilt": any(any(group.beam_tilt_mrad) for group in used),
        "odd Zernike coefficients": any(group.odd_zernike for group in used),
        "even Zernike coefficients": any(group.even_zernike for group in used),
        "magnification matrix": any(group.magnification_matrix != ((1, 0), (0, 1)) for group in used),
        "names of the optics groups": any(group.name != f"opticsGroup{i}" for i, group in enumerate(used, 1)),
    }
    labels = dict.fromkeys(label for group in used for label in group.extra)
    words = [name for name, lacks in checks.items() if lacks] + [f"{label} of the optics groups" for label in labels]
    return [*words, *particles.extra]


def _dump(path: FilePath, arrays: object) -> None:
    with atomic_write(path) as temporary, open(temporary, "wb") as file:
        pickle.dump(arrays, file, protocol=4)
