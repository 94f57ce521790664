"""The poses that are searched: angles all round, shifts in a disc.

A pose moves the class by t′ and then turns it by ψ: image = R_ψ S_t′ class. The shift t = R_ψ t′ in the frame of the
image has the same length, so that a prior on |t| is one on |t′|, and the disc of t′ becomes a disc of t. What is
gained: moved copies are made of the few classes, once an iteration, never of the many images.
"""

import numpy as np
from jaxtyping import Float, Int

from vitreous._typing import NumpyArray

__all__ = ["cells_of_shifts", "log_shift_prior", "origins_px", "shift_disc"]


def shift_disc(radius_px: float, step_px: float) -> Float[NumpyArray, "t 2"]:
    """The points of a square grid within a disc about 0.

    Parameters
    ----------
    radius_px, step_px
        In pixels; a radius of 0 leaves one point.

    Returns
    -------
    NumPy array (t, 2)
        (x, y) in pixels, in rows of rising y.
    """
    reach = int(np.floor(radius_px / step_px + 1e-9))
    steps = np.arange(-reach, reach + 1) * float(step_px)
    y, x = np.meshgrid(steps, steps, indexing="ij")
    inside = x**2 + y**2 <= radius_px**2 + 1e-9
    return np.stack([x[inside], y[inside]], axis=-1)


def cells_of_shifts(
    coarse_px: Float[NumpyArray, "c 2"], fine_px: Float[NumpyArray, "t 2"]
) -> tuple[Int[NumpyArray, " t"], Int[NumpyArray, " edges"]]:
    """Fine shifts ordered by the coarse shift that they are nearest to: every one belongs to one cell.

    Parameters
    ----------
    coarse_px, fine_px
        (x, y) in pixels.

    Returns
    -------
    order
        (t,) indices of the fine shifts, cell after cell.
    edges
        (c + 1,): cell i holds order[edges[i]:edges[i + 1]].
    """
    nearest = ((fine_px[:, None] - coarse_px[None]) ** 2).sum(axis=-1).argmin(axis=1)
    order = np.argsort(nearest, kind="stable")
    edges = np.searchsorted(nearest[order], np.arange(len(coarse_px) + 1))
    return order, edges


def log_shift_prior(shifts_px: Float[NumpyArray, "t 2"], sigma_px: float) -> Float[NumpyArray, " t"]:
    """Ln p(t) of a Gaussian on the shifts of a search, Σ p = 1.

    Parameters
    ----------
    shifts_px
        In pixels.
    sigma_px
        Standard deviation of each coordinate; infinite: all shifts alike.

    Returns
    -------
    NumPy array (t,)
        Float64.
    """
    exponent = -(shifts_px**2).sum(axis=-1) / (2 * sigma_px**2)
    log_prior: NumpyArray = exponent - np.log(np.exp(exponent - exponent.max()).sum()) - exponent.max()
    return log_prior


def origins_px(angle_rad: Float[NumpyArray, " n"], shifts_px: Float[NumpyArray, "n 2"]) -> Float[NumpyArray, "n 2"]:
    """RELION's origins of poses, −t = −R_ψ t′: what moves the image back.

    Parameters
    ----------
    angle_rad
        ψ of each image, from +x towards +y.
    shifts_px
        t′ of each image.

    Returns
    -------
    NumPy array (n, 2)
        (x, y) in pixels.
    """
    cosine, sine = np.cos(angle_rad), np.sin(angle_rad)
    x, y = shifts_px[:, 0], shifts_px[:, 1]
    return -np.stack([cosine * x - sine * y, sine * x + cosine * y], axis=-1)
