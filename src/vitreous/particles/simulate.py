"""Simulated particle sets: images block by block, and a job folder with particles and truth."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from itertools import islice
from typing import TypeVar

import numpy as np
from jaxtyping import Float, Float32

from vitreous._typing import NumpyArray
from vitreous.jobs import Job
from vitreous.particles.imaging import Noise, Signal
from vitreous.particles.particle_set import ParticleSet
from vitreous.particles.relion import write_relion
from vitreous.particles.stack import write_stack

__all__ = ["iterate_images", "write_simulation"]

_BLOCK_PIXELS = 1 << 22
_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def iterate_images(
    signal: Signal, noise: Noise, seed: int, threads: int | None = None, *, stream: int = 0
) -> Iterator[tuple[Float32[NumpyArray, "m y x"], Float[NumpyArray, " m"]]]:
    """The images of a simulated set in order, block by block; as many blocks as threads and two more are in memory.

    Every block has random numbers of its own, so that the images depend on the seed alone and not on the threads.

    Parameters
    ----------
    signal
        What is shown.
    noise
        What the detector makes of it.
    seed
        Of all random numbers.
    threads
        Blocks that are computed at a time; None: as many as there are cores, up to eight.
    stream
        Sets of one seed and different streams have independent noise.

    Yields
    ------
    images, variances
        (m, box, box) float32, and (m,) the variance of each image before the noise, over its box.
    """
    size = max(1, _BLOCK_PIXELS // signal.particles.box**2)
    starts = range(0, len(signal.particles), size)

    def block(start: int) -> tuple[NumpyArray, NumpyArray]:
        rows = np.arange(start, min(start + size, len(signal.particles)))
        rng = np.random.default_rng([seed, stream, start])
        images = signal.images(rows)
        variances = images.var(axis=(1, 2))
        if signal.structure_sigma > 0:
            images += signal.structure(rows, rng)
        return noise.apply(images, rng), variances

    yield from _in_order(block, starts, threads or min(os.cpu_count() or 1, 8))


def _in_order(function: Callable[[_Item], _Result], items: Iterable[_Item], threads: int) -> Iterator[_Result]:
    """The results of a function, in the order of the items, some of which are worked on at a time."""
    items = iter(items)
    waiting: deque[Future[_Result]] = deque()
    with ThreadPoolExecutor(threads, thread_name_prefix="vitreous-simulate") as pool:
        try:
            waiting.extend(pool.submit(function, item) for item in islice(items, threads + 1))
            while waiting:
                yield waiting.popleft().result()
                waiting.extend(pool.submit(function, item) for item in islice(items, 1))
        finally:
            for future in waiting:
                future.cancel()


def write_simulation(
    job: Job,
    signal: Signal,
    noise: Noise,
    truth: ParticleSet,
    threads: int | None = None,
    *,
    stream: int = 0,
) -> ParticleSet:
    """Write ``particles.mrcs``, ``particles.star`` and ``truth/particles.star`` into a job folder.

    Parameters
    ----------
    job
        Entered; its task's seed is that of all random numbers.
    signal, noise
        As in `iterate_images`.
    truth
        The particles with what only the simulation knows of them: the state or the conformation.
    threads, stream
        As in `iterate_images`.

    Returns
    -------
    ParticleSet
        The particles with their images.

    Raises
    ------
    OSError
        If the disk is full or the folder cannot be written to.
    """
    count, power = len(signal.particles), 0.0

    def images() -> Iterator[NumpyArray]:
        nonlocal power
        with job.progress("simulate", count) as advance:
            for block, variances in iterate_images(signal, noise, job.task.seed or 0, threads, stream=stream):
                yield block
                power += float(variances.sum(dtype=np.float64))
                advance(len(block))

    group = signal.particles.optics_groups[int(signal.particles.optics_index[0])]
    with job.write("particles.mrcs") as path:
        write_stack(path, images(), group.pixel_size_angstrom or 1.0)
    job.record.images = count
    job.record.figures["clean_variance"] = power / count
    particles = _with_images(signal.particles, job)
    lacking: list[str] = []
    for name, written in (("particles.star", particles), ("truth/particles.star", _with_images(truth, job))):
        with job.write(name) as path:
            lacking = write_relion(path, written)
    for what in lacking:
        job.warn(f"particles.star has no place for {what}")
    return particles


def _with_images(particles: ParticleSet, job: Job) -> ParticleSet:
    """The particles as those of the images that a job wrote, in order."""
    count = len(particles)
    return replace(
        particles,
        stacks=("particles.mrcs",),
        stack_index=np.zeros(count, np.int64),
        slice_index=np.arange(count),
        folders=(str(job.folder),),
    )
