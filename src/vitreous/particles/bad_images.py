"""Images that no analysis can use: NaN or infinite pixels, pixels that are all the same."""

import numpy as np

from vitreous._errors import InputError
from vitreous._typing import NumpyArray
from vitreous.particles.particle_set import ParticleSet
from vitreous.particles.paths import find_image
from vitreous.particles.problems import Problem
from vitreous.particles.stack import open_stack

__all__ = ["find_bad_images"]


def find_bad_images(particles: ParticleSet, sample: int = 100) -> list[Problem]:
    """Look at some images of a set, at even distances, for pixels that are not finite or all the same.

    Files that are missing, unreadable or too short are passed over: ``find_problems`` names them.

    Parameters
    ----------
    particles
        The set.
    sample
        The largest number of images to read.

    Returns
    -------
    problems
        At most one of each kind, with the first row and how many more there are among the images read.
    """
    rows = np.unique(np.linspace(0, len(particles) - 1, min(sample, len(particles))).astype(np.int64))
    not_finite, constant, seen = [], [], 0
    for row in rows.tolist():
        image = _image(particles, row)
        if image is None:
            continue
        seen += 1
        if not np.isfinite(image).all():
            not_finite.append(row)
        elif image.min() == image.max():
            constant.append(row)
    words = f"{seen} image{'s' * (seen != 1)} looked at"
    found = []
    if not_finite:
        what = f"has NaN or infinite pixels, as have {len(not_finite)} of the {words}"
        found.append(Problem("error", f"row {not_finite[0] + 1}", what, "leave such images out, or extract them again"))
    if constant:
        what = f"has an image of one value, as have {len(constant)} of the {words}"
        found.append(Problem("warning", f"row {constant[0] + 1}", what, "leave such images out"))
    return found


def _image(particles: ParticleSet, row: int) -> NumpyArray | None:
    """The pixels of one image; None where it cannot be read."""
    number, place = int(particles.stack_index[row]), int(particles.slice_index[row])
    if number < 0:
        return None
    try:
        stack = open_stack(find_image(particles.stacks[number], particles.folders))
    except InputError:
        return None
    return stack.pixels[place] if place < len(stack) else None
