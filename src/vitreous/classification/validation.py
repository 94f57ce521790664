"""How much of a class average is signal: two half sets refined apart, and what their averages agree on.

Half-set averages that were aligned to one reference agree on that reference, noise or not. Honest halves share nothing
but a start without detail: each half refines by itself from references cut at `SHARED_SHELLS`, and what the two then
have in common beyond these shells came from the particles.

The ring correlation of independent noise has the standard deviation 1/√n, n the independent coefficients of the ring:
a few dozen in the low rings, fewer under a mask, where 0.143 is exceeded by chance. So the curve that is judged is
smoothed over three neighbouring rings, and a crossing of 0.143 counts only where all rings before it, taken together,
correlate by more than 3.5 standard deviations of chance. Every curve comes with its standard deviation.
"""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from vitreous._typing import NumpyArray
from vitreous.classification.matching import paired_poses, polar_spectra, posed_rings, posed_spectra
from vitreous.fourier import filter_image, frc, frequency_shells, irft, positions, shell_frequencies, shell_sizes

__all__ = [
    "SHARED_SHELLS",
    "THRESHOLD",
    "RingCurves",
    "cut_at_shell",
    "half_set_curves",
    "matched_halves",
    "matched_rings",
    "reliability",
    "ring_curves",
    "ssnr",
    "ssnr_resolution_angstrom",
]

SHARED_SHELLS = 3
"""The honest halves start from references without anything beyond this shell."""
THRESHOLD = 0.143
"""Of the correlation of two halves: the average of both then correlates 0.5 with the truth (Rosenthal 2003)."""
_SIGMAS = 3.5
_ROUNDING = 1e-10
_NEIGHBOURS = 1
"""How many rings on either side a smoothed value includes."""


@dataclass(frozen=True, eq=False)
class RingCurves:
    """The agreement of two sets of averages, class by class.

    Parameters
    ----------
    frequencies_per_angstrom
        (shells,) 1/Å.
    frc, noise
        (K, shells) the ring correlation as it is, and its standard deviation for independent noise.
    smoothed, smoothed_noise
        The mean over each ring and its neighbours, weighted by their coefficients, and its standard deviation for
        independent noise. Rings up to the shared ones do not mix with those beyond.
    beyond, beyond_noise
        (K,) the mean over all rings beyond the shared ones, and its standard deviation for independent noise.
    resolution_angstrom
        For each class, where the smoothed curve first falls below 0.143, Å; None where it does so at once or what lies
        before is not more than chance: the halves support no detail beyond the shared rings.
    shared_shells
        Rings up to this one say nothing, because the halves had them from one start.
    """

    frequencies_per_angstrom: Float[NumpyArray, " shells"]
    frc: Float[NumpyArray, "k shells"]
    noise: Float[NumpyArray, "k shells"]
    smoothed: Float[NumpyArray, "k shells"]
    smoothed_noise: Float[NumpyArray, "k shells"]
    beyond: Float[NumpyArray, " k"]
    beyond_noise: Float[NumpyArray, " k"]
    resolution_angstrom: tuple[float | None, ...]
    shared_shells: int


def cut_at_shell(references: Float[NumpyArray, "k y x"], shell: int = SHARED_SHELLS) -> Float[NumpyArray, "k y x"]:
    """References without anything beyond a shell of the Fourier plane.

    Parameters
    ----------
    references
        (K, y, x).
    shell
        The last that is kept.

    Returns
    -------
    NumPy array (K, y, x)
        In the precision of the references.
    """
    keep = frequency_shells(references.shape[-2:], half=True) <= shell
    cut: NumpyArray = filter_image(references, keep.astype(references.dtype), 2)
    return cut


def half_set_curves(
    half1: Float[NumpyArray, "k y x"],
    half2: Float[NumpyArray, "k y x"],
    *,
    pixel_size_angstrom: float,
    mask: Float[NumpyArray, "y x"] | None = None,
    shared_shells: int = SHARED_SHELLS,
) -> RingCurves:
    """The ring correlation of half-set averages, class by class, and the resolution that it supports.

    Parameters
    ----------
    half1, half2
        (K, y, x), square, in the same poses (`matched_halves`).
    pixel_size_angstrom
        Å/pixel.
    mask
        (y, x), 0 … 1: under which the averages, or the images before, were cut out. None: the whole box.
    shared_shells
        What the halves had in common from the start; 0 where that is nothing but the mean.

    Returns
    -------
    RingCurves
        Curves and claims.

    References
    ----------
    W. O. Saxton, W. Baumeister, J. Microsc. 127, 127 (1982); P. B. Rosenthal, R. Henderson, J. Mol. Biol. 333, 721
    (2003).
    """
    shape = half1.shape[-2:]
    curves = np.asarray(frc(half1.astype(np.float64), half2.astype(np.float64)))
    variances = _shell_covariance(shape, mask)
    return _judged(curves, shell_sizes(shape), variances, shell_frequencies(shape, pixel_size_angstrom), shared_shells)


def ring_curves(
    half1: Float[NumpyArray, "k rings angles"],
    half2: Float[NumpyArray, "k rings angles"],
    *,
    pixel_size_angstrom: float,
    mask: Float[NumpyArray, "y x"],
    shared_shells: int = SHARED_SHELLS,
) -> RingCurves:
    """`half_set_curves` of references on the polar grid, as a `vitreous.classification.State` holds them.

    On the grid every ring stands by itself. In an image, what a strong ring spills over its neighbours when the image
    is made and cut out is the same in both halves, and is all there is in rings that the spectral prior has put down:
    two averages of noise would agree in it.

    Parameters
    ----------
    half1, half2
        (K, rings, angles) Hartley transforms on rings r = 0, 1, …, in the same poses (`matched_rings`).
    pixel_size_angstrom
        Å/pixel.
    mask
        (y, x), 0 … 1: the disc that the images were cut to.
    shared_shells
        As in `half_set_curves`.

    Returns
    -------
    RingCurves
        Of as many shells as there are rings.
    """
    box, rings = mask.shape[-1], half1.shape[1]
    spectra = [np.fft.rfft(half.astype(np.float64)) for half in (half1, half2)]
    powers = [np.abs(spectrum[..., 1:]) ** 2 for spectrum in spectra]
    sums = [np.sum(power, axis=-1) for power in powers]
    # what rounding leaves beside a rotational average in single precision is no signal
    empty = [total <= _ROUNDING * np.abs(each[..., 0]) ** 2 for total, each in zip(sums, spectra, strict=True)]
    seen, scale = ~(empty[0] | empty[1]), sums[0] * sums[1]
    safe = np.where(seen, scale, 1)
    products = np.real(spectra[0] * spectra[1].conj())[..., 1:]
    curves = np.where(seen, np.sum(products, axis=-1) / np.sqrt(safe), 0.0)
    # of independent halves with these harmonics: the real part of each product has half of its variance
    variance = np.where(seen, np.sum(powers[0] * powers[1], axis=-1) / (2 * safe), 0.0)
    frequencies = shell_frequencies((box, box), pixel_size_angstrom)[:rings]
    covariance = _ring_covariance(mask, rings, half1.shape[-1])
    inflation = np.sqrt(np.maximum(variance / np.diag(covariance), 1))
    return _judged(curves, shell_sizes((box, box))[:rings], covariance, frequencies, shared_shells, inflation)


def _judged(
    curves: NumpyArray,
    counts: NumpyArray,
    covariance: NumpyArray,
    frequencies: NumpyArray,
    shared_shells: int,
    inflation: NumpyArray | None = None,
) -> RingCurves:
    """Smooth curves, state their noise, and say what they support; each class has its own factor on the noise."""
    ring, first = np.arange(len(counts)), shared_shells + 1
    near = np.abs(np.subtract.outer(ring, ring)) <= _NEIGHBOURS
    near &= (ring <= shared_shells) == (ring <= shared_shells)[:, None]
    before = (ring >= first) & (ring <= ring[:, None])

    factor = np.ones_like(curves) if inflation is None else inflation

    def means(windows: NumpyArray) -> tuple[NumpyArray, NumpyArray]:
        share = windows * counts / np.maximum((windows * counts).sum(axis=1), 1)[:, None]
        # Σ_rs of the shares, the covariance and, of each class, its factors
        inflated = share * factor[:, None]
        return curves @ share.T, np.sqrt(np.maximum(np.sum((inflated @ covariance) * inflated, axis=-1), 1e-12))

    (smoothed, smoothed_noise), (running, running_noise) = means(near), means(before)
    significant = running > _SIGMAS * running_noise
    claims = tuple(_claim(*each, THRESHOLD, frequencies, first) for each in zip(smoothed, significant, strict=True))
    return RingCurves(
        frequencies_per_angstrom=frequencies,
        frc=curves,
        noise=np.sqrt(np.diag(covariance)) * factor,
        smoothed=smoothed,
        smoothed_noise=smoothed_noise,
        beyond=running[:, -1],
        beyond_noise=running_noise[:, -1],
        resolution_angstrom=claims,
        shared_shells=shared_shells,
    )


def _shell_covariance(shape: tuple[int, ...], mask: NumpyArray | None) -> NumpyArray:
    """Of the correlations of independent noise in any two shells, Σ_kl |ρ(k − l)|²/(n n′), k and l in either shell.

    White noise under a mask m has correlated coefficients: ρ is the transform of m², divided by its value at 0. The
    diagonal is 1/n where there is no mask.
    """
    counts = shell_sizes(shape)
    if mask is None:
        return np.diag(1 / counts)
    squares = np.abs(np.fft.fft2(mask**2) / np.sum(mask**2)) ** 2
    kernel, shells = np.fft.fft2(squares), frequency_shells(shape)
    inside = [shells == number for number in range(len(counts))]
    # what each shell spreads over the plane, summed over each shell
    spread = [np.real(np.fft.ifft2(np.fft.fft2(np.fft.ifftshift(one)) * kernel)) for one in inside]
    sums = np.array([[np.sum(field[np.fft.ifftshift(one)]) for one in inside] for field in spread])
    covariance: NumpyArray = sums / np.multiply.outer(counts, counts)
    return covariance


def _ring_covariance(mask: NumpyArray, rings: int, angles: int) -> NumpyArray:
    """`_shell_covariance` of rings of no width under a round mask, ⟨|ρ(|k − l|)|²⟩ over the angle between k and l."""
    box = mask.shape[-1]
    profile = (mask**2).sum(axis=0) / np.sum(mask**2)
    distance = np.arange(0, 2 * rings, 0.05)
    rho = np.cos(2 * np.pi / box * np.multiply.outer(distance, positions(box))) @ profile
    r, s = np.arange(rings)[:, None, None], np.arange(rings)[None, :, None]
    apart = np.sqrt(np.maximum(r**2 + s**2 - 2 * r * s * np.cos(2 * np.pi * np.arange(angles) / angles), 0))
    covariance: NumpyArray = np.interp(apart, distance, rho**2).mean(axis=-1)
    return covariance


def _claim(
    curve: NumpyArray, significant: NumpyArray, threshold: float, frequencies: NumpyArray, first: int
) -> float | None:
    """The resolution where a curve first falls below a threshold, interpolated, if that is more than chance."""
    fallen = next((ring for ring in range(first, len(curve)) if curve[ring] < threshold), len(curve))
    if fallen == first or not significant[fallen - 1]:
        return None
    if fallen == len(curve):
        return float(1 / frequencies[-1])
    high, low = curve[fallen - 1] - threshold, threshold - curve[fallen]
    return float(1 / (frequencies[fallen - 1] + high / (high + low) * (frequencies[fallen] - frequencies[fallen - 1])))


def matched_halves(half1: Float[NumpyArray, "k y x"], half2: Float[NumpyArray, "k y x"]) -> Float[NumpyArray, "k y x"]:
    """The averages of the second half, each turned and moved onto that of the first.

    Halves that refine apart drift apart by a little. They are put together again so that no ring is judged by an
    alignment that has seen it: rings up to 6 by the pose that rings 1–3 ask for, 7–12 by that of rings 1–6, all others
    by that of rings 1–12.

    Parameters
    ----------
    half1, half2
        (K, y, x), square.

    Returns
    -------
    NumPy array (K, y, x)
        ``half2`` in the poses of ``half1``, float64.
    """
    box = half1.shape[-1]
    shells = frequency_shells((box, box), half=True)
    last = min(_STAGES[-1][0], box // 2)
    rings = [polar_spectra(half, last, 4 * math.ceil(math.pi * last)) for half in (half1, half2)]
    spectra = np.zeros((len(half2), *shells.shape), np.complex128)
    for seen, lowest, highest in _STAGES:
        if lowest <= box // 2:
            psi_deg, shift = paired_poses(rings[0][:, :seen], rings[1][:, :seen], box=box)
            posed = posed_spectra(half2, psi_deg, shift, np.zeros(len(half2), bool))
            spectra += np.where((shells >= lowest) & (shells <= highest), posed, 0)
    matched: NumpyArray = irft(spectra, (box, box))
    return matched


def matched_rings(
    half1: Float[NumpyArray, "k rings angles"], half2: Float[NumpyArray, "k rings angles"], box: int
) -> Float[NumpyArray, "k rings angles"]:
    """`matched_halves` of references on the polar grid.

    Parameters
    ----------
    half1, half2
        (K, rings, angles) Hartley transforms on rings r = 0, 1, ….
    box
        Edge of the images in pixels.

    Returns
    -------
    NumPy array (K, rings, angles)
        ``half2`` in the poses of ``half1``, float64.
    """
    first, second = (_complex(half.astype(np.float64))[:, 1:] for half in (half1, half2))
    matched = half2.astype(np.float64)
    for seen, lowest, highest in _STAGES:
        if lowest < half1.shape[1]:
            poses = paired_poses(first[:, :seen], second[:, :seen], box=box)
            posed = posed_rings(second, *poses, box)
            judged = slice(max(lowest, 1), None if highest == math.inf else int(highest) + 1)
            matched[:, judged] = (posed.real - posed.imag)[:, max(lowest, 1) - 1 : judged.stop and judged.stop - 1]
    return matched


def _complex(hartley: NumpyArray) -> NumpyArray:
    """F = [H(k) + H(−k)]/2 − i [H(k) − H(−k)]/2."""
    opposite = np.roll(hartley, hartley.shape[-1] // 2, axis=-1)
    return (hartley + opposite) / 2 - 0.5j * (hartley - opposite)


_STAGES = ((3, 0, 6), (6, 7, 12), (12, 13, math.inf))
"""Alignments of halves: the rings that are aligned by, and the first and the last that are judged by it."""


def ssnr(frc_of_halves: Float[NumpyArray, "*batch shells"]) -> Float[NumpyArray, "*batch shells"]:
    """The spectral signal-to-noise ratio of the average of both halves, SSNR = 2F/(1 − F).

    Parameters
    ----------
    frc_of_halves
        F, −1 … 1.

    Returns
    -------
    NumPy array
        0 where the halves do not agree.

    References
    ----------
    P. A. Penczek, Methods Enzymol. 482, 73 (2010), eq. 3.20.
    """
    kept = np.clip(frc_of_halves, 0.0, 1 - 1e-6)
    return np.asarray(2 * kept / (1 - kept))


def ssnr_resolution_angstrom(
    frc_of_halves: Float[NumpyArray, " shells"], frequencies_per_angstrom: Float[NumpyArray, " shells"]
) -> float | None:
    """The resolution up to which there is more signal than noise in an average, SSNR ≥ 1: F ≥ 1/3.

    Parameters
    ----------
    frc_of_halves
        F of each shell.
    frequencies_per_angstrom
        Of each shell, 1/Å.

    Returns
    -------
    float or None
        Å; None where shell 1 is noise.
    """
    significant = np.ones(len(frc_of_halves), bool)
    return _claim(frc_of_halves, significant, 1 / 3, frequencies_per_angstrom, 1)


def reliability(curves: RingCurves) -> Float[NumpyArray, "k shells"]:
    """The squared correlation of each class average with what it would be without noise, C² = 2F/(1 + F).

    Parameters
    ----------
    curves
        Of the halves; the smoothed correlation is taken up to the resolution that it supports, 0 beyond.

    Returns
    -------
    NumPy array (K, shells)
        0 … 1.

    References
    ----------
    P. B. Rosenthal, R. Henderson, J. Mol. Biol. 333, 721 (2003), eq. A8.
    """
    last = np.array([0.0 if angstrom is None else 1 / angstrom for angstrom in curves.resolution_angstrom])
    kept = np.where(curves.frequencies_per_angstrom <= last[:, None], np.clip(curves.smoothed, 0, 1), 0)
    return np.asarray(2 * kept / (1 + kept))
