"""The images as the engine sees them: harmonics of their rings, their transfer functions, their power.

An image enters the likelihood through three things only: ⟨C y, ·⟩, ⟨C², ·⟩ and ⟨|y|²⟩, ring by ring. The first two are
kept as harmonics of the angle, computed once; the noise, which changes with each iteration, weights the references.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int

from vitreous._errors import InputError
from vitreous._typing import Array, NumpyArray
from vitreous.classification.polar import PolarGrid, to_polar
from vitreous.fourier import coordinate_radius, irft, rft, shift_phases
from vitreous.optics import Defocus, antisymmetric_factor
from vitreous.optics.ctf import contrast_sign, ctf_phase_at
from vitreous.particles import OpticsGroup, ParticleSet
from vitreous.particles.optics import defocus_of, lens_of

__all__ = ["EDGE_PIXELS", "Block", "Preparation", "check_images", "disc_mask", "observe", "prepare"]

EDGE_PIXELS = 5.0
"""Width of the soft edge of the mask."""
_NEGLIGIBLE = 1e-4
"""Harmonics of C² below this share of the largest are left out of a fast run."""


@dataclass(frozen=True, eq=False)
class Preparation:
    """How images are made ready.

    Parameters
    ----------
    grid
        The polar grid.
    mask
        (box, box) 0 … 1.
    ctf
        Whether the lens has a part in it.
    exact
        Double precision, and every harmonic of C².
    device
        Where the blocks are kept.
    """

    grid: PolarGrid
    mask: Float[NumpyArray, "box box"]
    ctf: bool
    exact: bool
    device: str


@dataclass(frozen=True, eq=False)
class Block:
    """Images of one optics group and half set.

    Parameters
    ----------
    rows
        (n,) which particles.
    group, half
        The optics group, and the half set 0 or 1.
    cross
        (n, angles // 2 + 1, 2 rings): real and imaginary parts, ring by ring, of the harmonics of C y, divided by the
        number of angles.
    transfer
        (n, l, 2 rings): those of C², the even harmonics 2l alone, as there are no others.
    power
        (rings, n) float64: ⟨|y|²⟩.
    """

    rows: Int[NumpyArray, " n"]
    group: int
    half: int
    cross: Float[Array, "n m columns"]
    transfer: Float[Array, "n l columns"]
    power: Float[Array, "rings n"]

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def nbytes(self) -> int:
        """Of its tensors."""
        return sum(part.element_size() * part.numel() for part in (self.cross, self.transfer, self.power))


def disc_mask(box: int, radius_px: float) -> Float[NumpyArray, "box box"]:
    """1 in a disc about the origin, falling to 0 as a cosine over `EDGE_PIXELS` beyond it."""
    beyond = np.clip((coordinate_radius((box, box)) - radius_px) / EDGE_PIXELS, 0, 1)
    mask: NumpyArray = 0.5 + 0.5 * np.cos(np.pi * beyond)
    return mask


def check_images(images: Float[NumpyArray, "n box box"], rows: Int[NumpyArray, " n"]) -> None:
    """Refuse images that are constant: they have no power to divide by.

    Raises
    ------
    InputError
        Naming the first such particle.
    """
    constant = np.flatnonzero(images.max(axis=(1, 2)) == images.min(axis=(1, 2)))
    if len(constant):
        raise InputError(
            f"the image is constant ({images[constant[0], 0, 0]:g} everywhere)",
            place=f"particle {rows[constant[0]] + 1}",
            advice="leave it out or extract it again",
        )


def observe(
    particles: ParticleSet, half: Int[NumpyArray, " n"], size: int
) -> Iterator[tuple[int, int, Int[NumpyArray, " m"]]]:
    """The parts in which a set is worked through: rows of one optics group and half set, at most ``size`` of them.

    Parameters
    ----------
    particles
        n of them.
    half
        0 or 1 for each.
    size
        Images in a block.

    Yields
    ------
    group, half, rows
        In this order.
    """
    for group in np.unique(particles.optics_index):
        for which in (0, 1):
            rows = np.flatnonzero((particles.optics_index == group) & (half == which))
            for start in range(0, len(rows), size):
                yield int(group), which, rows[start : start + size]


def prepare(particles: ParticleSet, rows: Int[NumpyArray, " n"], half: int, by: Preparation) -> Block:
    """Read the images of some particles of one optics group and make them ready.

    The mean around the mask is taken out, antisymmetric aberrations and the origin of the file are undone, the disc is
    cut out, and the rest is taken to the polar grid.

    Parameters
    ----------
    particles
        The set.
    rows
        Which of them.
    half
        The half set.
    by
        How.

    Returns
    -------
    Block

    Raises
    ------
    InputError
        If images cannot be read or are constant, or what the CTF needs is not known.
    """
    chosen, dtype = particles[rows], np.float64 if by.exact else np.float32
    group = chosen.optics_groups[chosen.optics_index[0]]
    images = chosen.images()
    if images.shape[1:] != (by.grid.box, by.grid.box):
        found = f"the images have {images.shape[2]} × {images.shape[1]} pixels, the set says {by.grid.box}"
        raise InputError(found, advice="leave --box out, or name the images that belong to the set")
    check_images(images, rows)
    images = _centred(images.astype(dtype, copy=False), chosen, group, by)
    magnification = np.asarray(group.magnification_matrix) if by.ctf else np.eye(2)
    rings = to_polar((images * by.mask).astype(dtype, copy=False), by.grid, magnification)
    power = torch.from_numpy(rings).pow(2).mean(dim=-1, dtype=torch.float64)
    transfer = _transfer(chosen, group, by, magnification).astype(dtype)
    half_angles = by.grid.angles // 2
    rings[..., :half_angles] *= transfer
    rings[..., half_angles:] *= transfer
    cross = torch.fft.rfft(torch.from_numpy(rings)) / by.grid.angles
    return Block(
        rows,
        int(chosen.optics_index[0]),
        half,
        _split(cross).to(by.device),
        _split(_squared(transfer, by)).to(by.device),
        power.T.contiguous().to(by.device),
    )


def _centred(images: NumpyArray, chosen: ParticleSet, group: OpticsGroup, by: Preparation) -> NumpyArray:
    """The images moved by their origins, without antisymmetric aberrations, then without the mean around the mask."""
    shape, pixel = (by.grid.box, by.grid.box), float(chosen.pixel_size_angstrom)
    factor: NumpyArray | None = None
    if chosen.shift_angstrom is not None and chosen.shift_angstrom.any():
        factor = shift_phases(shape, np.asarray(chosen.shift_angstrom / pixel, images.dtype), half=True)
    if by.ctf and (any(group.beam_tilt_mrad) or any(group.odd_zernike)):
        aberrations = np.conj(antisymmetric_factor(shape, pixel, lens_of(group)))
        factor = aberrations if factor is None else factor * aberrations
    if factor is not None:
        images = irft(rft(images, 2) * factor, shape).astype(images.dtype, copy=False)
    outside = 1 - by.mask
    if outside.sum() > 0:
        images = images - ((images * outside).sum(axis=(1, 2), keepdims=True) / outside.sum()).astype(images.dtype)
    return images


def _transfer(chosen: ParticleSet, group: OpticsGroup, by: Preparation, magnification: NumpyArray) -> NumpyArray:
    """C on the half circle of every ring, (n, rings, angles // 2)."""
    shape = (len(chosen), by.grid.rings, by.grid.angles // 2)
    if not by.ctf:
        return np.full(shape, contrast_sign(chosen.contrast))
    dtype = np.float64 if by.exact else np.float32
    frequency = by.grid.points @ np.linalg.inv(magnification).T / float(chosen.pixel_size_angstrom)
    known = defocus_of(chosen)
    columns = (known.u_angstrom, known.v_angstrom, known.angle_deg, known.phase_shift_deg)
    defocus = Defocus(*(np.asarray(column, dtype) for column in columns))
    phase = ctf_phase_at(frequency.astype(dtype), defocus, lens_of(group))
    transfer: NumpyArray = contrast_sign(chosen.contrast) * np.sin(phase)
    return transfer.reshape(shape)


def _squared(transfer: NumpyArray, by: Preparation) -> Array:
    """The harmonics of C² on the whole circle that are not negligible, (n, rings, l)."""
    squared = torch.fft.rfft(torch.from_numpy(transfer) ** 2) / transfer.shape[-1]
    if by.exact:
        return squared
    largest = squared.abs().amax(dim=(0, 1))
    kept = int(torch.nonzero(largest > _NEGLIGIBLE * largest[0]).max()) + 1
    return squared[..., :kept]


def _split(spectrum: Array) -> Array:
    """(n, rings, m) complex → (n, m, 2 rings) real."""
    return torch.view_as_real(spectrum).transpose(1, 2).flatten(2).contiguous()
