"""Particles from and to any of the field's files, chosen by suffix."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Unpack

import numpy as np

from vitreous._errors import InputError
from vitreous._typing import Path
from vitreous.jobs.files import atomic_write
from vitreous.particles.cryodrgn import read_cryodrgn, write_cryodrgn
from vitreous.particles.cryosparc import read_cryosparc, write_cryosparc
from vitreous.particles.optics_group import KnownOptics
from vitreous.particles.particle_set import ParticleSet
from vitreous.particles.paths import find_image, search_folders
from vitreous.particles.relion import read_relion, write_relion
from vitreous.particles.stack import open_stack, write_stack

__all__ = ["read_particles", "write_particles"]

_STACKS = (".mrc", ".mrcs")
_BLOCK = 256


def read_particles(
    path: Path,
    *,
    images: Path | None = None,
    passthrough: Iterable[Path] = (),
    poses: Path | None = None,
    ctf: Path | None = None,
    **known: Unpack[KnownOptics],
) -> ParticleSet:
    """Read particles from a STAR, .cs, .mrcs or .txt file or from cryoDRGN's pickles.

    Parameters
    ----------
    path
        ``.star`` (RELION), ``.cs`` (cryoSPARC), ``.mrcs`` or ``.mrc`` (a stack), ``.txt`` (a list of stacks), or
        ``.pkl`` (cryoDRGN's poses).
    images
        The folder of the images, where they do not lie as the file says.
    passthrough
        cryoSPARC's files with more fields of the same particles.
    poses, ctf
        cryoDRGN's pickles for the images that ``path`` names; they count before what it says itself.
    **known
        What the file does not hold (or holds wrongly: what is given here counts): ``pixel_size_angstrom``, ``box``,
        ``amplitude_contrast``, ``voltage_kv``, ``spherical_aberration_mm``.

    Returns
    -------
    ParticleSet
        The particles; images are not read.

    Raises
    ------
    InputError
        If the suffix is none of these, an option does not belong to this kind of file, or the file is refused by its
        reader.
    """
    suffix = FilePath(path).suffix.lower()
    if suffix not in (".star", ".cs", ".txt", ".pkl", *_STACKS):
        advice = "particles are read from .star, .cs, .mrcs, .txt and .pkl files"
        raise InputError(f"{suffix or 'a name without suffix'} says no kind of particle file", file=path, advice=advice)
    passthrough = tuple(passthrough)
    if passthrough and suffix != ".cs":
        raise InputError("passthrough files belong to a .cs file", file=path, advice="leave them out")
    if images is not None and suffix not in (".star", ".cs"):
        advice = "name the stacks by paths that lead to them"
        raise InputError(f"a folder of images does not go with {suffix}", file=path, advice=advice)
    if suffix == ".pkl":
        if poses is not None:
            raise InputError("poses were given beside a pickle", file=path, advice="name the images instead")
        return read_cryodrgn(None, path, ctf, **known)
    if suffix == ".star" and poses is None and ctf is None:
        return read_relion(path, images=images, **known)
    if suffix == ".cs" and poses is None and ctf is None:
        return read_cryosparc(path, passthrough, images=images, **known)
    if passthrough:
        raise InputError("passthrough files and pickles were given", file=path, advice="choose one of them")
    particles = read_cryodrgn(path, poses, ctf, **known)
    return particles if images is None else replace(particles, folders=search_folders(path, images))


def write_particles(path: Path, particles: ParticleSet, layout: str = "3.1") -> list[str]:
    """Write particles in the form that the suffix names; each file appears whole or not at all.

    Parameters
    ----------
    path
        ``.star`` (RELION), ``.cs`` (cryoSPARC), ``.mrcs`` (the images alone, copied in the order of the set), ``.txt``
        (a list of stacks), or no suffix: a folder for cryoDRGN with ``poses.pkl``, ``ctf.pkl`` and, for the images,
        ``particles.star``.
    particles
        The particles.
    layout
        Of a STAR file: ``"3.1"`` (read by RELION 3.1, 4 and 5) or ``"3.0"``.

    Returns
    -------
    lacking
        What could not be held, in words; empty where all was written.

    Raises
    ------
    InputError
        If the suffix is none of these, or the form cannot hold the set at all.
    OSError
        If the disk is full or the folder cannot be written to.
    """
    suffix = FilePath(path).suffix.lower()
    if suffix == ".star":
        return write_relion(path, particles, layout)
    if suffix == ".cs":
        return write_cryosparc(path, particles)
    if suffix == ".mrcs":
        write_stack(path, (images for _, images in particles.blocks(_BLOCK)), particles.pixel_size_angstrom)
        return _beside_images(particles)
    if suffix == ".txt":
        _write_list(path, particles)
        return _beside_images(particles)
    if suffix:
        advice = "particles are written to .star, .cs, .mrcs and .txt files, and for cryoDRGN to a folder"
        raise InputError(f"{suffix} says no kind of particle file", file=path, advice=advice)
    images, *lacking = write_cryodrgn(path, particles)
    if not (particles.stack_index >= 0).all():
        return [images, *lacking]
    write_relion(FilePath(path) / "particles.star", particles)
    return lacking


def _write_list(path: Path, particles: ParticleSet) -> None:
    """Write the stacks of a set line by line; the set must be all their images in order."""
    first = np.flatnonzero(particles.slice_index == 0)
    stacks = [open_stack(find_image(particles.stacks[i], particles.folders)) for i in particles.stack_index[first]]
    expected = np.concatenate([np.arange(len(stack)) for stack in stacks] or [np.empty(0, np.int64)])
    numbers = np.repeat(particles.stack_index[first], [len(stack) for stack in stacks])
    if not (np.array_equal(particles.slice_index, expected) and np.array_equal(particles.stack_index, numbers)):
        raise InputError(
            "a list of stacks means all their images in order, and these particles are some, or in another order",
            file=path,
            advice="write a .star or an .mrcs file",
        )
    text = "".join(f"{FilePath(stack.path).absolute()}\n" for stack in stacks)
    with atomic_write(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def _beside_images(particles: ParticleSet) -> list[str]:
    """What a set knows beside its images."""
    known = {
        "poses": particles.has_poses,
        "shifts": particles.shift_angstrom is not None,
        "CTF": particles.defocus_u_angstrom is not None,
        "half sets": particles.random_subset is not None,
        "classes": particles.class_number is not None,
        "micrographs": particles.micrograph is not None,
    }
    return [name for name, is_known in known.items() if is_known] + list(particles.extra)
