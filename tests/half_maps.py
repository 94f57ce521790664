"""Two half maps of a particle in files, for the commands that read maps."""

from pathlib import Path

import mrcfile
import numpy as np

from known_maps import blobs, noise
from vitreous.reconstruction import blur

BOX, PIXEL = 32, 2.0


def write_half_maps(folder: Path, *, b_factor: float = 100.0, level: float = 1.5) -> None:
    """``half1.mrc``, ``half2.mrc`` and their mean ``map.mrc``: a particle blurred by B, with noise."""
    rng = np.random.default_rng(21)
    particle = blur(blobs(BOX, rng, count=150, sigma=0.6), b_factor, pixel_size_angstrom=PIXEL)
    halves = [particle + level * particle.std() * noise(BOX, rng) for _ in range(2)]
    for name, volume in (("half1", halves[0]), ("half2", halves[1]), ("map", (halves[0] + halves[1]) / 2)):
        mrcfile.write(folder / f"{name}.mrc", volume.astype(np.float32), voxel_size=PIXEL, overwrite=True)


def write_noise(folder: Path) -> None:
    """``half1.mrc`` and ``half2.mrc`` of nothing but noise."""
    rng = np.random.default_rng(22)
    for name in ("half1", "half2"):
        mrcfile.write(folder / f"{name}.mrc", noise(BOX, rng).astype(np.float32), voxel_size=PIXEL)
