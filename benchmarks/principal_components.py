"""Principal components of 10,000 particles of box 64 in latent dimension 8, and what they recover of three known sets.

The claim is three minutes on two cores, from the STAR file to the latents. What is recovered is measured on 2,000
particles in 20 passes, and kept in ``benchmarks/results/recovery_pca.csv``.
"""

import sys
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.harness import Row, append, record, run_measured
from benchmarks.heterogeneous_sets import ADK, BOX, HINGE, PIXEL, RIBOSOME, make_set
from benchmarks.recovery import recovery
from vitreous.heterogeneity.linear_training import LinearTraining
from vitreous.heterogeneity.observations import Observations
from vitreous.jobs.machine import memory_bytes_per_second

COUNT, LATENT, EPOCHS, CLAIM_SECONDS = 10_000, 8, 20, 180.0

OURS = f"""
import sys, time, json
start = time.perf_counter()
from vitreous.heterogeneity.linear_training import LinearTraining
from vitreous.heterogeneity.observations import Observations
from vitreous.jobs import use_threads
from vitreous.particles import read_particles
use_threads(2)
training = LinearTraining(Observations(read_particles(sys.argv[1])), {LATENT}, {EPOCHS})
for epoch in training.epochs():
    pass
training.infer()
print(json.dumps({{"seconds": time.perf_counter() - start, "cpu": time.process_time()}}))
"""


def limit_seconds() -> float:
    """Seconds to move what the last passes must: per sample eight voxels of all channels read, and those of sums added.

    Slices read q + 1 complex channels; insertion reads and writes q complex numerators and q (q + 1)/2 denominators.
    """
    slices, sums = 2 * (LATENT + 1), 2 * LATENT + LATENT * (LATENT + 1) // 2
    parts = ((8, 0.45), (14, 0.25), (22, 0.15), (32, 0.15))
    samples = COUNT * sum(share * (EPOCHS - 1) * np.pi / 2 * shells**2 for shells, share in parts)
    return float(samples * 8 * 4 * (slices + 2 * sums) / memory_bytes_per_second(2))


def speed() -> None:
    """From the STAR file to the latents of 10,000 particles, warm."""
    with tempfile.TemporaryDirectory() as name:
        make_set(HINGE, Path(name), COUNT)
        star = Path(name) / "set" / "particles.star"
        runs = [run_measured(Path(sys.executable), OURS, str(star)) for _ in range(2)]
        limit = limit_seconds()
    best = min(runs, key=lambda run: run["seconds"])
    held = "held" if best["seconds"] < CLAIM_SECONDS else "MISSED"
    record(
        "principal_components",
        Row(
            work=f"{COUNT:,} particles of {BOX}², latent {LATENT}, {EPOCHS} passes, STAR file to latents, 2 threads",
            unit="s",
            limit=limit,
            limited_by="voxels of the channels read and of the sums read and written, no cache; measured here",
            ours=best["seconds"],
            rival=None,
            rival_name="cryoDRGN's 20 epochs take 75 minutes at 44 images/s: not run here",
            note=f"claimed < {CLAIM_SECONDS:.0f} s: {held}; {best['cpu']:.0f} s of processor, "
            f"peak {best['peak_bytes'] / 1e9:.2f} GB",
        ),
    )


def recovered(name: str, seed: int, count: int = 2000) -> dict[str, float]:
    """What is recovered of one set."""
    with tempfile.TemporaryDirectory() as folder:
        data = make_set(name, Path(folder), count, seed=seed)
        training = LinearTraining(Observations(data.particles), LATENT, EPOCHS, seed=seed)
        seconds = sum(epoch.seconds for epoch in training.epochs())
        latents, model = training.infer(), training.model
    return {**recovery(data, latents.mean, model.maps_at, PIXEL[name]), "seconds": seconds}


def main() -> None:
    """Time, and recover the three sets with three seeds each."""
    speed()
    for name in (HINGE, ADK, RIBOSOME):
        for seed in range(3):
            found = recovered(name, seed)
            print(name, seed, {key: round(value, 4) for key, value in found.items()})
            columns = ("fsc_area", "spearman", "purity", "rand_index", "seconds")
            append("recovery_pca", {"set": name, "seed": seed, **{column: found.get(column, "") for column in columns}})


if __name__ == "__main__":
    main()
