"""A particle set or a stack in numbers: what ``vitreous info`` shows and reports repeat."""

from dataclasses import fields
from typing import Any

import numpy as np

from vitreous._typing import NumpyArray
from vitreous.particles.optics_group import OpticsGroup
from vitreous.particles.particle_set import ParticleSet
from vitreous.particles.stack import Stack

__all__ = ["summarize_particles", "summarize_pixels"]

_SAMPLE_BYTES = 1 << 28


def summarize_particles(particles: ParticleSet) -> dict[str, Any]:
    """What a particle set holds, in values that JSON knows.

    Parameters
    ----------
    particles
        The set; images are not read.

    Returns
    -------
    dict
        Counts, ranges and optics groups by the keys of ``docs/info_json.md``. None stands for what the set does not
        hold, and for a box or pixel size in which its optics groups differ.
    """
    return {
        "n_particles": len(particles),
        "box": _shared(particles, "box"),
        "pixel_size_angstrom": _shared(particles, "pixel_size_angstrom"),
        "optics_groups": _optics_groups(particles),
        "has_poses": particles.has_poses,
        "has_ctf": particles.has_ctf,
        "defocus_angstrom_range": _range(particles.defocus_u_angstrom, particles.defocus_v_angstrom),
        "phase_shift_deg_range": _range(particles.phase_shift_deg),
        "shift_angstrom_range": _range(particles.shift_angstrom),
        "half_sets": _counts(particles.random_subset),
        "classes": _counts(particles.class_number),
        "n_micrographs": None if particles.micrograph is None else len(set(particles.micrograph.tolist())),
        "n_stacks": len(particles.stacks),
        "contrast": particles.contrast,
        "extra_columns": list(particles.extra),
    }


def summarize_pixels(stack: Stack) -> dict[str, Any]:
    """The pixel values of a stack or map, from at most 256 MB of its images at even distances.

    Parameters
    ----------
    stack
        The open file.

    Returns
    -------
    dict
        ``images_sampled``; ``minimum``, ``maximum``, ``mean``, ``standard_deviation`` of the finite pixels (None where
        there are none); ``not_finite`` and ``constant``: places, from 1, of sampled images with NaN or infinite pixels
        and of images whose pixels are all the same.
    """
    step = max(1, -(-stack.pixels.nbytes // _SAMPLE_BYTES))
    low, high, total, squares, count = np.inf, -np.inf, 0.0, 0.0, 0
    not_finite, constant = [], []
    for place in range(0, len(stack), step):
        # a signalling NaN would warn
        with np.errstate(invalid="ignore"):
            image = stack.pixels[place].astype(np.float64)
        stack.forget(place, place + 1)
        finite = np.isfinite(image)
        if not finite.all():
            not_finite.append(place + 1)
            image = image[finite]
        if not image.size:
            continue
        if not_finite[-1:] != [place + 1] and image.min() == image.max():
            constant.append(place + 1)
        low, high = min(low, image.min()), max(high, image.max())
        total, squares, count = total + image.sum(), squares + (image**2).sum(), count + image.size
    mean = total / count if count else None
    return {
        "images_sampled": len(range(0, len(stack), step)),
        "minimum": float(low) if count else None,
        "maximum": float(high) if count else None,
        "mean": None if mean is None else float(mean),
        "standard_deviation": None if mean is None else float(np.sqrt(max(squares / count - mean**2, 0.0))),
        "not_finite": not_finite,
        "constant": constant,
    }


def _shared(particles: ParticleSet, name: str) -> Any:
    values = {getattr(group, name) for group in particles.groups_in_use or particles.optics_groups}
    return values.pop() if len(values) == 1 else None


def _optics_groups(particles: ParticleSet) -> list[dict[str, Any]]:
    counts = np.bincount(particles.optics_index, minlength=len(particles.optics_groups))
    names = [item.name for item in fields(OpticsGroup) if item.name != "extra"]
    return [
        {**{name: getattr(group, name) for name in names}, "n_particles": int(count)}
        for group, count in zip(particles.optics_groups, counts, strict=True)
    ]


def _range(*columns: NumpyArray | None) -> list[float] | None:
    """The smallest and largest finite value of columns; None where there is none."""
    values = [column[np.isfinite(column)] for column in columns if column is not None]
    if not any(column.size for column in values):
        return None
    full = [column for column in values if column.size]
    return [float(min(column.min() for column in full)), float(max(column.max() for column in full))]


def _counts(column: NumpyArray | None) -> dict[str, int] | None:
    """How often each value stands in a column, by the value as text."""
    if column is None:
        return None
    values, counts = np.unique(column, return_counts=True)
    return {str(value): count for value, count in zip(values.tolist(), counts.tolist(), strict=True)}
