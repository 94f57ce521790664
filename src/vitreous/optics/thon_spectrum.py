"""The power spectrum of a micrograph, averaged over tiles, on the grid where Thon rings are fitted.

Tiles overlap by about half and are tapered towards their edges, so that what does not match across them makes no cross
in the spectrum. A tile is as many Å wide as the box has pixels of the target size: its spectrum is cropped, never
resampled, and the rings of a strong defocus stay resolved.
"""

from dataclasses import dataclass

import numpy as np
import scipy.fft
from jaxtyping import Float

from vitreous._typing import NumpyArray
from vitreous.fourier import frequency_grid

__all__ = ["ThonSpectrum", "micrograph_spectrum"]

_TAPER = 0.125
"""The part of a tile's edge over which it rises from 0 to 1, at either end."""
_TARGET_PIXEL_ANGSTROM = 1.4
_BOX = 512


@dataclass(frozen=True)
class ThonSpectrum:
    """The mean power spectrum of the tiles of a micrograph."""

    power: Float[np.ndarray, "box half"]
    """|F|²/pixels on the half grid of a square box: ky centred, kx from 0."""
    pixel_size_angstrom: float
    """Of the box: Nyquist is 1/(2 · this)."""

    @property
    def shape(self) -> tuple[int, int]:
        """The shape of the box."""
        return self.power.shape[0], self.power.shape[0]

    def frequency_xy(self) -> Float[np.ndarray, "box half 2"]:
        """(kx, ky) of each coefficient, 1/Å."""
        grid: NumpyArray = frequency_grid(self.shape, self.pixel_size_angstrom, half=True)
        return grid


def micrograph_spectrum(micrograph: Float[np.ndarray, "y x"], pixel_size_angstrom: float) -> ThonSpectrum:
    """The power spectrum of a micrograph, the mean over its tiles.

    Parameters
    ----------
    micrograph
        Shape (y, x), any unit.
    pixel_size_angstrom
        Å. Frequencies beyond 1/(2 · 1.4 Å) are left out where it is smaller than 1.4 Å.

    Returns
    -------
    ThonSpectrum
        Box 512, or the largest even number that the micrograph has room for.

    Raises
    ------
    ValueError
        If the pixel size is not positive, the micrograph is smaller than 64 pixels, or holds pixels that are not
        finite, or only one value.

    References
    ----------
    Rohou and Grigorieff, J. Struct. Biol. 192, 216 (2015), section 2.3.
    """
    if not pixel_size_angstrom > 0:
        raise ValueError(f"pixel_size_angstrom={pixel_size_angstrom}: expected a positive number of Å")
    tile, box = _tile_and_box(min(micrograph.shape), pixel_size_angstrom)
    taper = _taper(tile)
    total = np.zeros((tile, tile // 2 + 1))
    corners = [(y, x) for y in _starts(micrograph.shape[0], tile) for x in _starts(micrograph.shape[1], tile)]
    for y, x in corners:
        part = micrograph[y : y + tile, x : x + tile].astype(np.float32)
        spectrum = scipy.fft.rfft2((part - part.mean()) * taper)
        total += spectrum.real**2 + spectrum.imag**2
    power = np.fft.fftshift(total, axes=0)[tile // 2 - box // 2 :][:box, : box // 2 + 1]
    power = power / (len(corners) * float(np.sum(taper.astype(float) ** 2)))
    if not np.all(np.isfinite(power)) or not power.any():
        raise ValueError("the micrograph holds NaN or infinite pixels, or one value only")
    return ThonSpectrum(power, pixel_size_angstrom * tile / box)


def _tile_and_box(room: int, pixel_size_angstrom: float) -> tuple[int, int]:
    """The widths of a tile and of the box that its spectrum is cropped to, both even."""
    if room < 64:
        raise ValueError(f"a micrograph of {room} pixels is too small for Thon rings: at least 64 are needed")
    scale = max(1.0, _TARGET_PIXEL_ANGSTROM / pixel_size_angstrom)
    tile = min(2 * round(_BOX * scale / 2), room - room % 2)
    return tile, 2 * round(tile / scale / 2)


def _starts(length: int, tile: int) -> list[int]:
    """Where tiles begin along an axis: evenly spread, the first and the last at the ends, overlapping by half."""
    count = max(1, round(2 * length / tile) - 1)
    return [int(start) for start in np.linspace(0, length - tile, count)] if count > 1 else [(length - tile) // 2]


def _taper(tile: int) -> Float[np.ndarray, "tile tile"]:
    """1 within, falling to 0 at the edges as a cosine."""
    width = max(1, round(_TAPER * tile))
    rise = 0.5 - 0.5 * np.cos(np.pi * (np.arange(width) + 0.5) / width)
    line = np.ones(tile, np.float32)
    line[:width], line[-width:] = rise, rise[::-1]
    return line[:, None] * line[None, :]
