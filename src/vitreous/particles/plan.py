"""What a simulated set is to show of each particle: drawn by laws, or taken from a table."""

from dataclasses import dataclass, replace

import numpy as np

from vitreous._typing import NumpyArray
from vitreous.particles.laws import DefocusLaw, draw_defocus, draw_shifts, preferred_views, uniform_views
from vitreous.particles.optics_group import OpticsGroup
from vitreous.particles.particle_set import ParticleSet

__all__ = ["Laws", "drawn_particles", "particles_from_table", "without_ctf"]


@dataclass(frozen=True)
class Laws:
    """How poses, shifts and defocus are drawn."""

    axes: tuple[tuple[float, float, float], ...] = ()
    """Directions (x, y, z) about which the views gather; none: uniform views."""
    concentration: float = 10.0
    """κ of the views about the axes."""
    shift_sigma_angstrom: float = 0.0
    defocus: DefocusLaw | None = None
    """None: no defocus."""
    phase_shift_deg: float = 0.0
    """Of a phase plate."""


def drawn_particles(n: int, group: OpticsGroup, laws: Laws, rng: np.random.Generator) -> ParticleSet:
    """Particles of one optics group whose poses, shifts and defocus are drawn.

    Parameters
    ----------
    n
        How many.
    group
        Their optics group.
    laws
        The laws.
    rng
        The random numbers.

    Returns
    -------
    ParticleSet
        Without images.
    """
    bare = ParticleSet(
        optics_groups=(group,),
        optics_index=np.zeros(n, np.int64),
        stacks=(),
        stack_index=np.full(n, -1, np.int64),
        slice_index=np.zeros(n, np.int64),
    )
    return _completed(bare, laws, rng)


def particles_from_table(
    table: ParticleSet, n: int, group: OpticsGroup, laws: Laws, rng: np.random.Generator
) -> ParticleSet:
    """Particles with the poses, shifts and defocus of a table; what the table lacks is drawn.

    Parameters
    ----------
    table
        Particles with any of poses, shifts and defocus; what belongs to a row stays together.
    n
        How many: rows of the table at random, in its order, none twice unless there are fewer than that.
    group
        Box and pixel size of the images, and what the table's optics groups lack.
    laws
        For what the table lacks.
    rng
        The random numbers.

    Returns
    -------
    ParticleSet
        Without images.
    """
    rows = np.sort(rng.choice(len(table), n, replace=n > len(table)))
    groups = tuple(
        replace(
            own,
            box=group.box,
            pixel_size_angstrom=group.pixel_size_angstrom,
            **{name: getattr(group, name) for name in _FILLED if getattr(own, name) is None},
        )
        for own in table.optics_groups
    )
    chosen = replace(table, optics_groups=groups, random_subset=None, class_number=None, extra={})[rows]
    bare = {"stacks": (), "stack_index": np.full(n, -1, np.int64), "slice_index": np.zeros(n, np.int64)}
    return _completed(replace(chosen, **bare), laws, rng)  # type: ignore[arg-type]


_FILLED = ("voltage_kv", "spherical_aberration_mm", "amplitude_contrast")


def _completed(particles: ParticleSet, laws: Laws, rng: np.random.Generator) -> ParticleSet:
    """The particles with what they lack drawn; every law draws from a generator of its own."""
    n, (views, shifts, defocus) = len(particles), rng.spawn(3)
    drawn: dict[str, NumpyArray] = {}
    if particles.euler_deg is None:
        axes = laws.axes
        drawn["euler_deg"] = preferred_views(n, axes, laws.concentration, views) if axes else uniform_views(n, views)
    if particles.shift_angstrom is None:
        drawn["shift_angstrom"] = draw_shifts(n, laws.shift_sigma_angstrom, shifts)
    if laws.defocus is None:
        particles = without_ctf(particles)
    elif particles.defocus_u_angstrom is None:
        drawn |= draw_defocus(n, laws.defocus, defocus)
        drawn["phase_shift_deg"] = np.full(n, laws.phase_shift_deg)
    return replace(particles, **drawn)  # type: ignore[arg-type]


def without_ctf(particles: ParticleSet) -> ParticleSet:
    """The particles without a defocus: what images without a CTF are to say of themselves.

    Parameters
    ----------
    particles
        n particles.

    Returns
    -------
    ParticleSet
        The same, but for defocus and phase shift.
    """
    return replace(
        particles, defocus_u_angstrom=None, defocus_v_angstrom=None, defocus_angle_deg=None, phase_shift_deg=None
    )
