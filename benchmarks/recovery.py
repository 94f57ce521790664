"""How well a latent space and its maps recover the truth of a `benchmarks.heterogeneous_sets` set, for any method."""

from collections.abc import Callable

import numpy as np
from scipy.cluster.vq import kmeans2

from benchmarks.heterogeneous_sets import HeterogeneousSet
from vitreous.heterogeneity.scores import (
    adjusted_rand_index,
    cluster_purity,
    conformation_latents,
    fsc_area,
    path_correlation,
    truth_mask,
)

__all__ = ["kmeans", "recovery"]


def recovery(
    data: HeterogeneousSet,
    latents: np.ndarray,
    maps_at: Callable[[np.ndarray], np.ndarray],
    pixel_size_angstrom: float,
) -> dict[str, float]:
    """Per conformation: the area under the FSC of the map at the mean latent; on a path |ρ|; of states the clusters."""
    mask = truth_mask(data.maps, pixel_size_angstrom=pixel_size_angstrom)
    places = conformation_latents(latents, data.labels, len(data.maps))
    seen = np.flatnonzero(np.isfinite(places).all(axis=1))
    areas = [fsc_area(maps_at(places[k : k + 1].astype(np.float32))[0], data.maps[k], mask) for k in seen]
    found = {"fsc_area": float(np.mean(areas))}
    if data.continuous:
        return {**found, "spearman": path_correlation(latents, data.labels.astype(float))}
    clusters = kmeans(latents, len(data.maps))
    return {
        **found,
        "purity": cluster_purity(clusters, data.labels),
        "rand_index": adjusted_rand_index(clusters, data.labels),
    }


def kmeans(latents: np.ndarray, count: int, starts: int = 10) -> np.ndarray:
    """The tightest of some k-means clusterings, from seeded starts."""
    points = latents.astype(np.float64)
    runs = [kmeans2(points, count, minit="++", seed=seed, iter=50) for seed in range(starts)]
    spreads = [float(np.sum((points - centres[labels]) ** 2)) for centres, labels in runs]
    return runs[int(np.argmin(spreads))][1]
