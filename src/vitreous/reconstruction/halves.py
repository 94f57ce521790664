"""The accumulators of both half sets, filled with particles that are streamed from disk."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numba
import numpy as np
from jaxtyping import Float32, Float64

from vitreous._typing import NumpyArray
from vitreous.particles import ParticleSet
from vitreous.projection.accumulator import Accumulator
from vitreous.reconstruction.ewald import ewald_images
from vitreous.reconstruction.weighting import weighted_images
from vitreous.rotations import symmetry_matrices

__all__ = ["BLOCK", "add_images", "stream_halves", "threads_of_a_half"]

BLOCK = 256
"""Images of each half set that are added between two moments at which the run may be interrupted."""


def threads_of_a_half(threads: int) -> int:
    """How many of a run's threads fill the accumulator of one half set: the two are filled side by side."""
    return max(1, threads // 2)


def add_images(
    accumulator: Accumulator,
    particles: ParticleSet,
    images: Float32[NumpyArray, "m y x"],
    *,
    symmetry: Float64[NumpyArray, "order 3 3"] | None = None,
    with_ctf: bool = True,
    ewald: str = "no",
    room: tuple[NumpyArray, NumpyArray] | None = None,
) -> None:
    """Insert the images of some particles, Σ Pᵀ C S⁻¹ d and Σ Pᵀ C².

    Parameters
    ----------
    accumulator
        What they are added to.
    particles
        m particles with poses.
    images
        Theirs.
    symmetry
        Elements S of the map's point group: a view R shows the same as the views R S, and is inserted at each.
    with_ctf
        Whether the lens has a part in the images.
    ewald
        ``"no"`` for flat slices, ``"yes"`` for both sides of the Ewald sphere, ``"reversed"`` for one bent the other
        way.
    room
        As in `vitreous.reconstruction.weighting.weighted_images`.

    Raises
    ------
    InputError
        If poses or what the CTF needs are not known.
    """
    elements = symmetry_matrices("C1") if symmetry is None else symmetry
    if ewald != "no":
        for data, weights, matrices, bend in ewald_images(particles, images, reverse=ewald == "reversed"):
            for element in elements:
                accumulator.add(data, weights, matrices @ element, curvature_pixels=bend)
        return
    for _, data, weights, matrices in weighted_images(particles, images, with_ctf=with_ctf, room=room):
        for element in elements:
            accumulator.add(data, weights, matrices @ element)


def stream_halves(
    halves: tuple[ParticleSet, ParticleSet],
    accumulators: tuple[Accumulator, Accumulator],
    *,
    symmetry: str = "C1",
    with_ctf: bool = True,
    ewald: str = "no",
    threads: int = 1,
    first_round: int = 0,
) -> Iterator[int]:
    """Add all images of two half sets, a block of each at a time, the two side by side where there are two threads.

    Between rounds nothing is under way, so that the accumulators and the number of rounds are the whole state.

    Parameters
    ----------
    halves
        The half sets, read from disk block by block.
    accumulators
        Theirs.
    symmetry
        The map's point group, as `vitreous.rotations.symmetry_matrices` names it.
    with_ctf, ewald
        As in `add_images`.
    threads
        Of the run.
    first_round
        How many rounds were added before.

    Yields
    ------
    int
        How many images a round has added.

    Raises
    ------
    InputError
        If an image cannot be read, or poses or optics are not known.
    """
    import torch  # slow to import

    elements = symmetry_matrices(symmetry)
    rest = tuple(half[first_round * BLOCK :] for half in halves)
    blocks = [half.blocks(BLOCK) if len(half) else iter(()) for half in rest]

    room: list[tuple[NumpyArray, NumpyArray] | None] = [None, None]

    def add_next(which: int) -> int:
        found = next(blocks[which], None)
        if found is None:
            return 0
        rows, images = found
        # of this thread
        numba.set_num_threads(threads_of_a_half(threads))
        torch.set_num_threads(threads_of_a_half(threads))
        if room[which] is None:
            room[which] = _room(images)
        part = rest[which][rows]
        add = partial(add_images, symmetry=elements, with_ctf=with_ctf, ewald=ewald, room=room[which])
        add(accumulators[which], part, images)
        return len(images)

    with ThreadPoolExecutor(min(threads, 2), thread_name_prefix="vitreous-half") as pool:
        while added := sum(pool.map(add_next, (0, 1))):
            yield added


def _room(images: NumpyArray) -> tuple[NumpyArray, NumpyArray]:
    """Where data and weights of a block are written."""
    shape = (*images.shape[:2], images.shape[2] // 2 + 1)
    return np.empty(shape, np.complex64), np.empty(shape, np.float32)
