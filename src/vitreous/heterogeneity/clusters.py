"""Groups of particles in latent space by k-means, and the particle in the middle of each."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float64, Int64
from scipy.cluster.vq import kmeans2
from scipy.spatial import cKDTree

from vitreous._errors import InputError
from vitreous._typing import NumpyArray

__all__ = ["Clusters", "k_means", "nearest_particles"]

_STARTS = 8
_ITERATIONS = 100


@dataclass(frozen=True, eq=False)
class Clusters:
    """k groups of n particles, in the order of the first coordinate of their centres."""

    labels: Int64[NumpyArray, " n"]
    """From 1."""
    centres: Float64[NumpyArray, "k d"]
    """The mean of the members."""
    members: Int64[NumpyArray, " k"]
    """How many there are."""
    middles: Int64[NumpyArray, " k"]
    """The row of the particle nearest to each centre: a place where there are data."""


def k_means(latents: Float[NumpyArray, "n d"], count: int, *, seed: int = 0) -> Clusters:
    """Groups with the least sum of squared distances to their centres, the best of several starts.

    Parameters
    ----------
    latents
        Shape (n, d).
    count
        k.
    seed
        Of the starts.

    Returns
    -------
    Clusters
        None of them empty.

    Raises
    ------
    InputError
        If there are not so many different particles, or k is not positive.

    References
    ----------
    Lloyd, IEEE Trans. Inf. Theory 28, 129 (1982); the start: Arthur and Vassilvitskii, SODA 2007, 1027.
    """
    points = latents.astype(np.float64)
    different = len(np.unique(points, axis=0))
    if not 1 <= count <= different:
        raise InputError(
            f"{count} clusters of {different} different latents", advice="ask for at least 1, and for fewer"
        )
    best, least = None, np.inf
    for number in range(_STARTS):
        rng = np.random.default_rng([seed, number])
        centres, labels = kmeans2(points, _start(points, count, rng), _ITERATIONS, minit="matrix", missing="raise")
        cost = float(np.sum((points - centres[labels]) ** 2))
        if cost < least:
            best, least = labels, cost
    return _ordered(points, np.asarray(best), count)


def _start(points: NumpyArray, count: int, rng: np.random.Generator) -> Float64[np.ndarray, "k d"]:
    """Centres far apart: each is a point drawn by its squared distance to those before."""
    chosen = [points[rng.integers(len(points))]]
    distance = np.full(len(points), np.inf)
    while len(chosen) < count:
        distance = np.minimum(distance, np.sum((points - chosen[-1]) ** 2, axis=1))
        chosen.append(points[rng.choice(len(points), p=distance / distance.sum())])
    return np.stack(chosen)


def _ordered(points: NumpyArray, labels: NumpyArray, count: int) -> Clusters:
    centres = np.stack([points[labels == number].mean(axis=0) for number in range(count)])
    order = np.argsort(centres[:, 0])
    place = np.argsort(order)
    labels = place[labels].astype(np.int64)
    middles = [_middle(points, labels == number, centres[old]) for number, old in enumerate(order)]
    return Clusters(labels + 1, centres[order], np.bincount(labels, minlength=count), np.array(middles))


def _middle(points: NumpyArray, members: NumpyArray, centre: NumpyArray) -> int:
    rows = np.flatnonzero(members)
    return int(rows[np.argmin(np.sum((points[rows] - centre) ** 2, axis=1))])


def nearest_particles(
    latents: Float[NumpyArray, "n d"], places: Float[NumpyArray, "m d"], count: int
) -> Int64[NumpyArray, " s"]:
    """The particles that are nearest to any of some places in latent space.

    Parameters
    ----------
    latents
        Shape (n, d).
    places
        Shape (m, d).
    count
        How many; all where there are not so many.

    Returns
    -------
    NumPy array (s,)
        Their rows, rising.
    """
    distance, _ = cKDTree(places.astype(np.float64)).query(latents.astype(np.float64))
    nearest: NumpyArray = np.sort(np.argsort(distance, kind="stable")[:count]).astype(np.int64)
    return nearest
