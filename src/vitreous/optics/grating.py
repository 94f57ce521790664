"""The image of a sine phase grating at any distance, in closed form: a check of every path from wave to image."""

from math import pi, sin

import numpy as np
from jaxtyping import Float

from vitreous._typing import NumpyArray
from vitreous.optics.wavelength import wavelength_angstrom

__all__ = ["grating_harmonic", "grating_image"]


def grating_harmonic(
    order: int, amplitude_rad: float, period_angstrom: float, distance_angstrom: float, voltage_kv: float
) -> float:
    """A Fourier coefficient of the image of a sine phase grating after free flight, I_h = J_h(2ε sin(πλzh/d²)).

    The wave behind the grating is exp(iε cos(2πx/d)). A weak grating has I₁ = ε sin(πλz/d²).

    Parameters
    ----------
    order
        h.
    amplitude_rad
        ε, rad.
    period_angstrom
        d, Å.
    distance_angstrom
        z, Å, along the beam; an image at an underfocus Δf is one at z = −Δf.
    voltage_kv
        kV.

    Returns
    -------
    float
        The coefficient of exp(2πihx/d); that of −h is the same.

    References
    ----------
    Guigay, Optik 49, 121 (1977).
    """
    from scipy.special import jv  # costs a tenth of a second to import

    angle = pi * wavelength_angstrom(voltage_kv) * distance_angstrom * order / period_angstrom**2
    return float(jv(order, 2 * amplitude_rad * sin(angle)))


def grating_image(
    x_angstrom: Float[NumpyArray, "*shape"],
    amplitude_rad: float,
    period_angstrom: float,
    distance_angstrom: float,
    voltage_kv: float,
) -> Float[NumpyArray, "*shape"]:
    """The image of the grating exp(iε cos(2πx/d)) after free flight, I(x) = 1 + 2 Σ_{h ≥ 1} I_h cos(2πhx/d).

    Parameters
    ----------
    x_angstrom
        Å, any shape.
    amplitude_rad
        ε, rad.
    period_angstrom
        d, Å.
    distance_angstrom
        z, Å, along the beam.
    voltage_kv
        kV.

    Returns
    -------
    NumPy array
        The intensity, the same shape, exact to rounding.

    References
    ----------
    Guigay, Optik 49, 121 (1977).
    """
    image = np.ones_like(x_angstrom)
    # J_h(x) of |x| ≤ 2ε falls faster than exponentially beyond h = 2ε
    for order in range(1, int(2 * abs(amplitude_rad)) + 30):
        harmonic = grating_harmonic(order, amplitude_rad, period_angstrom, distance_angstrom, voltage_kv)
        image = image + 2 * harmonic * np.cos(2 * pi * order * x_angstrom / period_angstrom)
    return image
