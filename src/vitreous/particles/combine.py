"""Taking particle sets apart and putting them together."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np

from vitreous._errors import InputError
from vitreous._typing import NumpyArray
from vitreous.particles.optics_group import OpticsGroup
from vitreous.particles.particle_set import ParticleSet
from vitreous.particles.paths import absolute_names

__all__ = ["concatenate", "split_halves"]

_OPTIONAL = tuple(f.name for f in fields(ParticleSet) if f.default is None)


def split_halves(particles: ParticleSet, seed: int = 0) -> tuple[ParticleSet, ParticleSet]:
    """The two half sets: those of the file's ``random_subset``, else a seeded random split into equal halves.

    Parameters
    ----------
    particles
        The particles.
    seed
        Of the split, where the set has none of its own.

    Returns
    -------
    first, second
        The particles of subset 1 and 2, in the order of the set.

    Raises
    ------
    InputError
        If ``random_subset`` has other values than 1 and 2.
    """
    subset = particles.random_subset
    if subset is None:
        subset = np.random.default_rng(seed).permutation(1 + np.arange(len(particles)) % 2)
        particles = replace(particles, random_subset=subset)
    other = np.flatnonzero((subset != 1) & (subset != 2))
    if len(other):
        raise InputError(
            f"the random subset is {subset[other[0]]}, expected 1 or 2",
            place=f"particle {other[0] + 1}",
            advice="remove the column, and a split will be made",
        )
    return particles[subset == 1], particles[subset == 2]


def concatenate(sets: Sequence[ParticleSet]) -> tuple[ParticleSet, list[str]]:
    """All particles of several sets, one after the other.

    Optics groups that agree in everything become one; others keep apart, and a name that is taken gets a number. Image
    files that agree become one.

    Parameters
    ----------
    sets
        At least one set.

    Returns
    -------
    particles
        The joined set.
    left_out
        The fields and columns that only some of the sets have, or that differ in shape: these are not in the result.

    Raises
    ------
    InputError
        If there are no sets, or they differ in contrast.
    """
    if not sets:
        raise InputError("there are no particle sets to join", advice="give at least one")
    contrasts = {particles.contrast for particles in sets}
    if len(contrasts) > 1:
        raise InputError("one set has inverted contrast and another has not", advice="invert the images of one of them")
    groups, group_maps = _merge_groups([particles.optics_groups for particles in sets])
    folders = tuple(dict.fromkeys(folder for particles in sets for folder in particles.folders))
    names = _stack_names(sets)
    stacks = tuple(dict.fromkeys(name for own in names for name in own))
    # the last entry is what stack index −1 finds
    stack_maps = [np.array([*map(stacks.index, own), -1], dtype=np.int64) for own in names]
    columns, left_out = _join_columns([{n: getattr(p, n) for n in _OPTIONAL} for p in sets])
    extra, extra_left_out = _join_columns([p.extra for p in sets])
    joined = ParticleSet(
        optics_groups=groups,
        optics_index=_mapped([particles.optics_index for particles in sets], group_maps),
        stacks=stacks,
        stack_index=_mapped([particles.stack_index for particles in sets], stack_maps),
        slice_index=np.concatenate([particles.slice_index for particles in sets]),
        folders=folders,
        contrast=contrasts.pop(),
        **columns,
        extra=extra,
    )
    return joined, left_out + extra_left_out


def _mapped(indices: Sequence[NumpyArray], maps: Sequence[NumpyArray]) -> NumpyArray:
    return np.concatenate([own[index] for index, own in zip(indices, maps, strict=True)])


def _merge_groups(lists: Sequence[Sequence[OpticsGroup]]) -> tuple[tuple[OpticsGroup, ...], list[NumpyArray]]:
    """All distinct groups, each under a name of its own, and where each list's groups went."""
    merged: list[OpticsGroup] = []
    names: list[str] = []
    maps = []
    for groups in lists:
        own = []
        for group in groups:
            if group not in merged:
                merged.append(group)
                names.append(_free_name(group.name, names))
            own.append(merged.index(group))
        maps.append(np.array(own, dtype=np.int64))
    return tuple(replace(group, name=name) for group, name in zip(merged, names, strict=True)), maps


def _free_name(name: str, taken: Sequence[str]) -> str:
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    return free


def _stack_names(sets: Sequence[ParticleSet]) -> list[tuple[str, ...]]:
    """The names of each set's stacks; absolute where the sets look in different folders, as names may then collide."""
    if len({particles.folders for particles in sets}) == 1:
        return [particles.stacks for particles in sets]
    return [absolute_names(particles.stacks, particles.folders) for particles in sets]


def _join_columns(
    sets: Sequence[Mapping[str, NumpyArray | None]],
) -> tuple[dict[str, Any], list[str]]:
    """The columns that all sets have, one after the other, and the names of those that only some have."""
    joined, left_out = {}, []
    for name in dict.fromkeys(name for columns in sets for name in columns):
        values = [columns.get(name) for columns in sets]
        column = _join(values)
        if column is not None:
            joined[name] = column
        elif any(value is not None for value in values):
            left_out.append(name)
    return joined, left_out


def _join(columns: Sequence[NumpyArray | None]) -> NumpyArray | None:
    """The columns one after the other, numbers as text where some are text; None where that cannot be."""
    if any(column is None for column in columns):
        return None
    present = [column for column in columns if column is not None]
    if len({column.shape[1:] for column in present}) > 1:
        return None
    if any(column.dtype.kind == "T" for column in present):
        present = [column.astype(np.dtypes.StringDType()) for column in present]
    return np.concatenate(present)
