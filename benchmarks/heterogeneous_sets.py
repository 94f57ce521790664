"""Sets of particles that differ, with the truth beside them: the hinge, adenylate kinase, five ribosome assemblies.

``python -m benchmarks.heterogeneous_sets FOLDER [--particles N] [--seed S] [NAME…]`` writes FOLDER/NAME: the files of
``vitreous simulate``, the maps of all conformations under ``truth/``, and ``poses.pkl`` and ``ctf.pkl`` for cryoDRGN.
"""

import argparse
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import mrcfile
import numpy as np

from vitreous.cli import main as vitreous
from vitreous.particles import ParticleSet, read_particles, write_cryodrgn
from vitreous.particles.pickled import load_arrays
from vitreous.specimen import Atoms, centre_of_mass, morph_atoms, move_atoms, potential, read_atoms
from vitreous.specimen.hinge import HINGE_RANGE_DEG, hinge

__all__ = ["ADK", "BOX", "HINGE", "PIXEL", "RIBOSOME", "HeterogeneousSet", "first", "make_set", "read_set"]

DATA = Path(os.environ.get("VITREOUS_DATA", Path(__file__).parents[2] / "shared" / "data"))
HINGE, ADK, RIBOSOME = "hinge", "adk", "ribosome"
BOX, SNR, CONFORMATIONS = 64, 0.1, 20
PIXEL = {HINGE: 2.5, ADK: 2.0, RIBOSOME: 6.55}
"""Å."""
_STATES = ("018", "113", "287", "442", "498")


@dataclass(frozen=True, eq=False)
class HeterogeneousSet:
    """A simulated set and what is true of it."""

    particles: ParticleSet
    maps: np.ndarray
    """(conformations, z, y, x)."""
    labels: np.ndarray
    """(n,) the conformation of each particle, from 0."""
    continuous: bool
    """Whether the number of a conformation is its place on a path."""


def _hinge_maps() -> list[np.ndarray]:
    low, high = HINGE_RANGE_DEG
    states = [hinge(low + t * (high - low)).atoms for t in np.linspace(0, 1, CONFORMATIONS)]
    return [_density(atoms, PIXEL[HINGE]) for atoms in states]


def _adk_maps() -> list[np.ndarray]:
    start, end = (read_atoms(DATA / "coordinates" / f"adk_{name}.pdb") for name in ("open", "closed"))
    halfway = centre_of_mass(morph_atoms(start, end, 0.5))
    path = [morph_atoms(start, end, f) for f in np.linspace(0, 1, CONFORMATIONS)]
    return [_density(move_atoms(atoms, shift_angstrom=-halfway), PIXEL[ADK]) for atoms in path]


def _density(atoms: Atoms, pixel: float) -> np.ndarray:
    return np.asarray(potential(atoms, (BOX,) * 3, pixel), np.float32)


def _ribosome_maps() -> list[np.ndarray]:
    """Brought from the other hand into the frame of the poses."""
    maps = [mrcfile.read(DATA / "empiar_10076" / f"vol_{name}.mrc") for name in _STATES]
    return [np.roll(volume[::-1], 1, axis=0).astype(np.float32) for volume in maps]


_MAPS: dict[str, Callable[[], list[np.ndarray]]] = {HINGE: _hinge_maps, ADK: _adk_maps, RIBOSOME: _ribosome_maps}


def make_set(name: str, folder: Path, particles: int = 2000, *, seed: int = 0, snr: float = SNR) -> HeterogeneousSet:
    """Simulate one of the sets: the same number of particles of each conformation, on average."""
    folder.mkdir(parents=True, exist_ok=True)
    maps = _MAPS[name]()
    files = [folder / f"conformation_{number:03d}.mrc" for number in range(len(maps))]
    for file, volume in zip(files, maps, strict=True):
        mrcfile.write(file, volume, voxel_size=PIXEL[name], overwrite=True)
    words = ["simulate", *files, "-o", folder / "set", "--particles", particles, "--snr", snr, "--seed", seed]
    words += ["--overwrite", "--quiet", *(_real_table(folder) if name == RIBOSOME else ["--shift-sigma", 5])]
    if vitreous([str(word) for word in words]):
        raise RuntimeError(f"the set {name} could not be simulated")
    for file in files:
        file.unlink()
    write_cryodrgn(folder / "set", read_particles(folder / "set" / "particles.star"))
    return read_set(folder, name)


def _real_table(folder: Path) -> list[str | Path]:
    """Poses, CTF and noise of EMPIAR-10076; its noise is a table of power against 1/Å."""
    source = DATA / "empiar_10076"
    power = np.asarray(load_arrays(source / "noise_10076.pkl"))
    (box, pixel), *_ = load_arrays(source / "ctf_10076.pkl")[:, :2]
    table = np.stack([np.arange(len(power)) / (box * pixel), power], axis=-1)
    np.savetxt(folder / "noise.txt", table[1:])
    tables = ["--poses", source / "poses_10076.pkl", "--ctf", source / "ctf_10076.pkl"]
    return [*tables, "--noise", "coloured", "--spectrum", folder / "noise.txt"]


def read_set(folder: Path, name: str) -> HeterogeneousSet:
    """A set that `make_set` wrote."""
    truth = folder / "set" / "truth"
    maps = np.stack([mrcfile.read(path) for path in sorted(truth.glob("map_*.mrc"))])
    classes = read_particles(truth / "particles.star").class_number
    particles = read_particles(folder / "set" / "particles.star")
    return HeterogeneousSet(particles, maps, classes - 1, name != RIBOSOME)


def first(data: HeterogeneousSet, count: int) -> HeterogeneousSet:
    """The first particles of a set, which are a random part of it."""
    return replace(data, particles=data.particles[:count], labels=data.labels[:count])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", default=list(_MAPS))
    parser.add_argument("--particles", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    for name in options.names:
        made = make_set(name, options.folder / name, options.particles, seed=options.seed)
        print(f"{options.folder / name}: {len(made.particles):,} particles, {len(made.maps)} conformations")
