"""Thon rings as a curve: the spectrum averaged where the phase is equal, the fit beside it, and how far they agree.

A ring of an astigmatic lens is no circle. Coefficients of one phase χ are averaged, at the frequency q where the round
lens of the mean defocus has that phase: Δf̄ q² − ½ Cs λ² q⁴ = Δf(α) k² − ½ Cs λ² k⁴.
"""

from dataclasses import dataclass
from math import pi

import numpy as np
from jaxtyping import Float

from vitreous.optics.lens import Defocus, Lens
from vitreous.optics.thon_background import remove_background
from vitreous.optics.thon_score import Start, ring_model
from vitreous.optics.thon_spectrum import ThonSpectrum
from vitreous.optics.wavelength import wavelength_angstrom

__all__ = ["RingProfile", "equiphase_frequency", "ring_profile", "start_of"]

_THRESHOLD = 0.5
_FEWEST = 12
"""Bins in the window of the local correlation, at least."""


@dataclass(frozen=True)
class RingProfile:
    """Observed and fitted rings along q, without background."""

    frequency: Float[np.ndarray, " bin"]
    """q, 1/Å."""
    observed: Float[np.ndarray, " bin"]
    """Relative to the noise under the rings."""
    fitted: Float[np.ndarray, " bin"]
    """−sinc(πλq²t) cos 2χ(q), without what a smooth background could hold of it."""
    correlation: Float[np.ndarray, " bin"]
    """Of the two, within a window of a ring or more around each bin."""
    resolution_angstrom: float
    """Up to where the correlation is above 0.5; the coarsest resolution of the profile where it never is."""


def equiphase_frequency(
    frequency_xy: Float[np.ndarray, "n 2"], defocus: Defocus, lens: Lens
) -> Float[np.ndarray, " n"]:
    """The frequency q at which the round lens of the mean defocus has the phase that an astigmatic one has at k.

    Parameters
    ----------
    frequency_xy
        (kx, ky), 1/Å.
    defocus
        Numbers.
    lens
        Voltage and Cs are used.

    Returns
    -------
    float64 array
        q, 1/Å; NaN beyond the phase at which Cs turns the rings back.
    """
    wavelength, spherical = wavelength_angstrom(lens.voltage_kv), 1e7 * lens.spherical_aberration_mm
    squared = np.sum(frequency_xy**2, axis=-1)
    azimuth = np.arctan2(frequency_xy[..., 1], frequency_xy[..., 0])
    mean, half = (defocus.u_angstrom + defocus.v_angstrom) / 2, (defocus.u_angstrom - defocus.v_angstrom) / 2
    local = mean + half * np.cos(2 * (azimuth - defocus.angle_deg * pi / 180))
    phase = local * squared - 0.5 * spherical * wavelength**2 * squared**2
    # q² = 2p/(Δf̄ + √(Δf̄² − 2 Cs λ² p)): the form that holds for Cs = 0 too
    under_root = mean**2 - 2 * spherical * wavelength**2 * phase
    root = np.sqrt(np.where(under_root >= 0, under_root, np.nan))
    found: Float[np.ndarray, " n"] = np.sqrt(np.maximum(2 * phase / (mean + root), 0))
    return found


def ring_profile(
    spectrum: ThonSpectrum, defocus: Defocus, lens: Lens, thickness_angstrom: float = 0.0, low_angstrom: float = 30.0
) -> RingProfile:
    """The equiphase averages of a spectrum and of a fit, from a resolution to Nyquist.

    Parameters
    ----------
    spectrum
        Of a micrograph.
    defocus
        The fit, numbers.
    lens
        Of the micrograph.
    thickness_angstrom
        Of the specimen; 0 for a thin one.
    low_angstrom
        Where the profile begins, Å.

    Returns
    -------
    RingProfile
        Bins as wide as a pixel of the spectrum.

    References
    ----------
    Rohou and Grigorieff, J. Struct. Biol. 192, 216 (2015), section 2.6.
    """
    rings = remove_background(spectrum, low_angstrom, 2 * spectrum.pixel_size_angstrom)
    model = ring_model(rings, lens)
    parameters = start_of(defocus, thickness_angstrom).vector()
    width, first = spectrum.shape[0] * spectrum.pixel_size_angstrom, rings.shell_frequency[0]
    q = equiphase_frequency(rings.frequency_xy, defocus, lens)
    bins = np.round((np.nan_to_num(q, nan=np.inf) - first) * width)
    taken = (bins >= 0) & (bins < len(rings.shell_frequency))
    places = bins[taken].astype(np.int64)
    count = np.maximum(np.bincount(places, minlength=len(rings.shell_frequency)), 1)

    def average(values: Float[np.ndarray, " n"]) -> Float[np.ndarray, " bin"]:
        mean: Float[np.ndarray, " bin"] = np.bincount(places, values[taken], len(count)) / count
        return mean

    observed, fitted = average(rings.values * np.sqrt(len(rings.values))), average(model.rings_of(parameters))
    periods = np.diff(2 * average(model.phase(parameters)), append=0.0) / (2 * pi)
    per_ring = int(np.ceil(1 / max(np.median(np.abs(periods)), 1e-3)))
    correlation = _local_correlation(observed, fitted, max(_FEWEST, min(per_ring, len(count) // 4)) | 1)
    reached = _last_good(correlation)
    return RingProfile(rings.shell_frequency, observed, fitted, correlation, 1 / float(rings.shell_frequency[reached]))


def start_of(defocus: Defocus, thickness_angstrom: float) -> Start:
    """A defocus as parameters of the rings.

    Parameters
    ----------
    defocus
        Numbers.
    thickness_angstrom
        0 for a thin specimen.

    Returns
    -------
    Start
        With (U − V)/2 in its two components.
    """
    half, double = (defocus.u_angstrom - defocus.v_angstrom) / 2, 2 * defocus.angle_deg * pi / 180
    mean = (defocus.u_angstrom + defocus.v_angstrom) / 2
    shift = defocus.phase_shift_deg * pi / 180
    return Start(mean, half * np.cos(double), half * np.sin(double), shift, thickness_angstrom)


def _local_correlation(
    first: Float[np.ndarray, " bin"], second: Float[np.ndarray, " bin"], window: int
) -> Float[np.ndarray, " bin"]:
    """The correlation of two curves within a window around each place."""
    from scipy.ndimage import uniform_filter1d  # slow to import

    def mean(values: Float[np.ndarray, " bin"]) -> Float[np.ndarray, " bin"]:
        found: Float[np.ndarray, " bin"] = uniform_filter1d(values, window, mode="nearest")
        return found

    covariance = mean(first * second) - mean(first) * mean(second)
    spread = (mean(first**2) - mean(first) ** 2) * (mean(second**2) - mean(second) ** 2)
    correlation: Float[np.ndarray, " bin"] = covariance / np.sqrt(np.maximum(spread, 1e-30))
    return correlation


def _last_good(correlation: Float[np.ndarray, " bin"]) -> int:
    """The last place before the correlation stays below the threshold for as long as a window is at least."""
    good = correlation >= _THRESHOLD
    if not good.any():
        return 0
    place = int(np.argmax(good))
    for i in range(place, len(good)):
        if good[i]:
            place = i
        elif i - place >= _FEWEST:
            break
    return place
