"""The complex number of modulus 1 with a given phase."""

from jaxtyping import Complex, Float

from vitreous._array import complex_dtype, namespace
from vitreous._typing import Array

__all__ = ["unit_phase"]


def unit_phase(phase: Float[Array, "*shape"]) -> Complex[Array, "*shape"]:
    """exp(iφ) of a real phase, in its own precision.

    Parameters
    ----------
    phase
        φ in radians, any shape; gradients pass.

    Returns
    -------
    Complex array
        cos φ + i sin φ, the same shape.
    """
    xp, dtype = namespace(phase), complex_dtype(phase)
    return xp.astype(xp.cos(phase), dtype) + 1j * xp.astype(xp.sin(phase), dtype)
