"""How well a latent space and its maps agree with the truth, where that is known.

The area under an FSC is taken over the frequencies 0 … 0.5 cycles/pixel, so that a perfect map has 0.5. A score *per
conformation* takes one map for each conformation, at the mean latent of its images; a score *per image* is the mean
over maps at the latents of single images. The two are never compared.
"""

import numpy as np
import scipy.stats
from jaxtyping import Float, Float32, Float64, Int, Int64

from vitreous._array import to_numpy
from vitreous._typing import Array, NumpyArray
from vitreous.fourier import fsc
from vitreous.reconstruction.mask import find_threshold, largest_component, low_passed, soft_mask

__all__ = [
    "adjusted_rand_index",
    "cluster_purity",
    "conformation_latents",
    "first_coordinate",
    "fsc_area",
    "path_correlation",
    "truth_mask",
]


def fsc_area(
    found: Float[Array, "z y x"], truth: Float[Array, "_ _ _"], mask: Float[Array, "_ _ _"] | None = None
) -> float:
    """The area under the FSC of a map with the true one inside a mask, over 0 … 0.5 cycles/pixel.

    A = ∫ F dk by the trapezoidal rule over the shells up to the Nyquist frequency, F = 1 at k = 0.

    Parameters
    ----------
    found, truth
        Real, shape (z, y, x).
    mask
        0 … 1, same shape; None for none.

    Returns
    -------
    float
        At most 0.5.

    References
    ----------
    Jeon et al., CryoBench, Advances in Neural Information Processing Systems 37 (2024).
    """
    a, b = (to_numpy(volume).astype(np.float64) for volume in (found, truth))
    inside = np.ones_like(b) if mask is None else to_numpy(mask)
    curve = to_numpy(fsc(a * inside, b * inside)).copy()
    # the mean of a map says nothing of its agreement
    curve[0] = 1.0
    return float(np.trapezoid(np.nan_to_num(curve), dx=1 / b.shape[-1]))


def truth_mask(
    maps: Float[Array, "n z y x"], *, pixel_size_angstrom: float, low_pass_angstrom: float | None = None
) -> Float32[NumpyArray, "z y x"]:
    """One soft mask for all conformations, around whatever any of them fills.

    Parameters
    ----------
    maps
        The true maps, shape (n, z, y, x), protein positive.
    pixel_size_angstrom
        Å/voxel.
    low_pass_angstrom
        Detail finer than this plays no part, Å; four voxels where not given.

    Returns
    -------
    NumPy array (z, y, x) float32
        0 … 1.
    """
    length = low_pass_angstrom or 4 * pixel_size_angstrom
    smooth = np.max([low_passed(to_numpy(volume), pixel_size_angstrom, length) for volume in maps], axis=0)
    particle = largest_component(smooth >= find_threshold(smooth))
    voxels = {"dilate_angstrom": 2 * pixel_size_angstrom, "edge_angstrom": 3 * pixel_size_angstrom}
    mask: NumpyArray = soft_mask(particle, 1, pixel_size_angstrom=pixel_size_angstrom, **voxels)
    return mask.astype(np.float32)


def conformation_latents(
    latents: Float[NumpyArray, "n d"], labels: Int[NumpyArray, " n"], count: int
) -> Float64[NumpyArray, "count d"]:
    """The mean latent of the images of each conformation.

    Parameters
    ----------
    latents
        Shape (n, d).
    labels
        The true conformation of each image, from 0.
    count
        How many conformations there are.

    Returns
    -------
    NumPy array (count, d) float64
        NaN for a conformation without images.
    """
    means = np.full((count, latents.shape[1]), np.nan)
    for label in np.unique(labels):
        means[label] = latents[labels == label].mean(axis=0, dtype=np.float64)
    return means


def first_coordinate(latents: Float[NumpyArray, "n d"]) -> Float64[NumpyArray, " n"]:
    """The coordinate along which the latents spread most, their first principal component.

    Parameters
    ----------
    latents
        Shape (n, d).

    Returns
    -------
    NumPy array (n,) float64
        With mean 0; its sign is arbitrary.
    """
    centred = latents.astype(np.float64) - latents.mean(axis=0, dtype=np.float64)
    _, _, directions = np.linalg.svd(centred, full_matrices=False)
    coordinate: NumpyArray = centred @ directions[0]
    return coordinate


def path_correlation(latents: Float[NumpyArray, "n d"], truth: Float[NumpyArray, " n"]) -> float:
    """How far the first coordinate of the latents puts the images in the true order: Spearman's |ρ|.

    Parameters
    ----------
    latents
        Shape (n, d); their `first_coordinate` is taken.
    truth
        The true coordinate of each image, shape (n,).

    Returns
    -------
    float
        0 … 1; the sign of a latent is arbitrary.
    """
    return abs(float(scipy.stats.spearmanr(first_coordinate(latents), truth).statistic))


def cluster_purity(clusters: Int[NumpyArray, " n"], labels: Int[NumpyArray, " n"]) -> float:
    """The share of images whose conformation is that of most images in their cluster, Σ_c max_l n_cl / n.

    Parameters
    ----------
    clusters
        What was found for each image.
    labels
        The truth.

    Returns
    -------
    float
        At most 1; it grows with the number of clusters, so that only equal numbers compare.
    """
    return float(_contingency(clusters, labels).max(axis=1).sum() / len(labels))


def adjusted_rand_index(clusters: Int[NumpyArray, " n"], labels: Int[NumpyArray, " n"]) -> float:
    """How far two partitions agree on pairs of images, corrected for chance.

    (Σ C(n_cl, 2) − E)/(½ (A + B) − E), A = Σ_c C(n_c, 2), B = Σ_l C(n_l, 2), E = A B / C(n, 2).

    Parameters
    ----------
    clusters, labels
        Two partitions of n images.

    Returns
    -------
    float
        1 for the same partition, 0 on average for random ones.

    References
    ----------
    Hubert and Arabie, J. Classif. 2, 193 (1985), eq. 5.
    """
    table = _contingency(clusters, labels)
    together, rows, columns, every = (
        float((counts * (counts - 1) / 2).sum())
        for counts in (table, table.sum(axis=1), table.sum(axis=0), table.sum(keepdims=True))
    )
    expected = rows * columns / every if every else 0.0
    largest = (rows + columns) / 2
    return 1.0 if largest == expected else (together - expected) / (largest - expected)


def _contingency(clusters: NumpyArray, labels: NumpyArray) -> Int64[NumpyArray, "clusters labels"]:
    """How many images of each label are in each cluster."""
    _, rows = np.unique(clusters, return_inverse=True)
    _, columns = np.unique(labels, return_inverse=True)
    table = np.zeros((rows.max() + 1, columns.max() + 1), np.int64)
    np.add.at(table, (rows, columns), 1)
    return table
