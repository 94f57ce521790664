"""Insertion of 128² images with their weights into two half sets, a thread each, beside the readable adjoint."""

import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from benchmarks.harness import Row, record
from benchmarks.slice import BOX, memory_bytes_per_second
from vitreous.interpolation import LINEAR, kaiser_bessel
from vitreous.projection import Accumulator, insert_slices
from vitreous.rotations import random_rotations

CLAIM = "insert"
IMAGES, BLOCK = 10_000, 500


def main() -> None:
    """Measure ten blocks into two accumulators, and a few images by the readable formula."""
    rng = np.random.default_rng(1)
    shape = (BLOCK, BOX, BOX // 2 + 1)
    data = (rng.standard_normal(shape) + 1j * rng.standard_normal(shape)).astype(np.complex64)
    weights, rotations = rng.random(shape, np.float32), random_rotations(IMAGES, 2)
    for kernel in (LINEAR, kaiser_bessel(4)):
        halves = Accumulator(BOX, kernel=kernel, threads=1), Accumulator(BOX, kernel=kernel, threads=1)

        def fill(which: int, blocks: int, halves: tuple[Accumulator, Accumulator] = halves) -> None:
            for block in range(which, 2 * blocks, 2):
                halves[which].add(data, weights, rotations[block * BLOCK : (block + 1) * BLOCK])

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(fill, (0, 1), (1, 1)))
            start = time.perf_counter()
            list(pool.map(fill, (0, 1), (IMAGES // BLOCK // 2,) * 2))
            ours = IMAGES / (time.perf_counter() - start)
        start = time.perf_counter()
        insert_slices(data[:2], rotations[:2], kernel)
        readable = 2 / (time.perf_counter() - start)
        moved = np.pi / 4 * BOX * (BOX // 2) * kernel.support**3 * 24 + data[0].nbytes + weights[0].nbytes
        note = f"10,000 images, both halves: {IMAGES / ours:.2f} s" + ("; target 1.3 s" if kernel is LINEAR else "")
        row = Row(
            f"insertion of {BOX}² images with weights, {kernel.name}, padding 2",
            "images/s",
            memory_bytes_per_second() / moved,
            "every tap read and written once for each sample, at the speed of a copy: what the cache saves is above it",
            ours,
            readable,
            "the readable adjoint, values only",
            None,
            note,
        )
        record(CLAIM, row)
