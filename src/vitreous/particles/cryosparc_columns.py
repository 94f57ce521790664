"""The columns of a cryoSPARC table, made from a particle set."""

import math

import numpy as np

from vitreous._typing import NumpyArray, Path
from vitreous.particles.particle_set import ParticleSet
from vitreous.particles.paths import names_beside
from vitreous.rotations import matrix_to_cryosparc, relion_to_matrix

__all__ = ["ANGSTROM_PER_MM", "SCALE_LABEL", "blob_columns", "extra_columns", "optics_columns", "pose_columns"]

ANGSTROM_PER_MM = 1e7
"""Cs is in mm, cryoSPARC's tilt in Å."""
SCALE_LABEL = "rlnCtfScalefactor"
"""RELION's label for ``ctf/scale``, the one field beside pose and CTF that means the same on both sides."""


def blob_columns(path: Path, particles: ParticleSet) -> dict[str, NumpyArray]:
    """Where the images are, how large, and of which sign: the fields ``blob/…``.

    Parameters
    ----------
    path
        The file that the columns are for; images that it would not find get absolute paths.
    particles
        The particles.
    """
    columns: dict[str, NumpyArray] = {}
    if particles.stacks:
        names = np.array([*names_beside(path, particles.stacks, particles.folders), ""], dtype=np.dtypes.StringDType())
        columns["blob/path"] = _encoded(names)[particles.stack_index]
        columns["blob/idx"] = particles.slice_index.astype(np.uint32)
    boxes = [group.box for group in particles.optics_groups]
    if None not in boxes:
        columns["blob/shape"] = np.array(boxes, np.uint32)[particles.optics_index, None].repeat(2, axis=1)
    columns["blob/sign"] = np.full(len(particles), -1 if particles.contrast == "dark" else 1, np.float32)
    return columns


def optics_columns(particles: ParticleSet) -> tuple[dict[str, NumpyArray], list[str]]:
    """The optics of each particle, and in words what of them has no field.

    Beam tilt becomes ``ctf/tilt_A`` = Cs sin(tilt). What only some optics groups know is NaN in the others.

    Parameters
    ----------
    particles
        The particles.
    """
    groups, index = particles.optics_groups, particles.optics_index
    columns: dict[str, NumpyArray] = {"ctf/exp_group_id": (index + 1).astype(np.uint32)}
    for field, name in (
        ("blob/psize_A", "pixel_size_angstrom"),
        ("ctf/accel_kv", "voltage_kv"),
        ("ctf/cs_mm", "spherical_aberration_mm"),
        ("ctf/amp_contrast", "amplitude_contrast"),
    ):
        values = [getattr(group, name) for group in groups]
        if any(value is not None for value in values):
            known = [math.nan if value is None else value for value in values]
            columns[field] = np.array(known, np.float32)[index]
    tilts = np.array([group.beam_tilt_mrad for group in groups]).reshape(len(groups), 2)
    spherical = np.array([group.spherical_aberration_mm or 0.0 for group in groups])
    if tilts.any():
        columns["ctf/tilt_A"] = (np.sin(1e-3 * tilts) * spherical[:, None] * ANGSTROM_PER_MM).astype(np.float32)[index]
    return columns, _lacking_optics(particles)


def _lacking_optics(particles: ParticleSet) -> list[str]:
    groups, used = particles.optics_groups, particles.groups_in_use
    checks = {
        "beam tilt of optics groups without Cs": any(
            any(group.beam_tilt_mrad) and not group.spherical_aberration_mm for group in used
        ),
        "odd Zernike coefficients": any(group.odd_zernike for group in used),
        "even Zernike coefficients": any(group.even_zernike for group in used),
        "magnification matrix": any(group.magnification_matrix != ((1, 0), (0, 1)) for group in used),
        "names of the optics groups": [g.name for g in groups] != [f"opticsGroup{i + 1}" for i in range(len(groups))],
    }
    labels = dict.fromkeys(label for group in used for label in group.extra)
    return [words for words, lacks in checks.items() if lacks] + [f"{label} of the optics groups" for label in labels]


def pose_columns(particles: ParticleSet) -> tuple[dict[str, NumpyArray], list[str]]:
    """Defocus, pose, half set, class and micrograph of each particle, and in words what of them has no field.

    Parameters
    ----------
    particles
        The particles. Shifts become pixels; half set and class are counted from 0.
    """
    columns: dict[str, NumpyArray] = {}
    lacking = []
    for field, values, factor in (
        ("ctf/df1_A", particles.defocus_u_angstrom, 1.0),
        ("ctf/df2_A", particles.defocus_v_angstrom, 1.0),
        ("ctf/df_angle_rad", particles.defocus_angle_deg, math.pi / 180),
        ("ctf/phase_shift_rad", particles.phase_shift_deg, math.pi / 180),
    ):
        if values is not None:
            columns[field] = (factor * values).astype(np.float32)
    if particles.euler_deg is not None:
        vectors = matrix_to_cryosparc(relion_to_matrix(particles.euler_deg))
        columns["alignments3D/pose"] = np.asarray(vectors, dtype=np.float32)
    if particles.shift_angstrom is not None:
        sizes = [group.pixel_size_angstrom for group in particles.optics_groups]
        if all(sizes):
            size = np.array(sizes, np.float32)[particles.optics_index]
            columns["alignments3D/shift"] = (particles.shift_angstrom / size[:, None]).astype(np.float32)
            columns["alignments3D/psize_A"] = size
        else:
            lacking.append("shifts: they are written in pixels, and the pixel size is not known")
    for field, name, most in (
        ("alignments3D/split", "random_subset", 2),
        ("alignments3D/class", "class_number", 2**32),
    ):
        numbers: NumpyArray | None = getattr(particles, name)
        if numbers is not None and len(numbers) and not (numbers.min() >= 1 and numbers.max() <= most):
            lacking.append(f"{name}: the values run from {numbers.min()} to {numbers.max()}, allowed are 1 to {most}")
        elif numbers is not None:
            columns[field] = (numbers - 1).astype(np.uint32)
    if particles.micrograph is not None:
        columns["location/micrograph_path"] = _encoded(particles.micrograph)
    return columns, lacking


def extra_columns(particles: ParticleSet) -> tuple[dict[str, NumpyArray], list[str]]:
    """The other columns that have cryoSPARC's names (``uid``, ``NAME/NAME``), and the labels of those that have not.

    Parameters
    ----------
    particles
        The particles; a set without ``uid`` gets the numbers from 1.
    """
    columns: dict[str, NumpyArray] = {"uid": np.arange(1, len(particles) + 1, dtype=np.uint64)}
    lacking = []
    for label, values in particles.extra.items():
        if label == "uid" and (uids := _whole_numbers(values)) is not None:
            columns[label] = uids
        elif label == SCALE_LABEL and values.dtype.kind in "if":
            columns["ctf/scale"] = values.astype(np.float32)
        elif "/" in label and values.dtype.kind in "biufcT":
            columns[label] = _encoded(values) if values.dtype.kind == "T" else values
        else:
            lacking.append(label)
    return columns, lacking


def _whole_numbers(values: NumpyArray) -> NumpyArray | None:
    """Numbers of 64 bits, which a STAR file holds as text; None where they are something else."""
    texts = values.astype(np.dtypes.StringDType())
    fits = np.strings.isdecimal(texts) & (np.strings.str_len(texts) <= 19 + np.strings.startswith(texts, "1"))
    numbers = [int(text) for text in texts[fits].tolist()]
    return np.array(numbers, np.uint64) if fits.all() and max(numbers, default=0) < 2**64 else None


def _encoded(column: NumpyArray) -> NumpyArray:
    """Text as bytes of fixed width."""
    values = [text.encode() for text in column.reshape(-1).tolist()]
    return np.array(values, dtype=f"S{max(map(len, values), default=0) or 1}").reshape(column.shape)
