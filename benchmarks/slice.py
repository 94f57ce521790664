"""Central slices of a map of 128³: the compiled kernels beside finufft, with the error of each against the exact."""

import time

import numpy as np

from benchmarks.harness import Row, paired_seconds, record
from vitreous.fourier import coordinates
from vitreous.interpolation import LINEAR, Kernel, kaiser_bessel
from vitreous.projection import Slicer, fast_slices, padded_transform, slice_map
from vitreous.rotations import random_rotations

CLAIM = "slice"
BOX, IMAGES = 128, 2000
TARGETS = [(LINEAR, 0.016, 6000.0), (kaiser_bessel(3), 0.005, None), (kaiser_bessel(4), 0.001, 2000.0)]


def specimen() -> np.ndarray:
    """Balls of one to two and a half voxels, scattered as the atoms of a particle are."""
    rng, places = np.random.default_rng(1), coordinates((BOX,) * 3).astype(np.float32)
    volume = np.zeros((BOX,) * 3, np.float32)
    for centre, width in zip(rng.normal(0, 14, (30, 3)), rng.uniform(1, 2.5, 30), strict=True):
        distance = np.sum((places - centre.astype(np.float32)) ** 2, axis=-1)
        volume += np.exp(-distance / np.float32(2 * width**2))
    return volume


def memory_bytes_per_second() -> float:
    """What copying a large array moves, read and written."""
    source, target = np.ones(1 << 25, np.float32), np.empty(1 << 25, np.float32)
    seconds = []
    for _ in range(5):
        start = time.perf_counter()
        np.copyto(target, source)
        seconds.append(time.perf_counter() - start)
    return 2 * source.nbytes / min(seconds)


def measure(volume: np.ndarray, kernel: Kernel, error_allowed: float, wanted: float | None) -> None:
    """One kernel, padded twice, in turn with finufft."""
    rotations, slicer = random_rotations(IMAGES, 2), Slicer(volume, BOX)
    transform = padded_transform(volume, kernel).astype(np.complex64)
    exact = slice_map(volume, rotations[:50])
    found = fast_slices(transform, rotations[:50], BOX, kernel)
    error = float(np.linalg.norm(found - exact) / np.linalg.norm(exact))
    few = rotations[:500]
    seconds = paired_seconds(
        {"ours": lambda: fast_slices(transform, rotations, BOX, kernel), "finufft": lambda: slicer(few)}, repeats=3
    )
    moved = np.pi / 4 * BOX * (BOX // 2) * kernel.support**3 * 8 + found[0].nbytes
    target = f"; target {wanted:g}/s" if wanted else ""
    row = Row(
        f"slices of {BOX}³, {kernel.name}, padding 2, random orientations",
        "images/s",
        memory_bytes_per_second() / moved,
        "every tap read from memory once for each sample, at the speed of a copy: what the cache saves is above it",
        IMAGES / seconds["ours"],
        len(few) / seconds["finufft"],
        "finufft type 2, 1e-4",
        None,
        f"relative error {error:.2e} of the exact transform, allowed {error_allowed:g}{target}",
    )
    record(CLAIM, row)


def main() -> None:
    """Measure each kernel."""
    volume = specimen()
    for kernel, error_allowed, wanted in TARGETS:
        measure(volume, kernel, error_allowed, wanted)
