"""Classes that show the same thing: compared over all angles, mirror images and small shifts, with noise allowed for.

Two averages of one view correlate ring by ring as far as their noise lets them, ⟨FRC_ab⟩ = C_a C_b with C the
correlation of each with its truth (`validation.reliability`). Each ring is therefore weighted by what it can say, and
the correlation found is divided by the one to be expected: 1 for the same view however noisy, less for any other. Rings
count by their coefficients and not by their power, or the envelope that all particles share would make all alike.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from vitreous._typing import NumpyArray
from vitreous.classification.matching import best_matches
from vitreous.fourier import filter_image, frequency_shells, power_spectrum, shell_sizes

__all__ = ["SAME_VIEW", "SimilarPair", "similar_classes", "whitened"]

SAME_VIEW = 0.8
"""The correlation, freed of noise, from which two classes are called one view."""
_SIGMAS = 6.0
"""Standard deviations of chance that a correlation has to exceed: it is the best of some 10⁴ poses."""


@dataclass(frozen=True)
class SimilarPair:
    """Two classes that show one view.

    Parameters
    ----------
    first, second
        The classes, from 0; the first has the larger share.
    correlation
        Of their truths, as estimated; 1 for the same view, by chance also above.
    psi_deg, shift_pixels, mirrored
        first ≈ S_t R_ψ second, mirrored x → −x before where it says so.
    shares
        Of the particles.
    """

    first: int
    second: int
    correlation: float
    psi_deg: float
    shift_pixels: tuple[float, float]
    mirrored: bool
    shares: tuple[float, float]


def similar_classes(
    references: Float[NumpyArray, "k y x"],
    shares: Float[NumpyArray, " k"],
    reliability: Float[NumpyArray, "k shells"],
    *,
    least: float = SAME_VIEW,
) -> tuple[SimilarPair, ...]:
    """The pairs of classes whose averages are, but for noise and pose, the same.

    Parameters
    ----------
    references
        (K, y, x) class averages, square.
    shares
        (K,) of the particles.
    reliability
        (K, shells): the squared correlation of each average with its truth.
    least
        The correlation from which a pair is listed.

    Returns
    -------
    tuple of SimilarPair
        The most similar first.
    """
    weighted = whitened(references, reliability)
    match = best_matches(weighted, weighted, shell_weights=_weights(references, reliability))
    counts = shell_sizes(references.shape[-2:])[1:]
    # Σ n C_a C_b √(C_a C_b)² over the norms √Σ n C_a, √Σ n C_b of the weighted averages
    both = (reliability[:, 1:] * counts) @ reliability[:, 1:].T
    own = np.sum(reliability[:, 1:] * counts, axis=1)
    expected = both / np.maximum(np.sqrt(np.multiply.outer(own, own)), np.finfo(float).tiny)
    pairs = []
    for a, b in zip(*np.triu_indices(len(references), 1), strict=True):
        first, second = (a, b) if shares[a] >= shares[b] else (b, a)
        alike = match.correlation[first, second] / max(expected[first, second], np.finfo(float).tiny)
        if alike >= least and alike * np.sqrt(both[first, second]) > _SIGMAS:
            pairs.append(
                SimilarPair(
                    first=int(first),
                    second=int(second),
                    correlation=float(alike),
                    psi_deg=float(match.psi_deg[first, second]),
                    shift_pixels=(
                        float(match.shift_pixels[first, second, 0]),
                        float(match.shift_pixels[first, second, 1]),
                    ),
                    mirrored=bool(match.mirrored[first, second]),
                    shares=(float(shares[first]), float(shares[second])),
                )
            )
    return tuple(sorted(pairs, key=lambda pair: -pair.correlation))


def whitened(
    references: Float[NumpyArray, "k y x"], reliability: Float[NumpyArray, "k shells"]
) -> Float[NumpyArray, "k y x"]:
    """Averages whose rings have the mean power of their reliability, whatever power they had.

    Parameters
    ----------
    references
        (K, y, x), square.
    reliability
        (K, shells), not negative.

    Returns
    -------
    NumPy array (K, y, x)
        float64; nothing beyond the last shell.
    """
    images = references.astype(np.float64)
    shape, shells = images.shape[-2:], frequency_shells(images.shape[-2:], half=True)
    power = np.asarray(power_spectrum(images, 2))
    gain = np.sqrt(np.where(power > 0, reliability / np.where(power > 0, power, 1), 0))
    inside = np.minimum(shells, shape[0] // 2)
    white: NumpyArray = filter_image(images, np.where(shells <= shape[0] // 2, gain[:, inside], 0), 2)
    return white


def _weights(references: NumpyArray, reliability: NumpyArray) -> NumpyArray:
    """1 for every ring in which any class has something to say, from 1 up."""
    last = int(np.max(np.flatnonzero(reliability.max(axis=0) > 0), initial=1))
    weights: NumpyArray = np.r_[0.0, np.ones(min(last, references.shape[-1] // 2 - 1))]
    return weights
