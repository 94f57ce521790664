"""What is wrong or doubtful about a particle set, each problem with its place and with what to do."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from jaxtyping import Bool

from vitreous._errors import InputError
from vitreous.optics.wavelength import wavelength_angstrom
from vitreous.particles.optics_group import OpticsGroup
from vitreous.particles.particle_set import ParticleSet
from vitreous.particles.paths import find_image
from vitreous.particles.stack import open_stack

__all__ = ["Problem", "find_problems"]

_RADIANS = 2 * np.pi + 1e-6
_ALIASING_MARGIN = 1.5
"""How much coarser than the Nyquist limit of the pixels the limit of the box may be."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong (``"error"``: the set cannot be used as it is) or doubtful (``"warning"``)."""

    severity: Literal["error", "warning"]
    place: str
    what: str
    advice: str

    def __str__(self) -> str:
        return f"{self.severity}: {self.place}: {self.what}; {self.advice}"


def find_problems(particles: ParticleSet) -> list[Problem]:
    """Everything that is wrong or doubtful about a particle set.

    Metadata are checked, and the headers of the image files; pixels are not read (NaN and infinite pixels are reported
    when images are).

    Parameters
    ----------
    particles
        The set.

    Returns
    -------
    problems
        Errors first.
    """
    if not len(particles):
        return [Problem("error", "the set", "has no particles", "choose another file, or check what was selected")]
    checks = (_numbers, _optics, _mixtures, _units, _subsets, _duplicates, _stacks, _aliasing)
    found = [problem for check in checks for problem in check(particles)]
    return sorted(found, key=lambda problem: problem.severity)


def _rows(bad: Bool[np.ndarray, " n"]) -> str:
    """The first row that is marked, and how many more there are."""
    rows = np.flatnonzero(bad)
    return f"row {rows[0] + 1}" + (f" and {len(rows) - 1} more" if len(rows) > 1 else "")


def _numbers(particles: ParticleSet) -> Iterator[Problem]:
    """Values that are NaN or infinite."""
    names = ("defocus_u_angstrom", "defocus_v_angstrom", "defocus_angle_deg", "phase_shift_deg")
    for name in (*names, "euler_deg", "shift_angstrom"):
        values = getattr(particles, name)
        if values is None:
            continue
        bad = ~np.isfinite(values).reshape(len(values), -1).all(axis=1)
        if bad.any():
            yield Problem(
                "error", f"{name}, {_rows(bad)}", "is NaN or infinite", "correct or leave out these particles"
            )


_OPTICS: tuple[tuple[str, Callable[[OpticsGroup], float | None], float, float, str], ...] = (
    ("voltage", lambda group: group.voltage_kv, 10, 3000, "give it in kV"),
    ("spherical aberration", lambda group: group.spherical_aberration_mm, 0, 20, "give it in mm"),
    ("amplitude contrast", lambda group: group.amplitude_contrast, 0, 1, "give a fraction (--amplitude-contrast 0.1)"),
    ("pixel size", lambda group: group.pixel_size_angstrom, 0.01, 100, "give it in Å (--pixel-size)"),
    ("box", lambda group: group.box, 1, 2**16, "give it in pixels (--box)"),
)


def _optics(particles: ParticleSet) -> Iterator[Problem]:
    """Optics that are not known, or that no microscope has."""
    needed = {"pixel size"}
    if particles.defocus_u_angstrom is not None:
        needed |= {"voltage", "spherical aberration", "amplitude contrast"}
    for group in particles.groups_in_use:
        place = f"optics group {group.name}"
        for words, value_of, least, largest, advice in _OPTICS:
            value = value_of(group)
            if value is None:
                if words in needed:
                    yield Problem("error", place, f"its {words} is not known", advice)
            elif not least <= value <= largest:
                yield Problem("error", place, f"its {words} is {value:g}", advice)


def _mixtures(particles: ParticleSet) -> Iterator[Problem]:
    """Boxes or pixel sizes that differ."""
    groups = particles.groups_in_use
    for words, values in (
        ("box sizes", {group.box for group in groups if group.box is not None}),
        ("pixel sizes", {group.pixel_size_angstrom for group in groups if group.pixel_size_angstrom is not None}),
    ):
        if len(values) > 1:
            listed = ", ".join(f"{value:g}" for value in sorted(values))
            advice = "bring all particles to one box and pixel size, or choose those of one optics group"
            yield Problem("warning", "the set", f"has mixed {words}: {listed}", advice)


def _units(particles: ParticleSet) -> Iterator[Problem]:
    """Values of a size that another unit would explain."""
    for name, angles in (("euler_deg", particles.euler_deg), ("phase_shift_deg", particles.phase_shift_deg)):
        if angles is None or len(angles) < 3:
            continue
        largest = np.abs(angles[np.isfinite(angles)]).max(initial=0)
        if 0 < largest <= _RADIANS:
            what = f"no angle is larger than {largest:.3g}°: they look like radians"
            yield Problem("warning", name, what, "convert them to degrees")
    for name in ("defocus_u_angstrom", "defocus_v_angstrom"):
        values = getattr(particles, name)
        if values is None or not np.isfinite(values).any():
            continue
        typical = np.median(np.abs(values[np.isfinite(values)]))
        if 0 < typical < 3000:
            unit = "µm" if typical < 100 else "nm"
            what = f"the typical defocus is {typical:.4g} Å: the values look like {unit}"
            yield Problem("warning", name, what, "convert them to Å")
        elif typical > 200_000:
            yield Problem("warning", name, f"the typical defocus is {typical:.4g} Å", "check that it is in Å")
        negative = values < 0
        if negative.any():
            advice = "positive values mean underfocus: check the sign"
            yield Problem("warning", f"{name}, {_rows(negative)}", "is negative", advice)


def _subsets(particles: ParticleSet) -> Iterator[Problem]:
    subset = particles.random_subset
    if subset is not None and (bad := (subset != 1) & (subset != 2)).any():
        what = f"is {subset[bad][0]}, expected 1 or 2"
        yield Problem("error", f"random_subset, {_rows(bad)}", what, "remove the column, and a split will be made")


def _duplicates(particles: ParticleSet) -> Iterator[Problem]:
    """Rows that name the same image."""
    order = np.lexsort((particles.slice_index, particles.stack_index))
    stacks, slices = particles.stack_index[order], particles.slice_index[order]
    same = np.zeros(len(particles), dtype=bool)
    same[order[1:]] = (stacks[1:] == stacks[:-1]) & (slices[1:] == slices[:-1]) & (stacks[1:] >= 0)
    if same.any():
        row = np.flatnonzero(same)[0]
        stack, place = particles.stack_index[row], particles.slice_index[row]
        first = np.flatnonzero((particles.stack_index == stack) & (particles.slice_index == place))[0]
        what = f"names the same image as row {first + 1}: {place + 1}@{particles.stacks[stack]}"
        yield Problem("warning", _rows(same), what, "leave the duplicates out")


def _stacks(particles: ParticleSet) -> Iterator[Problem]:
    """Image files that are missing, unreadable, too short, or that contradict the metadata; each kind once."""
    if (without := particles.stack_index < 0).any():
        yield Problem("warning", _rows(without), "has no image", "name the image files when the set is read")
    last = np.full(len(particles.stacks) + 1, -1)
    np.maximum.at(last, particles.stack_index, particles.slice_index)
    group_of = np.zeros(len(particles.stacks) + 1, dtype=np.int64)
    group_of[particles.stack_index] = particles.optics_index
    found: dict[str, list[Problem]] = {}
    for number in np.unique(particles.stack_index[~without]):
        group = particles.optics_groups[group_of[number]]
        for kind, problem in _stack(particles.stacks[number], particles.folders, int(last[number]) + 1, group):
            found.setdefault(kind, []).append(problem)
    for first, *others in found.values():
        yield replace(first, what=f"{first.what} (and {len(others)} files more)") if others else first


def _stack(name: str, folders: tuple[str, ...], needed: int, group: OpticsGroup) -> Iterator[tuple[str, Problem]]:
    """The problems of one image file, each with a word for its kind."""
    try:
        path = find_image(name, folders)
    except InputError as error:
        yield "missing", Problem("error", name, error.problem, error.advice or "")
        return
    try:
        stack = open_stack(path)
    except InputError as error:
        yield "unreadable", Problem("error", name, error.problem, error.advice or "write the file again")
        return
    n, rows, columns = stack.shape
    if n < needed:
        what = f"has {n} images, the metadata ask for image {needed}"
        advice = "the metadata belong to another file, or the stack is incomplete"
        yield "short", Problem("error", name, what, advice)
    if rows != columns:
        what = f"has images of {columns} × {rows} pixels"
        yield "shape", Problem("error", name, what, "particle images are square: extract them again")
    elif group.box is not None and columns != group.box:
        what = f"has images of {columns} pixels, optics group {group.name} says {group.box}"
        yield "box", Problem("error", name, what, "correct the metadata, or name the right images")
    size, stated = stack.pixel_size_angstrom, group.pixel_size_angstrom
    # programs that know no pixel size write 1
    if size is not None and stated and abs(size / stated - 1) > 0.01 and abs(size - 1) > 1e-6:
        what = f"has pixels of {size:.4g} Å by its header, optics group {group.name} says {stated:.4g} Å"
        yield "pixel size", Problem("warning", name, what, "the metadata count; check them")
    for oddity in stack.header.oddities:
        advice = "the metadata count" if "pixel size" in oddity else "write the file again if a program refuses it"
        yield oddity.split("(")[0], Problem("warning", name, oddity, advice)


def _aliasing(particles: ParticleSet) -> Iterator[Problem]:
    """Boxes too small for the defocus.

    Defocus Δf displaces the signal at spatial frequency k by λ Δf k. What is displaced by more than half the box L
    leaves it, and the CTF oscillates faster than the transform of the box can follow: finer than 2 λ Δf / L.
    """
    defocus = particles.defocus_u_angstrom
    if defocus is None:
        return
    for number in np.unique(particles.optics_index):
        group = particles.optics_groups[number]
        pixel_size = group.pixel_size_angstrom
        if any(value is None or not value > 0 for value in (group.voltage_kv, pixel_size, group.box)):
            continue
        values = np.abs(defocus[particles.optics_index == number])
        largest = float(values[np.isfinite(values)].max(initial=0))
        resolution = 2 * wavelength_angstrom(group.voltage_kv) * largest / (group.box * pixel_size)
        if resolution > _ALIASING_MARGIN * 2 * pixel_size:
            what = f"its box of {group.box} pixels is too small for a defocus of {largest:.0f} Å"
            advice = f"nothing finer than {resolution:.1f} Å is held; extract the particles in a larger box"
            yield Problem("warning", f"optics group {group.name}", what, advice)
