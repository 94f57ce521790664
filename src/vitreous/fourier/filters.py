"""Filters: what each frequency is multiplied by, as a function of |k|.

A transfer is computed from the frequencies (`frequency_radius`, in 1/Å with a pixel size, else in cycles/pixel), and
`filter_image` multiplies it into the spectrum. Cut-offs and widths have the unit of the frequencies: a low-pass at 8 Å
has the cut-off 1/8 Å⁻¹.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from jaxtyping import Float, Inexact

from vitreous._array import namespace
from vitreous._typing import Array, Real
from vitreous.fourier.transform import ft, half_shape, ift, irft, rft

__all__ = [
    "EDGES",
    "b_factor_decay",
    "band_pass",
    "cosine_edge",
    "filter_image",
    "gaussian_blur",
    "gaussian_edge",
    "hard_edge",
    "high_pass",
    "low_pass",
]


def hard_edge(frequency: Float[Array, "*grid"], cutoff: Real, width: Real = 0.0) -> Float[Array, "*grid"]:
    """1 up to and including the cut-off, 0 beyond; the width plays no part. It rings in real space.

    Parameters
    ----------
    frequency
        |k|, 1/Å or cycles/pixel.
    cutoff
        In the unit of the frequencies.
    width
        Not used: a hard edge has none.

    Returns
    -------
    Real array
        The shape of the frequencies, 0 or 1.
    """
    xp = namespace(frequency)
    return xp.astype(frequency <= cutoff, frequency.dtype)


def cosine_edge(frequency: Float[Array, "*grid"], cutoff: Real, width: Real) -> Float[Array, "*grid"]:
    """A raised cosine that falls from 1 at cutoff − width/2 to 0 at cutoff + width/2, ½ at the cut-off.

    H(k) = ½ [1 + cos π t], t = (k − cutoff)/width + ½ held within 0 … 1.

    Parameters
    ----------
    frequency
        |k|, 1/Å or cycles/pixel.
    cutoff, width
        In the unit of the frequencies; width > 0.

    Returns
    -------
    Real array
        The shape of the frequencies, 0 … 1.
    """
    xp = namespace(frequency)
    t = xp.clip((frequency - cutoff) / width + 0.5, 0.0, 1.0)
    return 0.5 * (1 + xp.cos(xp.pi * t))


def gaussian_edge(frequency: Float[Array, "*grid"], cutoff: Real, width: Real) -> Float[Array, "*grid"]:
    """1 up to the cut-off, and half a Gaussian of standard deviation ``width`` beyond: exp(−(k − cutoff)²/(2 width²)).

    Parameters
    ----------
    frequency
        |k|, 1/Å or cycles/pixel.
    cutoff, width
        In the unit of the frequencies; width > 0.

    Returns
    -------
    Real array
        The shape of the frequencies, 0 … 1.
    """
    xp = namespace(frequency)
    beyond = xp.where(frequency > cutoff, frequency - cutoff, xp.zeros_like(frequency))
    return xp.exp(-0.5 * (beyond / width) ** 2)


EDGES: Mapping[str, Callable[[Array, Real, Real], Array]] = MappingProxyType(
    {"hard": hard_edge, "cosine": cosine_edge, "gaussian": gaussian_edge}
)
"""The edges by name: each is a low-pass as a function of frequency, cut-off and width."""


def low_pass(
    frequency: Float[Array, "*grid"], cutoff: Real, width: Real = 0.0, edge: str = "cosine"
) -> Float[Array, "*grid"]:
    """The transfer that keeps the frequencies below the cut-off.

    Parameters
    ----------
    frequency
        |k|, 1/Å or cycles/pixel.
    cutoff, width
        Where the edge lies and how soft it is (see the edges), in the unit of the frequencies. Width 0 is a hard edge.
    edge
        ``"cosine"``, ``"gaussian"`` or ``"hard"``.

    Returns
    -------
    Real array
        The shape of the frequencies, 0 … 1.

    Raises
    ------
    ValueError
        If the edge has no such name, or the width is negative.
    """
    if edge not in EDGES:
        raise ValueError(f"edge={edge!r}; the edges are {', '.join(EDGES)}")
    if width < 0:
        raise ValueError(f"width={width}: the width of an edge is not negative")
    return (EDGES[edge] if width > 0 else hard_edge)(frequency, cutoff, width)


def high_pass(
    frequency: Float[Array, "*grid"], cutoff: Real, width: Real = 0.0, edge: str = "cosine"
) -> Float[Array, "*grid"]:
    """The transfer that keeps the frequencies above the cut-off, 1 − `low_pass`.

    Parameters
    ----------
    frequency
        |k|, 1/Å or cycles/pixel.
    cutoff, width
        Where the edge lies and how soft it is (see the edges), in the unit of the frequencies. Width 0 is a hard edge.
    edge
        ``"cosine"``, ``"gaussian"`` or ``"hard"``.

    Returns
    -------
    Real array
        The shape of the frequencies, 0 … 1.

    Raises
    ------
    ValueError
        If the edge has no such name, or the width is negative.
    """
    return 1 - low_pass(frequency, cutoff, width, edge)


def band_pass(
    frequency: Float[Array, "*grid"], low: Real, high: Real, width: Real = 0.0, edge: str = "cosine"
) -> Float[Array, "*grid"]:
    """The transfer that keeps the frequencies between two cut-offs, the product of a high-pass and a low-pass.

    Parameters
    ----------
    frequency
        |k|, 1/Å or cycles/pixel.
    low, high, width
        The two cut-offs and the softness of both edges, in the unit of the frequencies. Width 0 is a hard edge.
    edge
        ``"cosine"``, ``"gaussian"`` or ``"hard"``.

    Returns
    -------
    Real array
        The shape of the frequencies, 0 … 1.

    Raises
    ------
    ValueError
        If the edge has no such name, the width is negative, or ``low`` lies above ``high``.
    """
    if low > high:
        raise ValueError(f"low={low} lies above high={high}: nothing would pass")
    return high_pass(frequency, low, width, edge) * low_pass(frequency, high, width, edge)


def gaussian_blur(frequency: Float[Array, "*grid"], sigma: Real) -> Float[Array, "*grid"]:
    """The transfer of a convolution with a normalised Gaussian of standard deviation σ, H(k) = exp(−2π² σ² k²).

    Parameters
    ----------
    frequency
        |k|, 1/Å or cycles/pixel.
    sigma
        Standard deviation in real space: Å where the frequencies are 1/Å, pixels where they are cycles/pixel.

    Returns
    -------
    Real array
        The shape of the frequencies, 0 … 1.
    """
    xp = namespace(frequency)
    return xp.exp(-2 * xp.pi**2 * sigma**2 * frequency**2)


def b_factor_decay(frequency_per_angstrom: Float[Array, "*grid"], b_factor_angstrom2: Real) -> Float[Array, "*grid"]:
    """The fall of amplitudes by a B factor, H(k) = exp(−B k²/4); a negative B sharpens.

    The Gaussian blur of variance σ² = B/(8π²).

    Parameters
    ----------
    frequency_per_angstrom
        |k|, 1/Å.
    b_factor_angstrom2
        B, Å².

    Returns
    -------
    Real array
        The shape of the frequencies.

    References
    ----------
    Rosenthal and Henderson, J. Mol. Biol. 333, 721 (2003).
    """
    xp = namespace(frequency_per_angstrom)
    return xp.exp(-0.25 * b_factor_angstrom2 * frequency_per_angstrom**2)


def filter_image(
    image: Inexact[Array, "*image"], transfer: Inexact[Array, "*transfer"], dim: int
) -> Inexact[Array, "*filtered"]:
    """The image whose spectrum is multiplied by a transfer, g = F⁻¹[H(k) F(k)]; its edges wrap around.

    Parameters
    ----------
    image
        Real or complex, shape (…, [[z,] y,] x).
    transfer
        H(k): for a real image on the half grid (``frequency_radius(shape, half=True)``), for a complex one on the full
        grid. Its batch, if it has one, broadcasts with that of the images.
    dim
        How many trailing axes are filtered: 1, 2 or 3.

    Returns
    -------
    Array
        The image, filtered; real for a real image.

    Raises
    ------
    ValueError
        If the transfer is not on the grid of the image's spectrum.
    """
    shape = tuple(image.shape[-dim:])
    is_complex = namespace(image).isdtype(image.dtype, "complex floating")
    grid, layout = (shape, "full") if is_complex else (half_shape(shape), "half")
    if tuple(transfer.shape[-dim:]) != grid:
        raise ValueError(
            f"a transfer of shape {tuple(transfer.shape)} does not fit the {layout} spectrum of this image, {grid}"
        )
    if is_complex:
        return ift(ft(image, dim) * transfer, dim)
    return irft(rft(image, dim) * transfer, shape)
