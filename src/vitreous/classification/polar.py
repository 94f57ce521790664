"""Images on a polar grid of the Fourier plane, where turning an image permutes samples and loses nothing.

The Hartley transform H(k) = Σ f(x) cas(2π k·x), cas = cos + sin, of a real image is real and holds all of it, since
F(k) = [H(k) + H(−k)]/2 − i [H(k) − H(−k)]/2. On rings of radius r/box cycles/pixel, r = 0, 1, … R, sampled at A evenly
spaced angles θ = 2πa/A, it makes of an image R + 1 real, periodic signals:

    turning by ψ = 2πl/A, from +x towards +y    H(r, θ − ψ)                           l steps along the ring
    moving by t pixels                          cos φ H(r, θ) + sin φ H(r, θ + π)     φ = 2π k·t
    the sum over the half plane of Re F G*      Σ_r n_r ⟨H_F H_G⟩_r                    n_r coefficients in half a shell

with ⟨ ⟩ the mean over the ring. The half circle of complex samples would hold the same numbers; the whole circle of
real ones makes every product of this engine a product of real matrices.
"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Complex, Float

from vitreous._typing import NumpyArray
from vitreous.fourier import coordinate_radius, frequency_shells, nufft1, nufft2

__all__ = ["PolarGrid", "antipodes", "from_polar", "polar_grid", "ring_spectrum", "shift_angles", "to_polar"]


@dataclass(frozen=True)
class PolarGrid:
    """Rings r = 0 … rings − 1 of radius r/box cycles/pixel with evenly spaced angles.

    Parameters
    ----------
    box
        Edge of the images in pixels.
    rings
        At most box // 2.
    angles
        On the whole circle, a multiple of 4.

    Raises
    ------
    ValueError
        If the numbers are out of their ranges.
    """

    box: int
    rings: int
    angles: int

    def __post_init__(self) -> None:
        if not 1 <= self.rings <= self.box // 2:
            raise ValueError(f"a box of {self.box} has 1 to {self.box // 2} rings, not {self.rings}")
        if self.angles < 4 or self.angles % 4:
            raise ValueError(f"a ring has a multiple of 4 angles, not {self.angles}")

    @cached_property
    def angles_rad(self) -> Float[NumpyArray, " angles"]:
        """θ of each sample, from +x towards +y."""
        return 2 * np.pi * np.arange(self.angles) / self.angles

    @cached_property
    def points(self) -> Float[NumpyArray, "half_circle 2"]:
        """(kx, ky) in cycles/pixel of the half circle θ < π of every ring, ring after ring."""
        half = self.angles_rad[: self.angles // 2]
        circle = np.stack([np.cos(half), np.sin(half)], axis=-1)
        points: NumpyArray = (np.arange(self.rings)[:, None, None] / self.box * circle).reshape(-1, 2)
        return points

    @cached_property
    def counts(self) -> Float[NumpyArray, " rings"]:
        """n_r: how many independent coefficients half a shell of the Cartesian transform has; self-conjugate ones ½."""
        shells = frequency_shells((self.box, self.box))
        counts: NumpyArray = np.bincount(shells.ravel(), minlength=self.rings)[: self.rings] / 2
        return counts

    @cached_property
    def areas(self) -> Float[NumpyArray, " rings"]:
        """The area of the plane that each ring stands for, 2πr, in pixels of the transform; π/4 the disc at 0."""
        radii = np.arange(self.rings)
        areas: NumpyArray = np.where(radii == 0, np.pi / 4, 2 * np.pi * radii)
        return areas


def polar_grid(box: int, rings: int, angle_step_deg: float) -> PolarGrid:
    """The grid whose angular step is at most the given one, with a number of angles that is a multiple of 8."""
    return PolarGrid(box, rings, 8 * math.ceil(360 / angle_step_deg / 8 - 1e-9))


def antipodes(rings: Float[NumpyArray, "*batch angles"]) -> Float[NumpyArray, "*batch angles"]:
    """H(r, θ + π): half of the ring further on."""
    return np.roll(rings, rings.shape[-1] // 2, axis=-1)


def to_polar(
    images: Float[NumpyArray, "n box box"], grid: PolarGrid, magnification: Float[NumpyArray, "2 2"] | None = None
) -> Float[NumpyArray, "n rings angles"]:
    """The Hartley transform of images on the polar grid.

    Parameters
    ----------
    images
        Real, origin at pixel box // 2.
    grid
        For that box.
    magnification
        M of an anisotropic magnification: the specimen's frequency q is read at M⁻¹ q of the image.

    Returns
    -------
    NumPy array (n, rings, angles)
        In the precision of the images.

    Raises
    ------
    ValueError
        If the images have another box.
    """
    if images.shape[-2:] != (grid.box, grid.box):
        raise ValueError(f"images of shape {images.shape} are not those of a box of {grid.box}")
    points = grid.points if magnification is None else grid.points @ np.linalg.inv(magnification).T
    single = images.dtype == np.float32
    samples = nufft2(images, points.astype(images.dtype), 1e-5 if single else 1e-12)
    half = samples.reshape(len(images), grid.rings, grid.angles // 2)
    return np.concatenate([half.real - half.imag, half.real + half.imag], axis=-1)


def from_polar(
    rings: Float[NumpyArray, "n rings angles"], grid: PolarGrid, corrections: int = 2
) -> Float[NumpyArray, "n box box"]:
    """The images in the disc inscribed in the box whose Hartley transforms these are: the inverse of `to_polar`.

    B H = box⁻² Σ_r a_r ⟨H(r, θ) cas(2π k·x)⟩ is the inverse but for the cusp of the area a_r = 2πr at r = 0; with P the
    transform to the polar grid, f ← f + B(H − P f) takes the rest away.

    Parameters
    ----------
    rings
        Shape (n, rings, angles).
    grid
        Of the same numbers.
    corrections
        How many times the rest is taken away: errors of 2e-2, 2e-3, 4e-4 with 0, 1, 2, in a disc of 0.8 of the box.

    Returns
    -------
    NumPy array (n, box, box)
        In the precision of the rings; 0 outside the disc.
    """
    inside = coordinate_radius((grid.box, grid.box)) <= grid.box / 2
    images: NumpyArray = _back(rings, grid) * inside
    for _ in range(corrections):
        images += _back(rings - to_polar(images, grid), grid) * inside
    return images


def _back(rings: NumpyArray, grid: PolarGrid) -> NumpyArray:
    weights = (2 * grid.areas / grid.angles / grid.box**2).astype(rings.dtype)
    values = np.conj(ring_spectrum(rings) * weights[:, None]).reshape(len(rings), -1)
    tolerance = 1e-5 if rings.dtype == np.float32 else 1e-12
    points = grid.points.astype(rings.dtype)
    images: NumpyArray = nufft1(values, points, (grid.box, grid.box), tolerance).real
    return images


def ring_spectrum(rings: Float[NumpyArray, "*batch angles"]) -> Complex[NumpyArray, "*batch half_circle"]:
    """The Fourier transform F on the half circle of rings of Hartley samples."""
    half = rings.shape[-1] // 2
    here, there = rings[..., :half], rings[..., half:]
    return (here + there) / 2 - 1j * (here - there) / 2


def shift_angles(grid: PolarGrid, shifts_px: Float[NumpyArray, "t 2"]) -> Float[NumpyArray, "t rings angles"]:
    """φ = 2π k·t of every shift and sample, in rad.

    Parameters
    ----------
    grid
        The grid.
    shifts_px
        (x, y) in pixels.

    Returns
    -------
    NumPy array (t, rings, angles)
        Odd: φ(θ + π) = −φ(θ).
    """
    circle = np.stack([np.cos(grid.angles_rad), np.sin(grid.angles_rad)])
    radii = np.arange(grid.rings) / grid.box
    angles: NumpyArray = 2 * np.pi * radii[None, :, None] * (shifts_px @ circle)[:, None, :]
    return angles
