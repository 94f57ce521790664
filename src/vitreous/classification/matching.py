"""How alike two images are in their best pose: over all in-plane angles, mirrored or not, and small shifts.

On rings of the Fourier plane a turn is a shift along the ring, (R_ψ B)(r, θ) = B(r, θ + ψ), a mirror image is the ring
run backwards, B(r, π − θ), and a shift in space is a phase. So all angles are scored at once by a Fourier transform
along the rings.
"""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Complex, Float
from scipy.optimize import minimize

from vitreous._typing import NumpyArray
from vitreous.classification.search import shift_disc
from vitreous.fourier import frequency_grid, nufft2, shell_sizes, shift_phases

__all__ = [
    "Match",
    "best_matches",
    "match_rings",
    "paired_poses",
    "polar_spectra",
    "posed_rings",
    "posed_spectra",
    "ring_phases",
]


@dataclass(frozen=True, eq=False)
class Match:
    """The best pose of each image b in which it looks like each image a: a ≈ S_t R_ψ b, b mirrored first or not.

    Parameters
    ----------
    correlation
        (a, b): −1 … 1, in that pose, over the shells compared.
    psi_deg
        (a, b) degrees.
    shift_pixels
        (a, b, 2) pixels, (x, y).
    mirrored
        (a, b): whether x → −x came first.
    """

    correlation: Float[NumpyArray, "a b"]
    psi_deg: Float[NumpyArray, "a b"]
    shift_pixels: Float[NumpyArray, "a b 2"]
    mirrored: Bool[NumpyArray, "a b"]


def polar_spectra(
    images: Float[NumpyArray, "n y x"], shells: int, angles: int
) -> Complex[NumpyArray, "n shells angles"]:
    """The transforms of images on rings, F(r cos θ_j, r sin θ_j), r = 1 … shells steps of the box's frequency grid.

    Parameters
    ----------
    images
        (n, y, x), square.
    shells
        How many rings.
    angles
        How many angles over the whole circle, θ_j = 2π j/angles.

    Returns
    -------
    NumPy array (n, shells, angles)
        Complex.
    """
    theta = np.arange(angles) * (2 * math.pi / angles)
    radius = np.arange(1, shells + 1)[:, None] / images.shape[-1]
    points = np.stack([radius * np.cos(theta), radius * np.sin(theta)], axis=-1).reshape(-1, 2)
    values: NumpyArray = nufft2(images.astype(np.float64), points).reshape(-1, shells, angles)
    return values


def best_matches(
    a: Float[NumpyArray, "a y x"],
    b: Float[NumpyArray, "b y x"],
    *,
    shell_weights: Float[NumpyArray, " shells"] | None = None,
    shift_radius_pixels: float = 3.0,
    shift_step_pixels: float = 1.0,
    mirror: bool = True,
) -> Match:
    """For every pair of images, the pose in which they correlate best over weighted shells.

    c(ψ, t) = Re Σ_r w_r Σ_{k on r} A(k) conj[exp(−2πi k·t) B(R(ψ)ᵀk)] / √(Σ w|A|² Σ w|B|²).

    Parameters
    ----------
    a, b
        Square images of one box.
    shell_weights
        w of shells 0, 1, 2, …, at most n // 2; shell 0, the mean, and those not given are left out. None: 1 up to
        Nyquist.
    shift_radius_pixels, shift_step_pixels
        The shifts that are tried: a grid in a disc.
    mirror
        Whether mirror images are tried.

    Returns
    -------
    Match
        Angles in steps of about half a pixel at the edge of the band.
    """
    box = a.shape[-1]
    weights = np.ones(box // 2) if shell_weights is None else np.asarray(shell_weights, np.float64)
    shells = int(np.max(np.flatnonzero(weights), initial=1))
    angles = 4 * math.ceil(math.pi * shells)
    root = np.sqrt(weights[1 : shells + 1] * shell_sizes((box, box))[1 : shells + 1] / angles)[:, None]
    left, right = (polar_spectra(images, shells, angles) * root for images in (a, b))
    shifts = shift_disc(shift_radius_pixels, shift_step_pixels)
    return match_rings(left, right, shifts, box=box, mirror=mirror)


def match_rings(
    a: Complex[NumpyArray, "a shells angles"],
    b: Complex[NumpyArray, "b shells angles"],
    shifts: Float[NumpyArray, "t 2"],
    *,
    box: int,
    mirror: bool = True,
) -> Match:
    """`best_matches` of transforms that are given on rings 1 … shells, weighted as they are to count.

    Parameters
    ----------
    a, b
        As `polar_spectra` makes them, times the square root of what each sample weighs.
    shifts
        (t, 2) that are tried, (x, y) in pixels.
    box
        Edge of the images in pixels.
    mirror
        Whether mirror images are tried.

    Returns
    -------
    Match
        Of every pair.
    """
    shells, angles = a.shape[1:]
    norms = [np.sqrt(np.sum(np.abs(rings) ** 2, axis=(1, 2))) for rings in (a, b)]
    scale = np.maximum(norms[0][:, None] * norms[1], np.finfo(np.float64).tiny)
    # θ → π − θ: the ring backwards
    kinds = [b, np.roll(b[..., ::-1], angles // 2 + 1, axis=-1)] if mirror else [b]
    others = np.stack([np.fft.fft(rings) for rings in kinds])
    scores = [_best_angles(a * ring_phases(-shift, box, shells, angles), others) for shift in shifts]
    peak, place = (np.stack(part).reshape(-1, len(a), len(b)) for part in zip(*scores, strict=True))
    chosen = np.argmax(peak, axis=0)
    which, kind = np.unravel_index(chosen, (len(shifts), len(kinds)))
    angle = np.take_along_axis(place, chosen[None], axis=0)[0]
    return Match(peak.max(axis=0) / scale, angle * (360.0 / angles), shifts[which], kind == 1)


def ring_phases(
    shift_pixels: Float[NumpyArray, " 2"], box: int, shells: int, angles: int
) -> Complex[NumpyArray, "shells angles"]:
    """exp(−2πi k·t) on the rings of `polar_spectra`: what a shift by t does to a transform.

    Parameters
    ----------
    shift_pixels
        t, (x, y).
    box
        Edge of the images in pixels.
    shells, angles
        Of the rings.

    Returns
    -------
    NumPy array (shells, angles)
        Complex.
    """
    theta = np.arange(angles) * (2 * math.pi / angles)
    along = (shift_pixels[0] * np.cos(theta) + shift_pixels[1] * np.sin(theta)) / box
    phases: NumpyArray = np.exp(-2j * math.pi * np.arange(1, shells + 1)[:, None] * along)
    return phases


def _best_angles(rings: NumpyArray, others: NumpyArray) -> tuple[NumpyArray, NumpyArray]:
    """The highest score over the angle and the number of that angle, (kinds, a, b), Σ_rθ a(r, θ) conj b(r, θ + ψ)."""
    harmonics = np.fft.fft(rings).transpose(2, 0, 1)
    peaks, places = [], []
    for other in others:
        products = harmonics @ other.conj().transpose(2, 1, 0)
        scores = np.real(np.fft.fft(products, axis=0)) / rings.shape[-1]
        places.append(np.argmax(scores, axis=0))
        peaks.append(np.max(scores, axis=0))
    return np.stack(peaks), np.stack(places)


def paired_poses(
    a: Complex[NumpyArray, "n shells angles"],
    b: Complex[NumpyArray, "n shells angles"],
    *,
    box: int,
    shift_radius_pixels: float = 3.0,
) -> tuple[Float[NumpyArray, " n"], Float[NumpyArray, "n 2"]]:
    """The pose of each image b on its image a, the best of all angles and small shifts, between the steps of the grid.

    Parameters
    ----------
    a, b
        Transforms on rings 1 … shells (`polar_spectra`); all rings are compared.
    box
        Edge of the images in pixels.
    shift_radius_pixels
        Of the shifts that are tried first.

    Returns
    -------
    psi_deg, shift_pixels
        (n,) degrees and (n, 2) pixels (x, y): a ≈ S_t R_ψ b.
    """
    shells, angles = a.shape[1:]
    root = np.sqrt(shell_sizes((box, box))[1 : shells + 1, None] / angles)
    left, harmonics = a * root, np.fft.fft(b * root)
    shifts, scores = shift_disc(shift_radius_pixels, 1.0), []
    for shift in shifts:
        moved = np.fft.fft(left * ring_phases(-shift, box, shells, angles))
        scores.append(np.real(np.fft.fft(np.sum(moved * harmonics.conj(), axis=1))))
    best = np.argmax(np.stack(scores, axis=1).reshape(len(a), -1), axis=1)
    which, angle = np.unravel_index(best, (len(shifts), angles))
    psi_deg, shift_pixels = angle * (360.0 / angles), shifts[which].astype(np.float64)
    for number in range(len(a)):
        start = np.r_[np.radians(psi_deg[number]), shift_pixels[number]]
        found = _refined(left[number], harmonics[number], start, box)
        psi_deg[number], shift_pixels[number] = np.degrees(found[0]), found[1:]
    return psi_deg, shift_pixels


def posed_rings(
    rings: Complex[NumpyArray, "n shells angles"],
    psi_deg: Float[NumpyArray, " n"],
    shift_pixels: Float[NumpyArray, "n 2"],
    box: int,
) -> Complex[NumpyArray, "n shells angles"]:
    """Transforms on rings in poses, S_t R_ψ f: turned by harmonics of the angle, which is exact, then moved by phases.

    Parameters
    ----------
    rings
        As `polar_spectra` makes them.
    psi_deg, shift_pixels
        (n,) degrees and (n, 2) pixels (x, y).
    box
        Edge of the images in pixels.

    Returns
    -------
    NumPy array
        Same shape.
    """
    shells, angles = rings.shape[1:]
    order = np.fft.fftfreq(angles, 1 / angles)
    turned = np.fft.ifft(np.fft.fft(rings) * np.exp(1j * np.radians(psi_deg)[:, None, None] * order))
    phases = np.stack([ring_phases(shift, box, shells, angles) for shift in shift_pixels])
    posed: NumpyArray = turned * phases
    return posed


def _refined(left: NumpyArray, harmonics: NumpyArray, start: NumpyArray, box: int) -> NumpyArray:
    """The pose (ψ in radians, x, y) near a given one at which the rings of one pair correlate best."""
    shells, angles = left.shape
    order = np.fft.fftfreq(angles, 1 / angles)
    scale = float(np.linalg.norm(left) * np.linalg.norm(harmonics) / math.sqrt(angles))
    if scale == 0:
        return start

    def badness(pose: NumpyArray) -> float:
        turned = np.fft.ifft(harmonics * np.exp(1j * order * (pose[0] / shells)))
        phases = ring_phases(pose[1:], box, shells, angles)
        return -float(np.real(np.vdot(phases * turned, left))) / scale

    # the angle in steps of the outermost ring, so that all three are of one size
    unit = np.array([shells, 1.0, 1.0])
    found: NumpyArray = minimize(badness, start * unit, method="BFGS", options={"gtol": 1e-4}).x / unit
    return found


def posed_spectra(
    images: Float[NumpyArray, "n y x"],
    psi_deg: Float[NumpyArray, " n"],
    shift_pixels: Float[NumpyArray, "n 2"],
    mirrored: Bool[NumpyArray, " n"],
) -> Complex[NumpyArray, "n y x_half"]:
    """The half spectra of images in poses, S_t R_ψ f,.

    Parameters
    ----------
    images
        (n, y, x), square.
    psi_deg
        (n,) degrees.
    shift_pixels
        (n, 2) pixels, (x, y).
    mirrored
        (n,): whether x → −x comes first.

    Returns
    -------
    NumPy array (n, y, x // 2 + 1)
        As `vitreous.fourier.rft` lays them out.
    """
    shape = images.shape[-2:]
    k = frequency_grid(shape, half=True)
    spectra = np.empty((len(images), *k.shape[:-1]), np.complex128)
    for number, (image, psi, flip) in enumerate(zip(images, np.radians(psi_deg), mirrored, strict=True)):
        x = np.cos(psi) * k[..., 0] - np.sin(psi) * k[..., 1]
        y = np.sin(psi) * k[..., 0] + np.cos(psi) * k[..., 1]
        points = np.stack([-x if flip else x, y], axis=-1).reshape(-1, 2)
        spectra[number] = nufft2(image.astype(np.float64), points).reshape(spectra.shape[1:])
    posed: NumpyArray = spectra * shift_phases(shape, shift_pixels, half=True)
    return posed
