"""What a detector does to each frequency: MTF and DQE as functions of the frequency in the plane, and noise transfer.

A response takes (kx, ky) in cycles/pixel, shape (…, 2), and returns one value for each. A published curve of |k|
becomes a response by `radial`; a square pixel's is the product of its sides' (`square_pixel`), which no curve of |k|
equals.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import pi

import numpy as np
from jaxtyping import Float

from vitreous._array import as_arrays, device_of, namespace, to_numpy
from vitreous._typing import Array, ArrayLike

__all__ = [
    "DIRECT",
    "IDEAL",
    "K2_300KV",
    "Detector",
    "Response",
    "gaussian_curve",
    "noise_transfer",
    "perfect",
    "radial",
    "rational_curve",
    "square_pixel",
    "tabulated_curve",
]

Response = Callable[[Array], Array]
"""From (kx, ky) in cycles/pixel, shape (…, 2), to one value for each."""


@dataclass(frozen=True)
class Detector:
    """A camera: how well it sees each frequency, and what it adds."""

    mtf: Response
    """Modulation transfer, 1 at k = 0."""
    dqe: Response
    """Detective quantum efficiency, above 0 and at most 1."""
    conversion_adu_per_electron: float = 1.0
    """The signal of one electron."""
    readout_sigma_adu: float = 0.0
    """Standard deviation of the read-out noise of each pixel and exposure."""
    dark_adu: float = 0.0
    """Mean of the dark signal of each pixel and exposure, which is Poisson distributed."""


def perfect(frequency_xy: Float[Array, "*grid 2"]) -> Float[Array, "*grid"]:
    """A response of 1 everywhere.

    Parameters
    ----------
    frequency_xy
        (kx, ky), cycles/pixel.

    Returns
    -------
    Real array
        Ones.
    """
    return namespace(frequency_xy).ones_like(frequency_xy[..., 0])


def square_pixel(frequency_xy: Float[Array, "*grid 2"]) -> Float[Array, "*grid"]:
    """The MTF of square pixels that add what falls on them, sinc(kx) sinc(ky), sinc x = sin πx/(πx).

    Parameters
    ----------
    frequency_xy
        (kx, ky), cycles/pixel.

    Returns
    -------
    Real array
        2/π at Nyquist on an axis, (2/π)² in the corner of the spectrum.
    """
    return _sinc(frequency_xy[..., 0]) * _sinc(frequency_xy[..., 1])


def radial(curve: Response, last_frequency: float = float("inf")) -> Response:
    """The response in the plane of a curve of |k|, the same in all directions.

    Parameters
    ----------
    curve
        Takes |k| in cycles/pixel.
    last_frequency
        Where the curve was measured to, cycles/pixel; beyond it (the corners of a spectrum lie beyond Nyquist, ½) its
        last value stands.

    Returns
    -------
    Response
        R(kx, ky) = curve(min(|k|, last frequency)).
    """

    def response(frequency_xy: Float[Array, "*grid 2"]) -> Float[Array, "*grid"]:
        xp = namespace(frequency_xy)
        radius = xp.sqrt(xp.sum(frequency_xy**2, axis=-1))
        return curve(xp.where(radius < last_frequency, radius, xp.ones_like(radius) * min(last_frequency, 1e3)))

    return response


def gaussian_curve(heights: ArrayLike, centres: ArrayLike, widths: ArrayLike) -> Response:
    """A curve as a sum of Gaussians, Σ A exp(−((k − B)/C)²).

    Parameters
    ----------
    heights, centres, widths
        A, B and C; B and C in cycles/pixel.

    Returns
    -------
    Callable
        Takes and returns arrays of any shape.
    """
    terms = list(
        zip(np.asarray(heights).tolist(), np.asarray(centres).tolist(), np.asarray(widths).tolist(), strict=True)
    )

    def curve(frequency: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
        xp = namespace(frequency)
        values = [height * xp.exp(-(((frequency - centre) / width) ** 2)) for height, centre, width in terms]
        return xp.sum(xp.stack(values), axis=0)

    return curve


def rational_curve(a: float, b: float, c: float, alpha: float, beta: float) -> Response:
    """A curve of the form of TEM-simulator, a/(1 + αk²) + b/(1 + βk²) + c.

    Parameters
    ----------
    a, b, c
        Fractions; of an MTF they add up to 1.
    alpha, beta
        For k in cycles/pixel.

    Returns
    -------
    Callable
        Takes and returns arrays of any shape.

    References
    ----------
    Rullgård et al., J. Microsc. 243, 234 (2011).
    """

    def curve(frequency: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
        return a / (1 + alpha * frequency**2) + b / (1 + beta * frequency**2) + c

    return curve


def tabulated_curve(frequency: ArrayLike, value: ArrayLike) -> Response:
    """A curve through the points of a table, linear between them; beyond the ends their values stand.

    Parameters
    ----------
    frequency
        Cycles/pixel, increasing, shape (n,).
    value
        Shape (n,).

    Returns
    -------
    Callable
        Takes and returns arrays of any shape.

    Raises
    ------
    ValueError
        If the frequencies do not increase, or there are not as many values.
    """
    known, values = np.asarray(frequency, float), np.asarray(value, float)
    if known.shape != values.shape or known.ndim != 1 or np.any(np.diff(known) <= 0):
        raise ValueError(
            f"a table of frequencies {known.shape} and values {values.shape}: expected as many of both, and "
            "frequencies that increase"
        )

    def curve(frequency: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
        xp, found = namespace(frequency), np.interp(to_numpy(frequency), known, values)
        return xp.asarray(found, dtype=frequency.dtype, device=device_of(frequency))

    return curve


def noise_transfer(detector: Detector, frequency_xy: ArrayLike) -> Float[Array, "*grid"]:
    """What the detector makes of white noise, NTF(k) = (MTF(k)/MTF(0)) √(DQE(0)/DQE(k)), 1 at k = 0.

    Parameters
    ----------
    detector
        Its MTF and DQE.
    frequency_xy
        (kx, ky), cycles/pixel, shape (…, 2).

    Returns
    -------
    Real array
        NTF² is the noise power spectrum divided by its value at 0, the NNPS.

    References
    ----------
    Vulović et al., J. Struct. Biol. 183, 19 (2013), section 2.4.
    """
    (frequency,) = as_arrays(frequency_xy)
    xp, zero = namespace(frequency), 0 * frequency
    return detector.mtf(frequency) / detector.mtf(zero) * xp.sqrt(detector.dqe(zero) / detector.dqe(frequency))


def _sinc(value: Array) -> Array:
    xp = namespace(value)
    small = xp.abs(value) < 1e-6
    angle = pi * xp.where(small, xp.ones_like(value), value)
    return xp.where(small, xp.ones_like(value), xp.sin(angle) / angle)


IDEAL = Detector(mtf=perfect, dqe=perfect)
"""Counts every electron in its pixel and adds nothing: Poisson noise alone."""


def _square_pixel_power(frequency_xy: Array) -> Array:
    return square_pixel(frequency_xy) ** 2


DIRECT = Detector(mtf=square_pixel, dqe=_square_pixel_power)
"""Adds all that falls on square pixels: MTF sinc(kx) sinc(ky), DQE its square, white noise."""

_K2_DQE = gaussian_curve(
    heights=(-0.01516, -0.5662, -0.09731, -0.01551, 21.47),
    centres=(0.02671, -0.02504, 0.162, 0.2831, -2.28),
    widths=(0.01774, 0.1441, 0.1082, 0.07916, 1.372),
)

K2_300KV = Detector(mtf=square_pixel, dqe=radial(_K2_DQE, last_frequency=0.5))
"""A K2 camera, counting, at 300 kV: its DQE as cisTEM's simulator has it, 0.80 at k = 0 and 0.35 at Nyquist (Himes and
Grigorieff, IUCrJ 8, 943 (2021))."""
