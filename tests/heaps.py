"""Images that stand for class averages: heaps of blobs in random places, without symmetry."""

import numpy as np

from vitreous.fourier import coordinates


def heaps(count: int, rng: np.random.Generator, box: int = 32, *, blobs: int = 8, sigma: float = 1.7) -> np.ndarray:
    """Blobs within a quarter of the box of the origin, (count, box, box)."""
    grid, images = coordinates((box, box)), np.zeros((count, box, box))
    for image in images:
        x, y = rng.uniform(-box / 4, box / 4, (2, blobs))
        for at_x, at_y, weight in zip(x, y, rng.uniform(0.5, 1.5, blobs), strict=True):
            distance = (grid[..., 0] - at_x) ** 2 + (grid[..., 1] - at_y) ** 2
            image += weight * np.exp(-distance / (2 * sigma**2))
    return images
