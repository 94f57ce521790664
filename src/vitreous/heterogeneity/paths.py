"""The way from one place of a latent space to another through where there are particles."""

import numpy as np
from jaxtyping import Float, Float64, Int64
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import cKDTree

from vitreous._typing import NumpyArray

__all__ = ["along_path", "graph_path"]

_NEIGHBOURS = 10
_MOST = 20_000


def graph_path(latents: Float[NumpyArray, "n d"], anchors: Int64[NumpyArray, " a"]) -> Int64[NumpyArray, " steps"]:
    """The way through particles from anchor to anchor that makes no long jump.

    Each particle is joined to its nearest neighbours, and a step costs the square of its length: many short steps,
    where particles are dense, are cheaper than a long one across a gap.

    Parameters
    ----------
    latents
        Shape (n, d).
    anchors
        Rows of the particles to pass, in order; 2 or more.

    Returns
    -------
    NumPy array (steps,)
        Rows of the particles on the way, the anchors included.
    """
    # of very many particles a part shows where they lie
    rows = np.arange(len(latents))
    if len(rows) > _MOST:
        rows = np.union1d(np.random.default_rng(0).choice(rows, _MOST, replace=False), anchors)
    points = latents[rows].astype(np.float64)
    graph = _graph(points)
    stops = np.searchsorted(rows, anchors)
    _, before = dijkstra(graph, directed=False, indices=stops[1:], return_predecessors=True)
    way = [int(stops[0])]
    for target, previous in zip(stops[1:], before, strict=True):
        while way[-1] != target:
            # predecessors lead from anywhere towards the target
            way.append(int(previous[way[-1]]))
    passed: NumpyArray = rows[np.array(way)].astype(np.int64)
    return passed


def _graph(points: NumpyArray) -> coo_array:
    """Neighbours joined, squared lengths as costs."""
    count = min(_NEIGHBOURS + 1, len(points))
    distance, near = cKDTree(points).query(points, k=count)
    start = np.repeat(np.arange(len(points)), count)
    # a cost of nothing would be no edge
    costs = np.maximum(np.reshape(distance, -1) ** 2, 1e-12)
    return _joined(points, coo_array((costs, (start, np.reshape(near, -1))), shape=(len(points),) * 2))


def _joined(points: NumpyArray, graph: coo_array) -> coo_array:
    """The graph with the shortest bridges between its parts."""
    while True:
        count, part = connected_components(graph, directed=False)
        if count == 1:
            return graph
        own, others = np.flatnonzero(part == part[0]), np.flatnonzero(part != part[0])
        distance, near = cKDTree(points[own]).query(points[others])
        closest = int(np.argmin(distance))
        ends = [[own[near[closest]]], [others[closest]]]
        bridge = coo_array(([max(distance[closest] ** 2, 1e-12)], ends), shape=graph.shape)
        graph = (graph.tocsr() + bridge.tocsr()).tocoo()


def along_path(
    latents: Float[NumpyArray, "n d"], way: Int64[NumpyArray, " steps"], count: int = 10
) -> Float64[NumpyArray, "count d"]:
    """Latents at even distances along a way through particles.

    Each is a mean of the particles of the way, weighted by exp(−Δ²/2s²) with their distance Δ along it and the spacing
    s: a way from particle to particle is rough.

    Parameters
    ----------
    latents
        Shape (n, d).
    way
        Rows, as `graph_path` gives them.
    count
        Of places.

    Returns
    -------
    NumPy array (count, d) float64
        In order; the first and the last are the ends of the way.
    """
    points = latents[way].astype(np.float64)
    travelled = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    places = np.linspace(0, travelled[-1], count)
    spacing = max(travelled[-1] / max(count - 1, 1), 1e-12)
    weights = np.exp(-((places[:, None] - travelled) ** 2) / (2 * (0.5 * spacing) ** 2))
    found: NumpyArray = weights @ points / weights.sum(axis=1, keepdims=True)
    found[0], found[-1] = points[0], points[-1]
    return found
