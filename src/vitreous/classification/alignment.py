"""One class: images aligned to a reference by angle and shift, their mean the next reference, and again.

Two ways to use what the images say about their poses, side by side. ``"maximum"`` lets every image have its best pose,
that of the highest cross-correlation: a point estimate, which believes in what it found even where it found noise.
``"marginal"`` lets every image have all poses at once, each with its probability: the expectation-maximization of one
class. White noise, no CTF, every step drawn as it is; `vitreous.classification.em` is the engine.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from vitreous._typing import NumpyArray
from vitreous.classification.pose_grid import PoseGrid, turn
from vitreous.fourier import irft, rft

__all__ = ["ESTIMATES", "Round", "align", "cross_correlations", "mean_of_poses"]


@dataclass(frozen=True, eq=False)
class Round:
    """What one round of alignment found.

    Parameters
    ----------
    number
        Of the round, from 1.
    reference
        (y, x): the mean of the images in the poses found.
    psi_deg, shift_pixels
        (n,) degrees and (n, 2) pixels: the best pose of each image against the reference before.
    max_probability
        (n,): the posterior probability of that pose.
    log_likelihood
        Σ_i ln Σ_ψt p(ψ, t) p(y_i | ψ, t) of the reference before, in nats.
    """

    number: int
    reference: Float[NumpyArray, "y x"]
    psi_deg: Float[NumpyArray, " n"]
    shift_pixels: Int[NumpyArray, "n 2"]
    max_probability: Float[NumpyArray, " n"]
    log_likelihood: float


def cross_correlations(
    images: Float[NumpyArray, "n y x"], reference: Float[NumpyArray, "y x"], poses: PoseGrid
) -> Float[NumpyArray, "n angles shifts"]:
    """The cross-correlation of images with a reference in every pose, c_i(ψ, t) = Σ_x y_i(x) (R_ψ A)(x − t).

    Turned once for each angle; all shifts at once by the Fourier transform, F[c] = F[y] conj F[R_ψ A].

    Parameters
    ----------
    images
        (n, y, x).
    reference
        (y, x).
    poses
        Angles and shifts.

    Returns
    -------
    NumPy array (n, angles, shifts)
        In the unit of image times reference.

    References
    ----------
    P. Nelson, Physical Models of Living Systems, 2nd ed. (2022), chapter 12.
    """
    shape, spectra = images.shape[-2:], rft(images, 2)
    places = _places(poses, shape)
    result = np.empty((len(images), len(poses.psi_deg), len(places)))
    for number, turned in enumerate(turn(reference, poses.psi_deg)):
        everywhere = irft(spectra * np.conj(rft(turned, 2)), shape)
        result[:, number] = everywhere.reshape(len(images), -1)[:, places]
    return result


def _places(poses: PoseGrid, shape: tuple[int, ...]) -> NumpyArray:
    """Where the shifts lie in a centred correlation picture, whose pixels are numbered in rows."""
    x, y = (poses.shift_pixels + np.array([shape[1] // 2, shape[0] // 2])).T
    places: NumpyArray = y * shape[1] + x
    return places


def mean_of_poses(
    images: Float[NumpyArray, "n y x"], weights: Float[NumpyArray, "n angles shifts"], poses: PoseGrid
) -> Float[NumpyArray, "y x"]:
    """The mean of images brought back from their poses, Σ_iψt γ_i(ψ, t) R_ψ⁻¹ S_t⁻¹ y_i / Σ γ.

    All images of one angle are first moved back and added, F[Σ_it γ S_t⁻¹ y_i] = Σ_i conj F[γ_i] F[y_i]: then one turn
    an angle is enough.

    Parameters
    ----------
    images
        (n, y, x).
    weights
        γ, (n, angles, shifts): how much each image lies in each pose.
    poses
        Angles and shifts.

    Returns
    -------
    NumPy array (y, x)
        The mean.
    """
    shape, spectra = images.shape[-2:], rft(images, 2)
    places, total = _places(poses, shape), np.zeros(shape)
    for number, psi_deg in enumerate(poses.psi_deg):
        pictures = np.zeros((len(images), shape[0] * shape[1]))
        pictures[:, places] = weights[:, number]
        moved_back = irft(np.sum(np.conj(rft(pictures.reshape(images.shape), 2)) * spectra, axis=0), shape)
        total += turn(moved_back, np.array([-psi_deg]))[0]
    mean: NumpyArray = total / weights.sum()
    return mean


def _marginal(log_posterior: NumpyArray) -> NumpyArray:
    """All poses, each with its probability."""
    probability: NumpyArray = np.exp(log_posterior)
    return probability


def _maximum(log_posterior: NumpyArray) -> NumpyArray:
    """The best pose with weight 1."""
    flat = log_posterior.reshape(len(log_posterior), -1)
    chosen = np.zeros_like(flat)
    chosen[np.arange(len(flat)), np.argmax(flat, axis=1)] = 1
    return chosen.reshape(log_posterior.shape)


ESTIMATES: dict[str, Callable[[NumpyArray], NumpyArray]] = {"marginal": _marginal, "maximum": _maximum}
"""Estimate → the weights that it gives to the poses of each image, from the logarithm of their posterior."""


def align(
    images: Float[NumpyArray, "n y x"],
    reference: Float[NumpyArray, "y x"],
    poses: PoseGrid,
    *,
    noise_variance: float,
    rounds: int = 10,
    estimate: str = "marginal",
) -> Iterator[Round]:
    """Align images to a reference, take their mean as the next reference, and yield after each round.

    ln p(y_i | ψ, t) = [c_i(ψ, t) − ½ |R_ψ A|²]/s² − ½ |y_i|²/s² − ½ N ln(2π s²), N pixels, poses equally likely.

    Parameters
    ----------
    images
        (n, y, x).
    reference
        (y, x), to begin with.
    poses
        Angles and shifts.
    noise_variance
        s², of each pixel.
    rounds
        How many.
    estimate
        One of `ESTIMATES`.

    Yields
    ------
    Round
        The new reference with the poses, and the likelihood of the old one.

    Raises
    ------
    ValueError
        If the estimate has no such name, or the variance is not positive.

    References
    ----------
    P. Nelson, Physical Models of Living Systems, 2nd ed. (2022), chapter 12; F. J. Sigworth, J. Struct. Biol. 122, 328
    (1998), eq. 9, for the marginal mean.
    """
    if estimate not in ESTIMATES or not noise_variance > 0:
        names = ", ".join(ESTIMATES)
        raise ValueError(f"estimate {estimate!r} and variance {noise_variance}: take one of {names}, and more than 0")
    count, pixels = len(poses.psi_deg) * len(poses.shift_pixels), images[0].size
    constant = -0.5 * (images**2).sum(axis=(1, 2)) / noise_variance - 0.5 * pixels * np.log(2 * np.pi * noise_variance)
    for number in range(1, rounds + 1):
        norms = (turn(reference, poses.psi_deg) ** 2).sum(axis=(1, 2))
        scores = cross_correlations(images, reference, poses) - 0.5 * norms[:, None]
        log_joint = scores / noise_variance + constant[:, None, None] - np.log(count)
        log_evidence = np.logaddexp.reduce(log_joint, axis=(1, 2))
        log_posterior = log_joint - log_evidence[:, None, None]
        best = np.argmax(log_posterior.reshape(len(images), -1), axis=1)
        angle, shift = np.unravel_index(best, log_posterior.shape[1:])
        reference = mean_of_poses(images, ESTIMATES[estimate](log_posterior), poses)
        yield Round(
            number=number,
            reference=reference,
            psi_deg=poses.psi_deg[angle],
            shift_pixels=poses.shift_pixels[shift],
            max_probability=np.exp(log_posterior.max(axis=(1, 2))),
            log_likelihood=float(log_evidence.sum()),
        )
