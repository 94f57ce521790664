"""Classes in the middle of their boxes, and the origins of their particles moved along with them."""

import numpy as np
from jaxtyping import Float, Int

from vitreous._typing import NumpyArray
from vitreous.classification.polar import PolarGrid, antipodes, shift_angles
from vitreous.fourier import coordinate_radius, coordinates, filter_image, frequency_radius, low_pass

__all__ = ["centres_of_mass", "moved_origins", "moved_rings", "moves_to_centre"]

_CUT_OFF = 0.1
"""Cycles/pixel: detail finer than this plays no part in where a class lies."""
_RIM = 0.85
"""The background is looked at between this part of the inscribed circle's radius and the whole of it."""
_RIM_SIGMAS = 2.0


def centres_of_mass(references: Float[NumpyArray, "k y x"]) -> Float[NumpyArray, "k 2"]:
    """Where each class lies: the centre of mass of what rises above the background, c = Σ x m(x)/Σ m(x).

    m is the low-passed class less the mean of its rim and two of the rim's standard deviations, where that is positive.

    Parameters
    ----------
    references
        (K, y, x), protein positive.

    Returns
    -------
    NumPy array (K, 2)
        (x, y) in pixels from the origin n // 2; 0 where nothing rises above the background.
    """
    shape = references.shape[-2:]
    cut = low_pass(frequency_radius(shape, half=True), _CUT_OFF, _CUT_OFF)
    smooth = np.asarray(filter_image(references.astype(np.float64), cut, 2))
    radius, edge = coordinate_radius(shape), min(shape) // 2
    rim = smooth[:, (radius <= edge) & (radius >= _RIM * edge)]
    background = rim.mean(axis=1) + _RIM_SIGMAS * rim.std(axis=1)
    mass = np.clip(smooth - background[:, None, None], 0, None) * (radius <= edge)
    total = mass.sum(axis=(1, 2))
    centres = np.einsum("kyx,yxd->kd", mass, coordinates(shape))
    return np.where(total[:, None] > 0, centres / np.where(total > 0, total, 1)[:, None], 0.0)


def moved_origins(
    shifts: Float[NumpyArray, "n 2"],
    psi_deg: Float[NumpyArray, " n"],
    classes: Int[NumpyArray, " n"],
    moves: Float[NumpyArray, "k 2"],
) -> Float[NumpyArray, "n 2"]:
    """The origins of particles whose classes were moved: o' = o + R(ψ) m, so that every image still fits its class.

    A class moved by m, A'(x) = A(x − m), is what the images show when they are moved by o + R(ψ) m in place of o, since
    the image is turned by ψ.

    Parameters
    ----------
    shifts
        o, (n, 2): RELION's origins (x, y), in any unit.
    psi_deg
        (n,) degrees, RELION's psi.
    classes
        (n,) from 0.
    moves
        m, (K, 2), (x, y) in the unit of the origins; −`centres_of_mass` centres.

    Returns
    -------
    NumPy array (n, 2)
        The new origins.
    """
    angle, (x, y) = np.radians(psi_deg), moves[classes].T
    turned = np.stack([np.cos(angle) * x + np.sin(angle) * y, np.cos(angle) * y - np.sin(angle) * x], axis=-1)
    origins: NumpyArray = shifts + turned
    return origins


def moved_rings(
    rings: Float[NumpyArray, "*batch k rings angles"], grid: PolarGrid, moves_px: Float[NumpyArray, "k 2"]
) -> Float[NumpyArray, "*batch k rings angles"]:
    """Classes on the polar grid moved by m: H'(r, θ) = cos φ H(r, θ) + sin φ H(r, θ + π), φ = 2π k·m.

    Parameters
    ----------
    rings
        Hartley transforms.
    grid
        Theirs.
    moves_px
        m, (K, 2), (x, y) in pixels.

    Returns
    -------
    NumPy array
        Of the same shape and precision.
    """
    phase = shift_angles(grid, moves_px)
    moved: NumpyArray = (rings * np.cos(phase) + antipodes(rings) * np.sin(phase)).astype(rings.dtype)
    return moved


def moves_to_centre(references: Float[NumpyArray, "k y x"], *, least_px: float = 2.0) -> Float[NumpyArray, "k 2"]:
    """How classes are to be moved: to the centre where they are further off than some pixels, else not at all.

    Parameters
    ----------
    references
        (K, y, x), protein positive.
    least_px
        What is nearer stays: the centre of a noisy average is not known better.

    Returns
    -------
    NumPy array (K, 2)
        m, (x, y) in pixels.
    """
    centres = centres_of_mass(references)
    far = np.hypot(*centres.T) > least_px
    return np.where(far[:, None], -centres, 0.0)
