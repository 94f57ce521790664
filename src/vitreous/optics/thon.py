"""The Thon-ring fitter: defocus, astigmatism, phase shift and thickness from the power spectrum of a micrograph.

A tile-averaged spectrum (`micrograph_spectrum`) loses its smooth background (`remove_background`), all defoci and
astigmatisms are tried on its sectors (`search_start`), and the best is refined in two dimensions by the gradient of a
normalised correlation (`RingModel`). The envelope of the rings is measured on the way, so that rings count by what they
can tell.
"""

from dataclasses import dataclass
from math import pi

import numpy as np
from jaxtyping import Float

from vitreous.optics.lens import Defocus, Lens
from vitreous.optics.thon_background import remove_background
from vitreous.optics.thon_profile import ring_profile
from vitreous.optics.thon_score import RingModel, Start, ring_model
from vitreous.optics.thon_search import search_start
from vitreous.optics.thon_spectrum import ThonSpectrum, micrograph_spectrum

__all__ = ["CtfFit", "ThonSearch", "fit_ctf", "fit_spectrum"]

_THICKNESSES_ANGSTROM = (0.0, *range(200, 4001, 200))


@dataclass(frozen=True)
class ThonSearch:
    """What is looked for, and where."""

    low_angstrom: float = 30.0
    """The coarsest resolution that is used, Å."""
    high_angstrom: float = 4.0
    """The finest, Å."""
    least_defocus_angstrom: float = 3000.0
    most_defocus_angstrom: float = 50000.0
    astigmatism_tolerance_angstrom: float = 1000.0
    """The standard deviation of the astigmatism U − V that is expected, Å: a weak restraint."""
    fit_phase_shift: bool = False
    """Whether a phase plate's shift is fitted."""
    fit_thickness: bool = False
    """Whether the thickness of the specimen is fitted; it needs rings near the first node, d²/λ = t."""


@dataclass(frozen=True)
class CtfFit:
    """What a micrograph's Thon rings say."""

    defocus: Defocus
    """U ≥ V, the angle within −90 … 90°, the phase shift within 0 … 180° (0 where it was not fitted)."""
    score: float
    """The normalised correlation of rings and model, −1 … 1."""
    resolution_angstrom: float
    """Up to where the equiphase averages of rings and model agree (`ring_profile`)."""
    thickness_angstrom: float | None = None
    """None where it was not fitted."""


def fit_ctf(
    micrograph: Float[np.ndarray, "y x"],
    pixel_size_angstrom: float,
    lens: Lens,
    search: ThonSearch = ThonSearch(),
) -> CtfFit:
    """The contrast transfer function that a micrograph's Thon rings show.

    Parameters
    ----------
    micrograph
        Shape (y, x), any unit and contrast.
    pixel_size_angstrom
        Å.
    lens
        Voltage, Cs and amplitude contrast are taken as known. The amplitude contrast is not fitted: it shifts χ by a
        constant, which a few rings cannot tell from a change of defocus.
    search
        What is looked for.

    Returns
    -------
    CtfFit
        For the mid-plane of the specimen.

    Raises
    ------
    ValueError
        If the micrograph is too small, not finite, or constant, or the search does not fit it.

    References
    ----------
    Rohou and Grigorieff, J. Struct. Biol. 192, 216 (2015).
    """
    return fit_spectrum(micrograph_spectrum(micrograph, pixel_size_angstrom), lens, search)


def fit_spectrum(spectrum: ThonSpectrum, lens: Lens, search: ThonSearch = ThonSearch()) -> CtfFit:
    """The contrast transfer function that a power spectrum's Thon rings show.

    Parameters
    ----------
    spectrum
        Of one micrograph, or the mean of several that were taken alike.
    lens
        Voltage, Cs and amplitude contrast are taken as known.
    search
        What is looked for.

    Returns
    -------
    CtfFit
        See `fit_ctf`.

    Raises
    ------
    ValueError
        If the search does not fit the spectrum.
    """
    defoci = (search.least_defocus_angstrom, search.most_defocus_angstrom)
    if not 0 < defoci[0] < defoci[1] or not search.low_angstrom > search.high_angstrom > 0:
        raise ValueError(
            f"defocus from {defoci[0]} to {defoci[1]} Å, resolution from {search.low_angstrom} to "
            f"{search.high_angstrom} Å: expected a rising range of defocus and a falling one of resolution"
        )
    rings = remove_background(spectrum, search.low_angstrom, search.high_angstrom)
    model, tolerance = ring_model(rings, lens), search.astigmatism_tolerance_angstrom
    free = np.array([1.0, 1.0, 1.0, float(search.fit_phase_shift), 0.0])
    start, _ = model.refine(search_start(rings, lens, defoci, search.fit_phase_shift), free, tolerance)
    if search.fit_thickness:
        start = _with_thickness(model, start)
        free[4] = 1.0
        start, _ = model.refine(start, free, tolerance)
    best, score = model.with_envelope(start.vector()).refine(start, free, tolerance)
    defocus = _defocus(best)
    thickness = best.thickness_angstrom if search.fit_thickness else None
    profile = ring_profile(spectrum, defocus, lens, thickness or 0.0, search.low_angstrom)
    return CtfFit(defocus, score, profile.resolution_angstrom, thickness)


def _with_thickness(model: RingModel, start: Start) -> Start:
    """The start with the best thickness on a grid: rings beyond the first node have the opposite sign."""
    vectors = [np.array([*start.vector()[:4], thickness]) for thickness in _THICKNESSES_ANGSTROM]
    return Start(*max(vectors, key=lambda vector: model.score(vector)[0]).tolist())


def _defocus(best: Start) -> Defocus:
    half = float(np.hypot(best.along_angstrom, best.across_angstrom))
    angle_deg = float(np.arctan2(best.across_angstrom, best.along_angstrom)) * 90 / pi
    shift_deg = best.phase_shift * 180 / pi % 180
    return Defocus(best.mean_angstrom + half, best.mean_angstrom - half, angle_deg, shift_deg)
