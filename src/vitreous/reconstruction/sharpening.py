"""Sharpening: how fast a map's amplitudes fall, and giving back what fell, no further than the map is known.

Amplitudes fall as exp(−B k²/4). `guinier_fit` measures B, `sharpen` multiplies it away, `blur` puts it in.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from vitreous._array import as_arrays, device_of, namespace, to_numpy
from vitreous._typing import Array, NumpyArray, Real
from vitreous.fourier import (
    b_factor_decay,
    filter_image,
    frequency_radius,
    half_shell_sum,
    low_pass,
    rft,
    shell_frequencies,
    shell_sizes,
)

__all__ = ["GuinierFit", "blur", "fsc_weight", "guinier_fit", "sharpen"]

_EDGE_SHELLS = 2
"""Width of the low-pass's raised cosine, in shells."""


@dataclass(frozen=True, eq=False)
class GuinierFit:
    """A straight line through a Guinier plot, ln⟨|F|⟩ = intercept − (B/4) k².

    Parameters
    ----------
    b_factor_angstrom2
        B, Å²; positive where amplitudes fall.
    standard_error_angstrom2
        Of B, Å², from the scatter of the shells about the line.
    intercept
        ln⟨|F|⟩ at k = 0.
    k_squared_per_angstrom2, log_amplitude
        (shells,) the whole plot, 1/Å² and natural logarithm; −∞ where a shell is empty.
    fitted
        (shells,) whether a shell took part in the fit.
    """

    b_factor_angstrom2: float
    standard_error_angstrom2: float
    intercept: float
    k_squared_per_angstrom2: Float[NumpyArray, " shell"]
    log_amplitude: Float[NumpyArray, " shell"]
    fitted: NumpyArray


def fsc_weight(correlation: Float[Array, " shell"]) -> Float[Array, " shell"]:
    """The correlation of the full map with the truth, from that of its halves: C_ref = √(2 F/(1 + F)).

    Parameters
    ----------
    correlation
        F, the FSC of two half maps; negative values count as 0.

    Returns
    -------
    Real array
        Same shape, 0 … 1.

    References
    ----------
    Rosenthal and Henderson, J. Mol. Biol. 333, 721 (2003), equation 14.
    """
    xp = namespace(correlation)
    positive = xp.where(correlation > 0, correlation, xp.zeros_like(correlation))
    return xp.sqrt(2 * positive / (1 + positive))


def guinier_fit(
    volume: Float[Array, "z y x"],
    *,
    pixel_size_angstrom: Real,
    high_angstrom: float,
    low_angstrom: float = 10.0,
    correlation: Float[Array, " shell"] | None = None,
) -> GuinierFit:
    """The B factor of a map, from the slope of ln⟨|F|⟩ against k² between two resolutions.

    A weighted least-squares line: the variance of the logarithm of a shell's mean amplitude goes as the inverse of its
    number of coefficients, which is the weight.

    Parameters
    ----------
    volume
        Shape (z, y, x).
    pixel_size_angstrom
        Å/voxel.
    high_angstrom
        The fine end of the fit, Å: the resolution of the map, since beyond there is noise.
    low_angstrom
        The coarse end, Å: below 10 Å⁻¹ the shape of the particle rules.
    correlation
        The FSC of the half maps: amplitudes are then multiplied by `fsc_weight`, which takes the share of noise out.

    Returns
    -------
    GuinierFit
        B with its standard error, and the plot.

    Raises
    ------
    ValueError
        If fewer than three shells with amplitude lie between the limits.

    References
    ----------
    Rosenthal and Henderson, J. Mol. Biol. 333, 721 (2003), section "Map sharpening".
    """
    shape, xp = tuple(volume.shape), namespace(volume)
    sizes = shell_sizes(shape)
    amplitude = to_numpy(half_shell_sum(xp.abs(rft(volume, 3)), shape)).astype(np.float64) / sizes
    if correlation is not None:
        amplitude = amplitude * to_numpy(fsc_weight(correlation))
    k = shell_frequencies(shape, float(pixel_size_angstrom))
    with np.errstate(divide="ignore"):
        logarithm = np.log(amplitude)
    between = (k >= 1 / low_angstrom) & (k <= 1 / high_angstrom * (1 + 1e-9)) & np.isfinite(logarithm)
    if between.sum() < 3:
        raise ValueError(
            f"{between.sum()} shells with amplitude lie between {low_angstrom:g} and {high_angstrom:g} Å, "
            "which is too few for a line: at least 3 are needed"
        )
    intercept, slope, error = _weighted_line(k[between] ** 2, logarithm[between], sizes[between])
    return GuinierFit(-4 * slope, 4 * error, intercept, k**2, logarithm, between)


def _weighted_line(x: NumpyArray, y: NumpyArray, weights: NumpyArray) -> tuple[float, float, float]:
    """Intercept and slope of the least-squares line, and the slope's standard error."""
    share = weights / weights.sum()
    centre, height = float(share @ x), float(share @ y)
    spread = float(share @ (x - centre) ** 2)
    slope = float(share @ ((x - centre) * (y - height))) / spread
    rest = y - height - slope * (x - centre)
    variance = float(share @ rest**2) / (len(x) - 2)
    return height - slope * centre, slope, (variance / spread) ** 0.5


def sharpen(
    volume: Float[Array, "z y x"],
    b_factor_angstrom2: Real,
    *,
    pixel_size_angstrom: Real,
    correlation: Float[Array, " shell"] | None = None,
    low_pass_angstrom: float | None = None,
) -> Float[Array, "z y x"]:
    """A map whose fall of amplitudes is undone: F′(k) = F(k) exp(+B k²/4) · C_ref(k) · L(k).

    Parameters
    ----------
    volume
        Shape (z, y, x).
    b_factor_angstrom2
        B, the fall that is taken out, Å²: positive sharpens.
    pixel_size_angstrom
        Å/voxel.
    correlation
        The FSC of the half maps, for the weight C_ref = √(2 F/(1 + F)), linear between the shells and 0 beyond Nyquist;
        1 without it.
    low_pass_angstrom
        The resolution, at which a raised cosine two shells wide ends the map, Å; none without it.

    Returns
    -------
    Real array
        Same shape.

    Raises
    ------
    ValueError
        If the correlation has not one value for each shell.

    References
    ----------
    Rosenthal and Henderson, J. Mol. Biol. 333, 721 (2003).
    """
    shape, xp = tuple(volume.shape), namespace(volume)
    k = frequency_radius(shape, pixel_size_angstrom, half=True, like=volume)
    transfer = b_factor_decay(k, -b_factor_angstrom2)
    step = 1 / (max(shape) * pixel_size_angstrom)
    if low_pass_angstrom is not None:
        transfer = transfer * low_pass(k, 1 / low_pass_angstrom, _EDGE_SHELLS * step)
    if correlation is not None:
        if correlation.shape[0] != max(shape) // 2 + 1:
            raise ValueError(f"{correlation.shape[0]} correlations for a map with {max(shape) // 2 + 1} shells")
        weight = xp.asarray(fsc_weight(correlation), dtype=volume.dtype, device=device_of(volume))
        transfer = transfer * _at_shells(weight, k / step)
    return filter_image(volume, transfer, 3)


def _at_shells(profile: Array, place: Array) -> Array:
    """A profile over shells, linear between them and 0 beyond the last."""
    xp = namespace(profile, place)
    last = profile.shape[0] - 1
    # a frequency on the last shell is held there, whatever the rounding
    inside = place <= last + 1e-3
    lower = xp.astype(xp.clip(xp.floor(place), 0, last - 1), xp.int64)
    share = xp.clip(place - xp.astype(lower, place.dtype), 0.0, 1.0)
    flat = xp.reshape(lower, (-1,))
    low, high = (xp.reshape(xp.take(profile, flat + step), place.shape) for step in (0, 1))
    return xp.where(inside, (1 - share) * low + share * high, xp.zeros_like(place))


def blur(
    volume: Float[Array, "z y x"], b_factor_angstrom2: Real, *, pixel_size_angstrom: Real
) -> Float[Array, "z y x"]:
    """A map whose amplitudes fall faster by a B factor: F′(k) = F(k) exp(−B k²/4).

    Parameters
    ----------
    volume
        Shape (z, y, x).
    b_factor_angstrom2
        B, Å²: positive blurs.
    pixel_size_angstrom
        Å/voxel.

    Returns
    -------
    Real array
        Same shape.
    """
    volume, b_factor, pixel = as_arrays(volume, b_factor_angstrom2, pixel_size_angstrom)
    k = frequency_radius(tuple(volume.shape), pixel, half=True, like=volume)
    return filter_image(volume, b_factor_decay(k, b_factor), 3)
