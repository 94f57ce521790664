"""Slices of projected potential: 100,000 atoms on 512² in 100 slices, beside abTEM with the same parametrisation."""

import statistics
import tempfile
from pathlib import Path

import numba
import numpy as np

from benchmarks.harness import Row, paired_seconds, record, rival_python, run_measured
from vitreous.specimen import Atoms, potential_slices, projected_potential

CLAIM = "potential"
N_ATOMS, SIDE, SLICES, PIXEL, THICKNESS = 100_000, 512, 100, 1.0, 3.0
FINE_ATOMS, FINE_PIXEL = 300, 0.1
ELEMENTS, SHARES = np.array([1, 6, 7, 8, 16]), [0.5, 0.32, 0.08, 0.09, 0.01]
RIVAL = """
import json, sys, time
import abtem, ase, numpy as np
abtem.config.set({"device": "cpu", "precision": "float32"})
file, projection, repeats = sys.argv[1], sys.argv[2], int(sys.argv[3])
given = np.load(file)
cell = ase.Atoms(given["numbers"], positions=given["positions"], cell=given["cell"], pbc=False)
potential = abtem.Potential(cell, gpts=(512, 512), slice_thickness=3.0, parametrization="lobato",
                            projection=projection, periodic=False)
seconds = []
for _ in range(repeats + 1):
    start = time.perf_counter()
    array = potential.build(lazy=False).array
    seconds.append(time.perf_counter() - start)
np.save(file + "." + projection + ".npy", array.sum(axis=0))
print(json.dumps({"seconds": sorted(seconds[1:])[repeats // 2], "slices": len(array)}))
"""


def specimen(n: int, box: list[float]) -> Atoms:
    """Atoms at random in a box, in the composition of protein."""
    rng = np.random.default_rng(1)
    positions = (rng.uniform(-0.5, 0.5, (n, 3)) * box).astype(np.float32)
    return Atoms(positions, rng.choice(ELEMENTS, n, p=SHARES))


def rival(python: Path, file: Path, atoms: Atoms, cell: list[float], projection: str, repeats: int) -> dict[str, float]:
    """What abTEM takes; it counts x, y and z from the corner of the cell, and its arrays are (slice, x, y)."""
    pixel = cell[0] / SIDE
    corner = np.array([SIDE // 2 * pixel, SIDE // 2 * pixel, cell[2] / 2])
    np.savez(file, positions=atoms.positions_angstrom + corner, numbers=atoms.elements, cell=cell)
    return run_measured(python, RIVAL, str(file), projection, str(repeats))


def difference(python: Path, folder: Path, projection: str) -> float:
    """How the projections compare, rms over the standard deviation, at 0.1 Å, where abTEM's samples suffice.

    Both are blurred by B = 20 Å²; the mean over the pixel is taken off ours.
    """
    atoms = specimen(FINE_ATOMS, [40.0, 40.0, 16.0])
    file = folder / "fine.npz"
    rival(python, file, atoms, [SIDE * FINE_PIXEL, SIDE * FINE_PIXEL, 24.0], projection, 1)
    mine = projected_potential(atoms, (SIDE, SIDE), FINE_PIXEL, parametrisation="lobato")
    cycles = np.fft.fftfreq(SIDE)
    blur = np.exp(-20.0 / 4 * (cycles[:, None] ** 2 + cycles**2) / FINE_PIXEL**2)
    mine = np.fft.ifft2(np.fft.fft2(mine) * blur / np.sinc(cycles[:, None]) / np.sinc(cycles)).real
    theirs = np.fft.ifft2(np.fft.fft2(np.load(f"{file}.{projection}.npy").T) * blur).real
    return float(np.sqrt(np.mean((mine - theirs) ** 2) / np.var(mine)))


def ours(atoms: Atoms) -> dict[str, float]:
    """Seconds of ours in both parametrisations, and of writing the slices."""
    grid = ((SIDE, SIDE), PIXEL, THICKNESS)
    return paired_seconds(
        {
            "lobato": lambda: potential_slices(atoms, *grid, parametrisation="lobato", n_slices=SLICES),
            "peng": lambda: potential_slices(atoms, *grid, parametrisation="peng", n_slices=SLICES),
            "write": lambda: np.empty((SLICES, SIDE, SIDE), np.float32).fill(1.0),
        }
    )


def main() -> None:
    """Measure ours and abTEM's infinite and finite projections in turn, three rounds."""
    cell = [SIDE * PIXEL, SIDE * PIXEL, SLICES * THICKNESS]
    atoms, python = specimen(N_ATOMS, cell), rival_python("abtem")
    rounds: list[dict[str, float]] = []
    notes: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(3):
            rounds.append(ours(atoms))
            if not isinstance(python, Path):
                continue
            for projection in ("infinite", "finite"):
                measured = rival(python, Path(folder) / "atoms.npz", atoms, cell, projection, 3)
                rounds[-1][projection] = measured["seconds"]
                if projection not in notes:
                    apart = difference(python, Path(folder), projection)
                    notes[projection] = f"projections differ by {apart:.1%} at 0.1 Å"
    seconds = {key: statistics.median(taken[key] for taken in rounds) for key in rounds[0]}
    for name in ("lobato", "peng"):
        for projection in ("infinite", "finite"):
            record(
                CLAIM,
                Row(
                    work=f"{N_ATOMS:,} atoms on {SIDE}² of {PIXEL:g} Å in {SLICES} slices of {THICKNESS:g} Å, {name}, "
                    "finite projection, means over pixels, float32",
                    unit="s",
                    limit=seconds["write"],
                    limited_by="writing the slices once, one thread, measured in the same run",
                    ours=seconds[name],
                    rival=seconds.get(projection),
                    rival_name=f"abTEM, lobato, {projection} projection, samples at the pixels"
                    if projection in seconds
                    else str(python),
                    target=2.0,
                    note=f"{numba.get_num_threads()} threads; {notes.get(projection, '')}",
                ),
            )


if __name__ == "__main__":
    main()
