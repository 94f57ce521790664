"""What the particles of a set tell of their maps: coefficients, transfer, views and noise, block by block.

An image with the shift s and the odd aberrations φ is d(k) = F(k) exp(−2πi k·s − iφ(k)) once it is moved onto the
reference, and the model of it is d(k) = C(k) V(Rᵀ(k, 0)) + n(k) with E|n(k)|² = σ²(k). Only the coefficients of
`vitreous.heterogeneity.disc` are kept.

Optics groups may differ in pixel size. The map has that of the first group, p₀: images of pixels p are slices of it by
the matrices p₀/p R, times (p₀/p)², which C holds; C is zero where an image shows more than the map can hold.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
from jaxtyping import Complex64, Float32, Int64

from vitreous._errors import InputError
from vitreous._typing import ArrayLike, NumpyArray
from vitreous.heterogeneity.disc import NYQUIST, resolution_disc
from vitreous.optics import antisymmetric_factor, ctf
from vitreous.optics.ctf import CONTRAST_SIGNS
from vitreous.particles import OpticsGroup, ParticleSet
from vitreous.particles.blocks import prefetch
from vitreous.particles.noise import noise_spectrum
from vitreous.particles.optics import defocus_of, lens_of, view_matrices

__all__ = ["MEMORY_BYTES", "Block", "Observations"]

MEMORY_BYTES = 4 << 30
"""What is larger is read from disk again in every pass."""
_BLOCK = 512
_BYTES = 12
"""Of a coefficient: complex64, and its transfer in float32."""


@dataclass(frozen=True, eq=False)
class Block:
    """m images, as far as they carry information."""

    rows: Int64[NumpyArray, " m"]
    """Which particles of the set."""
    data: Complex64[NumpyArray, "m p"]
    """The coefficients d, moved onto the reference; multiplied by nothing."""
    transfer: Float32[NumpyArray, "m p"]
    """C at the coefficients, with the sign of the set's contrast."""
    rotations: Float32[NumpyArray, "m 3 3"]
    """Rotations, or the matrices whose slices the images are (`vitreous.particles.optics.view_matrices`)."""
    noise_power: Float32[NumpyArray, "m p"]
    """σ² at the coefficients: d/σ is white."""


class Observations:
    """The particles of a set with poses, as blocks of coefficients: from memory where they fit, else from disk.

    Parameters
    ----------
    particles
        n particles with poses, of one box.
    cutoff_cycles
        Frequencies |k| ≥ this are left out; cycles/pixel.
    with_ctf
        Whether the lens has a part in the images.
    noise
        The power of the noise in each of the box // 2 + 1 shells, 1 for white noise of variance 1; None: that around
        the particles of each optics group (`vitreous.particles.noise.noise_spectrum`).
    memory_bytes
        What may be kept between passes.

    Raises
    ------
    InputError
        If the particles have no poses or not the optics that the CTF needs, differ in box, or an image cannot be used.
    """

    def __init__(
        self,
        particles: ParticleSet,
        *,
        cutoff_cycles: float = NYQUIST,
        with_ctf: bool = True,
        noise: ArrayLike = None,
        memory_bytes: int = MEMORY_BYTES,
    ):
        if not len(particles):
            raise InputError("the set has no particles")
        particles.rotations()  # raises where there are none, before a long read
        self.particles, self.with_ctf = particles, with_ctf
        self.disc = resolution_disc(particles.box, cutoff_cycles)
        first = particles.optics_groups[int(particles.optics_index.min())]
        if first.pixel_size_angstrom is None:
            particles.pixel_size_angstrom  # noqa: B018  raises
        self.pixel_size_angstrom = float(first.pixel_size_angstrom or 1.0)
        self._noise = self._noise_of_groups(noise)
        self._kept: tuple[NumpyArray, NumpyArray] | None = None
        if len(particles) * len(self.disc) * _BYTES <= memory_bytes:
            self._kept = self._read_all()

    def __len__(self) -> int:
        return len(self.particles)

    @property
    def box(self) -> int:
        """Edge of the images, and of the map, in pixels."""
        return self.disc.box

    @property
    def in_memory(self) -> bool:
        """Whether the coefficients are kept between passes."""
        return self._kept is not None

    @property
    def noise_power(self) -> Float32[NumpyArray, "groups p"]:
        """σ² at the coefficients, for each optics group."""
        return self._noise

    def block(self, rows: ArrayLike) -> Block:
        """Some particles, in the order asked for.

        Parameters
        ----------
        rows
            Row numbers or a slice.

        Returns
        -------
        Block
            Theirs.

        Raises
        ------
        InputError
            If an image cannot be read.
        """
        index = np.arange(len(self))[rows]
        chosen = self.particles[index]
        if self._kept is None:
            data, transfer = self._coefficients(chosen, chosen.images())
        else:
            data, transfer = (kept[rows if isinstance(rows, slice) else index] for kept in self._kept)
        return Block(index, data, transfer, self._matrices(chosen), self._noise[chosen.optics_index])

    def blocks(self, size: int = _BLOCK, order: ArrayLike = None) -> Iterator[Block]:
        """All particles, ``size`` at a time, while a background thread makes the next blocks.

        Parameters
        ----------
        size
            Particles in a block; the last may have fewer.
        order
            Row numbers in the order wanted, of some particles or all; None: all in the order of the file.

        Yields
        ------
        Block
            Its rows say which.

        Raises
        ------
        InputError
            If an image cannot be read.
        """
        if size < 1:
            raise ValueError(f"a block has at least 1 particle, not {size}")
        count = len(self) if order is None else len(order)
        parts = (slice(start, min(start + size, count)) for start in range(0, count, size))
        if self._kept is not None:
            yield from (self.block(part if order is None else order[part]) for part in parts)
        elif order is None:
            # the data set reads ahead, in whole runs of the file
            for part, images in self.particles.blocks(size):
                chosen = self.particles[part]
                data, transfer = self._coefficients(chosen, images)
                rows = np.arange(part.start, part.start + len(images))
                yield Block(rows, data, transfer, self._matrices(chosen), self._noise[chosen.optics_index])
        else:
            yield from prefetch(partial(self.block, order[part]) for part in parts)

    def _read_all(self) -> tuple[NumpyArray, NumpyArray]:
        data = np.empty((len(self), len(self.disc)), np.complex64)
        transfer = np.empty(data.shape, np.float32)
        for rows, images in self.particles.blocks(_BLOCK):
            data[rows], transfer[rows] = self._coefficients(self.particles[rows], images)
        return data, transfer

    def _noise_of_groups(self, noise: ArrayLike) -> NumpyArray:
        """σ² at the coefficients: the power of a shell times the number of pixels."""
        groups, box = self.particles.optics_groups, self.box
        powers = np.ones((len(groups), box // 2 + 1))
        for number in np.unique(self.particles.optics_index):
            own = self.particles[self.particles.optics_index == number]
            powers[number] = noise_spectrum(own) if noise is None else noise
        if not (powers > 0).all() or not np.isfinite(powers).all():
            advice = "are the images masked? give the noise, or images with their background"
            raise InputError("the images have no noise around the particles", advice=advice)
        return (powers[:, self.disc.shells] * box**2).astype(np.float32)

    def _matrices(self, particles: ParticleSet) -> NumpyArray:
        matrices = np.empty((len(particles), 3, 3), np.float32)
        for number in np.unique(particles.optics_index):
            own, group = particles.optics_index == number, particles.optics_groups[number]
            matrices[own] = view_matrices(particles[own], group) * self._stretch(group)
        return matrices

    def _stretch(self, group: OpticsGroup) -> float:
        """The pixel of the map over that of a group's images."""
        if group.pixel_size_angstrom is None:
            problem, place = "the pixel size is not known", f"optics group {group.name}"
            raise InputError(problem, place=place, advice="give it when the file is read")
        return self.pixel_size_angstrom / group.pixel_size_angstrom

    def _coefficients(self, particles: ParticleSet, images: NumpyArray) -> tuple[NumpyArray, NumpyArray]:
        if images.shape[1:] != (self.box, self.box):
            found = f"the images have {images.shape[2]} × {images.shape[1]} pixels, the set says {self.box}"
            raise InputError(found, advice="leave --box out, or name the images that belong to the set")
        data = np.empty((len(particles), len(self.disc)), np.complex64)
        transfer = np.empty(data.shape, np.float32)
        for number in np.unique(particles.optics_index):
            own = np.flatnonzero(particles.optics_index == number)
            every = len(own) == len(particles)
            chosen, shown = (particles, images) if every else (particles[own], images[own])
            data[own], transfer[own] = self._of_one_group(chosen, particles.optics_groups[number], shown)
        return data, transfer

    def _of_one_group(
        self, particles: ParticleSet, group: OpticsGroup, images: NumpyArray
    ) -> tuple[NumpyArray, NumpyArray]:
        from vitreous.kernels.numba.weighting import weigh  # numba is slow to import
        from vitreous.reconstruction.weighting import raw_spectra

        shape, pixel, stretch = (self.box,) * 2, group.pixel_size_angstrom or 1.0, self._stretch(group)
        factor = np.ones((self.box, self.box // 2 + 1), np.complex64)
        transfer = np.full((len(images), len(self.disc)), CONTRAST_SIGNS[particles.contrast], np.float32)
        if self.with_ctf:
            lens = lens_of(group)
            factor = antisymmetric_factor(shape, pixel, lens).astype(np.complex64)
            transfer = self.disc.gather(ctf(shape, pixel, defocus_of(particles), lens, contrast=particles.contrast))
        if stretch != 1:
            known = np.hypot(*self.disc.frequencies.T) * stretch < NYQUIST
            transfer = transfer * np.float32(stretch**2) * known
        shift = np.full((len(images), 2), -float(self.box // 2))
        if particles.shift_angstrom is not None:
            shift += particles.shift_angstrom / pixel
        spectra = raw_spectra(images)
        moved, _ = weigh(spectra, np.ones(spectra.shape, np.float32), factor, shift)
        return self.disc.gather(moved), transfer
