"""Thon rings as a picture: the spectrum of a micrograph in one half of the plane, the fit in the other."""

import numpy as np
from jaxtyping import Float

from vitreous.optics.lens import Defocus, Lens
from vitreous.optics.thon_background import remove_background
from vitreous.optics.thon_profile import start_of
from vitreous.optics.thon_score import ring_model
from vitreous.optics.thon_spectrum import ThonSpectrum

__all__ = ["ring_picture"]

_SMOOTHING_PIXELS = 1.2


def ring_picture(
    spectrum: ThonSpectrum, defocus: Defocus, lens: Lens, thickness_angstrom: float = 0.0, low_angstrom: float = 30.0
) -> Float[np.ndarray, "box box"]:
    """The rings of a spectrum (kx < 0) beside those of a fit (kx > 0).

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
        What is coarser is left out, Å.

    Returns
    -------
    float64 array
        The full centred plane, −1 … 1; each shell of the spectrum is scaled to its own spread, so that weak rings show
        beside strong ones. NaN at the origin and in the corners.
    """
    from scipy.ndimage import gaussian_filter  # slow to import

    rings = remove_background(spectrum, low_angstrom, 2 * spectrum.pixel_size_angstrom)
    box, width = spectrum.shape[0], spectrum.shape[0] * spectrum.pixel_size_angstrom
    columns, rows = (np.round(rings.frequency_xy * width).astype(np.int64) + box // 2).T
    observed = np.zeros((box, box))
    observed[rows, columns] = rings.values
    observed[box - rows, box - columns] = rings.values
    observed = gaussian_filter(observed, _SMOOTHING_PIXELS)
    count = len(rings.shell_frequency)
    spread = np.sqrt(np.bincount(rings.shells, observed[rows, columns] ** 2, count) / np.bincount(rings.shells))
    picture = np.full((box, box), np.nan)
    scaled = observed[rows, columns] / (1.5 * spread[rings.shells])
    picture[box - rows, box - columns] = np.clip(scaled, -1, 1)
    model = ring_model(rings, lens).rings_of(start_of(defocus, thickness_angstrom).vector())
    picture[rows, columns] = np.clip(model, -1, 1)
    return picture
