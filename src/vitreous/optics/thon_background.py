"""Thon rings without what lies under them: the part of a power spectrum that no smooth function of |k| explains.

A spectrum is P(k) = B(|k|) + E(|k|) sin² χ(k). Divided by a smooth B its noise is the same everywhere; what is left of
B is a smooth function of |k|, and is removed from the spectrum and from every model that is compared with it by one
and the same projection. A model thereby loses exactly what the spectrum has lost, rings of low order included.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from vitreous.optics.thon_spectrum import ThonSpectrum

__all__ = ["Rings", "remove_background", "smooth_basis"]

_ORDER = 3
_PIXELS_PER_KNOT = 24
"""The distance of the knots of the background, in pixels of the spectrum."""


@dataclass(frozen=True)
class Rings:
    """The coefficients of a spectrum between two resolutions, whitened and without background."""

    values: Float[np.ndarray, " n"]
    """Σ values² = 1, orthogonal to every smooth function of |k|."""
    frequency_xy: Float[np.ndarray, "n 2"]
    """(kx, ky), 1/Å."""
    shells: Int[np.ndarray, " n"]
    """The place of each coefficient in the profiles below."""
    shell_frequency: Float[np.ndarray, " shell"]
    """1/Å."""
    basis: Float[np.ndarray, "shell smooth"]
    """Smooth functions of |k|, orthonormal over the coefficients."""

    def project(self, model: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
        """A model without what a smooth background could hold of it."""
        sums = np.bincount(self.shells, model, len(self.shell_frequency))
        rest: Float[np.ndarray, " n"] = model - (self.basis @ (self.basis.T @ sums))[self.shells]
        return rest


def remove_background(spectrum: ThonSpectrum, low_angstrom: float, high_angstrom: float) -> Rings:
    """The Thon rings of a spectrum between two resolutions.

    Parameters
    ----------
    spectrum
        Of a micrograph.
    low_angstrom, high_angstrom
        The resolutions, Å; the second is the finer one.

    Returns
    -------
    Rings
        One half of the plane; the line kx = 0 is left out, half of which would count twice.

    Raises
    ------
    ValueError
        If fewer than 16 shells lie between the resolutions.
    """
    box, width = spectrum.shape[0], spectrum.shape[0] * spectrum.pixel_size_angstrom
    frequency = spectrum.frequency_xy()
    radius = np.hypot(frequency[..., 0], frequency[..., 1]) * width
    first, last = int(np.ceil(width / low_angstrom)), int(min(width / high_angstrom, box // 2 - 1))
    if last - first < 16:
        raise ValueError(
            f"{last - first + 1} rings of pixels from {low_angstrom} to {high_angstrom} Å: expected 16 or more; widen "
            "the resolutions or take a larger micrograph"
        )
    shells = np.round(radius).astype(np.int64) - first
    taken = (shells >= 0) & (shells <= last - first) & (frequency[..., 0] > 0)
    shells, power = shells[taken], spectrum.power[taken]
    count = np.bincount(shells, minlength=last - first + 1)
    smooth = smooth_basis(len(count))
    # the logarithm: a background falls by orders of magnitude, and single bright coefficients weigh little
    profile = np.bincount(shells, np.log(power + 1e-12 * power.max()), len(count)) / count
    under = np.exp(smooth @ np.linalg.lstsq(smooth, profile, rcond=None)[0])
    orthonormal, _ = np.linalg.qr(smooth * np.sqrt(count)[:, None])
    basis = orthonormal / np.sqrt(count)[:, None]
    rings = Rings(power / under[shells], frequency[taken], shells, (first + np.arange(len(count))) / width, basis)
    values = rings.project(rings.values)
    # bright spots (crystals, gold, dead rows) count no more than the strongest rings
    limit = 1.5 * np.quantile(np.abs(values), 0.999)
    values = rings.project(np.clip(values, -limit, limit))
    return Rings(values / np.linalg.norm(values), rings.frequency_xy, shells, rings.shell_frequency, basis)


def smooth_basis(count: int) -> Float[np.ndarray, "count smooth"]:
    """Cubic B-splines over a profile: what counts as background.

    Parameters
    ----------
    count
        The length of the profile.

    Returns
    -------
    float64 array
        Shape (count, functions), a knot every 24 places, their sum 1.
    """
    from scipy.interpolate import BSpline  # slow to import

    pieces = max(2, round(count / _PIXELS_PER_KNOT))
    knots = np.r_[[0.0] * _ORDER, np.linspace(0, count - 1, pieces + 1), [count - 1.0] * _ORDER]
    design = BSpline.design_matrix(np.arange(count, dtype=float), knots, _ORDER)
    return np.asarray(design.toarray())
