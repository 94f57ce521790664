"""Motion blur: what a specimen that trembles while a frame is taken loses at each frequency.

Steady drift is `vitreous.optics.drift_envelope`.
"""

from math import pi

from jaxtyping import Float

from vitreous._array import as_arrays, namespace
from vitreous._typing import Array, ArrayLike

__all__ = ["jitter_decay"]


def jitter_decay(frequency_per_angstrom: ArrayLike, sigma_angstrom: float) -> Float[Array, "*shape"]:
    """The amplitude left by random motion, exp(−2π²σ²k²): a B factor of 8π²σ².

    Parameters
    ----------
    frequency_per_angstrom
        |k|, 1/Å.
    sigma_angstrom
        Standard deviation of the position along each axis within the frame, Å.

    Returns
    -------
    Real array
        0 … 1.

    References
    ----------
    Vulović et al., J. Struct. Biol. 183, 19 (2013), section 2.3.
    """
    (frequency,) = as_arrays(frequency_per_angstrom)
    return namespace(frequency).exp(-2 * (pi * sigma_angstrom * frequency) ** 2)
