"""Block iteration over a 2 GB stack of float32 images against a plain loop over a NumPy memory map.

Both sum every pixel. The file stands in the page cache for both: what is measured is the path from there to the
consumer, which the iterator takes with a check for NaN and infinite pixels on top.
"""

import tempfile
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.harness import Row, paired_seconds, record
from vitreous.particles import OpticsGroup, ParticleSet, write_stack

COUNT, BOX, BLOCK = 8192, 256, 256
GIGABYTES = COUNT * BOX**2 * 4 / 1e9


def particles_of(path: Path) -> ParticleSet:
    """The images of the stack in order."""
    return ParticleSet(
        optics_groups=(OpticsGroup("opticsGroup1", 300.0, 2.7, 0.1, 1.0, BOX),),
        optics_index=np.zeros(COUNT, np.int64),
        stacks=(str(path),),
        stack_index=np.zeros(COUNT, np.int64),
        slice_index=np.arange(COUNT),
    )


def plain(path: Path, rows: NDArray[np.int64] | None = None, *, copy: bool = True) -> float:
    """The loop that one would write: blocks in order, copied or not, or images in the order of ``rows``."""
    pixels = np.memmap(path, np.float32, "r", offset=1024, shape=(COUNT, BOX, BOX))
    total = 0.0
    for start in range(0, COUNT, BLOCK):
        block = pixels[start : start + BLOCK] if rows is None else pixels[rows[start : start + BLOCK]]
        total += float((np.array(block) if copy else block).sum())
    return total


def ours(particles: ParticleSet) -> float:
    """The same sum by the iterator."""
    return sum(float(images.sum()) for _, images in particles.blocks(BLOCK))


def stream_gigabytes_per_second() -> float:
    """How fast one core sums an array that lies in memory: the limit of any consumer that touches every pixel."""
    array = np.ones(1 << 26, np.float32)
    array.sum()
    start = time.perf_counter()
    for _ in range(4):
        array.sum()
    return 4 * array.nbytes / 1e9 / (time.perf_counter() - start)


def main() -> None:
    """Measure both in turn, in the order of the file and in random order."""
    rng = np.random.default_rng(1)
    order = rng.permutation(COUNT)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "stack.mrcs"
        block = rng.standard_normal((BLOCK, BOX, BOX), dtype=np.float32)
        write_stack(path, (block for _ in range(COUNT // BLOCK)), 1.0)
        particles = particles_of(path)
        shuffled = particles[order]
        assert np.isclose(ours(particles), plain(path))
        seconds = paired_seconds(
            {
                "ours": lambda: ours(particles),
                "ours, shuffled": lambda: ours(shuffled),
                "np.array(memmap[i:j]).sum()": lambda: plain(path),
                "memmap[i:j].sum(), without a copy": lambda: plain(path, copy=False),
                "memmap[rows].sum()": lambda: plain(path, order, copy=False),
            }
        )
    rates = {name: GIGABYTES / taken for name, taken in seconds.items()}
    limit = stream_gigabytes_per_second()
    for rival, mine, kind, target in (
        ("np.array(memmap[i:j]).sum()", "ours", "in order", 0.8),
        ("memmap[i:j].sum(), without a copy", "ours", "in order", 0.8),
        ("memmap[rows].sum()", "ours, shuffled", "in random order", None),
    ):
        record(
            "blocks",
            Row(
                work=f"sum {COUNT} images of {BOX}², {GIGABYTES:.2f} GB float32, {kind}, in blocks of {BLOCK}",
                unit="GB/s",
                limit=limit,
                limited_by="one core summing an array in memory, measured here; the file is in the page cache",
                ours=rates[mine],
                rival=rates[rival],
                rival_name=f"{rival}, NumPy {np.__version__}",
                target=target,
                note="ours also checks every pixel for NaN and infinity",
            ),
        )


if __name__ == "__main__":
    main()
