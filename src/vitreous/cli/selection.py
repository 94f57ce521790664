"""Which particles ``vitreous select`` keeps: each criterion marks rows, and a particle stays where all of them do."""

import re
from pathlib import Path

import numpy as np
from jaxtyping import Bool

from vitreous._errors import InputError
from vitreous._typing import NumpyArray
from vitreous.jobs import read_record
from vitreous.particles import ParticleSet

__all__ = ["chosen_rows", "number_list", "particle_file"]

_PARTICLES = "particles.star"
_SPAN = re.compile(r"(\d{1,15})(?:-(\d{1,15}))?")
_NAMED = 5
"""Classes that a message names at most."""


def particle_file(source: Path) -> Path:
    """The particle file that a path leads to: itself, or that of a job's folder.

    Raises
    ------
    InputError
        If the folder is not a job's, or its job wrote no particles.
    """
    if not source.is_dir():
        return source
    record = read_record(source)
    path = source / _PARTICLES
    if not path.is_file():
        advice = "name the folder of a classification" if record.status == "done" else "wait until it is done"
        problem = f"has no {_PARTICLES}: its job, vitreous {record.command}, is {record.status}"
        raise InputError(problem, file=source, advice=advice)
    return path


def number_list(text: str, option: str) -> list[tuple[int, int]]:
    """Numbers and spans of numbers, such as ``1,4,7-9``.

    Parameters
    ----------
    text
        What was given.
    option
        The name of the option, for the message.

    Returns
    -------
    list of (first, last)
        Both belong to the span; a single number is a span of one.

    Raises
    ------
    InputError
        If the text is something else, a number is 0, or a span runs backwards.
    """
    spans = []
    for word in text.split(","):
        match = _SPAN.fullmatch(word.strip())
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
        if not 1 <= first <= last:
            raise InputError(f"{option} {text}: {word.strip()!r} is no number or span from 1 on, such as 1,4,7-9")
        spans.append((first, last))
    return spans


def chosen_rows(
    particles: ParticleSet, path: Path, *, classes: str | None = None, rows: str | None = None
) -> Bool[NumpyArray, " n"]:
    """The particles that every criterion keeps.

    Parameters
    ----------
    particles
        The particles.
    path
        Their file, for messages.
    classes, rows
        Lists of numbers from 1, as `number_list` reads them; None where this is no criterion.

    Returns
    -------
    NumPy array (n,) of bool
        At least one is True.

    Raises
    ------
    InputError
        If no criterion is given, a list cannot be read, names a class or row that is not there, or nothing is left.
    """
    marked = []
    if classes is not None:
        marked.append(_in_classes(particles, classes, path))
    if rows is not None:
        marked.append(_in_rows(len(particles), rows, path))
    if not marked:
        raise InputError("nothing says which particles to keep", advice="give --classes or --rows")
    kept: NumpyArray = np.logical_and.reduce(marked)
    if not kept.any():
        raise InputError("no particle is in these classes and in these rows", file=path, advice="keep more of either")
    return kept


def _in_classes(particles: ParticleSet, text: str, path: Path) -> NumpyArray:
    if particles.class_number is None:
        raise InputError("the particles have no classes", file=path, advice="classify them first: vitreous classify")
    present = np.unique(particles.class_number)
    kept = np.zeros(len(particles), bool)
    for first, last in number_list(text, "--classes"):
        inside = (particles.class_number >= first) & (particles.class_number <= last)
        # every number of a span, so that a slip of the finger is not taken for a choice
        known = present[(present >= first) & (present <= last)]
        if len(known) <= last - first:
            lacking = first if not len(known) else int(np.setdiff1d(np.arange(first, first + len(known) + 1), known)[0])
            advice = f"the classes with particles are {_listed(present)}"
            raise InputError(f"--classes {text}: class {lacking} has no particles", file=path, advice=advice)
        kept |= inside
    return kept


def _in_rows(count: int, text: str, path: Path) -> NumpyArray:
    kept = np.zeros(count, bool)
    for first, last in number_list(text, "--rows"):
        if last > count:
            raise InputError(f"--rows {text}: there is no row {last}", file=path, advice=f"the file has {count:,}")
        kept[first - 1 : last] = True
    return kept


def _listed(present: NumpyArray) -> str:
    """Class numbers as spans; the first few of them."""
    runs = np.split(present, np.flatnonzero(np.diff(present) > 1) + 1)
    words = [str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs]
    return ", ".join(words[:_NAMED]) + " …" * (len(words) > _NAMED)
