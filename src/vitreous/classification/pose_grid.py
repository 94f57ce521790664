"""In-plane poses on a grid, and images turned to them: what the readable twins of classification share.

An observation shows a class A at the angle ψ, moved by t: (S_t R_ψ A)(x) = A(R(ψ)ᵀ (x − t)), R(ψ) RELION's matrix
[[cos ψ, sin ψ], [−sin ψ, cos ψ]]. RELION writes ψ and the origin −t. Shifts of the grid are whole pixels and wrap
around: they reorder the pixels, so that S_t is orthogonal.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from vitreous._array import device_of, namespace
from vitreous._typing import Array, NumpyArray
from vitreous.fourier import coordinates
from vitreous.interpolation import B_SPLINE, Kernel, sample

__all__ = ["PoseGrid", "pose_grid", "shift_images", "turn", "turning_matrices"]


@dataclass(frozen=True, eq=False)
class PoseGrid:
    """Every angle with every shift.

    Parameters
    ----------
    psi_deg
        (angles,) degrees, RELION's ψ.
    shift_pixels
        (shifts, 2) whole pixels, (x, y): where the observation lies, the negative of RELION's origin.
    """

    psi_deg: Float[NumpyArray, " angles"]
    shift_pixels: Int[NumpyArray, "shifts 2"]


def pose_grid(angles: int, shift_radius_pixels: float = 0.0) -> PoseGrid:
    """So many angles evenly over the circle, with the whole-pixel shifts of a disc.

    Parameters
    ----------
    angles
        How many, at least 1; the first is 0°.
    shift_radius_pixels
        Of the disc, pixels; 0 for no shift.

    Returns
    -------
    PoseGrid
        Shifts in order of rows, from −y to +y.

    Raises
    ------
    ValueError
        If there is no angle, or the radius is negative.
    """
    if angles < 1 or shift_radius_pixels < 0:
        raise ValueError(f"{angles} angles and a radius of {shift_radius_pixels} pixels: take 1 angle and 0 or more")
    reach = int(shift_radius_pixels)
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    inside = x**2 + y**2 <= shift_radius_pixels**2
    return PoseGrid(np.arange(angles) * (360.0 / angles), np.stack([x[inside], y[inside]], axis=-1))


def turn(
    images: Float[Array, "*batch y x"], psi_deg: Float[NumpyArray, " angles"], kernel: Kernel = B_SPLINE
) -> Float[Array, "*batch angles y x"]:
    """Every image as it is observed at each angle, g(x) = f(R(ψ)ᵀ x); −ψ brings an observation back.

    Parameters
    ----------
    images
        Shape (…, y, x), of any array library; 0 beyond the box.
    psi_deg
        (angles,) degrees.
    kernel
        Which interpolates between the pixels.

    Returns
    -------
    Array
        Shape (…, angles, y, x).
    """
    angle = np.radians(psi_deg)[:, None, None]
    grid = coordinates(tuple(images.shape[-2:]))
    x, y = grid[..., 0], grid[..., 1]
    places = np.stack([np.cos(angle) * x - np.sin(angle) * y, np.sin(angle) * x + np.cos(angle) * y], axis=-1)
    return sample(images, namespace(images).asarray(places, dtype=images.dtype, device=device_of(images)), kernel)


def turning_matrices(
    box: int, psi_deg: Float[NumpyArray, " angles"], kernel: Kernel = B_SPLINE
) -> Float[NumpyArray, "angles pixels pixels"]:
    """`turn` as matrices that act on the pixels of an image in rows, R_ψ: for small boxes, box⁴ numbers an angle.

    Parameters
    ----------
    box
        Edge of the images in pixels.
    psi_deg
        (angles,) degrees.
    kernel
        Which interpolates between the pixels.

    Returns
    -------
    NumPy array (angles, box², box²)
        Their transposes are the adjoints of `turn`.
    """
    pixels = box * box
    unit_images = np.eye(pixels).reshape(pixels, box, box)
    turned = np.asarray(turn(unit_images, psi_deg, kernel)).reshape(pixels, len(psi_deg), pixels)
    return np.ascontiguousarray(turned.transpose(1, 2, 0))


def shift_images(
    images: Float[NumpyArray, "*batch y x"], shift_pixels: Int[NumpyArray, "shifts 2"]
) -> Float[NumpyArray, "*batch shifts y x"]:
    """Every image moved by each whole-pixel shift, g(x) = f(x − t), with wrap-around.

    Parameters
    ----------
    images
        Shape (…, y, x).
    shift_pixels
        (shifts, 2), (x, y).

    Returns
    -------
    NumPy array
        Shape (…, shifts, y, x).
    """
    return np.stack([np.roll(images, (int(y), int(x)), axis=(-2, -1)) for x, y in shift_pixels], axis=-3)
