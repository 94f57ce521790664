"""A set and the options of a run, brought to what the iterations work on."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from jaxtyping import Float, Float32, Int

from vitreous._errors import InputError
from vitreous._typing import Array, NumpyArray
from vitreous.classification.observations import EDGE_PIXELS, Block, Preparation, disc_mask, observe, prepare
from vitreous.classification.options import Options
from vitreous.classification.polar import PolarGrid, from_polar, polar_grid
from vitreous.jobs import choose_device, use_threads
from vitreous.particles import ParticleSet
from vitreous.particles.blocks import prefetch

__all__ = ["BLOCK", "Setup", "halves_of", "set_up"]

BLOCK = 1024
"""Images that are made ready together."""
_KEPT_BYTES = 2**30
"""So much of the images is kept in memory in its final form; what is beyond is made again in each iteration."""


@dataclass(frozen=True, eq=False)
class Setup:
    """What does not change between iterations.

    Parameters
    ----------
    particles
        The set.
    options
        Of the run.
    by
        How images are made ready.
    mask_radius_px
        Of the disc, without its soft edge.
    pixel_size_angstrom
        Å.
    parts
        (group, half, rows) of every block.
    kept
        Blocks that were made before and fit into memory, by their number.
    """

    particles: ParticleSet
    options: Options
    by: Preparation
    mask_radius_px: float
    pixel_size_angstrom: float
    parts: tuple[tuple[int, int, Int[NumpyArray, " _"]], ...]
    kept: dict[int, Block]

    @property
    def grid(self) -> PolarGrid:
        """The polar grid."""
        return self.by.grid

    @property
    def outer_radius_px(self) -> float:
        """Of the mask, half of its soft edge counted in."""
        return self.mask_radius_px + EDGE_PIXELS / 2

    @property
    def groups(self) -> int:
        """How many optics groups the set lists."""
        return len(self.particles.optics_groups)

    @property
    def dtype(self) -> torch.dtype:
        """Of references and sums."""
        return torch.float64 if self.by.exact else torch.float32

    @property
    def area(self) -> float:
        """The share of the box that the mask leaves: so many of the coefficients of white noise stay independent."""
        return float((self.by.mask**2).mean())

    @property
    def counts(self) -> Float[Array, " rings"]:
        """n_r in double precision, on the run's device."""
        return torch.from_numpy(self.grid.counts).to(self.by.device)

    def images(self, rings: Float[NumpyArray, "k rings angles"]) -> Float32[NumpyArray, "k box box"]:
        """Real-space images of references, cut to the mask."""
        images = from_polar(rings, self.grid) * self.by.mask
        return images.astype(np.float32)

    def blocks(self, chosen: Int[NumpyArray, " b"] | None = None) -> Iterator[Block]:
        """All blocks in order, or those of the given numbers; what is not in memory is read ahead in a thread.

        Parameters
        ----------
        chosen
            Numbers into ``parts``.

        Yields
        ------
        Block
        """
        numbers = range(len(self.parts)) if chosen is None else [int(number) for number in chosen]
        for number, block in zip(numbers, prefetch(partial(self._block, n) for n in numbers), strict=True):
            # blocks are about as large as each other: there is room for one more or there is not
            if number not in self.kept and (len(self.kept) + 1) * block.nbytes <= _KEPT_BYTES:
                self.kept[number] = block
            yield block

    def _block(self, number: int) -> Block:
        if number in self.kept:
            return self.kept[number]
        _, half, rows = self.parts[number]
        return prepare(self.particles, rows, half, self.by)


def set_up(particles: ParticleSet, options: Options) -> Setup:
    """Check a set against the options, lay the polar grid, split the halves.

    Parameters
    ----------
    particles
        At least as many as classes, of one box and pixel size.
    options
        Of the run.

    Returns
    -------
    Setup

    Raises
    ------
    InputError
        If the set is empty or smaller than the number of classes, mixes pixel sizes or boxes, lacks images, or mask or
        resolution do not fit the box.
    """
    if len(particles) == 0:
        raise InputError("there are no particles to classify", advice="give a file with at least one particle")
    if len(particles) < options.classes:
        raise InputError(f"{options.classes} classes for {len(particles)} particles", advice="ask for fewer classes")
    box, pixel = particles.box, particles.pixel_size_angstrom
    if box < 8:
        raise InputError(f"images of {box} pixels are too small to be turned: expected 8 or more")
    radius = _mask_radius(box, pixel, options.mask_diameter_angstrom)
    grid = polar_grid(box, _rings(box, pixel, options.max_resolution_angstrom), options.angle_step_deg)
    use_threads(options.threads)
    device = choose_device(options.device)
    by = Preparation(grid, disc_mask(box, radius), options.ctf, options.exact, device)
    half = halves_of(particles, options.seed)
    parts = tuple(observe(particles, half, BLOCK))
    return Setup(particles, options, by, radius, pixel, parts, {})


def halves_of(particles: ParticleSet, seed: int) -> Int[NumpyArray, " n"]:
    """The half set of each particle, 0 or 1: the file's own (1, 2), else a seeded split.

    Raises
    ------
    InputError
        If the file has other values.
    """
    subset = particles.random_subset
    if subset is None:
        return np.random.default_rng(seed).permutation(np.arange(len(particles)) % 2)
    other = np.flatnonzero((subset != 1) & (subset != 2))
    if len(other):
        raise InputError(
            f"the random subset is {subset[other[0]]}, expected 1 or 2",
            place=f"particle {other[0] + 1}",
            advice="remove the column, and a split will be made",
        )
    return subset - 1


def _mask_radius(box: int, pixel: float, diameter_angstrom: float | None) -> float:
    largest = box / 2 - EDGE_PIXELS / 2
    if diameter_angstrom is None:
        return largest - EDGE_PIXELS / 2 if box > 4 * EDGE_PIXELS else box / 4
    radius = diameter_angstrom / (2 * pixel)
    if not 2 <= radius <= box / 2:
        raise InputError(
            f"a mask of {diameter_angstrom:g} Å is {2 * radius:.1f} pixels wide in a box of {box}",
            advice=f"give a diameter between {4 * pixel:g} and {box * pixel:g} Å",
        )
    return radius


def _rings(box: int, pixel: float, resolution_angstrom: float | None) -> int:
    largest = box // 2
    if resolution_angstrom is None:
        return largest
    rings = int(box * pixel / resolution_angstrom) + 1
    if rings < 3:
        raise InputError(
            f"a resolution of {resolution_angstrom:g} Å leaves {rings} rings of a box of {box * pixel:g} Å",
            advice="give a smaller number",
        )
    return min(rings, largest)
