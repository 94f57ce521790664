"""What a simulated set shows: maps, coordinate files and built-in molecules, in one state, several, or in motion."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, product
from pathlib import Path as FilePath

import numpy as np
from jaxtyping import Float32

from vitreous._errors import InputError
from vitreous._typing import NumpyArray, Path
from vitreous.particles.sources import AtomSource, MapSource
from vitreous.particles.stack import open_stack
from vitreous.specimen import Atoms, centre_of_mass, potential, read_atoms
from vitreous.specimen.assembly import SUBUNIT_COUNT, assembly
from vitreous.specimen.hinge import HINGE_RANGE_DEG, hinge

__all__ = ["BUILT_IN", "Specimen", "read_map", "read_specimen"]

_MAPS = (".mrc", ".map", ".mrcs", ".ccp4")
_ATOMS = (".pdb", ".ent", ".cif", ".mmcif")
_TRUTH_STEPS = 5


@dataclass(frozen=True)
class Specimen:
    """What is shown: states that are maps or atoms, or a motion."""

    maps: tuple[Float32[NumpyArray, "z y x"], ...] = ()
    """One cube for each state, V."""
    voxel_size_angstrom: float | None = None
    """Of the maps; None where their headers have none."""
    atoms: tuple[Atoms, ...] = ()
    """One for each state, where they are not maps."""
    motion: Callable[[float], Atoms] | None = None
    """The atoms at any point of a continuous motion, from 0 to 1."""

    @property
    def state_count(self) -> int:
        """How many discrete states there are; 0 for a motion."""
        return len(self.maps) + len(self.atoms)

    def as_maps(self, box: int, pixel_size_angstrom: float) -> "Specimen":
        """The same states as maps: the potential of the atoms, in V; of a motion five maps, evenly from 0 to 1.

        Parameters
        ----------
        box
            Edge of the maps in voxels, where they are made here.
        pixel_size_angstrom
            Å/voxel, where they are made here or their headers do not say.

        Returns
        -------
        Specimen
            Of maps alone, with a voxel size.
        """
        if self.maps:
            return replace(self, voxel_size_angstrom=self.voxel_size_angstrom or pixel_size_angstrom)
        motion = self.motion
        atoms = self.atoms if motion is None else tuple(motion(float(t)) for t in np.linspace(0, 1, _TRUTH_STEPS))
        volumes = (potential(one, (box,) * 3, pixel_size_angstrom).astype(np.float32) for one in atoms)
        return Specimen(tuple(volumes), pixel_size_angstrom)

    def source(
        self, conformations: NumpyArray, box: int, pixel_size_angstrom: float, *, direct: bool = False
    ) -> "AtomSource | MapSource":
        """What projects the states or the motion.

        Parameters
        ----------
        conformations
            (n,) the state of each particle from 0, or its place in the motion from 0 to 1.
        box, pixel_size_angstrom
            Of the images.
        direct
            Whether atoms are projected for every particle, and not the maps of their states.

        Returns
        -------
        AtomSource or MapSource
            Atoms where there is a motion, or where they were asked for.

        Raises
        ------
        InputError
            If atoms are asked for and there are only maps.
        """
        if self.motion is not None:
            return AtomSource(self.motion, conformations)
        if direct and not self.atoms:
            raise InputError(
                "a map has no atoms to project", advice="give a PDB or mmCIF file, or leave --from-atoms out"
            )
        if direct:
            return AtomSource(lambda state: self.atoms[round(state)], np.asarray(conformations, np.float64))
        states = self.as_maps(box, pixel_size_angstrom)
        return MapSource(states.maps, states.voxel_size_angstrom or pixel_size_angstrom, conformations)


def _hinge() -> Specimen:
    low, high = HINGE_RANGE_DEG
    return Specimen(motion=lambda t: hinge(low + t * (high - low)).atoms)


def _assembly() -> Specimen:
    present = product((True, False), repeat=SUBUNIT_COUNT - 1)
    return Specimen(atoms=tuple(assembly((True, *others)).atoms for others in present))


BUILT_IN: dict[str, Callable[[], Specimen]] = {"hinge": _hinge, "assembly": _assembly}
"""Built-in molecules by name: ``hinge`` moves, from closed at 0 to open at 1; ``assembly`` has eight states, its core
with every choice of the three other subunits, the complete one first."""


def read_specimen(names: Sequence[str], *, continuous: bool = False) -> Specimen:
    """The specimen that some names stand for.

    Parameters
    ----------
    names
        Maps, or coordinate files, or one built-in molecule; several files are several states.
    continuous
        Whether coordinate files of the same atoms in the same order are points of one motion: each particle then lies
        somewhere on the straight lines between them.

    Returns
    -------
    Specimen
        Atoms lie with the centre of mass of the first file at the origin.

    Raises
    ------
    InputError
        If a file cannot be read, files do not go together, or a name is none.
    """
    if len(names) == 1 and names[0] in BUILT_IN:
        return BUILT_IN[names[0]]()
    kinds = {_kind(name) for name in names}
    if len(kinds) != 1:
        raise InputError("maps and coordinate files stand side by side", file=names[0], advice="give one kind")
    if kinds == {"map"}:
        if continuous:
            raise InputError("maps have no motion between them", file=names[0], advice="leave --continuous out")
        volumes, sizes = zip(*(read_map(name) for name in names), strict=True)
        if len({(volume.shape, size) for volume, size in zip(volumes, sizes, strict=True)}) > 1:
            raise InputError(
                "the maps differ in box or voxel size", file=names[0], advice="bring all to one grid first"
            )
        return Specimen(volumes, sizes[0])
    states = [read_atoms(name) for name in names]
    centre = centre_of_mass(states[0])
    states = [replace(atoms, positions_angstrom=atoms.positions_angstrom - centre) for atoms in states]
    if not continuous:
        return Specimen(atoms=tuple(states))
    if len(states) < 2 or any(not np.array_equal(one.elements, other.elements) for one, other in pairwise(states)):
        problem = "a motion needs two or more files of the same atoms in the same order"
        raise InputError(problem, file=names[0], advice="leave --continuous out, or give such files")
    return Specimen(motion=lambda t: _between(states, t))


def _kind(name: str) -> str:
    suffix = FilePath(name.removesuffix(".gz")).suffix.lower()
    if suffix in _MAPS:
        return "map"
    if suffix in _ATOMS:
        return "atoms"
    known = ", ".join((*_ATOMS, *_MAPS))
    raise InputError("not a specimen", file=name, advice=f"give a file {known}, or one of {', '.join(BUILT_IN)}")


def _between(states: Sequence[Atoms], t: float) -> Atoms:
    """The atoms on the straight lines from state to state."""
    place = t * (len(states) - 1)
    before = min(int(place), len(states) - 2)
    start, end = states[before], states[before + 1]
    share = place - before
    positions = (1 - share) * start.positions_angstrom + share * end.positions_angstrom
    return replace(start, positions_angstrom=positions)


def read_map(path: Path) -> tuple[Float32[NumpyArray, "z y x"], float | None]:
    """A map and its voxel size.

    Parameters
    ----------
    path
        An MRC file that holds a cube.

    Returns
    -------
    volume, voxel_size_angstrom
        (n, n, n) float32; None where the header has no voxel size.

    Raises
    ------
    InputError
        If the file cannot be read or is no cube.
    """
    stack = open_stack(path)
    if len(set(stack.shape)) != 1:
        size = " × ".join(map(str, stack.shape))
        raise InputError(f"a map of {size} voxels is no cube", file=path, advice="crop or pad it to one")
    return np.array(stack.run(0, len(stack))), stack.pixel_size_angstrom
