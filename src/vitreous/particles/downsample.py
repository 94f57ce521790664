"""Smaller images of the same particles: Fourier-cropped stacks, and metadata that still say the same of every one.

The field of view stays, so that the pixel size grows by old box ÷ new box. Shifts and defoci are in Å and stay what
they are, and so do aberrations and magnification, which are functions of frequencies in 1/Å.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from vitreous._errors import InputError
from vitreous._typing import NumpyArray
from vitreous.fourier import resample
from vitreous.jobs import Job
from vitreous.particles.optics_group import OpticsGroup
from vitreous.particles.particle_set import ParticleSet
from vitreous.particles.relion import write_relion
from vitreous.particles.stack import write_stack

__all__ = ["ORIGINAL_NAME", "downsampled_group", "write_downsampled"]

ORIGINAL_NAME = "rlnImageOriginalName"
"""RELION's column for the image that an image was made from."""
_BLOCK_PIXELS = 1 << 21
"""Pixels that are read at once: 8 MB."""


def downsampled_group(group: OpticsGroup, box: int) -> OpticsGroup:
    """An optics group whose images have been Fourier-cropped: pixel size′ = pixel size · old box/new box.

    Parameters
    ----------
    group
        With box and pixel size.
    box
        The new box, pixels.

    Returns
    -------
    OpticsGroup
        Everything else as it was.

    Raises
    ------
    InputError
        If box or pixel size are not known, or the new box is larger than the old or less than 2.
    """
    place = f"optics group {group.name}"
    if group.box is None or group.pixel_size_angstrom is None:
        lacking = "box" if group.box is None else "pixel size"
        raise InputError(f"the {lacking} is not known", place=place, advice="give it when the file is read")
    if not 2 <= box <= group.box:
        advice = "images are made smaller here: choose a box from 2 to that of the images"
        raise InputError(
            f"a box of {box} pixels was asked for, and images have {group.box}", place=place, advice=advice
        )
    return replace(group, box=box, pixel_size_angstrom=group.pixel_size_angstrom * group.box / box)


def write_downsampled(job: Job, particles: ParticleSet, box: int) -> ParticleSet:
    """Write Fourier-cropped images and ``particles.star`` into a job folder, block by block.

    Images of one box and pixel size go into ``particles.mrcs``; where there are several kinds, each has a stack of its
    own, ``particles_1.mrcs`` … Values are kept, so that white noise becomes weaker by new box ÷ old box.

    Parameters
    ----------
    job
        Entered.
    particles
        With images, box and pixel size.
    box
        The new box, pixels.

    Returns
    -------
    ParticleSet
        The same particles in the same order, with the new images; `ORIGINAL_NAME` names those that they came from.

    Raises
    ------
    InputError
        As `downsampled_group`; or if images cannot be read.
    OSError
        If the disk is full or the folder cannot be written to.
    """
    used = np.unique(particles.optics_index)
    groups = [downsampled_group(group, box) if i in used else group for i, group in enumerate(particles.optics_groups)]
    kinds = _kinds(particles)
    names = ["particles.mrcs"] if len(kinds) == 1 else [f"particles_{i}.mrcs" for i in range(1, len(kinds) + 1)]
    stack_index, slice_index = np.zeros(len(particles), np.int64), np.zeros(len(particles), np.int64)
    with job.progress("downsample", len(particles)) as advance:

        def cropped(rows: NumpyArray, old_box: int) -> Iterator[NumpyArray]:
            for part, images in particles[rows].blocks(max(1, _BLOCK_PIXELS // old_box**2)):
                yield resample(images, (box, box))
                advance(part.stop - part.start)

        for i, (name, rows) in enumerate(zip(names, kinds, strict=True)):
            stack_index[rows], slice_index[rows] = i, np.arange(len(rows))
            group = particles.optics_index[rows[0]]
            with job.write(name) as path:
                old_box = particles.optics_groups[group].box or 1
                write_stack(path, cropped(rows, old_box), groups[group].pixel_size_angstrom or 1.0)
    job.record.images = len(particles)
    made = replace(
        particles,
        optics_groups=tuple(groups),
        stacks=tuple(names),
        stack_index=stack_index,
        slice_index=slice_index,
        folders=(str(job.folder),),
        extra={**particles.extra, ORIGINAL_NAME: particles.extra.get(ORIGINAL_NAME, _names(particles))},
    )
    with job.write("particles.star") as path:
        lacking = write_relion(path, made)
    for what in lacking:
        job.warn(f"particles.star has no place for {what}")
    return made


def _kinds(particles: ParticleSet) -> list[NumpyArray]:
    """The rows of each kind of images, by box and pixel size, in the order in which they first occur."""
    keys = [(group.box, group.pixel_size_angstrom) for group in particles.optics_groups]
    kind_of_group = np.array([keys.index(key) for key in keys])
    kinds = kind_of_group[particles.optics_index]
    _, first = np.unique(kinds, return_index=True)
    return [np.flatnonzero(kinds == kinds[row]) for row in np.sort(first)]


def _names(particles: ParticleSet) -> NumpyArray:
    """The image of each particle, as RELION names it."""
    places = zip(particles.slice_index.tolist(), particles.stack_index.tolist(), strict=True)
    names = [f"{place + 1:06d}@{particles.stacks[stack]}" for place, stack in places]
    return np.array(names, dtype=np.dtypes.StringDType())
