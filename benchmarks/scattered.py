"""Linear interpolation of 100,000 scattered points at 1,000,000 targets, against SciPy's ``griddata``.

The time of ``griddata`` depends tenfold on the order of the targets, as its search starts where the last one ended; so
both orders are measured: random, and that of a grid (C order). Triangulation is included everywhere. The limit is
the triangulation alone (Qhull, which both use, one thread) and the bytes that evaluation must move at the measured
memory rate: targets, the corners' rows and values, and the result, each once.
"""

import time

import numpy as np
import scipy
from scipy.interpolate import griddata
from scipy.spatial import Delaunay

from benchmarks.harness import Row, paired_seconds, record
from vitreous.interpolation import scattered

POINTS, TARGETS = 100_000, 1_000_000
CLAIMS = {(2, "random"): 8, (2, "grid"): 1, (3, "random"): 4, (3, "grid"): 1}


def bytes_per_second() -> float:
    """The rate at which memory is copied: the best of five, read and write counted."""
    source = np.ones(32_000_000)
    copy = np.empty_like(source)
    best = np.inf
    for _ in range(5):
        start = time.perf_counter()
        copy[:] = source
        best = min(best, time.perf_counter() - start)
    return 2 * source.nbytes / best


def targets_in_order(dim: int, order: str, rng: np.random.Generator) -> np.ndarray:
    """A million targets in the unit square or cube, shape (1,000,000, dim)."""
    if order == "random":
        return rng.random((TARGETS, dim))
    side = round(TARGETS ** (1 / dim))
    grids = np.meshgrid(*[np.linspace(0.01, 0.99, side)] * dim, indexing="ij")
    return np.stack([grid.ravel() for grid in grids], axis=1)


def main() -> None:
    """Measure the four rows, ours and the rival in turn."""
    rate, rng = bytes_per_second(), np.random.default_rng(0)
    for (dim, order), target in CLAIMS.items():
        points, values = rng.random((POINTS, dim)), rng.standard_normal(POINTS)
        targets = targets_in_order(dim, order, rng)
        # compile, or load what was compiled
        scattered(points[:100], values[:100], targets[:100])
        seconds = paired_seconds(
            {
                "triangulation": lambda points=points: Delaunay(points),
                "ours": lambda points=points, values=values, targets=targets: scattered(points, values, targets),
                "griddata": lambda points=points, values=values, targets=targets: griddata(points, values, targets),
            },
            repeats=1 if order == "random" else 3,
            warmup=0 if order == "random" else 1,
        )
        found, expected = scattered(points, values, targets[:10_000]), griddata(points, values, targets[:10_000])
        np.testing.assert_allclose(found, expected, atol=1e-9)
        moved = TARGETS * (8 * dim + (4 + 8) * (dim + 1) + 8)
        record(
            "scattered",
            Row(
                work=f"linear, {dim}D, {POINTS:,} random points, {TARGETS:,} targets in {order} order",
                unit="s",
                limit=seconds["triangulation"] + moved / rate,
                limited_by=f"Qhull {seconds['triangulation']:.2f} s + {moved / 1e6:.0f} MB at {rate / 1e9:.0f} GB/s",
                ours=seconds["ours"],
                rival=seconds["griddata"],
                rival_name=f"scipy.interpolate.griddata {scipy.__version__}",
                target=target,
                note="triangulation included",
            ),
        )


if __name__ == "__main__":
    main()
